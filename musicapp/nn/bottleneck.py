"""The bottlenecks between encoder and decoder: variational, and the soft norm of SAME."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.description.same_configs import SoftNormConfig

SOFT_NORM_NOISE = 1e-3  # deviation of the noise added before decoding, in deviations of the latents


@dataclass(frozen=True)
class Posterior:
    """The normal distribution of the latents of some audio. Both `(batch, latent_dim, latent_frames)`."""

    mean: Tensor
    stdev: Tensor

    def at(self, noise: Tensor | None) -> Tensor:
        """Latents for unit normal noise of the mean's shape; without noise the mean itself."""
        return self.mean if noise is None else self.mean + self.stdev * noise.to(self.mean)

    def kl(self) -> Tensor:
        """Divergence from the unit normal: summed over channels, averaged over the rest. The 1/2 is left out
        as in the published training code of type "vae"."""
        variance = self.stdev.square()
        return (self.mean.square() + variance - variance.log() - 1).sum(dim=1).mean()


class VAEBottleneck(nn.Module):
    """Read mean and deviation off the encoder's output, for the type "vae". Decoding passes latents unchanged.

    in   `(batch, 2 * latent_dim, latent_frames)`
    out  a `Posterior`; the deviation is softplus(scale) + 1e-4, not the exponential of a log variance
    """

    def forward(self, encoded: Tensor) -> Posterior:
        mean, scale = encoded.chunk(2, dim=1)
        return Posterior(mean, F.softplus(scale) + 1e-4)

    def decode(self, latents: Tensor, noise: Tensor | None = None) -> Tensor:
        """What the decoder gets: the latents as they are."""
        return latents


class SoftNorm(nn.Module):
    """Scale and shift every channel, then divide by one deviation of them all, measured in training.

    in   `(batch, latent_dim, latent_frames)`
    out  a `Posterior` without deviation: encoding is exact
    """

    def __init__(self, config: SoftNormConfig) -> None:
        super().__init__()
        self.noise = SOFT_NORM_NOISE if config.noise_regularize else 0.0
        self.scaling_factor = nn.Parameter(torch.ones(1, config.dim, 1))
        self.bias = nn.Parameter(torch.zeros(1, config.dim, 1))
        self.running_std = nn.Parameter(torch.ones(1), requires_grad=False)
        self.register_buffer("noise_scaling_factor", torch.ones(1, config.noise_augment_dim, 1))  # empty, yet stored

    def forward(self, encoded: Tensor) -> Posterior:
        latents = (encoded * self.scaling_factor + self.bias) / self.running_std
        return Posterior(latents, torch.zeros_like(latents))

    def decode(self, latents: Tensor, noise: Tensor | None = None) -> Tensor:
        """What the decoder gets; unit `noise` of the same shape is the trace that the decoder was trained with."""
        if noise is not None:
            latents = latents + self.noise * noise.to(latents)
        return latents * self.running_std
