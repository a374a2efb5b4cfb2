"""What a prompt states outright: tempo, metre, key, drums or none. Read by rule. No torch here.

A text encoder says well what a piece is like; that 124 is not 128, that F sharp is G flat, and that "no drums" is the
opposite of "drums", it learns last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from musicapp.nn.prompt_drums import read_drums, without_refusals
from musicapp.nn.prompt_tempo import read_pace, read_tempo, without_tempo

KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
SCALES: dict[str, tuple[int, ...]] = {  # semitones over the tonic
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "phrygian dominant": (0, 1, 4, 5, 7, 8, 10),  # maqam Hijaz, tempered
    "double harmonic": (0, 1, 4, 5, 7, 8, 11),  # Byzantine; raga Bhairav
    "blues": (0, 3, 5, 6, 7, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "hirajoshi": (0, 2, 3, 7, 8),
    "in-sen": (0, 1, 5, 7, 10),
}
PACES_BPM = {"slow": 72.0, "medium": 104.0, "fast": 140.0}  # what a word for the tempo is played at
_SHOWN_KEYS = ("C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B")
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

_METRE = re.compile(
    r"(?<![\d/.])(?<!track\s)(\d{1,2})(?:/([48])(?![\d/])(?!\s*(?:[\"”″]|inch|of\s+(?:the|a|an)\b))|-([48])\s+time\b)",
    re.IGNORECASE,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "nine": 9, "twelve": 12}
_METRE_IN_WORDS = re.compile(rf"\b({'|'.join(_COUNTS)})[\s-](four|eight)\b(?![\s-]+(?:bars?|measures?|times)\b)", re.I)
_COMMON_TIME, _WALTZ_TIME = re.compile(r"\bcommon\s+time\b", re.I), re.compile(r"\bwaltz\s+time\b", re.I)
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


@dataclass(frozen=True)
class Stated:
    """What a prompt states; None is what it leaves open.

    pace          "slow", "medium" or "fast", the word for a tempo
    beats_in_bar  of felt beats: three eighths are one in 6/8, two in 7/8
    tonic         pitch class, 0 is C
    scale         semitones over the tonic
    """

    tempo_bpm: float | None = None
    pace: str | None = None
    beats_in_bar: float | None = None
    tonic: int | None = None
    scale: tuple[int, ...] | None = None
    has_drums: bool | None = None

    @property
    def beat_bpm(self) -> float | None:
        """The tempo to play at: the figure, else what the word stands for."""
        return PACES_BPM[self.pace] if self.tempo_bpm is None and self.pace else self.tempo_bpm


def read_prompt(prompt: str) -> Stated:
    """From "92 bpm", "tempo: 120", "slow", "in 6/8", "F# minor", "Bbm", "key of E flat dorian", "no drums" and more."""
    tonic, scale = _key(prompt)
    return Stated(read_tempo(prompt), read_pace(prompt), _beats_in_bar(prompt), tonic, scale, read_drums(prompt))


def without_read(prompt: str) -> str:
    """The prompt without what was read of tempo, metre and refused drums: a model need not know those words."""
    return without_refusals(without_tempo(_METRE_IN_WORDS.sub(", ", prompt)))


def describe(stated: Stated) -> str:
    """What was read, for people: "92 bpm, A minor, no drums"; "" for nothing."""
    parts = []
    if stated.tempo_bpm is not None:
        parts.append(f"{stated.tempo_bpm:g} bpm")
    elif stated.pace:
        parts.append(f"{stated.pace} ({PACES_BPM[stated.pace]:g} bpm)")
    if stated.tonic is not None:
        mode = next((name for name, steps in SCALES.items() if steps == stated.scale), "")
        parts.append(f"{_SHOWN_KEYS[stated.tonic]} {mode}".strip())
    if stated.has_drums is not None:
        parts.append("drums" if stated.has_drums else "no drums")
    return ", ".join(parts)


def _beats_in_bar(prompt: str) -> float | None:
    if found := _METRE.search(prompt):
        count, unit = int(found[1]), int(found[2] or found[3])
    elif found := _METRE_IN_WORDS.search(prompt):
        count, unit = _COUNTS[found[1].lower()], 4 if found[2].lower() == "four" else 8
    elif _WALTZ_TIME.search(prompt):
        return 3.0
    else:
        return 4.0 if _COMMON_TIME.search(prompt) else None
    if count < 2:  # "1/4 inch tape"
        return None
    if unit == 4:
        return float(count)
    return count / 3 if count % 3 == 0 and count > 3 else count / 2


def _key(prompt: str) -> tuple[int | None, tuple[int, ...] | None]:
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
