"""The VAE bottleneck between encoder and decoder."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F


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
        as in the published training code (spec 3.6)."""
        variance = self.stdev.square()
        return (self.mean.square() + variance - variance.log() - 1).sum(dim=1).mean()


class VAEBottleneck(nn.Module):
    """Read mean and deviation off the encoder's output (spec 3.6). Decoding passes latents unchanged.

    in   `(batch, 2 * latent_dim, latent_frames)`
    out  a `Posterior`; the deviation is softplus(scale) + 1e-4, not the exponential of a log variance
    """

    def forward(self, encoded: Tensor) -> Posterior:
        mean, scale = encoded.chunk(2, dim=1)
        return Posterior(mean, F.softplus(scale) + 1e-4)
