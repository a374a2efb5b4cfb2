"""Classifier-free guidance: push the network's answer away from what it says without the prompt (arXiv 2207.12598)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

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
    as_batch: bool = False,
    objective: str = "v",
) -> Network:
    """Bind what steers to `network` and guide its raw output: null + scale * (cond - null).

    cond, null  what the network gets in either half: `unconditional` or `with_negative` make `null` from `cond`
    scale       1 is off (one network call instead of two)
    rescale     0..1, how much of the conditional output's deviation over channels to restore (arXiv 2305.08891, s3.4)
    interval    guide only where the noise level lies inside, both ends included (arXiv 2404.07724)
    as_batch    see `Halves`
    """
    (low, high), halves = interval, Halves(network, cond, null, as_batch=as_batch)

    def conditional(x: Tensor, timestep: Tensor) -> Tensor:
        return network(x, timestep, **cond)

    def steered(x: Tensor, timestep: Tensor) -> Tensor:
        level = noise_level(timestep, objective)
        inside = (level >= low) & (level <= high)
        if not inside.any():
            return conditional(x, timestep)
        with_prompt, without = halves(x, timestep)
        out = without + scale * (with_prompt - without)
        if rescale:
            out = rescale_guidance(out, with_prompt, rescale)
        return torch.where(inside[:, None, None], out, with_prompt)

    return conditional if scale == 1.0 else steered


@dataclass(frozen=True)
class Push:
    """What to push away from, how far, and at which noise levels: at least `low`, and below `high`."""

    opposite: Network
    scale: float
    low: float = 0.0
    high: float = math.inf


def pushed_away(network: Network, pushes: Sequence[Push], *, objective: str = "v") -> Network:
    """`network` pushed away from what each opposite says, where the noise level is one of its push's.

    For single facts, each at the levels that decide it and at no cost elsewhere; guidance with a negative condition in
    place of the null (arXiv 2207.12598) in a limited interval (arXiv 2404.07724).
    """

    def pushed(x: Tensor, timestep: Tensor) -> Tensor:
        plain = network(x, timestep)
        level, out = noise_level(timestep, objective), plain
        for push in pushes:
            if ((level >= push.low) & (level < push.high)).all():
                out = out + push.scale * (plain - push.opposite(x, timestep))
        return out

    return pushed


def blended(network: Network, other: Network, share: Tensor, *, low: float = 0.0, objective: str = "v") -> Network:
    """`network` here and `other` there, two descriptions of one piece (joint diffusion, arXiv 2302.08113).

    share  `(latents,)`, how much of the other's answer counts at each latent, from 0 to 1
    low    the noise level below which the network alone is asked
    """

    def both(x: Tensor, timestep: Tensor) -> Tensor:
        plain = network(x, timestep)
        if (noise_level(timestep, objective) < low).any():
            return plain
        return torch.lerp(plain, other(x, timestep), share.to(plain.dtype))

    return both


def unconditional(cond: Inputs) -> dict[str, Tensor | None]:
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


class Halves:
    """What the network says with and without the prompt.

    As one batch when both have tokens to attend to. A null half without any skips cross-attention, which on a processor
    saves more than a common batch; `as_batch` gives it tokens of zeros instead, of which the network says the same.
    """

    def __init__(self, network: Callable[..., Tensor], cond: Inputs, null: Inputs, *, as_batch: bool = False) -> None:
        self._network, self._cond, self._null = network, cond, null
        self._is_batch = null["cross"] is not None or (as_batch and cond["cross"] is not None)
        self._joined: dict[int, Inputs] = {}  # by the size of the batch; the same tensors in every step

    def __call__(self, x: Tensor, timestep: Tensor) -> tuple[Tensor, Tensor]:
        if not self._is_batch:
            return self._network(x, timestep, **self._cond), self._network(x, timestep, **self._null)
        if (size := x.shape[0]) not in self._joined:
            self._joined[size] = {
                name: None if value is None else torch.cat(_pair(value, self._null[name], size))
                for name, value in self._cond.items()
            }
        both = self._network(torch.cat([x, x]), torch.cat([timestep, timestep]), **self._joined[size])
        with_prompt, without = both.chunk(2)
        return with_prompt, without


def _pair(value: Tensor, null: Tensor | None, size: int) -> list[Tensor]:
    """A condition of both halves, for so many items each; one that the null half has not is zeros."""
    halves = (value, torch.zeros_like(value) if null is None else null)
    return [half.expand(size, *half.shape[1:]) for half in halves]


def rescale_guidance(out: Tensor, reference: Tensor, amount: float) -> Tensor:
    """`out` with some of its deviation over channels brought back to that of `reference`."""
    restored = out * (reference.std(dim=1, keepdim=True) / out.std(dim=1, keepdim=True))
    return amount * restored + (1.0 - amount) * out
