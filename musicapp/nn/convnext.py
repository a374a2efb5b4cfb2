"""Blocks that mix neighbours in time, then channels; their norms act on one frame, so chunks can be exact."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from musicapp.nn.linear import Linear


class TimeConv(nn.Module):
    """A depthwise convolution along time, zeros beyond the ends.

    in, out  `(batch, frames, width)`

    A two-dimensional kernel one row high: channels stay last in memory, for which CPUs have the quick kernel.
    """

    def __init__(self, width: int, kernel_size: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, (1, kernel_size), padding=(0, kernel_size // 2), groups=width)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.transpose(1, 2).unsqueeze(2)).squeeze(2).transpose(1, 2)


class Block(nn.Module):
    """ConvNeXt block (arXiv 2201.03545): mix neighbours in time, then channels, and add with a learnt gain.

    in, out  `(batch, frames, width)`
    """

    def __init__(self, width: int, kernel_size: int, mult: int) -> None:
        super().__init__()
        self.time = TimeConv(width, kernel_size)
        self.norm = nn.LayerNorm(width)
        self.up = Linear(width, mult * width)
        self.down = Linear(mult * width, width)
        self.gain = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(self.time(x))
        return x + self.gain * self.down(F.gelu(self.up(h), approximate="tanh"))
