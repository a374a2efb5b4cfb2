"""Tempo and key of a take: as measured where it was listened to, else as its prompt asks for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from musicapp.library.take import Take

MOST_BPM = 1000.0
MAX_KEY_CHARACTERS = 40


@dataclass(frozen=True)
class Facts:
    """`tempo_bpm` is None and `key` ("E minor") is empty where nothing is known."""

    tempo_bpm: float | None = None
    key: str = ""


def asked_for(prompt: str) -> Facts:
    """What a prompt asks for. Takes about a millisecond."""
    from musicapp.prompts import facts  # late: the window starts without these

    stated = facts.read_prompt(prompt)
    only_key = replace(stated, tempo_bpm=None, pace=None, has_drums=None)
    return Facts(stated.tempo_bpm, facts.describe(only_key))


def of(take: Take, asked: Facts) -> Facts:
    """What is known of a take, of whose prompt `asked` is known."""
    key = take.measured.get("key")
    return Facts(
        _tempo(take.measured.get("tempo_bpm")) or asked.tempo_bpm,
        key if isinstance(key, str) and 0 < len(key) <= MAX_KEY_CHARACTERS else asked.key,
    )


def _tempo(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value <= MOST_BPM else None
