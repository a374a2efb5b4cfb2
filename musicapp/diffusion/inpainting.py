"""What a model that can fill gaps is told: which latents to keep, and what they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from musicapp.diffusion.objectives import Network, is_flow


def keep_mask(latent_frames: int, ratio: int, gaps: Iterable[tuple[int, int]], *, end: int | None = None) -> Tensor:
    """1 for latents to keep, 0 for those to make, `(1, 1, latent_frames)` float32.

    ratio  audio frames per latent
    gaps   first and last (excluded) audio frame of what is to be made
    end    where the wanted music ends, in audio frames; nothing behind it is kept
    A latent is judged by its first audio frame.
    """
    first = torch.arange(latent_frames) * ratio
    keep = torch.ones(latent_frames, dtype=torch.bool)
    for start, stop in gaps:
        keep &= (first < start) | (first >= stop)
    if end is not None:
        keep &= first < end
    return keep.float()[None, None]


def channels_of(mask: Tensor, latents: Tensor) -> Tensor:
    """Mask, then the latents that are kept, `(batch, 1 + channels, latent_frames)`. All zeros: make everything."""
    return torch.cat((mask.to(latents).expand(latents.shape[0], -1, -1), latents * mask.to(latents)), dim=1)


def staying(
    network: Network, latents: Tensor, keep: Tensor, objective: str, draw: Callable[[], Tensor], *, repeats: int = 0
) -> Network:
    """A network for samplers that leaves latents as they are where `keep` is 1, with no training for it.

    latents  `(1, channels, n)` to keep; keep `(1, 1, n)`
    draw     noise of their shape
    repeats  how often each step is taken back and taken again (resampling, arXiv 2201.09865)

    Where latents are kept the network's answer is the one that points at them, so every sampler leads there along the
    noise that it began with, and what is made beside them always sees them at the level of the step.
    """

    def answered(x: Tensor, timestep: Tensor) -> Tensor:
        signal, noise = _shares(timestep, objective)
        here = x
        for number in range(repeats + 1):
            clean = _clean(here, network(here, timestep), signal, noise, objective)
            clean = torch.where(keep > 0, latents, clean)
            if number < repeats:
                here = signal * clean + noise * draw()
        return _answer(x, clean, signal, noise, objective)

    return answered


def _shares(timestep: Tensor, objective: str) -> tuple[Tensor, Tensor]:
    """How much signal and how much noise is in x, each `(batch, 1, 1)`."""
    t = timestep[:, None, None]
    return (1.0 - t, t) if is_flow(objective) else ((t * (math.pi / 2)).cos(), (t * (math.pi / 2)).sin())


def _clean(x: Tensor, answer: Tensor, signal: Tensor, noise: Tensor, objective: str) -> Tensor:
    return x - noise * answer if is_flow(objective) else signal * x - noise * answer


def _answer(x: Tensor, clean: Tensor, signal: Tensor, noise: Tensor, objective: str) -> Tensor:
    """What the network would have to say for this clean estimate."""
    return (x - clean) / noise if is_flow(objective) else (signal * x - clean) / noise
