"""Words put into a prompt and taken out of it by a press: tempo, key, metre, instruments. The prompt stays the truth.

Whatever is written is read back by the rules of this package; what they would not read as wanted is not written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from musicapp.prompts.key import read_key
from musicapp.prompts.metre import read_beats
from musicapp.prompts.tempo import read_tempo

TEMPOS_BPM = (60, 75, 90, 100, 110, 120, 130, 140, 174)
KEYS = ("C major", "G major", "D major", "F major", "A minor", "E minor", "C minor", "D minor", "F# minor")
METRES = ("4/4", "3/4", "6/8", "5/4", "7/8")
INSTRUMENTS = (
    "piano", "electric piano", "acoustic guitar", "electric guitar", "bass guitar", "strings", "violin", "cello",
    "flute", "saxophone", "trumpet", "warm pads", "synth lead", "drums",
)  # fmt: skip
_NO = r"(?:no|without|minus)\s+(?:any\s+)?"
_TEMPO = re.compile(r"\d+(?:[.,]\d+)?\s*(?:[-–]\s*\d+\s*)?bpm\b", re.IGNORECASE)
_KEY = re.compile(
    r"\b(?:in\s+)?(?:the\s+key\s+of\s+)?[A-G](?:\s?[#♯b♭]|[\s-](?:sharp|flat))?[\s-]?(?:major|minor|maj|min)\b",
    re.IGNORECASE,
)
_METRE = re.compile(r"\b(?:in\s+)?\d{1,2}/\d{1,2}\b(?:\s+time)?", re.IGNORECASE)


def tempo_of(prompt: str) -> float | None:
    """The tempo that it states in figures, in beats per minute."""
    return read_tempo(prompt)


def states_key(prompt: str, key: str) -> bool:
    """Whether it states this key."""
    return read_key(prompt) == read_key(f"in {key}")


def states_metre(prompt: str, metre: str) -> bool:
    """Whether it states this metre."""
    return read_beats(prompt) == read_beats(f"in {metre}")


def with_tempo(prompt: str, tempo_bpm: float) -> str | None:
    """The prompt at this tempo, or without one if it states that already; None if words of its own say another."""
    words, read = f"{tempo_bpm:g} bpm", read_tempo
    return _toggled(prompt, words, _TEMPO, read, read(words))


def with_key(prompt: str, key: str) -> str | None:
    """The prompt in this key, "A minor", or without one if it states that already; None as for the tempo."""
    words = f"in {key}"
    return _toggled(prompt, words, _KEY, read_key, read_key(words), nothing=(None, None))


def with_metre(prompt: str, metre: str) -> str | None:
    """The prompt in this metre, "3/4", or without one if it states that already; None as for the tempo."""
    words = f"in {metre}"
    return _toggled(prompt, words, _METRE, read_beats, read_beats(words))


def asks_for(prompt: str, name: str) -> bool:
    """Whether it names this instrument and does not refuse it."""
    return _word(name).search(_refusal(name).sub(" ", prompt)) is not None


def with_instrument(prompt: str, name: str) -> str:
    """The prompt with this instrument, or without it if it asks for it already. A refusal gives way."""
    if asks_for(prompt, name):
        refused = _refusal(name)
        kept = [found.group() for found in refused.finditer(prompt)]
        return _tidy(", ".join([_word(name).sub(" ", refused.sub(" ", prompt)), *kept]))
    return _tidy(f"{_refusal(name).sub(' ', prompt)}, {name}")


def _toggled(
    prompt: str,
    words: str,
    stated: re.Pattern[str],
    read: Callable[[str], object],
    wanted: object,
    nothing: object = None,
) -> str | None:
    """The first way to write it that reads as wanted; if it stands there already, to take it out."""
    if read(prompt) == wanted:
        candidates, goal = iter([_tidy(stated.sub(" ", prompt)), _without_phrases(prompt, read, nothing)]), nothing
    else:
        candidates, goal = _ways_to_write(prompt, words, stated, read, nothing), wanted
    return next((candidate for candidate in candidates if read(candidate) == goal), None)


def _ways_to_write(
    prompt: str, words: str, stated: re.Pattern[str], read: Callable[[str], object], nothing: object
) -> Iterator[str]:
    if stated.search(prompt):
        replaced = stated.sub(words, prompt, count=1)
        yield _tidy(replaced)
    yield _tidy(f"{prompt}, {words}")
    yield _tidy(f"{_without_phrases(prompt, read, nothing)}, {words}")
    yield _tidy(f"{words}, {prompt}")


def _without_phrases(prompt: str, read: Callable[[str], object], nothing: object) -> str:
    """Without the phrases between commas that state it by themselves."""
    return _tidy(", ".join(phrase for phrase in prompt.split(",") if read(phrase) == nothing))


def _word(name: str) -> re.Pattern[str]:
    plural = "" if name.endswith("s") else "s?"
    return re.compile(rf"(?<![\w-]){re.escape(name)}{plural}(?![\w-])", re.IGNORECASE)


def _refusal(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_NO}{_word(name).pattern}", re.IGNORECASE)


def _tidy(prompt: str) -> str:
    """Without empty phrases and double spaces."""
    phrases = (" ".join(phrase.split()) for phrase in prompt.split(","))
    return ", ".join(phrase for phrase in phrases if phrase)
