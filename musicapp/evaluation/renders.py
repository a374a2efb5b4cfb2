"""Real renders to measure against: pieces by the composer, from seeds that nothing was trained on, kept as shards."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicapp.composing.composer import compose
from musicapp.composing.truth import Truth
from musicapp.training.dataset import HELD_OUT_SEED, Shards, ShardWriter

if TYPE_CHECKING:
    from musicapp.composing.score import Piece

log = logging.getLogger(__name__)

# The first seed of each set: far from one another, and from those held out for training's own measures.
FIRST_SEEDS = {
    "held-out": HELD_OUT_SEED + 1_000_000,
    "reference": HELD_OUT_SEED + 2_000_000,
    "classifier": HELD_OUT_SEED + 3_000_000,
    "long": HELD_OUT_SEED + 4_000_000,
    "singles": HELD_OUT_SEED + 5_000_000,
}
KINDS = {"singles": "one-shot"}  # of the pieces of a set; songs where nothing stands


@dataclass(frozen=True)
class Kept:
    """What of a render is kept on disk: rows of `width` numbers, made from `(frames, 2)` float32.

    label  in the folder's name, to tell it from what else is kept of the same set
    """

    dtype: str
    width: int
    rows_of: Callable[[np.ndarray], np.ndarray]
    label: str = ""


def _to_int16(sound: np.ndarray) -> np.ndarray:
    return np.round(sound.clip(-1, 1) * 32767).astype(np.int16)


SOUND = Kept("int16", 2, _to_int16)


@dataclass(frozen=True)
class Render:
    """A piece that the composer wrote and the sound bank played: `(frames, 2)` float32 and what it is."""

    sound: np.ndarray
    truth: Truth


class RenderSet:
    """A named set of pieces of one length; it is rendered as far as it is asked for, and kept."""

    def __init__(self, work: Path, name: str, seconds: float, soundfont: Path | None, kept: Kept = SOUND) -> None:
        self._folder = folder_of(work, name, seconds, kept)
        self._name, self._seconds, self._soundfont, self._kept = name, seconds, soundfont, kept

    def rows(self, count: int) -> Iterator[tuple[np.ndarray, Truth]]:
        """What is kept of the first `count` pieces, one after the other, with their truths."""
        self._fill(count)
        shards = Shards([self._folder])
        for number in range(count):
            yield shards.read(number), shards.entries[number].truth

    def each(self, count: int) -> Iterator[Render]:
        """The first `count` pieces, of a set that keeps their sound."""
        for rows, truth in self.rows(count):
            yield Render(rows.astype(np.float32) / 32767, truth)

    def _fill(self, count: int) -> None:
        """Render what is missing; a start after a stop goes on."""
        with ShardWriter(self._folder, self._kept.dtype, self._kept.width) as writer:
            missing = count - writer.count
            if missing <= 0:
                return
            from musicapp.composing.render import Renderer  # stored renders are read without a sound bank

            log.info("rendering %d pieces of %g s: %s", missing, self._seconds, self._name)
            renderer = Renderer(self._soundfont)
            pieces = pieces_of(FIRST_SEEDS[self._name], self._seconds, KINDS.get(self._name, "song"))
            for piece in itertools.islice(pieces, writer.count, count):
                writer.add(self._kept.rows_of(renderer.render(piece)), piece.truth)


def folder_of(work: Path, name: str, seconds: float, kept: Kept) -> Path:
    """Where a set is kept."""
    return work / "renders" / "-".join(filter(None, (name, kept.label, f"{seconds:g}s")))


def pieces_of(seed: int, seconds: float, kind: str) -> Iterator[Piece]:
    """Pieces of this length in the order of their seeds, from this one on; those of another kind are passed over."""
    while True:
        piece = compose(seed, duration_s=seconds)
        if piece.truth.kind == kind:
            yield piece
        seed += 1
