"""The orders of a list of takes. What a take has nothing of comes last, and takes alike come newest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from musicapp.library import query
from musicapp.library.facts import Facts
from musicapp.library.take import Take

NEWEST, NAME, TEMPO, KEY, LENGTH = "newest", "name", "tempo", "key", "length"
ALL = (NEWEST, NAME, TEMPO, KEY, LENGTH)
_DIGITS = re.compile(r"(\d+)")


def sorted_by(order: str, takes: Iterable[Take], facts_of: Callable[[Take], Facts]) -> list[Take]:
    """The takes in one of the orders: the slowest, the shortest, A and the key of A first; song 2 before song 10."""
    newest = sorted(takes, key=lambda take: take.created, reverse=True)
    if order == NAME:
        return sorted(newest, key=lambda take: _by_name(take.title or take.request.prompt))
    if order == LENGTH:
        return sorted(newest, key=lambda take: take.duration_s)
    if order == TEMPO:
        return sorted(newest, key=lambda take: facts_of(take).tempo_bpm or float("inf"))
    if order == KEY:
        return sorted(newest, key=lambda take: (not facts_of(take).key, facts_of(take).key))
    return newest


def _by_name(text: str) -> list[str | tuple[int, str]]:
    """Text and numbers in turn, as they compare: a number by how many digits it has, then by these."""
    parts = _DIGITS.split(query.folded(text))
    numbers = [part.lstrip("0") for part in parts[1::2]]
    found: list[str | tuple[int, str]] = list(parts)
    found[1::2] = [(len(number), number) for number in numbers]
    return found
