"""PaSST-S (Koutini et al., arXiv 2110.05069): scores for the 527 classes of AudioSet from ten seconds of music.

Layers have the names of hear21passt, so that its weights passt_s_swa_p16_128_ap476 load unchanged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SAMPLE_RATE = 32000
WINDOW, HOP = 10 * SAMPLE_RATE, 5 * SAMPLE_RATE
CLASSES = 527
PATCH, STRIDE = 16, 10
GRID = (12, 99)  # patches over bands and over time
FFT, FFT_WINDOW, FFT_HOP, BANDS, HIGHEST_HZ = 1024, 800, 320, 128, 15000.0


@dataclass(frozen=True)
class PasstSize:
    """The published size; tests have a smaller one."""

    width: int = 768
    depth: int = 12
    heads: int = 12


class Passt(nn.Module):
    """A vision transformer with places for bands and time, and two tokens whose mean is classified.

    in   `(batch, WINDOW)` mono at 32 kHz in [-1, 1]
    out  `(batch, CLASSES)` logits
    """

    def __init__(self, size: PasstSize = PasstSize()) -> None:
        super().__init__()
        width = size.width
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.dist_token = nn.Parameter(torch.zeros(1, 1, width))
        self.new_pos_embed = nn.Parameter(torch.zeros(1, 2, width))
        self.freq_new_pos_embed = nn.Parameter(torch.zeros(1, width, GRID[0], 1))
        self.time_new_pos_embed = nn.Parameter(torch.zeros(1, width, 1, GRID[1]))
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(1, width, PATCH, STRIDE)})
        self.blocks = nn.Sequential(*[_Block(width, size.heads) for _ in range(size.depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, CLASSES))

    def forward(self, x: Tensor) -> Tensor:
        patches = self.patch_embed["proj"](mel_levels(x).unsqueeze(1))
        patches = patches + self.time_new_pos_embed + self.freq_new_pos_embed
        tokens = torch.cat([self.cls_token, self.dist_token], dim=1) + self.new_pos_embed
        x = torch.cat([tokens.expand(len(x), -1, -1), patches.flatten(2).transpose(1, 2)], dim=1)
        return self.head(self.norm(self.blocks(x))[:, :2].mean(dim=1))


class _Block(nn.Module):
    """Attention and a feed-forward layer, each behind a norm, `(batch, tokens, width)`."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = nn.ModuleDict({"qkv": nn.Linear(width, 3 * width), "proj": nn.Linear(width, width)})
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)})

    def forward(self, x: Tensor) -> Tensor:
        split = self.attn["qkv"](self.norm1(x)).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        heard = F.scaled_dot_product_attention(*split.unbind())
        x = x + self.attn["proj"](heard.transpose(1, 2).flatten(2))
        return x + self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x))))


def mel_levels(x: Tensor) -> Tensor:
    """Scaled logarithms of mel band powers, `(batch, BANDS, 1000)`, of `(batch, WINDOW)` at 32 kHz."""
    risen = x[:, 1:] - 0.97 * x[:, :-1]  # more treble, as is usual for speech
    shape = torch.hann_window(FFT_WINDOW, periodic=False, device=x.device)
    spectrum = torch.stft(risen, FFT, FFT_HOP, FFT_WINDOW, window=shape, return_complex=True)
    powers = torch.view_as_real(spectrum).square().sum(dim=-1)
    return ((mel_bank().to(x.device) @ powers + 1e-5).log() + 4.5) / 5


@cache
def mel_bank() -> Tensor:
    """Triangles over the mel scale of Kaldi, straight in mel and not in hertz, `(BANDS, FFT // 2 + 1)`."""
    top = 1127 * math.log1p(HIGHEST_HZ / 700)
    edges = torch.linspace(0, top, BANDS + 2, dtype=torch.float64)
    low, middle, high = (edges[start : start + BANDS, None] for start in range(3))
    bins = 1127 * torch.log1p(torch.arange(FFT // 2, dtype=torch.float64) * SAMPLE_RATE / FFT / 700)
    bank = torch.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)).clamp(min=0)
    return F.pad(bank, (0, 1)).float()  # Kaldi leaves out the highest bin


def windows(mono: Tensor) -> Tensor:
    """Ten seconds every five of `(frames,)` at 32 kHz, `(windows, WINDOW)`, with zeros behind the end."""
    starts = range(0, max(HOP, len(mono) - HOP), HOP)
    pieces = [mono[start : start + WINDOW] for start in starts]
    return torch.stack([F.pad(piece, (0, WINDOW - len(piece))) for piece in pieces])
