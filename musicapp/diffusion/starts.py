"""Where sampling starts: pure noise, or given latents with noise on top (audio-to-audio)."""

from __future__ import annotations

import math

from torch import Tensor

from musicapp.diffusion.objectives import is_flow

# The level for each variation 0, 1/8, 2/8, ... 1: most of what is heard is decided at high ones. docs/shaping.md has
# how far the built-in model goes from four sources at each.
LEVELS = (0.0, 0.49, 0.66, 0.75, 0.81, 0.875, 0.917, 0.955, 1.0)


def level_of(variation: float) -> float:
    """The share of noise to begin at for a variation of 0 to 1, so that equal steps of it go about equally far."""
    place = variation * (len(LEVELS) - 1)
    number = min(int(place), len(LEVELS) - 2)
    return LEVELS[number] + (place - number) * (LEVELS[number + 1] - LEVELS[number])


def exploding_start(noise: Tensor, sigma: float, latents: Tensor | None = None) -> Tensor:
    """State of a v model seen in k-space at `sigma`: latents + sigma * noise; no latents means silence of the latent.

    noise `(batch, channels, latent_frames)` of unit variance; latents of the same shape, or batch 1.
    """
    return noise * sigma if latents is None else latents + noise * sigma


def flow_start(noise: Tensor, sigma: float, latents: Tensor | None = None) -> Tensor:
    """State of a rectified flow at `sigma` in 0..1: the straight mix of latents and noise; no latents means sigma 1."""
    return noise if latents is None else (1.0 - sigma) * latents + sigma * noise


def sigma_at(level: float, objective: str, *, highest: float = math.inf) -> float:
    """The sigma at which noise has this share of a mix, 0 to 1: itself for flows, level / (1 - level) for v models."""
    return level if is_flow(objective) else min(level / max(1.0 - level, 1e-6), highest)
