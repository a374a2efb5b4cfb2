"""The form of a take, from what was asked for: tempo and key in words, bars, and sections where they are known."""

from __future__ import annotations

import logging
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from musicapp.request import TakeRequest

if TYPE_CHECKING:
    from musicapp.description.config import ModelConfig

log = logging.getLogger(__name__)
MOST_BARS = 4000  # that are drawn: 4:45 at the highest tempo has 800


@dataclass(frozen=True)
class Part:
    """A section of a take; parts of one letter have the same music."""

    start_s: float
    letter: str


@dataclass(frozen=True)
class Form:
    """What is known of a take before there is any sound.

    words         tempo and key as asked for: "110 bpm · E minor", or empty
    beat_s        None where no tempo is known
    beats_in_bar  may be a half: 3.5 in 7/8
    parts         none where the take has no form
    first_s       where the first bar begins of a take whose bars were heard; its parts are not where bars begin then
    """

    duration_s: float
    words: str = ""
    beat_s: float | None = None
    beats_in_bar: float = 4.0
    parts: tuple[Part, ...] = ()
    first_s: float | None = None

    @property
    def bar_s(self) -> float | None:
        """Length of a bar in seconds."""
        return self.beat_s * self.beats_in_bar if self.beat_s else None

    def bars(self) -> list[tuple[float, int]]:
        """Where bars begin, in seconds, with their numbers from 1. Unless heard, the beat begins anew in every part."""
        bar_s = self.bar_s
        if not bar_s or self.duration_s / bar_s > MOST_BARS:
            return []
        starts = [part.start_s for part in self.parts] or [0.0]
        if self.first_s is not None:
            starts = [self.first_s]
        found: list[tuple[float, int]] = []
        for start_s, end_s in zip(starts, [*starts[1:], self.duration_s], strict=True):
            count = (
                max(1, round((end_s - start_s) / bar_s)) if end_s < self.duration_s else _count(start_s, end_s, bar_s)
            )
            first = len(found) + 1
            found += [(start_s + number * bar_s, first + number) for number in range(count)]
        return found

    def with_heard_bars(self, first_s: float, beat_s: float, beats_in_bar: float) -> Form:
        """The bars as they were heard, where no tempo was asked for."""
        if self.beat_s is not None:
            return self
        return replace(self, first_s=first_s, beat_s=beat_s, beats_in_bar=beats_in_bar)

    def into_bar_s(self, second: float) -> float:
        """How far into its bar a time is. Before the first one it counts as in one that would end there."""
        bars, bar_s = self.bars_s(), self.bar_s
        if not bars or not bar_s:
            return 0.0
        place = bisect_right(bars, second + 1e-6) - 1
        return max(0.0, second - bars[place]) % bar_s if place >= 0 else (second - bars[0]) % bar_s

    def bars_s(self) -> list[float]:
        """Where bars begin, in seconds."""
        return [second for second, _ in self.bars()]

    def beats_s(self) -> list[float]:
        """Where beats are, in seconds, those that begin bars among them."""
        bars = self.bars_s()
        ends = [*bars[1:], self.duration_s] if bars else []
        return [
            beat for first, after in zip(bars, ends, strict=True) for beat in (first, *self.beats_inside(first, after))
        ]

    def beats_inside(self, first: float, after: float) -> list[float]:
        """The other beats of a bar that begins at `first`, up to where the next one does."""
        assert self.beat_s is not None
        count = max(0, ceil((after - self.beat_s / 4 - first) / self.beat_s) - 1)
        return [first + number * self.beat_s for number in range(1, count + 1)]


def form_of(request: TakeRequest, duration_s: float) -> Form:
    """Read a request; slow the first time, since it reads the model's config. Never fails."""
    from musicapp.prompts import facts  # late: the window starts without these
    from musicapp.prompts.sections import USUAL_METRE, sections_of

    stated = facts.read_prompt(request.prompt)
    config = _config_of(request.model)
    key = facts.describe(replace(stated, tempo_bpm=None, pace=None, has_drums=None))
    tempo = f"{stated.tempo_bpm:g} bpm" if stated.tempo_bpm else ""
    bpm = stated.beat_bpm if config is not None else stated.tempo_bpm  # only some play a word at a known tempo
    sections = sections_of(config, stated, duration_s) if config is not None else ()
    return Form(
        duration_s,
        " · ".join(part for part in (tempo, key) if part),
        60 / bpm if bpm else None,
        stated.beats_in_bar or USUAL_METRE,
        tuple(Part(section.start_s, section.letter) for section in sections),
    )


def _count(start_s: float, end_s: float, bar_s: float) -> int:
    return max(0, int((end_s - start_s) / bar_s - 1e-6) + 1)


@lru_cache(maxsize=8)
def _config_of(model: str) -> ModelConfig | None:
    """The config of a model that is told tempo and form by rule; None for others, and for what is gone."""
    from musicapp.description import catalogue
    from musicapp.description.config import read_config
    from musicapp.errors import MusicAppError

    try:
        folder = catalogue.find_model(model)
        return read_config(folder) if catalogue.follows_facts(folder) else None
    except (MusicAppError, OSError) as error:
        log.info("no form for takes of %s: %s", model, error)
        return None
