"""OpenL3's audio network (Cramer et al., ICASSP 2019): 512 numbers for every second of one channel.

Layers and tables have the names of torchopenl3, so that its weights for music, mel256 and 512 numbers load unchanged.
"""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SAMPLE_RATE = 48000
WINDOW, HOP = SAMPLE_RATE, SAMPLE_RATE // 2  # the hop of the paper's measures
SIZE = 512
FFT, FFT_HOP, BANDS = 2048, 242, 256
CHANNELS = (1, 64, 64, 128, 128, 256, 256, 512)  # tests have fewer
POOL = (32, 24)  # bands and columns that are left after three halvings
LEAST_POWER, RANGE_DB = 1e-10, 80.0


class OpenL3(nn.Module):
    """Seven convolutions over a mel spectrum, halved after every second, and an eighth that makes the embedding.

    in   `(batch, WINDOW)` of one channel at 48 kHz in [-1, 1]
    out  `(batch, SIZE)`
    """

    def __init__(self, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.speclayer = MelSpectrum()
        self.batch_normalization_1 = nn.BatchNorm2d(1, eps=0.001)
        for number, (before, after) in enumerate(itertools.pairwise(channels), 1):
            self.add_module(f"conv2d_{number}", nn.Conv2d(before, after, 3, padding=1))
            self.add_module(f"batch_normalization_{number + 1}", nn.BatchNorm2d(after, eps=0.001))
        self.audio_embedding_layer = nn.Conv2d(channels[-1], SIZE, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.batch_normalization_1(self.speclayer(x))
        for number in range(1, len(CHANNELS)):
            x = self.get_submodule(f"conv2d_{number}")(x)
            x = F.relu(self.get_submodule(f"batch_normalization_{number + 1}")(x))
            if number in (2, 4, 6):
                x = F.max_pool2d(x, 2)
        return F.max_pool2d(self.audio_embedding_layer(x), POOL).flatten(1)


class MelSpectrum(nn.Module):
    """Mel band levels in decibels below the loudest of each window.

    The tables are in the published file; taken from there, no version of another library decides how its bands are
    scaled.

    in   `(batch, WINDOW)`
    out  `(batch, 1, BANDS, 199)` from -80 to 0
    """

    dft_real_kernels: Tensor
    dft_imag_kernels: Tensor
    mel_basis: Tensor

    def __init__(self) -> None:
        super().__init__()
        bins = FFT // 2 + 1
        for part in ("real", "imag"):
            self.register_buffer(f"dft_{part}_kernels", torch.empty(bins, 1, FFT))
        self.register_buffer("mel_basis", torch.empty(BANDS, bins))

    def forward(self, x: Tensor) -> Tensor:
        missing = FFT - WINDOW % FFT_HOP  # as the first OpenL3 padded, in Keras' way
        x = F.pad(x.unsqueeze(1), (missing // 2, missing - missing // 2))
        real, imag = (F.conv1d(x, table, stride=FFT_HOP) for table in (self.dft_real_kernels, self.dft_imag_kernels))
        levels = 10 * (self.mel_basis @ (real**2 + imag**2)).sqrt().clamp(min=LEAST_POWER).log10()
        return (levels - levels.amax(dim=(1, 2), keepdim=True)).clamp(min=-RANGE_DB).unsqueeze(1)


def windows(channel: Tensor) -> Tensor:
    """Seconds of `(frames,)` at 48 kHz, `(windows, WINDOW)`: the first around its start, zeros behind its end."""
    padded = F.pad(channel, (WINDOW // 2, 0))
    count = 1 + max(-(-(len(padded) - WINDOW) // HOP), 0)
    return F.pad(padded, (0, WINDOW + (count - 1) * HOP - len(padded))).unfold(0, WINDOW, HOP)
