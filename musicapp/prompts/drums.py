"""Whether a prompt asks for drums or refuses them. Read by rule; no torch here.

Refusals come in three forms: a word for no in front ("without any drums"), one behind ("drums: off"), or a verb around
("keep the drums out"). What they speak of is struck out, and what is left may ask for drums.
"""

from __future__ import annotations

import re

_VARIETY = (
    r"(?:drums?[\s-]?(?:machine|loop|sample|break)s?|(?:electronic|programmed|synth(?:etic)?|live|acoustic)\s+drums?)"
)
_WHOLE = (
    r"(?:drum[sz]?(?:[\s-]?(?:kit|beat|set|part|groove|track|fill|pattern|sound|hit)s?)?|drumm?ing"
    r"|percussions?|percussive(?:\s+\w+)?|percs?|(?:back|break|blast[\s-]?)?beats?"
    r"|(?:crispy|chopped|jungle|amen)\s+breaks?)"
)
_PART = (
    r"(?:kicks?|snares?|(?:hi-?\s?)?hats?|cymbals?|toms|caj[oó]ns?|surdos?|pandeiros?|congas?|bongos?|djembes?|tablas?"
    r"|darbukas?|taikos?|bodhr[aá]ns?|davuls?|dhols?|shakers?|maracas|castanets|tambourines?|cowbells?|woodblocks?"
    r"|washboards?|calabash|rim-?\s?(?:click|shot)s?|brushes|(?:hand\s?)?claps|finger\s?snaps|stomps"
    r"|(?:full|soft|tight|live|jazz|rock|brushed?|big|dry|light)\s+kit)"
)
_ANY = rf"(?:{_VARIETY}|{_WHOLE}|{_PART})"
_PLAYER = r"drummers?"
_FILLERS = (
    r"(?:(?:the|any|an?|all|more|single|those|my|your|sort|kind|type|of|for|with|real|loud|heavy|big|extra|additional"
    r"|actual|other|kinds?|want|wanna|need|use|using|include|including|add|adding|put|have|having|like|hear|bring"
    r"|play|there|be|to|in|on|please|ever)\s+){0,5}"
)
_NOT = (
    r"(?:no|non|not(?!\s+only)|without|w/o|minus|sans|senza|zero|skip|omit|(?<!one\s)drop(?!\s+the\s+beat)|remove|avoid"
    r"|exclude|excluding|except(?:\s+for)?|leave\s+out|free\s+of|free\s+from|don['’]?t|do\s+not|doesn['’]?t|never|lose"
    r"|ditch|kill|cut(?:\s+out)?|mute|nix|scrap|hold|hates?|nothing|nobody|instead\s+of|rather\s+than"
    r"|devoid\s+of|unaccompanied\s+by|(?:strip|take|pull|cut)\s+out)"
)
_ONE_MORE = r"(?!(?:vocals?|vox|voices?|singing|lyrics|just|only|but|with|and|or|then|problem|matter)\b)[\w-]+"
_UNLESS_LATER = (  # a refusal of some passage only
    r"(?!\s*,?\s*(?:until|till|(?:and\s+)?then|before\s+the|at\s+first|(?:at|in|during|for)\s+the\s+"
    r"(?:start|beginning|intro|outro|verses?|bridge|breakdown|first|end)))"
)
_LIST = rf"(?:\s*(?:,|/|&|\band\b|\bor\b|\bnor\b)+\s*{_FILLERS}(?:{_ANY}|{_PLAYER})\b)*"
_REFUSALS = re.compile(
    rf"\b(?:drum|drummer|beat|percussion|percussive)s?[\s-]?(?:less|free)\b|\bno(?:drum|beat)s?\b"
    rf"|(?<!\w)(?<!not\s)(?<!n't\s)(?<!not\sbe\s)(?<!n't\sbe\s){_NOT}\s+{_FILLERS}"
    rf"(?:{_ANY}|{_PLAYER}|rhythm\s+section)\b{_LIST}{_UNLESS_LATER}"
    r"|(?<!\w)(?:no|without|w/o|zero|sans)\s+(?:any\s+|a\s+|real\s+|drum\s+|actual\s+){0,2}"
    rf"(?:kit|rhythms?(?!\s+(?:guitars?|gtrs?|pianos?|changes|section\s+solo|n|and|&|games?)\b))\b{_UNLESS_LATER}"
    rf"|(?<!\w)(?:no|without|w/o|zero)\s+{_ONE_MORE}\s+(?:of\s+any\s+)?{_WHOLE}\b{_UNLESS_LATER}"
    rf"|(?<!\w)(?:no|without|w/o|minus|zero)\s+[\w\s,/-]{{1,30}}?\b(?:or|nor)\s+{_FILLERS}{_ANY}\b{_UNLESS_LATER}"
    rf"|\b(?:keep|leav|tak)(?:e|ing)?\s+{_FILLERS}(?:{_ANY}|{_PLAYER})\s+(?:completely\s+|entirely\s+|well\s+)?out\b"
    rf"|\b{_WHOLE}\s*(?::|=|-)?\s*(?:(?:is|are|should|must|can|be|stay|completely|all|totally|fully|please)\s+){{0,3}}"
    r"(?:none|tacet|off(?!-|\s*beat)|muted|removed|excluded|absent|unwanted|unnecessary|(?:left|kept|taken|stripped)\s+out"
    r"|not\s+(?:wanted|needed|required|necessary|allowed|welcome))\b"
    rf"|\b{_WHOLE}\s*(?::|=)\s*(?:absolutely\s+|definitely\s+)?(?:no|not|nope|never|n|0|x|false|without)\b"
    rf"|\b{_WHOLE}\b[^.;!?]{{0,25}}\brather\s+not\b"
    r"|\b(?:ohne|sin|pas\s+de|senza|sans|sem)\s+(?:schlagzeug|percussioni?|bater[ií]a|batterie|batteria|percusi[oó]n)\b",
    re.IGNORECASE,
)
_NOT_MEANT = re.compile(  # what sounds or reads like drums but is none, and whose drums they are
    r"\bbeats\s+(?:headphones?|earbuds)\b|\b(?:steel|hang|tongue|ear)[\s-]?drums?\b|\bdrum\s+up\b"
    r"|\b(?:drum|d)\s*(?:and|&|n|'n'|n')\s*bass\b"
    r"|\bbeats?\s+per\b|\b(?:\d+|two|three|four|five|six|seven|eight|every|each|per|off|on)[\s-]beats?\b"
    r"|\bbeat(?=\s+(?:'em|the|me|us|up|by|it|him|her|them|poet\w*|mak\w+|count)\b)|\bheart\s?beats?\b|\bmy\s+own\s+\w+"
    r"|\bkick(?:s|ed|ing)?(?=[\s-]*(?:in|off|back|start|ass|it|out|up|things|the)\b)|\bhats?\s+off\b|\w+-beats?\b"
    r"|\b(?:play|jam|practi[cs]e)\w*\s+(?:along\s+)?(?:on|with|to)\s+(?:my\s+)?drums\b",
    re.IGNORECASE,
)
_WANTED = re.compile(rf"(?<![\w-])(?:{_VARIETY}|{_WHOLE}|{_PART})\b(?!-)", re.IGNORECASE)
_ONLY_SOME = re.compile(rf"(?:{_VARIETY}|\b{_PART}|\bkit)$", re.IGNORECASE)


def read_drums(prompt: str) -> bool | None:
    """True if drums or percussion are asked for, False if refused, None if nothing is said of them.

    Of one part or variety refused and another asked for ("no kick, just brushes") the asking counts.
    """
    meant = _NOT_MEANT.sub(" ", prompt)
    refused = [found[0] for found in _REFUSALS.finditer(meant)]
    is_wanted = _WANTED.search(_REFUSALS.sub(" ", meant)) is not None
    if refused and not (is_wanted and all(_ONLY_SOME.search(text) for text in refused)):
        return False
    return True if is_wanted else None


def without_refusals(prompt: str) -> str:
    """The prompt without what refuses drums."""
    return _REFUSALS.sub(", ", prompt)


def without_drums(prompt: str) -> str:
    """The prompt without any word of drums, wanted or refused."""
    return re.sub(
        rf"(?:\b(?:with|and|plus|backed\s+by|an?|the|some)\s+)*{_WANTED.pattern}",
        " ",
        without_refusals(prompt),
        flags=re.I,
    )
