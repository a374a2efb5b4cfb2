"""Latents to audio in chunks that join without a seam: the first one small, so that sound starts early."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from musicapp.nn.autoencoder import Autoencoder

FIRST = 16  # latents of the first chunk: 0.74 s of sound at 2048 frames each
SIZE = 128  # latents of the largest chunk: what memory is bounded by
LAST = 64  # latents decoded at least at the end, context included


def chunk_bounds(count: int, first: int = FIRST, size: int = SIZE) -> list[tuple[int, int]]:
    """Latents [start, end) of every chunk: `first` long, each twice the one before, none longer than `size`.

    The plan depends on the length alone, never on measured speed: kernels round differently for other sizes, and the
    same request must give the same bytes.
    """
    bounds, start, length = [], 0, first
    while start < count:
        end = min(start + length, count)
        bounds.append((start, end))
        start, length = end, min(2 * length, size)
    return bounds


@torch.inference_mode()
def decode_chunks(
    autoencoder: Autoencoder,
    latents: Tensor,
    *,
    first: int = FIRST,
    size: int = SIZE,
    count: int | None = None,
    seed: int = 0,
) -> Iterator[Tensor]:
    """Audio of the first `count` latents (all of them by default), piece by piece.

    latents  `(batch, latent_dim, latent_frames)`
    seed     of the noise that some decoders add; a latent gets the same noise in whatever chunk it is decoded
    out      `(batch, channels, frames)` float32 on the device of the latents

    Each chunk is decoded with `decoder.margin` true latents on both sides, which are all that its audio depends on;
    only the true ends of the latents meet the decoder's zero padding. So the pieces joined are the whole decode.
    """
    margin, ratio, total = _margin(autoencoder), autoencoder.downsampling_ratio, latents.shape[-1]
    for start, end in chunk_bounds(total if count is None else min(count, total), first, size):
        left, right = max(0, start - margin), min(total, end + margin)
        if right == total:  # threads share the products of a few rows in another way, with another rounding
            left = max(0, min(left, total - min(LAST, size)))
        audio = autoencoder.decode(latents[..., left:right], autoencoder.decode_noise(seed, left, right - left))
        yield audio[..., (start - left) * ratio : (end - left) * ratio]


def _margin(autoencoder: Autoencoder) -> int:
    margin = autoencoder.decoder.margin
    assert isinstance(margin, int)
    return margin
