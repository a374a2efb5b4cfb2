"""Schedules of Stable Audio 3: even steps, warped so that more of them fall where the music is decided.

Lengths are latent frames. Everything is float32 on the CPU and in the published order of operations: the network turns
the last bit of a level into 0.004 rad of its highest timestep frequency.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from musicapp.description.shift_configs import DEFAULT, FluxShift, FullShift, NoShift, ShiftConfig


def build(steps: int, latent_frames: int, *, sigma_max: float = 1.0, shift: ShiftConfig = DEFAULT) -> Tensor:
    """The levels `(steps + 1,)` for music of a length, the first exactly `sigma_max`, the last exactly 0.

    As published, only the first value is brought to `sigma_max` after the warp: below 1 the level rises once, after
    the first step (audio-to-audio at 0.5 works at 0.83). Raises ValueError outside 0 < sigma_max <= 1.
    """
    if steps < 1 or not 0.0 < sigma_max <= 1.0:
        raise ValueError(f"{steps} steps from {sigma_max}: a flow takes at least one, from above 0 to 1")
    sigmas = warp(torch.linspace(sigma_max, 0.0, steps + 1), latent_frames, shift)
    sigmas[0], sigmas[-1] = sigma_max, 0.0
    return sigmas


def build_from(level: float, steps: int, latent_frames: int, *, shift: ShiftConfig = DEFAULT) -> Tensor:
    """The levels `(steps + 1,)` that fall from `level` to 0: the curve from 1 made lower, since some shifts have none
    below a level of their own. From 1 they are those of `build`."""
    sigmas = build(steps, latent_frames, shift=shift)
    return sigmas if level >= 1.0 else sigmas * level


def warp(levels: Tensor, latent_frames: int, shift: ShiftConfig) -> Tensor:
    """Levels in [0, 1] moved by a shift; 0 and 1 stay where they are."""
    if isinstance(shift, NoShift):
        return levels.clone()
    if isinstance(shift, FullShift):
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
