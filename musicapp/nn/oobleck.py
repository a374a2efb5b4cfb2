"""The Oobleck convolutional autoencoder halves: audio to latents and back (arXiv 2404.10301, section 3.1).

The layers lie in `nn.Sequential`s in the order sound passes them, which is also the checkpoint's numbering.
Weight norm is not a part of them: loading folds it into plain weights once.

On the CPU the decoder works with channels last in memory, for which its convolutions and Snake are much quicker, and in
pieces (`pieces.py`). Shapes are `(batch, channels, frames)` all the same; layers follow what they are given.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.description.configs import OobleckDecoderConfig, OobleckEncoderConfig
from musicapp.nn import receptive_field
from musicapp.nn.pieces import Pieces, Stage
from musicapp.nn.receptive_field import Interval

DILATIONS = (1, 3, 9)
TILE = 1 << 17  # elements of one tile of Snake: its temporaries stay in the processor's cache
PIECE = 1 << 19  # elements of what a stage of the decoder makes at once; its inputs and results stay in the cache


class Conv(nn.Conv1d):
    """A convolution along time. in `(batch, in_channels, frames)`, out `(batch, out_channels, frames / stride)`

    With channels last in memory it is a two-dimensional one of a single row, for which CPUs have the quick kernel.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not _has_channels_last(x) or torch.is_grad_enabled():
            return super().forward(x)
        padding, dilation = (0, int(self.padding[0])), (1, *self.dilation)
        return F.conv2d(x[:, :, None], self.weight[:, :, None], self.bias, (1, *self.stride), padding, dilation)[
            :, :, 0
        ]

    def settle(self) -> None:
        """Bring the weight into the order in memory that channels last want; its values and shape stay."""
        self.weight.data = self.weight.data.transpose(1, 2).contiguous().transpose(1, 2)


class Upsample(nn.ConvTranspose1d):
    """A transposed convolution whose kernel is two strides long, padded as the decoder does it.

    in `(batch, in_channels, n)`, out `(batch, out_channels, n * stride)` for an even stride

    With channels last in memory it is a product: every block of `stride` frames is made of two neighbouring inputs.
    """

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        if not _has_channels_last(x) or torch.is_grad_enabled():
            return super().forward(x, output_size)
        stride, padding = int(self.stride[0]), int(self.padding[0])
        early, late = self.weight.permute(2, 1, 0).flatten(0, 1).chunk(2)  # each `(stride * out_channels, in_channels)`
        bias = None if self.bias is None else self.bias.repeat(stride)
        made = []
        for rows in F.pad(x.transpose(1, 2), (0, 0, 1, 1)):
            made.append(torch.addmm(F.linear(rows[1:], early, bias), rows[:-1], late.t()))
        blocks = torch.stack(made) if len(made) > 1 else made[0][None]
        frames = blocks.unflatten(2, (stride, self.out_channels)).flatten(1, 2)
        return frames[:, padding : frames.shape[1] - padding].transpose(1, 2)

    def settle(self) -> None:
        """As `Conv.settle`."""
        self.weight.data = self.weight.data.permute(2, 1, 0).contiguous().permute(2, 1, 0)


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
            Conv(channels, channels, 7, dilation=dilation, padding=3 * dilation),
            Snake(channels),
            Conv(channels, channels, 1),
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
            Conv(in_channels, out_channels, 2 * stride, stride, padding=math.ceil(stride / 2)),
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
            Upsample(in_channels, out_channels, 2 * stride, stride, padding=math.ceil(stride / 2)),
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
            Conv(config.in_channels, widths[0], 7, padding=3),
            *blocks,
            Snake(widths[-1]),
            Conv(widths[-1], config.latent_dim, 3, padding=1),
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
            Conv(config.latent_dim, widths[0], 7, padding=3),
            *blocks,
            Snake(widths[-1]),
            Conv(widths[-1], config.out_channels, 7, padding=3, bias=False),
            nn.Tanh() if config.final_tanh else nn.Identity(),
        )
        self.ratio = math.prod(config.strides)
        self.margin = receptive_field.decoder_margin(self.layers, self.ratio)
        self._strides, self._widths = config.strides[::-1], widths[1:]

    def forward(self, latents: Tensor) -> Tensor:
        pieces = self.pieces(latents)
        return self.layers(latents) if pieces is None else pieces.read(latents.shape[-1] * self.ratio).contiguous()

    def pieces(self, latents: Tensor) -> Pieces | None:
        """The audio of latents, to be read in whatever portions; None where that is not the quick way.

        Which it is on the CPU, when no gradient is kept. Two stages share the ends of `layers`: the first block comes
        with the convolution before it, the last one with what is behind it.
        """
        if latents.device.type != "cpu" or torch.is_grad_enabled():
            return None
        layers, last = list(self.layers), len(self._strides)  # of which number 1 to `last` are the blocks
        stages = []
        for number, (stride, width) in enumerate(zip(self._strides, self._widths, strict=True), start=1):
            own = layers[0 if number == 1 else number : None if number == last else number + 1]
            stages.append(Stage(nn.Sequential(*own), stride, max(1, PIECE // (width * stride)) * stride))
        return Pieces(stages, latents.transpose(1, 2).contiguous().transpose(1, 2))

    def settle(self) -> None:
        """Order the weights in memory as the quick kernels want them; nothing else changes."""
        for layer in self.modules():
            if isinstance(layer, Conv | Upsample):
                layer.settle()


def _has_channels_last(x: Tensor) -> bool:
    """Whether the channels of one frame lie side by side."""
    return x.device.type == "cpu" and x.stride(1) == 1 and x.shape[1] > 1


def _snake_in_tiles(x: Tensor, frequency: Tensor, strength: Tensor) -> Tensor:
    """Snake without full-size temporaries: at full rate one would be a gigabyte for 47 s of the public models."""
    out = torch.empty_like(x)
    frames = max(1, TILE // max(1, x.shape[1]))
    for tile, target in zip(x.split(frames, dim=2), out.split(frames, dim=2), strict=True):
        wave = (tile.float() * frequency).sin_().square_().mul_(strength)
        target.copy_(wave.add_(tile))
    return out
