"""A length in bars of the tempo that a prompt states."""

from __future__ import annotations

import re

from musicapp.errors import RequestError
from musicapp.prompts.facts import read_prompt

USUAL_BEATS = 4.0
_BARS = re.compile(r"\s*(\d{1,4}(?:[.,]\d{1,3})?)\s*(?:bars?|measures?|takte?)\s*", re.IGNORECASE)


def bar_s(prompt: str) -> float | None:
    """Seconds of a bar; None where no tempo is stated. Four beats unless a metre is."""
    stated = read_prompt(prompt)
    return 60.0 / stated.tempo_bpm * (stated.beats_in_bar or USUAL_BEATS) if stated.tempo_bpm else None


def is_bars(text: str) -> bool:
    """Whether a text is a number of bars."""
    return _BARS.fullmatch(text) is not None


def count_of(text: str) -> float:
    """The number of "8 bars". Raises RequestError for anything else."""
    found = _BARS.fullmatch(text)
    if found is None:
        raise RequestError(f"“{text[:40]}” is no number of bars.", hint="For example: 8 bars.")
    return float(found[1].replace(",", "."))


def duration_of(text: str, prompt: str) -> float:
    """Seconds of "8 bars" of this prompt. Raises RequestError where it states no tempo."""
    count, length_s = count_of(text), bar_s(prompt)
    if length_s is None:
        raise RequestError("The prompt states no tempo, so bars have no length.", hint="Write one, for example 90 bpm.")
    return count * length_s
