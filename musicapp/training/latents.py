"""Music as the diffusion model sees it: pieces encoded once, then drawn in batches of windows of equal length."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from musicapp.composing.truth import Truth
from musicapp.nn.autoencoder import Autoencoder
from musicapp.training import device
from musicapp.training.dataset import Rate, Shards, ShardWriter

SILENT_TAIL = 24  # latents of encoded silence stored behind every piece; more than an encoder's margin
ENDINGS = 0.25  # of the crops show how a piece ends
CHUNK = 2048  # latents encoded at a time: bounds memory at 4:45


@dataclass(frozen=True)
class Window:
    """One training example: which stretch of which piece, and what it is told.

    latents        `(channels, n)`
    seconds_start  where in the piece the window begins
    """

    latents: Tensor
    truth: Truth
    seconds_start: float


class Statistics(NamedTuple):
    """What brings latents to zero mean and unit deviation: a mean for every channel `(channels,)`, one scale for all.

    One scale, as the autoencoder has learnt how much each channel matters; export folds the means into its layers.
    """

    mean: Tensor
    scale: float

    def normalise(self, latents: Tensor) -> Tensor:
        """`(batch, channels, n)` as the transformer sees it."""
        return (latents - self.mean[:, None]) / self.scale

    def restore(self, latents: Tensor) -> Tensor:
        """The way back from `normalise`."""
        return latents * self.scale + self.mean[:, None]


def statistics_of(shards: Shards, *, pieces: int = 300) -> Statistics:
    """Statistics over some pieces of all kinds."""
    step = max(1, len(shards) // pieces)
    rows = torch.cat([torch.from_numpy(shards.read(n)).float() for n in range(0, len(shards), step)])
    mean = rows.mean(0)
    return Statistics(mean, round(float((rows - mean).square().mean().sqrt()), 4))


@torch.inference_mode()
def encode(autoencoder: Autoencoder, audio: np.ndarray) -> np.ndarray:
    """One piece `(frames, 2)` float32 as float16 posterior means `(n + SILENT_TAIL, channels)`, encoded in chunks."""
    ratio = autoencoder.downsampling_ratio
    frames = len(audio) + -len(audio) % ratio + SILENT_TAIL * ratio
    place = next(autoencoder.parameters()).device
    signal = F.pad(torch.from_numpy(audio).float().T[None], (0, frames - len(audio))).to(place)
    count, margin = frames // ratio, int(autoencoder.encoder.margin)  # type: ignore[arg-type]
    parts = []
    for start in range(0, count, CHUNK):
        first, end = max(0, start - margin), min(count, start + CHUNK)
        with device.autocast(place):
            part = autoencoder.encode(signal[..., first * ratio : min(count, end + margin) * ratio])
        parts.append(part[..., start - first : end - first])
    return torch.cat(parts, -1)[0].T.half().cpu().numpy()


def write_latents(folder: Path, autoencoder: Autoencoder, shards: Shards) -> None:
    """Encode the pieces of audio shards into a latent shard, behind those already there. Raises MusicAppError."""
    rate = Rate(shards.rate.sample_rate, autoencoder.downsampling_ratio)
    with ShardWriter(folder, "float16", autoencoder.latent_dim, rate) as writer:
        for audio, truth in audio_pieces(shards, skip=writer.count):
            writer.add(encode(autoencoder, audio), truth)


def audio_pieces(shards: Shards, skip: int = 0) -> Iterable[tuple[np.ndarray, Truth]]:
    """The pieces of audio shards as float32, from the `skip`-th on."""
    for number in range(skip, len(shards)):
        yield shards.read(number).astype(np.float32) / 32767, shards.entries[number].truth


def latent_batch(shards: Shards, rng: random.Random, size: int, length: int) -> tuple[Tensor, list[Truth]]:
    """Stretches of equal length from different pieces, `(size, channels, length)`, for the contrastive stage.

    Where there are fewer pieces than `size`, one of each.
    """
    numbers = rng.sample(range(len(shards)), min(size, len(shards)))
    windows = [_window(shards, number, length, rng, crop=True) for number in numbers]
    return torch.stack([w.latents for w in windows]), [w.truth for w in windows]


def draw_windows(shards: Shards, rng: random.Random, size: int, length: int) -> list[Window]:
    """Windows of one length from random pieces: crops of long ones, encoded silence behind the end of short ones."""
    numbers = rng.choices(range(len(shards)), k=size)
    return [_window(shards, number, length, rng, crop=True) for number in numbers]


class WindowBatches:
    """Draws batches of about `tokens` latents: short whole pieces, crops of longer ones, and long whole ones.

    Whole pieces of one batch have nearly the same length, so little of it is padding. What lies behind a piece's end
    is encoded silence: a model must learn to stop (arXiv 2404.10301, 2.3).
    """

    def __init__(
        self,
        shards: Shards,
        rng: random.Random,
        *,
        tokens: int,
        short: int = 690,
        crop: int = 1034,
        multiple: int = 1,  # of which all lengths are, for transformers that see patches
    ) -> None:
        self.shards, self.rng, self.tokens, self.crop, self.multiple = shards, rng, tokens, crop, multiple
        order = np.argsort(shards.lengths, kind="stable")
        self.short = [int(i) for i in order if shards.lengths[i] <= short]
        self.long = [int(i) for i in order if shards.lengths[i] > short]

    def draw(self) -> list[Window]:
        """One batch of windows of equal length."""
        kind = self.rng.random()
        if not self.long or (self.short and kind < 0.72):
            return self._whole(self.short)
        if kind < 0.92:
            return self._crops()
        return self._whole(self.long)

    def _whole(self, pool: list[int]) -> list[Window]:
        place = self.rng.randrange(len(pool))
        typical = int(self.shards.lengths[pool[place]])
        size = max(1, min(len(pool), self.tokens // typical))
        near = pool[max(0, place - 2 * size) : place + 2 * size + 1]
        numbers = self.rng.sample(near, min(size, len(near)))
        longest = int(max(self.shards.lengths[n] for n in numbers))
        # Mostly the window ends with the piece, as at inference; sometimes silence goes on.
        tail = self.rng.choice((-SILENT_TAIL, -SILENT_TAIL, -SILENT_TAIL + 4, 0, 20))
        length = longest + tail
        length += -length % self.multiple
        return [_window(self.shards, n, length, self.rng, crop=False) for n in numbers]

    def _crops(self) -> list[Window]:
        length = self.rng.randint(self.crop // 2, self.crop) // self.multiple * self.multiple
        size = max(1, self.tokens // length)
        return [
            _window(self.shards, n, length, self.rng, crop=True)
            for n in self.rng.sample(self.long, min(size, len(self.long)))
        ]


def _window(shards: Shards, number: int, length: int, rng: random.Random, *, crop: bool) -> Window:
    entry = shards.entries[number]
    last = max(0, entry.length - SILENT_TAIL - length)
    first = rng.randint(0, last) if crop else 0
    if crop and rng.random() < ENDINGS:  # the end and some of the silence behind it
        first = min(last + rng.randint(0, 8), entry.length - 1)
    rows = shards.read(number, first, length)
    if len(rows) < length:  # the tail's last rows are silence that no longer hears the music
        rows = np.concatenate([rows, np.repeat(rows[-8:-7], length - len(rows), axis=0)])
    return Window(
        torch.from_numpy(rows.astype(np.float32)).T.contiguous(), entry.truth, first / shards.rate.rows_per_second
    )
