"""From the latents of a take to the blocks that are written: decoded piece by piece, brought to a loudness, limited."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from musicapp.audio.limiter import Limiter
from musicapp.checkpoints.load import LoadedModel
from musicapp.engine.decode import decode_chunks, plan_of
from musicapp.engine.loudness import gain_for


def blocks_of(model: LoadedModel, latents: Tensor, frames: int, *, size: int, seed: int) -> Iterator[np.ndarray]:
    """The take as `(frames, channels)` float32, one block for each of `bounds_of`; joined they have `frames` frames.

    latents  `(1, latent_dim, count)` where the autoencoder is
    size     latents of the largest chunk
    seed     of the noise that some decoders add

    Models that ask for a loudness or a highest peak get both: the gain is the same from the first frame on, and what
    the limiter still needs to look at comes with the next block. The blocks joined are the same for every `size`.
    """
    limiter = _limiter(model, latents)
    bounds = bounds_of(model, frames, size)
    chunks = decode_chunks(model.autoencoder, latents, size=size, count=bounds[-1][1], seed=seed)
    left = frames
    for (_, end), chunk in zip(bounds, chunks, strict=True):
        block = chunk[0, :, :left].T.float().cpu().numpy()
        left -= len(block)
        if limiter is not None:
            block = limiter.push(block)
            if end == bounds[-1][1]:
                block = np.concatenate([block, limiter.flush()])
        yield block


def bounds_of(model: LoadedModel, frames: int, size: int) -> list[tuple[int, int]]:
    """Latents [start, end) of every chunk that so many frames are decoded in."""
    count = -(-frames // model.autoencoder.downsampling_ratio)
    return plan_of(model.autoencoder, count, size)


def _limiter(model: LoadedModel, latents: Tensor) -> Limiter | None:
    app, config = model.config.app, model.config
    if app.true_peak_dbtp is None:
        return None
    gain = 1.0
    if app.loudness_lufs is not None:
        gain = gain_for(model.autoencoder, latents, app.loudness_lufs, config.sample_rate)
    return Limiter(config.audio_channels, ceiling_db=app.true_peak_dbtp, gain=gain)
