"""Latents as discrete tokens: k-means over short stretches, then over what is left, level by level.

Residual quantisation as in SoundStream (arXiv 2107.03312), but with centres from plain k-means instead of learnt ones:
the autoencoder is finished, and its decoder must go on understanding what comes back.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

ROUNDS = 12  # of k-means at each level


class Codebooks(nn.Module):
    """Centres of every level, for stretches of `stride` latents.

    centres  `(levels, size, stride * channels)`
    """

    centres: Tensor

    def __init__(self, levels: int, size: int, stride: int, channels: int) -> None:
        super().__init__()
        self.stride = stride
        self.register_buffer("centres", torch.zeros(levels, size, stride * channels))

    @property
    def levels(self) -> int:
        return self.centres.shape[0]

    @property
    def size(self) -> int:
        """Tokens that there are at each level."""
        return self.centres.shape[1]

    @torch.no_grad()
    def fit(self, stretches: Tensor, *, seed: int = 0) -> list[float]:
        """Find the centres for `(count, stride * channels)`; gives the share of variance that each level leaves."""
        generator = torch.Generator().manual_seed(seed)
        left, whole = stretches.clone(), float(stretches.square().sum())
        shares = []
        for centres in self.centres:
            centres.copy_(_k_means(left, len(centres), generator))
            left -= centres[_nearest(left, centres)]
            shares.append(float(left.square().sum()) / max(whole, 1e-12))
        return shares

    @torch.no_grad()
    def tokens_of(self, latents: Tensor) -> Tensor:
        """Latents `(batch, channels, count)` as tokens `(batch, levels, steps)`; what fills no step is left."""
        batch, channels, count = latents.shape
        steps = count // self.stride
        cut = latents[..., : steps * self.stride].reshape(batch, channels, steps, self.stride)
        left = cut.permute(0, 2, 3, 1).reshape(batch * steps, -1).clone()
        found = []
        for centres in self.centres:
            nearest = _nearest(left, centres)
            left -= centres[nearest]
            found.append(nearest.view(batch, steps))
        return torch.stack(found, 1)

    @torch.no_grad()
    def latents_of(self, tokens: Tensor) -> Tensor:
        """The way back: `(batch, levels, steps)` to `(batch, channels, steps * stride)`."""
        batch, levels, steps = tokens.shape
        summed = sum((self.centres[level][tokens[:, level]] for level in range(levels)), self.centres.new_zeros(()))
        assert isinstance(summed, Tensor)
        return summed.view(batch, steps * self.stride, -1).transpose(1, 2)


def _k_means(points: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Centres after some rounds of Lloyd's algorithm; one that lost all its points moves to a point at random."""
    drawn = torch.randperm(len(points), generator=generator)[:count]
    centres = points[drawn]
    if len(centres) < count:  # fewer points than tokens: the others stay unused, far from everything
        far = points.new_full((count - len(centres), points.shape[1]), 1e4)
        return torch.cat([centres, far])
    for _ in range(ROUNDS):
        nearest = _nearest(points, centres)
        sums = torch.zeros_like(centres).index_add_(0, nearest, points)
        counts = torch.bincount(nearest, minlength=count)
        lost = counts == 0
        centres = sums / counts.clamp(min=1)[:, None]
        if lost.any():
            centres[lost] = points[torch.randint(len(points), (int(lost.sum()),), generator=generator)]
    return centres


def _nearest(points: Tensor, centres: Tensor, chunk: int = 16384) -> Tensor:
    """The number of the nearest centre for every point."""
    lengths = centres.square().sum(1) / 2
    return torch.cat([(part @ centres.T - lengths).argmax(1) for part in points.split(chunk)])
