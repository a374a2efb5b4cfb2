"""Adaptive projected guidance for rectified flows: guide the clean estimate, and not along itself (arXiv 2410.02416).

Plain guidance also makes everything louder, which strong guidance turns into distortion. Here the part of the push
that is parallel to the estimate is left out.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from musicapp.diffusion.guidance import Halves, Inputs, rescale_guidance
from musicapp.diffusion.objectives import Network

MIN_LEVEL = 1e-8  # below this noise level there is nothing to divide by


def guided(
    network: Callable[..., Tensor],
    cond: Inputs,
    null: Inputs,
    scale: float,
    *,
    apg: float = 1.0,
    norm_threshold: float = 0.0,
    rescale: float = 0.0,
    interval: tuple[float, float] = (0.0, 1.0),
    as_batch: bool = False,
) -> Network:
    """Bind what steers to a velocity `network` and guide it; parameters as in `guidance.guided`, and

    apg             1 leaves the parallel part out, 0 is plain guidance, between them a mix
    norm_threshold  the longest push allowed, as a norm over channels and time; 0 is any
    A "valid" among what steers says which latents count for the projection.
    """
    (low, high), halves = interval, Halves(network, cond, null, as_batch=as_batch)

    def conditional(x: Tensor, timestep: Tensor) -> Tensor:
        return network(x, timestep, **cond)

    def steered(x: Tensor, timestep: Tensor) -> Tensor:
        inside = (timestep >= low) & (timestep <= high) & (timestep > MIN_LEVEL)
        if not inside.any():
            return conditional(x, timestep)
        with_prompt, without = halves(x, timestep)
        level = timestep.clamp_min(MIN_LEVEL)[:, None, None]
        wanted, unwanted = x - level * with_prompt, x - level * without
        push = _capped(wanted - unwanted, norm_threshold)
        push = apg * _across(push, wanted, cond.get("valid")) + (1.0 - apg) * push
        out = (x - (wanted + (scale - 1.0) * push)) / level
        if rescale:
            out = rescale_guidance(out, with_prompt, rescale)
        return torch.where(inside[:, None, None], out, with_prompt)

    return conditional if scale == 1.0 else steered


def _across(push: Tensor, estimate: Tensor, valid: Tensor | None) -> Tensor:
    """The part of the push at right angles to the estimate, over channels and the valid part of time."""
    counts = torch.ones_like(push[:, :1]) if valid is None else valid[:, None].to(push.dtype)
    direction = estimate * counts
    norm = direction.square().sum(dim=(1, 2), keepdim=True).sqrt().clamp_min(1e-8)
    direction = direction / norm
    return (push - (push * direction).sum(dim=(1, 2), keepdim=True) * direction) * counts


def _capped(push: Tensor, threshold: float) -> Tensor:
    if threshold <= 0.0:
        return push
    norm = push.square().sum(dim=(1, 2), keepdim=True).sqrt().clamp_min(1e-8)
    return push * (threshold / norm).clamp(max=1.0)
