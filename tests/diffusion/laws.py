"""Closed-form worlds to test samplers in: data whose ideal network is a formula."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import torch
from torch import Tensor

SPREAD = 0.7  # standard deviation of the Gaussian data


def gaussian_denoise(x: Tensor, sigma: Tensor) -> Tensor:
    """The ideal clean estimate for data of N(0, SPREAD^2) seen as x = z + sigma * noise."""
    return x * (SPREAD**2 / (SPREAD**2 + sigma[:, None, None] ** 2))


def gaussian_velocity(x: Tensor, sigma: Tensor) -> Tensor:
    """The ideal velocity E[noise - z | x] for the same data seen as x = (1 - t) z + t noise."""
    t = sigma[:, None, None]
    return x * (t - (1 - t) * SPREAD**2) / ((1 - t) ** 2 * SPREAD**2 + t**2)


def gaussian_v(x: Tensor, timestep: Tensor) -> Tensor:
    """The ideal v = cos noise - sin z for the same data seen as x = cos z + sin noise."""
    cos, sin = torch.cos(timestep * math.pi / 2), torch.sin(timestep * math.pi / 2)
    variance = (cos * SPREAD) ** 2 + sin**2
    return x * (cos * sin * (1 - SPREAD**2) / variance)[:, None, None]


def draws(seed: int, like: Tensor) -> Callable[[], Tensor]:
    """Unit noise shaped like a tensor, from a seed."""
    generator = torch.Generator().manual_seed(seed)
    return lambda: torch.randn(like.shape, generator=generator, dtype=like.dtype)


def replay(recorded: Tensor) -> Callable[..., Tensor]:
    """A stand-in for `draw`, `denoise` or `velocity` that gives the recorded tensors in order."""
    counter = itertools.count()
    return lambda *_: recorded[next(counter)]
