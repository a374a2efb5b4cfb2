"""Where sampling starts: pure noise, or given latents with noise on top (audio-to-audio)."""

from __future__ import annotations

from torch import Tensor


def exploding_start(noise: Tensor, sigma: float, latents: Tensor | None = None) -> Tensor:
    """State of a v model seen in k-space at `sigma`: latents + sigma * noise; no latents means silence of the latent.

    noise `(batch, channels, latent_frames)` of unit variance; latents of the same shape, or batch 1.
    """
    return noise * sigma if latents is None else latents + noise * sigma


def flow_start(noise: Tensor, sigma: float, latents: Tensor | None = None) -> Tensor:
    """State of a rectified flow at `sigma` in 0..1: the straight mix of latents and noise; no latents means sigma 1."""
    return noise if latents is None else (1.0 - sigma) * latents + sigma * noise
