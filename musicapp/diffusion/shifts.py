"""Schedules of Stable Audio 3: even steps, warped so that more of them fall where the music is decided.

Lengths are latent frames. Everything is float32 on the CPU and in the published order of operations: the network turns
the last bit of a level into 0.004 rad of its highest timestep frequency.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from musicapp.diffusion.schedules import ShiftOptions


@dataclass(frozen=True)
class LogSNRShift:
    """Even steps in log signal-to-noise ratio; with a `rate` above 0 longer music starts from a lower one."""

    anchor_length: int = 2000
    anchor_logsnr: float = -6.2
    rate: float = 0.0
    logsnr_end: float = 2.0


@dataclass(frozen=True)
class FluxShift:
    """Odds of noise to signal multiplied by a factor that grows with the length, on logarithmic scales."""

    min_length: int = 256
    max_length: int = 4096
    alpha_min: float = 1.0
    alpha_max: float = 6.93


Shift = LogSNRShift | FluxShift | ShiftOptions | None  # None leaves the steps even
DEFAULT = LogSNRShift()


def build(steps: int, latent_frames: int, *, sigma_max: float = 1.0, shift: Shift = DEFAULT) -> Tensor:
    """The levels `(steps + 1,)` for music of a length, the first exactly `sigma_max`, the last exactly 0.

    As published, only the first value is brought to `sigma_max` after the warp: below 1 the level rises once, after
    the first step (audio-to-audio at 0.5 works at 0.83). Raises ValueError outside 0 < sigma_max <= 1.
    """
    if steps < 1 or not 0.0 < sigma_max <= 1.0:
        raise ValueError(f"{steps} steps from {sigma_max}: a flow takes at least one, from above 0 to 1")
    sigmas = warp(torch.linspace(sigma_max, 0.0, steps + 1), latent_frames, shift)
    sigmas[0], sigmas[-1] = sigma_max, 0.0
    return sigmas


def warp(levels: Tensor, latent_frames: int, shift: Shift) -> Tensor:
    """Levels in [0, 1] moved by a shift; 0 and 1 stay where they are."""
    if shift is None:
        return levels.clone()
    if isinstance(shift, ShiftOptions):
        scale = math.exp(
            -_between(latent_frames, shift.min_length, shift.max_length, shift.base_shift, shift.max_shift)
        )
        moved = 1.0 - scale / (scale + (1.0 / (1.0 - levels) - 1.0))
        return torch.sin(moved * (math.pi / 2)) if shift.use_sine else moved
    if isinstance(shift, FluxShift):
        low, high = math.log(shift.min_length), math.log(shift.max_length)
        length = math.log(max(latent_frames, 1))
        alpha = math.exp(_between(length, low, high, math.log(shift.alpha_min), math.log(shift.alpha_max)))
        return alpha * levels / (1.0 + (alpha - 1.0) * levels)
    start = shift.anchor_logsnr - shift.rate * math.log2(latent_frames / shift.anchor_length)
    moved = torch.sigmoid(-(shift.logsnr_end - levels * (shift.logsnr_end - start)))
    moved = torch.where(levels <= 0.0, torch.zeros_like(levels), moved)
    return torch.where(levels >= 1.0, torch.ones_like(levels), moved)


def _between(value: float, low: float, high: float, at_low: float, at_high: float) -> float:
    """A straight line from `at_low` to `at_high`, level outside."""
    share = (min(max(value, low), high) - low) / (high - low)
    return at_low + (at_high - at_low) * share
