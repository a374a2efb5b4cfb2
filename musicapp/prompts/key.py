"""Which key a prompt states: "F# minor", "Bbm", "key of E flat dorian". Read by rule."""

from __future__ import annotations

import re

from musicapp.prompts.key_names import read_key_name
from musicapp.prompts.scales import KEYS, SCALES

_SPELLINGS = {
    "maj": "major",
    "min": "minor",
    "pentatonic major": "major pentatonic",
    "pentatonic minor": "minor pentatonic",
    "natural minor": "minor",
    "aeolian": "minor",
    "ionian": "major",
    "hijaz": "phrygian dominant",
    "byzantine": "double harmonic",
    "insen": "in-sen",
}
_ACCIDENTALS = {"#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}

_NOTE = r"(?<![\w#♯♭'’])([a-g])([#♯b♭]|[\s-]?(?:sharp|flat)\b)?"
_MODES = "|".join(sorted((re.escape(name) for name in [*SCALES, *_SPELLINGS]), key=len, reverse=True))
_KEY = re.compile(rf"{_NOTE}[\s-]*({_MODES})(?![\w])", re.IGNORECASE)
_SHORT_MODES = {  # what may follow "Am": "Am pentatonic"
    "pentatonic": "minor pentatonic", "penta": "minor pentatonic", "pent": "minor pentatonic",
    "harmonic minor": "harmonic minor", "harmonic": "harmonic minor", "dorian": "dorian", "phrygian": "phrygian",
    "aeolian": "minor", "natural": "minor",
}  # fmt: skip
_SHORT_SCALE = re.compile(
    rf"(?<![\w#♯♭'’])([A-G])([#♯b♭]?)(?:m|\s?min(?:or)?\.?)[\s-]+({'|'.join(_SHORT_MODES)})(?![\w])"
)
_MAJOR_PENTATONIC = re.compile(
    r"(?<![\w#♯♭'’])([A-G])([#♯b♭]?)(?:M|\s?[Mm]aj(?:or)?\.?)[\s-]+(?:pentatonic|penta|pent)(?![\w])"
)
_LABEL = r"\b(?:[kK]ey(?:\s+(?:of|is))?|KEY|[tT]onality|[tT]onart|[sS]cale|[tT]onic)[\s:=-]+"
_CHORD = (  # a key by its chord: "CM", "Am7", "C#maj7", "Dm9", "CΔ7"
    r"([A-G])([#♯b♭]?)(?:(M(?![a-z])|[Mm]aj|MAJ|Ma(?![a-z])|Δ|∆|6(?!\d)|add|major)|(m(?![a-z])|min|mi(?![a-z])|-(?=\d)))?"
    r"(?:(?:[Mm]aj|M)?(?:7|9|11|13|6)?(?:[#b♭♯]\d+)?|9)(?![\w#♯♭'’/])"
)
_NEXT_CHORD = r"(?!\s*(?:[-–—,|/>→]|to\b)+\s*[A-G](?:[#♯b♭]|m|M|maj|min|dim|sus|aug)?\d*(?!\w)|\s+[A-G](?:[#♯b♭]?m?)\d)"
_LABELLED = re.compile(rf"{_LABEL}{_CHORD}{_NEXT_CHORD}")
_IN_CHORD = re.compile(
    rf"\b(?:in|over|on)\s+(?!AM\b|FM\b|GM\b|EM\b)(?=[A-G][#♯b♭]?(?:M(?![a-z])|m?(?:aj|in)?\d|Δ|∆|-\d)){_CHORD}{_NEXT_CHORD}"
)
_CAPITAL = re.compile(r"(?<![\w#♯♭'’])([A-G])([#♯♭b])M(?!\w)")  # "C#M", "BbM"
_SHORT_MINOR = re.compile(r"(?<![\w#♯♭'’])([A-Ga-g])([#♯b♭]?)m(?![\w'’])")
_TONIC = re.compile(
    r"\b(?:in|[kK]ey(?:\s+of)?|on|[tT]onality|[tT]onic)[\s:=]+([A-G])([#♯b♭]|[\s-](?:sharp|flat)\b)?(?![\w#♯♭'’])"
)
_LETTER = re.compile(
    r"(?:^|[,;|])\s*(?:[kK]ey\s+)?([A-G])([#♯b♭]?)\s*(?=[,;|](?!\s*[A-G]\b)|$)"
)  # alone between commas
# "a minor key" and "a blues" are no keys of A: the article is meant.
_LEAD_IN = re.compile(r"(?:\b(?:in|of|is|key|on|tonality|the|using)|[:=])\s*$", re.IGNORECASE)
_MUSICAL_ING = (  # words in -ing that say what music is like, or what plays
    r"(?:driving|rolling|haunting|uplifting|soothing|relaxing|evolving|floating|soaring|pulsing|pulsating|sweeping|brooding"
    r"|grooving|swinging|flowing|shimmering|sparkling|glowing|drifting|banging|pumping|moving|longing|aching|galloping"
    r"|chugging|soft-?singing|swing|strings?|spring|evening|morning|wedding|ending|opening|building|plucking|ringing)"
)
_SPEAKER = re.compile(  # "Am looking for ...", "Am not sure": the speaker, no key
    r"(?:^|[.!?\n]\s*)Am\s+(?:"
    rf"(?!{_MUSICAL_ING}\b(?!\s+(?:to|for|at|on|a|an|the|some|my|into|with|it)\b))[a-z]+ing\b"
    r"|(?:I|i|a|an|not|just|so|very|really|also|still|always|currently|now|here|trying|new|sure|the|after|your|only|no|one"
    r"|glad|happy\s+to|sorry|tired|stuck|done|ready|able|going|gonna|open|fond|interested|keen|curious|afraid)\b"
    r"|in\s+(?:need|search|love|want|the\s+mood|a\s+\w*\s?mood)\b|at\s+(?:home|work|a\s+loss)\b)"
)
_TRANSPOSING = re.compile(r"\b(?:horns?|clarinets?|cornets?|tuned)\s+in\s+[A-G]$", re.IGNORECASE)
_ALONE_BEFORE, _ALONE_BEHIND = re.compile(r"(?:^|[,;|/&+•.:-])\s*$"), re.compile(r"\s*(?:scale\b|$|[^\w\s])")
_NO_NOUN = re.compile(  # what may follow "in a minor" without making a noun phrase of it
    r"\s+(?!(?:at|with|and|for|but|or|no|not|without|minus|using|featuring|by|on|in|around|about|played|please|plus|tempo"
    r"|bpm|key|x|then|slow\w*|fast\w*|medium|mid)\b)[a-z]|\s+key\b(?!\s*:)",
    re.IGNORECASE,
)


def read_key(prompt: str) -> tuple[int | None, tuple[int, ...] | None]:
    """The pitch class of the tonic (0 is C) and the scale in semitones over it; None for what is left open."""
    if pentatonic := _MAJOR_PENTATONIC.search(prompt):
        return _pitch_class(pentatonic[1], pentatonic[2]), SCALES["major pentatonic"]
    if short_scale := _SHORT_SCALE.search(prompt):
        return _pitch_class(short_scale[1], short_scale[2]), SCALES[_SHORT_MODES[short_scale[3].lower()]]
    for found in _KEY.finditer(prompt):
        mode = found[3].lower()
        if found[1] in "aA" and not found[2] and _is_article(prompt, found):
            continue
        return _pitch_class(found[1], found[2]), SCALES[_SPELLINGS.get(mode, mode)]
    if named := read_key_name(prompt):
        return named[0], SCALES[named[1]]
    if labelled := _LABELLED.search(prompt) or _IN_CHORD.search(prompt):
        scale = SCALES["major"] if labelled[3] else SCALES["minor"] if labelled[4] else None
        return _pitch_class(labelled[1], labelled[2]), scale
    if capital := _CAPITAL.search(prompt):
        return _pitch_class(capital[1], capital[2]), SCALES["major"]
    short = _SHORT_MINOR.search(prompt)
    is_spoken = short and _SPEAKER.match(prompt, max(0, short.start() - 2))
    if short and not is_spoken and (short[0] != "am" or _is_set_apart(prompt, short)):
        return _pitch_class(short[1], short[2]), SCALES["minor"]
    tonic = _TONIC.search(prompt) or _LETTER.search(prompt)
    if tonic and not _TRANSPOSING.search(prompt, 0, tonic.end(1)):
        return _pitch_class(tonic[1], tonic[2]), None
    return None, None


def _is_article(prompt: str, found: re.Match[str]) -> bool:
    if found[3].lower() in ("major", "minor", "maj", "min"):
        return found[1] == "a" and _NO_NOUN.match(prompt, found.end()) is not None
    return not _is_set_apart(prompt, found)


def _is_set_apart(prompt: str, found: re.Match[str]) -> bool:
    """Whether what was found follows "in" or "key:", or stands between commas."""
    before = prompt[: found.start()]
    stands_alone = _ALONE_BEFORE.search(before) and _ALONE_BEHIND.match(prompt, found.end())
    return bool(stands_alone or _LEAD_IN.search(before))


def _pitch_class(letter: str, accidental: str | None) -> int:
    return (KEYS.index(letter.upper()) + _ACCIDENTALS.get((accidental or "").strip(" -").lower(), 0)) % 12
