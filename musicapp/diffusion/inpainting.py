"""What a model that can fill gaps is told: which latents to keep, and what they are."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


def keep_mask(latent_frames: int, ratio: int, gaps: Iterable[tuple[int, int]], *, end: int | None = None) -> Tensor:
    """1 for latents to keep, 0 for those to make, `(1, 1, latent_frames)` float32.

    ratio  audio frames per latent
    gaps   first and last (excluded) audio frame of what is to be made
    end    where the wanted music ends, in audio frames; nothing behind it is kept
    A latent is judged by its first audio frame.
    """
    first = torch.arange(latent_frames) * ratio
    keep = torch.ones(latent_frames, dtype=torch.bool)
    for start, stop in gaps:
        keep &= (first < start) | (first >= stop)
    if end is not None:
        keep &= first < end
    return keep.float()[None, None]


def channels_of(mask: Tensor, latents: Tensor) -> Tensor:
    """Mask, then the latents that are kept, `(batch, 1 + channels, latent_frames)`. All zeros: make everything."""
    return torch.cat((mask.to(latents).expand(latents.shape[0], -1, -1), latents * mask.to(latents)), dim=1)
