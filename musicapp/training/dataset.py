"""Training data on disk: shards of equal rows in one flat file, with an index that says what every piece is.

A shard is a folder: `format.json` (version, dtype, row width, rate), `rows.bin` (the rows of all pieces, one after the
other) and `index.jsonl` (start, length and truth of each piece). Audio has int16 rows of 2 channels, one a frame;
latents have float16 rows of 64 channels, one a latent frame. Shards are mapped, not read: hours cost no memory.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from musicapp.composing.truth import Truth
from musicapp.errors import MusicAppError

if TYPE_CHECKING:
    from musicapp.composing.render import Renderer  # stored data can be trained on without a sound bank

FORMAT_VERSION = 1
SAMPLE_RATE = 44100  # of all music that is trained on
HELD_OUT_SEED = 10_000_000  # seeds from here on are never trained on


@dataclass(frozen=True)
class Rate:
    """How rows stand to sound: one row for every `downsampling_ratio` frames at `sample_rate` Hz."""

    sample_rate: int = SAMPLE_RATE
    downsampling_ratio: int = 1

    @property
    def rows_per_second(self) -> float:
        return self.sample_rate / self.downsampling_ratio


@dataclass(frozen=True)
class Entry:
    """One piece in a shard: its rows and its truth."""

    shard: int
    start: int
    length: int
    truth: Truth


class ShardWriter:
    """Adds pieces to one shard. What a kill leaves behind an index line is overwritten at the next start.

    rate  left out for rows that are neither sound nor latents

    Raises MusicAppError: a shard of another kind or rate.
    """

    def __init__(self, folder: Path, dtype: str, width: int, rate: Rate | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._format = {"version": FORMAT_VERSION, "dtype": dtype, "width": width} | (asdict(rate) if rate else {})
        header = folder / "format.json"
        if not header.exists():
            header.write_text(json.dumps(self._format))
        elif _with_rate(json.loads(header.read_text())) != _with_rate(self._format):
            raise MusicAppError(f"{folder} holds other data.", hint="Choose another folder, or remove this one.")
        index = folder / "index.jsonl"
        self.count, self._end = 0, 0
        self.names: set[str] = set()  # of pieces that were given one
        if index.exists():
            for line in index.read_text().splitlines():
                entry = json.loads(line)
                self.count, self._end = self.count + 1, entry["start"] + entry["length"]
                self.names.add(entry.get("name", ""))
        self._rows = (folder / "rows.bin").open("ab")
        self._rows.truncate(self._end * np.dtype(dtype).itemsize * width)
        self._index = index.open("a")

    def add(self, rows: np.ndarray, truth: Truth, *, name: str = "") -> None:
        """Append one piece, `(length, width)` of the shard's dtype."""
        if rows.ndim != 2 or rows.shape[1] != self._format["width"] or rows.dtype != self._format["dtype"]:
            raise ValueError(f"rows of {rows.shape} {rows.dtype} do not fit a shard of {self._format}")
        self._rows.write(np.ascontiguousarray(rows).tobytes())
        self._rows.flush()
        line = {"start": self._end, "length": len(rows), "truth": truth.as_dict()} | ({"name": name} if name else {})
        self._index.write(json.dumps(line) + "\n")
        self._index.flush()
        self.count, self._end = self.count + 1, self._end + len(rows)

    def close(self) -> None:
        self._rows.close()
        self._index.close()

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Shards:
    """All shards under some folders, as one list of pieces.

    rate  what it must be; any one rate when left out

    Raises MusicAppError: no pieces, or pieces of another rate or of several.
    """

    def __init__(self, folders: Sequence[Path], rate: Rate | None = None) -> None:
        self._wanted, self._rate = rate, rate
        self.entries: list[Entry] = []
        self._rows: list[np.ndarray] = []
        for folder in sorted({path.parent for root in folders for path in root.rglob("format.json")}):
            self._open(folder)
        if not self.entries:
            raise MusicAppError(f"No training data in {', '.join(map(str, folders))}.", hint="Make some first.")
        self.lengths = np.array([entry.length for entry in self.entries])

    def _open(self, folder: Path) -> None:
        form = json.loads((folder / "format.json").read_text())
        lines = (folder / "index.jsonl").read_text().splitlines()
        if not lines:
            return
        self._note_rate(folder, Rate(**{name: _with_rate(form)[name] for name in asdict(Rate())}))
        rows = np.memmap(folder / "rows.bin", dtype=form["dtype"], mode="r")
        self._rows.append(rows[: len(rows) // form["width"] * form["width"]].reshape(-1, form["width"]))
        for line in lines:
            entry = json.loads(line)
            truth = Truth.from_dict(entry["truth"])
            self.entries.append(Entry(len(self._rows) - 1, entry["start"], entry["length"], truth))

    def _note_rate(self, folder: Path, rate: Rate) -> None:
        if self._rate not in (None, rate):
            raise _other_rate(folder, rate, self._wanted)
        self._rate = rate

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def rate(self) -> Rate:
        """How the rows stand to sound."""
        assert self._rate is not None  # there is at least one piece
        return self._rate

    @property
    def hours(self) -> float:
        """How long all pieces are together."""
        return float(self.lengths.sum() / self.rate.rows_per_second / 3600)

    @property
    def width(self) -> int:
        """Channels of a row."""
        return int(self._rows[0].shape[1])

    def read(self, number: int, first: int = 0, count: int | None = None) -> np.ndarray:
        """Rows of one piece, `(count, width)`; fewer where the piece ends."""
        entry = self.entries[number]
        end = entry.length if count is None else min(entry.length, first + count)
        return np.array(self._rows[entry.shard][entry.start + first : entry.start + end])


def _with_rate(form: dict[str, Any]) -> dict[str, Any]:
    """A shard's format; older ones without a rate hold sound at 44.1 kHz, or latents of the built-in model's."""
    return asdict(Rate(SAMPLE_RATE, 1 if form["dtype"] == "int16" else 2048)) | form


def _other_rate(folder: Path, rate: Rate, wanted: Rate | None) -> MusicAppError:
    if wanted is None:
        return MusicAppError(f"{folder} is of another rate than the shards beside it.", hint="Keep them apart.")
    if rate.sample_rate != wanted.sample_rate:
        return MusicAppError(
            f"This model is for {wanted.sample_rate} Hz; the music in {folder} has {rate.sample_rate} Hz.",
            hint=f"Set sample_rate in the config to {rate.sample_rate}.",
        )
    ours, theirs = wanted.downsampling_ratio, rate.downsampling_ratio
    return MusicAppError(
        f"This model has one latent for {ours} frames; those in {folder} stand for {theirs} each.",
        hint="Remove that folder and run the stage encode again.",
    )


def draw_duration(rng: random.Random) -> float:
    """Lengths that teach most in little time: mostly short whole pieces, some long ones, a few of full length."""
    kind = rng.random()
    if kind < 0.6:
        return rng.uniform(4, 12)
    if kind < 0.9:
        return rng.uniform(12, 30)
    if kind < 0.98:
        return rng.uniform(30, 60)
    return rng.uniform(60, 285)


def render_pieces(seeds: Iterable[int], renderer: Renderer) -> Iterator[tuple[np.ndarray, Truth]]:
    """Compose and render one piece for every seed: `(frames, 2)` float32 and what it is."""
    from musicapp.composing.composer import compose

    for seed in seeds:
        piece = compose(seed, duration_s=round(draw_duration(random.Random(f"duration {seed}")), 2))
        yield renderer.render(piece), piece.truth


def write_audio(folder: Path, seeds: Sequence[int], renderer: Renderer) -> None:
    """Fill an audio shard with the pieces of these seeds; goes on where an earlier start stopped."""
    with ShardWriter(folder, "int16", 2, Rate()) as writer:
        for audio, truth in render_pieces(seeds[writer.count :], renderer):
            writer.add(np.round(audio.clip(-1, 1) * 32767).astype(np.int16), truth)


def audio_batch(shards: Shards, rng: random.Random, size: int, frames: int) -> Tensor:
    """Random crops `(size, 2, frames)` at random level, sides and polarity; long pieces come more often."""
    batch = torch.zeros(size, 2, frames)
    numbers = rng.choices(range(len(shards)), weights=shards.lengths.tolist(), k=size)
    for item, number in zip(batch, numbers, strict=True):
        first = rng.randint(0, max(0, shards.entries[number].length - frames))
        rows = torch.from_numpy(shards.read(number, first, frames).astype(np.float32) / 32767).T
        if rng.random() < 0.5:
            rows = rows.flip(0)
        gain = rng.choice((-1, 1)) * 10 ** (rng.uniform(-12, 0) / 20)
        item[:, : rows.shape[1]] = rows * gain
    return batch
