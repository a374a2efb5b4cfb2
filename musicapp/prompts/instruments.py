"""A prompt without the instruments that it asks for. Read by rule; no torch here.

The names are those that captions teach, by the words that people have for them. Drums are `drums`' business.
"""

from __future__ import annotations

import re

_NAMES = (
    # keys, mallets, organs
    r"(?:(?:grand|acoustic|electric|upright|rhodes|felt|e)[\s-]?)?pianos?|rhodes|harpsichords?|celest[ae]s?"
    r"|glock(?:enspiel)?s?|music\s?box(?:es)?|vibraphones?|marimbas?|xylophones?|tubular\s+bells|(?:hammered\s+)?dulcimers?"
    r"|santur|(?:church\s+|pipe\s+|hammond\s+)?organs?|hammond|accordions?|harmonicas?|kalimbas?|thumb\s+pianos?"
    r"|steel[\s-]?(?:pan|drum)s?",
    # strings that are plucked or bowed
    r"(?:(?:nylon|steel|acoustic|classical|jazz|clean|electric|muted|palm[\s-]muted|overdriven|overdrive|distorted"
    r"|distortion|crunchy|heavy|spanish|fingerstyle|hollow[\s-]body|string)\s+){0,3}(?:guitars?|gtrs?)"
    r"|(?:double|upright|acoustic|electric|fingered|fretless|slap(?:ped)?|synth(?:esizer)?|analog|sub|deep|808|reese|chip"
    r"|8-bit|bowed)\s+(?:double\s+)?bass|bass\s+guitars?|fretless|reese|banjos?|sitars?|shamisens?(?:\s+lute)?|kotos?"
    r"|harps?|(?:folk\s+)?violins?|violas?|cell(?:o|os|i)|contrabass(?:es)?|fiddles?"
    r"|(?:orchestral\s+|pizzicato\s+|plucked\s+)?strings|pizzicato|string\s+(?:section|ensemble)s?",
    # voices and winds
    r"(?:vocal\s+)?choirs?(?:\s+aahs)?|(?:muted\s+|harmon\s+mute\s+)?trumpets?|trombones?|tubas?"
    r"|(?:french\s+)?horns?(?:\s+section)?|brass(?:\s+section)?"
    r"|(?:(?:tenor|alto|soprano)\s+)?sax(?:es|ophones?)?|oboes?|bassoons?|(?<!bass\s)clarinets?|(?:pan\s+)?flutes?"
    r"|panpipes?|recorders?|shakuhachis?|(?:tin\s+)?whistl(?:es?|ing)|ocarinas?|bagpipes?",
    # synthesisers
    r"(?:chip|(?:square|sawtooth|saw|super\s+saw)(?:\s+wave|\s+synth)?|8-bit|synth)\s+lead|supersaws?"
    r"|(?:(?:warm|soft|synth|analog)\s+){0,2}pads?|synth\s+(?:plucks?|strings)|pluck(?:y)?\s+synth|plucks"
    r"|(?:low\s+)?drones?|droning\s+synth",
)
_BEFORE = (
    r"(?:(?:led|played)\s+(?:by|on)\s+|(?:melody|tune)\s+on\s+|(?:with|featuring|lead|and)\s+)?(?:(?:an?|the)\s+)?"
)
_BEHIND = (
    r"(?:\s+(?:as\s+the\s+lead|lead|melody|playing\s+the\s+melody|on\s+top|takes\s+the\s+lead|carries\s+the\s+tune))?"
)
_NAMED = re.compile(rf"(?<![\w-]){_BEFORE}(?:{'|'.join(_NAMES)}){_BEHIND}(?![\w-])", re.IGNORECASE)
_REFUSED = re.compile(  # up to where something else is asked for
    r"(?<!\w)(?:no|not(?!\s+only)|without|w/o|minus|sans|skip|omit|drop|remove|avoid|lose|ditch|mute|instead\s+of"
    r"|rather\s+than|except|leave\s+out|don['’]?t|do\s+not|never)\b"
    r"(?:(?!\b(?:with|but|just|only|featuring|led|plus|then)\b)[^,.;|!?])*",
    re.IGNORECASE,
)
_LOOSE_COMMAS = re.compile(r"(?:\s*,)+")


def without_instruments(prompt: str) -> str:
    """The prompt without the instruments that it asks for; the prompt itself, to the letter, where it names none.

    What is refused ("no piano") stays.
    """
    refused = [found.span() for found in _REFUSED.finditer(prompt)]
    fewer, end = "", 0
    for found in _NAMED.finditer(prompt):
        if not any(start <= found.start() < stop for start, stop in refused):
            fewer, end = f"{fewer}{prompt[end : found.start()]} ", found.end()
    if not end:
        return prompt
    return " ".join(_LOOSE_COMMAS.sub(",", fewer + prompt[end:]).split()).strip(" ,")
