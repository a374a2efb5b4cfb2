"""What the diffusion transformer learns: the velocity of a straight path from latents to noise (rectified flow)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

Network = Callable[[Tensor, Tensor], Tensor]

NOISIER, SPREAD = 1.5, 1.5  # mean and deviation of log(t / (1 - t))


def draw_timesteps(size: int, *, generator: torch.Generator | None = None) -> Tensor:
    """Timesteps `(size,)`, log(t / (1 - t)) being normal: noisy ones come more often than clean ones.

    The sampler's steps are even in that logarithm from 6 to -2 (`schedules.logsnr`), and tempo, key and form are
    decided in the noisiest of them: a piece repeats them in thousands of numbers, so they shine through noise that
    hides every detail. Every twentieth timestep is uniform, so that the clean end is never forgotten.
    """
    often = torch.sigmoid(NOISIER + SPREAD * torch.randn(size, generator=generator))
    uniform = torch.rand(size, generator=generator)
    return torch.where(torch.rand(size, generator=generator) < 0.05, uniform, often)


def flow_loss(network: Network, latents: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
    """Mean squared error of the velocity for each item, `(batch,)`: x_t = (1 - t) z + t eps, target eps - z.

    latents, noise  `(batch, channels, n)`, scaled to unit deviation
    """
    t = timesteps[:, None, None]
    predicted = network((1 - t) * latents + t * noise, timesteps)
    return (predicted.float() - (noise - latents)).square().mean(dim=(1, 2))


def v_loss(network: Network, latents: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
    """Mean squared error of v for each item, `(batch,)`: x_t = cos z + sin eps, target cos eps - sin z, of pi t / 2.

    latents, noise  `(batch, channels, n)`, scaled to unit deviation
    """
    angle = timesteps[:, None, None] * (math.pi / 2)
    cosine, sine = angle.cos(), angle.sin()
    predicted = network(cosine * latents + sine * noise, timesteps)
    return (predicted.float() - (cosine * noise - sine * latents)).square().mean(dim=(1, 2))


def draw_kept(size: int, probability: float, *, generator: torch.Generator | None = None) -> Tensor:
    """Which items keep their prompt, `(size, 1, 1)` bool; the others learn guidance's null (arXiv 2207.12598).

    probability  of dropping it
    """
    return torch.rand(size, 1, 1, generator=generator) >= probability
