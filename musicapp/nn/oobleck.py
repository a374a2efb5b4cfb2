"""The Oobleck convolutional autoencoder halves: audio to latents and back (arXiv 2404.10301, section 3.1).

The layers lie in `nn.Sequential`s in the order sound passes them, which is also the checkpoint's numbering.
Weight norm is not a part of them: loading folds it into plain weights once.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from musicapp.description.configs import OobleckDecoderConfig, OobleckEncoderConfig
from musicapp.nn import receptive_field
from musicapp.nn.receptive_field import Interval

DILATIONS = (1, 3, 9)
TILE = 1 << 17  # elements of one tile of Snake: its temporaries stay in the processor's cache


class Snake(nn.Module):
    """x + sin(a x)^2 / b per channel, a and b stored as logarithms (arXiv 2006.08195).

    in, out  `(batch, channels, frames)`; computed in float32 whatever the dtype of x, since 1e-9 is 0 in half
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.zeros(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        frequency = self.alpha.float().exp()[:, None]
        strength = (self.beta.float().exp() + 1e-9).reciprocal()[:, None]
        if x.device.type != "cpu" or (torch.is_grad_enabled() and (x.requires_grad or self.alpha.requires_grad)):
            return (x + strength * (frequency * x.float()).sin().square()).to(x.dtype)
        return _snake_in_tiles(x, frequency, strength)

    def inputs_of(self, outputs: Interval) -> Interval:
        """Every frame by itself."""
        return outputs


class ResidualUnit(nn.Module):
    """x + conv1(snake(conv7(snake(x)))), the wide convolution dilated (arXiv 2404.10301, 2.1).

    in, out  `(batch, channels, frames)`
    """

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Snake(channels),
            nn.Conv1d(channels, channels, 7, dilation=dilation, padding=3 * dilation),
            Snake(channels),
            nn.Conv1d(channels, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).add_(x)

    def inputs_of(self, outputs: Interval) -> Interval:
        """What the branch sees, and the frames themselves."""
        return receptive_field.union(outputs, receptive_field.inputs_of(self.layers, outputs))


class DownBlock(nn.Module):
    """Three residual units, then `stride` frames become one.

    in   `(batch, in_channels, frames)`, frames a multiple of `stride`
    out  `(batch, out_channels, frames // stride)`
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(ResidualUnit(in_channels, dilation) for dilation in DILATIONS),
            Snake(in_channels),
            nn.Conv1d(in_channels, out_channels, 2 * stride, stride, padding=math.ceil(stride / 2)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)

    def inputs_of(self, outputs: Interval) -> Interval:
        """What the layers see."""
        return receptive_field.inputs_of(self.layers, outputs)


class UpBlock(nn.Module):
    """One frame becomes `stride`, then three residual units.

    in   `(batch, in_channels, frames)`
    out  `(batch, out_channels, frames * stride)`
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Snake(in_channels),
            nn.ConvTranspose1d(in_channels, out_channels, 2 * stride, stride, padding=math.ceil(stride / 2)),
            *(ResidualUnit(out_channels, dilation) for dilation in DILATIONS),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)

    def inputs_of(self, outputs: Interval) -> Interval:
        """What the layers see."""
        return receptive_field.inputs_of(self.layers, outputs)


class OobleckEncoder(nn.Module):
    """Audio to the mean and scale of its latents (arXiv 2404.10301, 2.1).

    in   `(batch, in_channels, frames)`, frames a multiple of `ratio`
    out  `(batch, latent_dim, frames // ratio)`, latent_dim being mean and scale together
    `margin`: latent frames of true context on each side that make a chunk equal the whole
    """

    def __init__(self, config: OobleckEncoderConfig) -> None:
        super().__init__()
        widths = [config.channels * mult for mult in (1, *config.c_mults)]
        blocks = [DownBlock(*sizes) for sizes in zip(widths[:-1], widths[1:], config.strides, strict=True)]
        self.layers = nn.Sequential(
            nn.Conv1d(config.in_channels, widths[0], 7, padding=3),
            *blocks,
            Snake(widths[-1]),
            nn.Conv1d(widths[-1], config.latent_dim, 3, padding=1),
        )
        self.ratio = math.prod(config.strides)
        self.margin = receptive_field.encoder_margin(self.layers, self.ratio)

    def forward(self, audio: Tensor) -> Tensor:
        return self.layers(audio)


class OobleckDecoder(nn.Module):
    """Latents to audio (arXiv 2404.10301, 2.1).

    in   `(batch, latent_dim, n)`
    out  `(batch, out_channels, n * ratio)`, about [-1, 1] but not clamped
    `margin`: latents of true context on each side that make a chunk equal the whole
    """

    def __init__(self, config: OobleckDecoderConfig) -> None:
        super().__init__()
        widths = [config.channels * mult for mult in (1, *config.c_mults)][::-1]
        blocks = [UpBlock(*sizes) for sizes in zip(widths[:-1], widths[1:], config.strides[::-1], strict=True)]
        self.layers = nn.Sequential(
            nn.Conv1d(config.latent_dim, widths[0], 7, padding=3),
            *blocks,
            Snake(widths[-1]),
            nn.Conv1d(widths[-1], config.out_channels, 7, padding=3, bias=False),
            nn.Tanh() if config.final_tanh else nn.Identity(),
        )
        self.ratio = math.prod(config.strides)
        self.margin = receptive_field.decoder_margin(self.layers, self.ratio)

    def forward(self, latents: Tensor) -> Tensor:
        return self.layers(latents)


def _snake_in_tiles(x: Tensor, frequency: Tensor, strength: Tensor) -> Tensor:
    """Snake without full-size temporaries: at full rate one would be a gigabyte for 47 s of the public models."""
    out = torch.empty_like(x)
    frames = max(1, TILE // max(1, x.shape[1]))
    for tile, target in zip(x.split(frames, dim=2), out.split(frames, dim=2), strict=True):
        wave = (tile.float() * frequency).sin_().square_().mul_(strength)
        target.copy_(wave.add_(tile))
    return out
