"""What a network predicts, and how to read a clean signal out of it.

`v`              x = cos(pi t / 2) z + sin(pi t / 2) noise; the network gives v = cos noise - sin z (arXiv 2202.00512)
`rectified_flow` x = (1 - t) z + t noise; the network gives the velocity noise - z (arXiv 2209.03003)
`rf_denoiser`    the same velocity from a network trained further so that x - t * velocity is usable at any t
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

Network = Callable[[Tensor, Tensor], Tensor]  # (x (b, c, n), timestep (b,)) -> v or velocity (b, c, n)
Denoise = Callable[[Tensor, Tensor], Tensor]  # (x (b, c, n), sigma (b,)) -> clean estimate (b, c, n)
Velocity = Callable[[Tensor, Tensor], Tensor]  # (x (b, c, n), sigma (b,)) -> dx/dsigma (b, c, n)

OBJECTIVES = ("v", "rectified_flow", "rf_denoiser")


def is_flow(objective: str) -> bool:
    """Whether the network predicts a velocity; raises ValueError for an unknown objective."""
    if objective not in OBJECTIVES:
        raise ValueError(f"unknown objective {objective!r}; known are {', '.join(OBJECTIVES)}")
    return objective != "v"


def noise_level(timestep: Tensor, objective: str) -> Tensor:
    """The share of noise in x at `timestep`, 0 clean to 1 pure noise: t for flows, sin(pi t / 2) for v."""
    return timestep if is_flow(objective) else torch.sin(timestep * (math.pi / 2))


def v_denoiser(network: Network) -> Denoise:
    """See a v network as a denoiser of x = z + sigma * noise, any sigma above 0 (the view of arXiv 2206.00364).

    The input is scaled back to unit variance and t = atan(sigma) * 2 / pi is what the network is fed.
    """

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        level = sigma[:, None, None]
        scale = torch.rsqrt(level.square() + 1.0)  # cos(pi t / 2); sin(pi t / 2) is level * scale
        v = network(x * scale, torch.atan(sigma) * (2 / math.pi))
        return x * scale.square() - v * (level * scale)

    return denoise


def sigma_of_strength(strength: float, objective: str) -> float:
    """The sigma to start audio-to-audio from, for a strength of 0 (keep all) to below 1 (keep nothing).

    Strength is the timestep; v models count sigma from 0 to infinity, so theirs is tan(pi * strength / 2).
    """
    return strength if is_flow(objective) else math.tan(strength * math.pi / 2)
