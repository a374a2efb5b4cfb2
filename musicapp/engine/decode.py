"""Latents to audio in chunks that join without a seam: the first one small, so that sound starts early."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from musicapp.nn.autoencoder import Autoencoder
from musicapp.nn.oobleck import OobleckDecoder
from musicapp.nn.spectral import SpectralDecoder

FIRST = 16  # latents of the first chunk: 0.74 s of sound at 2048 frames each
FIRST_PIECE = 8  # the same for decoders that work in pieces, for which small chunks cost nothing
SIZE = 128  # latents of the largest chunk: what memory is bounded by
LAST = 64  # latents decoded at least at the end, context included


def plan_of(autoencoder: Autoencoder, count: int, size: int = SIZE) -> list[tuple[int, int]]:
    """Latents [start, end) of every chunk in which so many are decoded."""
    first = FIRST_PIECE if isinstance(autoencoder.decoder, OobleckDecoder) else FIRST
    return chunk_bounds(count, size, first=first, is_light=isinstance(autoencoder.decoder, SpectralDecoder))


def chunk_bounds(count: int, size: int = SIZE, *, first: int = FIRST, is_light: bool = False) -> list[tuple[int, int]]:
    """Latents [start, end) of every chunk: `first` long, each twice the one before, none longer than `size`.

    is_light  the context of a chunk costs such a decoder more than its memory: chunks grow twice as fast to twice the
              size, and what is left at the end joins the chunk before when it is a quarter of one or less

    The plan depends on decoder and length alone, never on measured speed: kernels round differently for other sizes,
    and the same request must give the same bytes.
    """
    growth, longest = (4, 2 * size) if is_light else (2, size)
    bounds, start, length = [], 0, min(first, size)
    while start < count:
        end = min(start + length, count)
        if is_light and length == longest and count - end <= longest // 4:
            end = count
        bounds.append((start, end))
        start, length = end, min(growth * length, longest)
    return bounds


def alignment_of(autoencoder: Autoencoder) -> int:
    """Latents of a group: what a decoder is given begins with a whole one."""
    alignment = getattr(autoencoder.decoder, "alignment", 1)
    assert isinstance(alignment, int)
    return alignment


def context_of(autoencoder: Autoencoder) -> int:
    """Latents in front of a place that its sound depends on, in whole groups."""
    return -(-_margin(autoencoder) // alignment_of(autoencoder)) * alignment_of(autoencoder)


def seen_until(autoencoder: Autoencoder, end: int, total: int) -> int:
    """How many of the latents, from the first on, must be there when a chunk that ends with latent `end` is decoded."""
    if isinstance(autoencoder.decoder, OobleckDecoder):
        return total
    return min(total, end + _margin(autoencoder))


@torch.inference_mode()
def decode_chunks(
    autoencoder: Autoencoder,
    latents: Tensor,
    *,
    size: int = SIZE,
    count: int | None = None,
    seed: int = 0,
) -> Iterator[Tensor]:
    """Audio of the first `count` latents (all of them by default), piece by piece.

    latents  `(batch, latent_dim, latent_frames)`; those that `seen_until` does not ask for yet may come later
    seed     of the noise that some decoders add; a latent gets the same noise in whatever chunk it is decoded
    out      `(batch, channels, frames)` float32 on the device of the latents

    Each chunk is decoded with `decoder.margin` true latents on both sides, which are all that its audio depends on;
    only the true ends of the latents meet the decoder's zero padding. So the pieces joined are the whole decode.
    Some decoders see latents in groups; what they are given begins with a whole one. Those that work in pieces of their
    own give the same bytes for every plan.
    """
    margin, alignment, total = _margin(autoencoder), alignment_of(autoencoder), latents.shape[-1]
    bounds = plan_of(autoencoder, total if count is None else min(count, total), size)
    if (pieces := autoencoder.pieces(latents)) is not None:
        for start, end in bounds:
            yield autoencoder.finished(pieces.read((end - start) * autoencoder.downsampling_ratio))
        return
    for start, end in bounds:
        left, right = max(0, start - start % alignment - margin), seen_until(autoencoder, end, total)
        if right == total:  # threads share the products of a few rows in another way, with another rounding
            left = max(0, min(left, total - min(LAST, size)))
        left -= left % alignment
        noise = autoencoder.decode_noise(seed, left, right - left)
        yield autoencoder.decode(latents[..., left:right], noise, first=left, keep=(start - left, end - left))


def _margin(autoencoder: Autoencoder) -> int:
    margin = autoencoder.decoder.margin
    assert isinstance(margin, int)
    return margin
