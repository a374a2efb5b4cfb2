"""Tells decoded sound from real by its spectra at five resolutions (the MS-STFT discriminator, arXiv 2210.13438)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

SIZES = (2048, 1024, 512, 256, 128)
SLOPE = 0.2

Judgement = tuple[list[Tensor], list[list[Tensor]]]  # for each resolution: a map of scores, and the layers' features


class OneResolution(nn.Module):
    """Convolutions over the complex spectrum, its real and imaginary parts as channels.

    in   `(batch, channels, frames)`
    out  scores `(batch, 1, times, bins)`, and what every layer but the last made
    """

    def __init__(self, size: int, channels: int, filters: int) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("window", torch.hann_window(size), persistent=False)
        shapes = [(2 * channels, (3, 9), 1), *((filters, (3, 9), d) for d in (1, 2, 4)), (filters, (3, 3), 1)]
        self.layers = nn.ModuleList(_conv(width, filters, kernel, dilation) for width, kernel, dilation in shapes)
        self.last = _conv(filters, 1, (3, 3), 1)

    def forward(self, audio: Tensor) -> tuple[Tensor, list[Tensor]]:
        assert isinstance(self.window, Tensor)
        flat = torch.stft(
            audio.flatten(0, 1), self.size, self.size // 4, self.size, self.window,
            center=False, normalized=False, return_complex=True,
        ) / self.window.square().sum().sqrt()  # fmt: skip
        spectrum = flat.unflatten(0, audio.shape[:2]).transpose(2, 3)
        x, features = torch.cat([spectrum.real, spectrum.imag], dim=1), []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), SLOPE)
            features.append(x)
        return self.last(x), features


class Discriminator(nn.Module):
    """All resolutions. in `(batch, channels, frames)`, at least 2048 frames"""

    def __init__(self, channels: int = 2, filters: int = 64) -> None:
        super().__init__()
        self.resolutions = nn.ModuleList(OneResolution(size, channels, filters) for size in SIZES)

    def forward(self, audio: Tensor) -> Judgement:
        judged = [resolution(audio) for resolution in self.resolutions]
        return [scores for scores, _ in judged], [features for _, features in judged]


def judge_loss(real: Judgement, decoded: Judgement) -> Tensor:
    """What the discriminator learns by: the hinge, mean over resolutions."""
    terms = [F.relu(1 - r).mean() + F.relu(1 + d).mean() for r, d in zip(real[0], decoded[0], strict=True)]
    return torch.stack(terms).mean()


def fooling_losses(real: Judgement, decoded: Judgement) -> tuple[Tensor, Tensor]:
    """What the autoencoder learns by: minus the scores, and how far the features are from the real ones."""
    scores = torch.stack([-d.mean() for d in decoded[0]]).mean()
    distances = [
        torch.stack([(r.detach() - d).abs().mean() for r, d in zip(one, other, strict=True)]).mean()
        for one, other in zip(real[1], decoded[1], strict=True)
    ]
    return scores, torch.stack(distances).mean()


def _conv(inputs: int, outputs: int, kernel: tuple[int, int], dilation: int) -> nn.Module:
    padding = (dilation * (kernel[0] // 2), kernel[1] // 2)
    return weight_norm(nn.Conv2d(inputs, outputs, kernel, dilation=(dilation, 1), padding=padding))
