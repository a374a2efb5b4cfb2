"""Noise levels to visit: `steps + 1` falling values, the last one exactly 0.

Computed in float64 and returned as float32 on the CPU, so the first value is exactly the one asked for.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from musicapp.description.shift_configs import FullShift

LOGSNR_START = -6.0  # log-SNR of the first value when the schedule starts from pure noise
LOGSNR_END = 2.0  # the last value before 0 is sigmoid(-2) = 0.119 for many steps


def polyexponential(steps: int, sigma_min: float, sigma_max: float, *, rho: float = 1.0) -> Tensor:
    """Steps of equal ratio from `sigma_max` to `sigma_min` (rho 1), then 0: for v models, sigma in (0, inf).

    A larger `rho` spends more steps at low noise. One step goes straight from `sigma_max` to 0.
    Raises ValueError unless 0 < sigma_min <= sigma_max.
    """
    _check_steps(steps)
    if not 0.0 < sigma_min <= sigma_max:
        raise ValueError(f"sigma_min {sigma_min} must be above 0 and not above sigma_max {sigma_max}")
    ramp = torch.linspace(1.0, 0.0, steps, dtype=torch.float64) ** rho
    low, high = math.log(sigma_min), math.log(sigma_max)
    return _with_ends(torch.exp(low + ramp * (high - low)), sigma_max)


def linear(steps: int, sigma_max: float = 1.0) -> Tensor:
    """Even steps from `sigma_max` to 0: for rectified flow, sigma in (0, 1]."""
    _check_flow(steps, sigma_max)
    return _with_ends(torch.linspace(sigma_max, 0.0, steps + 1, dtype=torch.float64)[:-1], sigma_max)


def logsnr(steps: int, sigma_max: float = 1.0) -> Tensor:
    """Even steps in log signal-to-noise ratio from `sigma_max`, then 0: the default for rectified flow.

    The ends are forced, so the first and the last step are longer than the others. A start already below the usual
    last level (quiet audio-to-audio) ends that much lower, where the published formula would rise again.
    """
    _check_flow(steps, sigma_max)
    # The 1e-6 is the reference's guard against log(0); it shifts every inner value a little, so it stays.
    start = LOGSNR_START if sigma_max == 1.0 else math.log((1.0 - sigma_max) / sigma_max + 1e-6)
    end = LOGSNR_END if start < LOGSNR_END else start + 2.0
    levels = torch.sigmoid(-torch.linspace(start, end, steps + 1, dtype=torch.float64))
    return _with_ends(levels[:-1], sigma_max)


def shift(sigmas: Tensor, latent_frames: int, options: FullShift) -> Tensor:
    """Move flow levels towards noise, more so for longer music; 0 and 1 stay where they are.

    A longer signal needs more noise to hide the same share of it (the resolution shift of arXiv 2403.03206).
    """
    span = max(options.max_length - options.min_length, 1)
    length = min(max(latent_frames, options.min_length), options.max_length)
    mu = options.base_shift + (options.max_shift - options.base_shift) * (length - options.min_length) / span
    k = math.exp(mu)
    levels = sigmas.double()
    shifted = k * levels / (1.0 + (k - 1.0) * levels)
    if options.use_sine:
        shifted = torch.sin(shifted * (math.pi / 2))
    return shifted.float()


def _with_ends(levels: Tensor, first: float) -> Tensor:
    sigmas = torch.cat([levels, levels.new_zeros(1)])
    sigmas[0] = first
    return sigmas.float()


def _check_steps(steps: int) -> None:
    if steps < 1:
        raise ValueError(f"a schedule needs at least 1 step, not {steps}")


def _check_flow(steps: int, sigma_max: float) -> None:
    _check_steps(steps)
    if not 0.0 < sigma_max <= 1.0:
        raise ValueError(f"rectified flow starts between 0 and 1, not at {sigma_max}")
