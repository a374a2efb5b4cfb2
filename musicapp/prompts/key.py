"""Which key a prompt states: "F# minor", "Bbm", "key of E flat dorian". Read by rule."""

from __future__ import annotations

import re

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
_SHORT_MINOR = re.compile(r"(?<![\w#♯♭'’])([A-Ga-g])([#♯b♭]?)m(?![\w'’])")
_TONIC = re.compile(
    r"\b(?:in|[kK]ey(?:\s+of)?|on|[tT]onality|[tT]onic)[\s:=]+([A-G])([#♯b♭]|[\s-](?:sharp|flat)\b)?(?![\w#♯♭'’])"
)
_LETTER = re.compile(
    r"(?:^|[,;|])\s*(?:[kK]ey\s+)?([A-G])([#♯b♭]?)\s*(?=[,;|](?!\s*[A-G]\b)|$)"
)  # alone between commas
# "a minor key" and "a blues" are no keys of A: the article is meant.
_LEAD_IN = re.compile(r"(?:\b(?:in|of|is|key|on|tonality|the|using)|[:=])\s*$", re.IGNORECASE)
_SPEAKER = re.compile(r"(?:^|[.!?\n]\s*)Am\s+(?!with\b|at\b|and\b|in\b)[a-z]")  # "Am looking for ..."
_TRANSPOSING = re.compile(r"\b(?:horns?|clarinets?|cornets?|tuned)\s+in\s+[A-G]$", re.IGNORECASE)
_ALONE_BEFORE, _ALONE_BEHIND = re.compile(r"(?:^|[,;|/&+•.:-])\s*$"), re.compile(r"\s*(?:scale\b|$|[^\w\s])")
_NO_NOUN = re.compile(  # what may follow "in a minor" without making a noun phrase of it
    r"\s+(?!(?:at|with|and|for|but|or|no|not|without|minus|using|featuring|by|on|in|around|about|played|please|plus|tempo"
    r"|bpm|key|x|then|slow\w*|fast\w*|medium|mid)\b)[a-z]|\s+key\b(?!\s*:)",
    re.IGNORECASE,
)


def read_key(prompt: str) -> tuple[int | None, tuple[int, ...] | None]:
    """The pitch class of the tonic (0 is C) and the scale in semitones over it; None for what is left open."""
    for found in _KEY.finditer(prompt):
        mode = found[3].lower()
        if found[1] in "aA" and not found[2] and _is_article(prompt, found):
            continue
        return _pitch_class(found[1], found[2]), SCALES[_SPELLINGS.get(mode, mode)]
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
