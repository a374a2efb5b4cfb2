"""The autoencoder: audio to latents and back, whichever kind its two halves are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.description.configs import AutoencoderConfig, OobleckDecoderConfig, OobleckEncoderConfig
from musicapp.description.same_configs import SameDecoderConfig, SameEncoderConfig
from musicapp.description.spectral_configs import SpectralDecoderConfig, SpectralEncoderConfig
from musicapp.nn.bottleneck import Posterior, SoftNorm, VAEBottleneck
from musicapp.nn.oobleck import OobleckDecoder, OobleckEncoder
from musicapp.nn.phases import Known
from musicapp.nn.pieces import Pieces
from musicapp.nn.same import SameDecoder, SameEncoder
from musicapp.nn.spectral import SpectralDecoder, SpectralEncoder

__all__ = [
    "Autoencoder",
    "AutoencoderConfig",
    "DecodeNoise",
    "OobleckDecoder",
    "OobleckDecoderConfig",
    "OobleckEncoder",
    "OobleckEncoderConfig",
    "Posterior",
    "VAEBottleneck",
    "build_autoencoder",
]


NOISE_BLOCK = 16  # latents whose decoding noise is drawn together


@dataclass(frozen=True)
class DecodeNoise:
    """The unit noise that a decoder trained with noise expects.

    latents  `(batch, latent_dim, latent_frames)`
    tokens   `(batch, latent_frames, stride, width)` or None
    """

    latents: Tensor
    tokens: Tensor | None


class Autoencoder(nn.Module):
    """Audio to latents and back.

    audio    `(batch, channels, frames)` float32, about [-1, 1]
    latents  `(batch, latent_dim, frames / downsampling_ratio)` float32
    The halves may hold their weights in another dtype; what goes in and comes out is float32.
    fetch_encoder  gives the encoder when it is first asked for, of one whose encoder was left in its file
    """

    fetch_encoder: Callable[[], nn.Module] | None = None

    def __init__(self, config: AutoencoderConfig, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self._modules["encoder"] = encoder
        self.decoder = decoder
        self.bottleneck: VAEBottleneck | SoftNorm = (
            VAEBottleneck() if config.bottleneck is None else SoftNorm(config.bottleneck)
        )
        self.downsampling_ratio, self.latent_dim, self.scale = (
            config.downsampling_ratio,
            config.latent_dim,
            config.scale,
        )
        self.soft_clip = config.soft_clip

    @property
    def encoder(self) -> nn.Module:
        """The half from audio to latents. Fetching it raises CheckpointError when its file is not what it was."""
        if (encoder := self._modules.get("encoder")) is None:
            assert self.fetch_encoder is not None
            encoder = self.fetch_encoder().to(next(self.decoder.parameters()).device)
            self._modules["encoder"] = encoder
        return encoder

    def leave_encoder(self, fetch: Callable[[], nn.Module]) -> None:
        """Do without the encoder until it is asked for."""
        self._modules.pop("encoder", None)
        self.fetch_encoder = fetch

    def posterior(self, audio: Tensor) -> Posterior:
        """The distribution of the unscaled latents. A last partial frame is filled up with silence."""
        audio = F.pad(audio, (0, -audio.shape[-1] % self.downsampling_ratio))
        return self.bottleneck(self.encoder(audio.to(_dtype_of(self.encoder))).float())

    def encode(self, audio: Tensor, noise: Tensor | None = None) -> Tensor:
        """Latents of the audio: a sample for unit normal `noise`, the posterior mean without."""
        return self.posterior(audio).at(noise) / self.scale

    def decode(
        self,
        latents: Tensor,
        noise: DecodeNoise | None = None,
        *,
        first: int = 0,
        keep: tuple[int, int] | None = None,
        known: Known | None = None,
    ) -> Tensor:
        """Audio of the latents, `downsampling_ratio` frames each. Not clamped.

        noise  as `decode_noise` draws it; None decodes without, the same every time
        first  number of the first of these latents since the take began, for decoders whose sound depends on it
        keep   the latents whose audio is wanted, from the first to behind the last, all by default; others are context
        known  sound that is there already, of all these latents, for decoders that search for phases
        """
        between = self.bottleneck.decode(latents * self.scale, None if noise is None else noise.latents)
        between = between.to(_dtype_of(self.decoder))
        start, end = keep or (0, latents.shape[-1])
        if isinstance(self.decoder, SpectralDecoder):
            audio = self.decoder(between, first, (start, end), known)
        else:
            tokens = None if noise is None or noise.tokens is None else noise.tokens
            audio = self.decoder(between) if tokens is None else self.decoder(between, tokens)
            audio = audio[..., start * self.downsampling_ratio : end * self.downsampling_ratio]
        return self.finished(audio)

    def pieces(self, latents: Tensor) -> Pieces | None:
        """The audio of latents, to be read in whatever portions with the same bytes; None for decoders without it."""
        if not isinstance(self.decoder, OobleckDecoder):
            return None
        between = self.bottleneck.decode(latents * self.scale)
        return self.decoder.pieces(between.to(_dtype_of(self.decoder)))

    def settle(self) -> None:
        """Order the decoder's weights in memory as the CPU's quick kernels want them; nothing else changes."""
        if isinstance(self.decoder, OobleckDecoder):
            self.decoder.settle()

    def finished(self, audio: Tensor) -> Tensor:
        """What a decoder made as float32, its peaks rounded where the config says so."""
        return audio.float().tanh() if self.soft_clip else audio.float()

    def decode_noise(self, seed: int, first: int, count: int) -> DecodeNoise | None:
        """Noise for decoding the latents `first` to `first + count` of a take; None for decoders trained without.

        A latent gets the same noise whatever piece it is decoded in: each block of latents has a generator of its own.
        """
        if not isinstance(self.bottleneck, SoftNorm):
            return None
        assert isinstance(self.decoder, SameDecoder)
        stride, width, noisy = self.decoder.stride, self.decoder.width, self.decoder.mask_noise > 0
        latents, tokens = [], []
        start = first // NOISE_BLOCK
        for block in range(start, -(-(first + count) // NOISE_BLOCK)):
            # The CPU's generator takes the lower 32 bits of a seed alone: there a block has to differ from the others.
            generator = torch.Generator().manual_seed((seed * 1_000_003 + block) % (1 << 32))
            latents.append(torch.randn(1, self.latent_dim, NOISE_BLOCK, generator=generator))
            if noisy:
                tokens.append(torch.randn(1, NOISE_BLOCK, stride, width, generator=generator))
        cut = slice(first - start * NOISE_BLOCK, first - start * NOISE_BLOCK + count)
        return DecodeNoise(torch.cat(latents, dim=2)[:, :, cut], torch.cat(tokens, dim=1)[:, cut] if noisy else None)


def build_autoencoder(config: AutoencoderConfig) -> Autoencoder:
    """The autoencoder for a config, weights as torch initialises them."""
    return Autoencoder(config, build_encoder(config), _build(config.decoder, config))


def build_encoder(config: AutoencoderConfig) -> nn.Module:
    """The half of it from audio to latents."""
    return _build(config.encoder, config)


def _build(config: object, whole: AutoencoderConfig) -> nn.Module:
    if isinstance(config, OobleckEncoderConfig):
        return OobleckEncoder(config)
    if isinstance(config, OobleckDecoderConfig):
        return OobleckDecoder(config)
    if isinstance(config, SpectralEncoderConfig):
        return SpectralEncoder(config)
    if isinstance(config, SpectralDecoderConfig):
        return SpectralDecoder(config)
    if isinstance(config, SameEncoderConfig):
        return SameEncoder(config, whole.io_channels)
    if isinstance(config, SameDecoderConfig):
        return SameDecoder(config, whole.io_channels)
    raise TypeError(f"{type(config).__name__} does not describe half an autoencoder")


def _dtype_of(half: nn.Module) -> torch.dtype:
    """The dtype its matrices and kernels compute in; Snake's own parameters stay float32."""
    return next((p.dtype for p in half.parameters() if p.ndim > 1), torch.float32)
