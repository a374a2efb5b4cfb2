"""Real renders to measure against: pieces by the composer, from seeds that nothing was trained on, kept as shards."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicapp.training.composer import compose
from musicapp.training.dataset import HELD_OUT_SEED, Shards, ShardWriter
from musicapp.training.truth import Truth

if TYPE_CHECKING:
    from musicapp.training.score import Piece

log = logging.getLogger(__name__)

# The first seed of each set: far from one another, and from those held out for training's own measures.
FIRST_SEEDS = {
    "held-out": HELD_OUT_SEED + 1_000_000,
    "reference": HELD_OUT_SEED + 2_000_000,
    "classifier": HELD_OUT_SEED + 3_000_000,
    "long": HELD_OUT_SEED + 4_000_000,
}


@dataclass(frozen=True)
class Render:
    """A piece that the composer wrote and the sound bank played: `(frames, 2)` float32 and what it is."""

    sound: np.ndarray
    truth: Truth


class RenderSet:
    """A named set of songs of one length; it is rendered as far as it is asked for, and kept."""

    def __init__(self, work: Path, name: str, seconds: float, soundfont: Path | None) -> None:
        self._folder = work / "renders" / f"{name}-{seconds:g}s"
        self._name, self._seconds, self._soundfont = name, seconds, soundfont

    def open(self, count: int) -> Shards:
        """The shard with at least `count` pieces."""
        with ShardWriter(self._folder, "int16", 2) as writer:
            missing = count - writer.count
            if missing > 0:
                from musicapp.training.render import Renderer  # stored renders are read without a sound bank

                log.info("rendering %d pieces of %g s: %s", missing, self._seconds, self._name)
                renderer = Renderer(self._soundfont)
                for number, piece in enumerate(songs(FIRST_SEEDS[self._name], self._seconds)):
                    if number >= count:
                        break
                    if number >= writer.count:
                        sound = renderer.render(piece)
                        writer.add(np.round(sound.clip(-1, 1) * 32767).astype(np.int16), piece.truth)
        return Shards([self._folder])

    def each(self, count: int) -> Iterator[Render]:
        """The first `count` pieces, one after the other."""
        shards = self.open(count)
        for number in range(count):
            yield Render(shards.read(number).astype(np.float32) / 32767, shards.entries[number].truth)


def songs(seed: int, seconds: float) -> Iterator[Piece]:
    """Songs of this length in the order of their seeds; loops and single sounds are passed over."""
    while True:
        piece = compose(seed, duration_s=seconds)
        if piece.truth.kind == "song":
            yield piece
        seed += 1
