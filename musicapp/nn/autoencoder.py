"""The autoencoder: audio to latents and back, whichever kind its two halves are."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.nn.bottleneck import Posterior, VAEBottleneck
from musicapp.nn.configs import AutoencoderConfig, OobleckDecoderConfig, OobleckEncoderConfig
from musicapp.nn.oobleck import OobleckDecoder, OobleckEncoder
from musicapp.nn.spectral import SpectralDecoder, SpectralEncoder
from musicapp.nn.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig

__all__ = [
    "Autoencoder",
    "AutoencoderConfig",
    "OobleckDecoder",
    "OobleckDecoderConfig",
    "OobleckEncoder",
    "OobleckEncoderConfig",
    "Posterior",
    "VAEBottleneck",
    "build_autoencoder",
]


class Autoencoder(nn.Module):
    """Audio to latents and back.

    audio    `(batch, channels, frames)` float32, about [-1, 1]
    latents  `(batch, latent_dim, frames / downsampling_ratio)` float32
    The halves may hold their weights in another dtype; what goes in and comes out is float32.
    """

    def __init__(self, config: AutoencoderConfig, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder, self.bottleneck = encoder, decoder, VAEBottleneck()
        self.downsampling_ratio, self.latent_dim, self.scale = (
            config.downsampling_ratio,
            config.latent_dim,
            config.scale,
        )
        self.soft_clip = config.soft_clip

    def posterior(self, audio: Tensor) -> Posterior:
        """The distribution of the unscaled latents. A last partial frame is filled up with silence."""
        audio = F.pad(audio, (0, -audio.shape[-1] % self.downsampling_ratio))
        return self.bottleneck(self.encoder(audio.to(_dtype_of(self.encoder))).float())

    def encode(self, audio: Tensor, noise: Tensor | None = None) -> Tensor:
        """Latents of the audio: a sample for unit normal `noise`, the posterior mean without."""
        return self.posterior(audio).at(noise) / self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Audio of the latents, `downsampling_ratio` frames each. Not clamped."""
        audio = self.decoder((latents * self.scale).to(_dtype_of(self.decoder))).float()
        return audio.tanh() if self.soft_clip else audio


def build_autoencoder(config: AutoencoderConfig) -> Autoencoder:
    """The autoencoder for a config, weights as torch initialises them."""
    return Autoencoder(config, _build(config.encoder), _build(config.decoder))


def _build(config: object) -> nn.Module:
    if isinstance(config, OobleckEncoderConfig):
        return OobleckEncoder(config)
    if isinstance(config, OobleckDecoderConfig):
        return OobleckDecoder(config)
    if isinstance(config, SpectralEncoderConfig):
        return SpectralEncoder(config)
    if isinstance(config, SpectralDecoderConfig):
        return SpectralDecoder(config)
    raise TypeError(f"{type(config).__name__} does not describe half an autoencoder")


def _dtype_of(half: nn.Module) -> torch.dtype:
    """The dtype its matrices and kernels compute in; Snake's own parameters stay float32."""
    return next((p.dtype for p in half.parameters() if p.ndim > 1), torch.float32)
