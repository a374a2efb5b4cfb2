"""From the latents of a take to the blocks that are written: decoded piece by piece, brought to a loudness, limited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from musicapp.audio.limiter import Limiter
from musicapp.checkpoints.load import LoadedModel
from musicapp.diffusion.windows import Window, windows_of
from musicapp.engine.decode import decode_chunks, plan_of, seen_until
from musicapp.engine.loudness import LoudnessGain
from musicapp.engine.transfers import arriving
from musicapp.prompts.arc import Arc

FULL = Arc()


def blocks_of(
    model: LoadedModel,
    latents: Tensor,
    frames: int,
    *,
    size: int,
    seed: int,
    arc: Arc = FULL,
    windows: Sequence[Window] = (),
    ready: Callable[[], int] | None = None,
) -> Iterator[np.ndarray]:
    """The take as `(frames, channels)` float32, one block for each of `bounds_of`; joined they have `frames` frames.

    latents  `(1, latent_dim, count)` where the autoencoder is; `decode.seen_until` says which a block needs
    size     latents of the largest chunk
    seed     of the noise that some decoders add
    arc      where the take is calm, and quieter by as much as the model says
    windows  that it was made in, one by default
    ready    how many of the latents are there by now; None is all of them

    Models that ask for a loudness or a highest peak get both: the gain is the same from the first frame to the end of
    the first window, and what the limiter still needs to look at comes with the next block. The blocks joined are the
    same for every `size`.
    """
    limiter, gain = _limiter(model), _gain(model, latents, windows or windows_of([0, latents.shape[-1]]))
    bounds = bounds_of(model, frames, size)
    chunks = decode_chunks(model.autoencoder, latents, size=size, count=bounds[-1][1], seed=seed)
    left, curve = frames, Curve(arc, model.config.app.calm_db, model.config.sample_rate)
    total = latents.shape[-1]

    def can_begin(number: int) -> bool:
        there = total if ready is None else ready()
        return number < len(bounds) and seen_until(model.autoencoder, bounds[number][1], total) <= there

    rows = (chunk[0].T.float() for chunk in chunks)
    for (_, end), block in zip(bounds, arriving(rows, can_begin, overlaps=overlaps(latents.device)), strict=True):
        block = curve.over(block[:left], frames - left)
        if gain is not None:
            block = gain.over(block, frames - left)
        left -= len(block)
        if limiter is not None:
            block = limiter.push(block)
            if end == bounds[-1][1]:
                block = np.concatenate([block, limiter.flush()])
        yield block


def overlaps(device: torch.device) -> bool:
    """Whether a device decodes by itself while the processor works on what was decoded."""
    return device.type == "cuda"


class Curve:
    """The level of a take over its course: `calm_db` where its arc is calm, with ways between them."""

    def __init__(self, arc: Arc, calm_db: float, sample_rate: int) -> None:
        self._is_flat = not arc.points or not calm_db
        self._frames = np.array([second * sample_rate for second, _ in arc.points])
        self._levels_db = np.array([calm_db * calm for _, calm in arc.points])

    def over(self, block: np.ndarray, first: int) -> np.ndarray:
        """A block `(frames, channels)` that begins at frame `first` of the take, at its level."""
        if self._is_flat:
            return block
        level_db = np.interp(np.arange(first, first + len(block)), self._frames, self._levels_db)
        return (block * (10 ** (level_db / 20))[:, None]).astype(np.float32)


def bounds_of(model: LoadedModel, frames: int, size: int) -> list[tuple[int, int]]:
    """Latents [start, end) of every chunk that so many frames are decoded in."""
    count = -(-frames // model.autoencoder.downsampling_ratio)
    return plan_of(model.autoencoder, count, size)


def _limiter(model: LoadedModel) -> Limiter | None:
    ceiling_db = model.config.app.true_peak_dbtp
    return None if ceiling_db is None else Limiter(model.config.audio_channels, ceiling_db=ceiling_db)


def _gain(model: LoadedModel, latents: Tensor, windows: Sequence[Window]) -> LoudnessGain | None:
    target_lufs = model.config.app.loudness_lufs
    if target_lufs is None or model.config.app.true_peak_dbtp is None:
        return None
    rate = model.config.sample_rate
    return LoudnessGain(model.autoencoder, latents, windows, target_lufs=target_lufs, rate=rate)
