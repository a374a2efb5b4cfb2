"""Classifier-free guidance: push the network's answer away from what it says without the prompt (arXiv 2207.12598)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from musicapp.diffusion.objectives import Network, noise_level

Inputs = Mapping[str, Tensor | None]  # keyword arguments of the network beside x and timestep


def guided(
    network: Callable[..., Tensor],
    cond: Inputs,
    null: Inputs,
    scale: float,
    *,
    rescale: float = 0.0,
    interval: tuple[float, float] = (0.0, 1.0),
    objective: str = "v",
) -> Network:
    """Bind what steers to `network` and guide its raw output: null + scale * (cond - null).

    cond, null  what the network gets in either half: `without_prompt` or `with_negative` make `null` from `cond`
    scale       1 is off (one network call instead of two)
    rescale     0..1, how much of the conditional output's deviation over channels to restore (arXiv 2305.08891, s3.4)
    interval    guide only where the noise level lies inside, both ends included (arXiv 2404.07724)
    """
    low, high = interval

    def conditional(x: Tensor, timestep: Tensor) -> Tensor:
        return network(x, timestep, **cond)

    def steered(x: Tensor, timestep: Tensor) -> Tensor:
        with_prompt = conditional(x, timestep)
        level = noise_level(timestep, objective)
        inside = (level >= low) & (level <= high)
        if not inside.any():
            return with_prompt
        without = network(x, timestep, **null)
        out = without + scale * (with_prompt - without)
        if rescale:
            out = _restore_deviation(out, with_prompt, rescale)
        return torch.where(inside[:, None, None], out, with_prompt)

    return conditional if scale == 1.0 else steered


def without_prompt(cond: Inputs) -> dict[str, Tensor | None]:
    """The null half: no cross-attention at all, timing kept in the global condition.

    The trained null is all-zero tokens, number tokens included; the projections have no bias, so skipping is equal.
    """
    return {**cond, "cross": None}


def with_negative(cond: Inputs, cross: Tensor, mask: Tensor) -> dict[str, Tensor | None]:
    """The half to steer away from: the negative prompt's tokens (b or 1, l, d), masked rows (mask 0) set to zero.

    The global condition stays the positive one: how long the music is must not be steered away from.
    """
    tokens = cross * mask.to(cross.dtype)[..., None]
    positive = cond["cross"]
    if positive is not None:
        tokens = tokens.expand(positive.shape[0], -1, -1)
    return {**cond, "cross": tokens}


def _restore_deviation(out: Tensor, reference: Tensor, amount: float) -> Tensor:
    restored = out * (reference.std(dim=1, keepdim=True) / out.std(dim=1, keepdim=True))
    return amount * restored + (1.0 - amount) * out
