"""Which tempered pitches sound in the lowest bins, and the phases that sines of these pitches give them.

Below about 700 Hz partials lie closer than the bins of a short window can tell: neither slopes of the magnitudes nor
projections know their frequencies, and bass notes come out a third of a semitone off. But most music is tempered,
its A at 440 Hz. A small network hears from the magnitudes of a second which semitones sound.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from musicapp.description.spectral_configs import TemperedConfig
from musicapp.nn.convnext import Block
from musicapp.nn.phases import phase_table

LOWEST_PITCH = 28  # MIDI number of E1, 41.2 Hz
UNLIKE, ALIKE = 0.8, 0.95  # cosine of magnitudes: no trust, and all of it
COMPARED = 3  # groups of windows that are compared together
SILENT = -9.0  # log magnitude of a bin, below which nothing is heard


class TemperedBank(nn.Module):
    """Log magnitudes to the spectrum of a bank of sines, one for each semitone.

    in     `(channels, count, bins)`, all channels alike, a full-scale sine being 0; count a multiple of `stride`
    first  number of the first window since the take began: the sines run on from there, however a take is cut
    out    complex `(channels, count, turned_bins)`, a full-scale sine being 1; and how well it explains what is heard,
           `(channels, count)`, 0 where there are drums and 1 where all is sines
    reach  groups of `stride` windows on each side of one that its spectrum depends on
    """

    start: Tensor
    response: Tensor

    def __init__(self, config: TemperedConfig, *, n_fft: int, hop: int, stride: int) -> None:
        super().__init__()
        self.config, self.stride = config, stride
        c = config
        self.reach = c.depth * (c.kernel_size // 2) + 1 + COMPARED // 2  # one for what lies between two of them
        self.project_in = nn.Linear(stride * c.heard_bins, c.width)
        self.blocks = nn.ModuleList(Block(c.width, c.kernel_size, c.mult) for _ in range(c.depth))
        self.norm = nn.LayerNorm(c.width)
        self.project_out = nn.Linear(c.width, 2 * c.pitches)
        # In turns a frame.
        tuned = [440 * 2 ** ((LOWEST_PITCH + n - 69) / 12) / c.sample_rate for n in range(c.pitches)]
        self.turns = [frequency * hop for frequency in tuned]
        frequencies = torch.tensor(tuned)
        bins = torch.arange(c.turned_bins)
        # Phases are those at the middle of a window, which its transform counts from its start.
        lobe, mirrored = (hann_lobe(bins + sign * n_fft * frequencies[:, None]) for sign in (-1, 1))
        response = torch.stack((lobe + mirrored, lobe - mirrored)) * (1 - 2 * (bins % 2))
        self.register_buffer("start", phase_table(c.pitches), persistent=False)
        self.register_buffer("response", response.float(), persistent=False)

    def forward(self, log_magnitude: Tensor, first: int = 0) -> tuple[Tensor, Tensor]:
        is_on, level = self.heard(log_magnitude)
        spectrum = self.spectrum(self._to_windows(is_on.sigmoid() * level.exp()), first)
        return spectrum, self._trust(spectrum.abs(), log_magnitude[..., : self.config.turned_bins].float().exp())

    def _trust(self, ours: Tensor, heard: Tensor) -> Tensor:
        """By the cosine between magnitudes of the sines and those heard, over some groups of windows."""

        def near(products: Tensor) -> Tensor:
            groups = products.sum(-1).unflatten(1, (-1, self.stride)).sum(-1)
            return F.avg_pool1d(groups, COMPARED, stride=1, padding=COMPARED // 2, count_include_pad=False)

        cosine = near(ours * heard) / (near(ours.square()) * near(heard.square())).sqrt().clamp(min=1e-9)
        return self._to_windows(((cosine - UNLIKE) / (ALIKE - UNLIKE)).clamp(0, 1)[..., None])[..., 0]

    def _to_windows(self, x: Tensor) -> Tensor:
        """`(channels, count / stride, width)` -> `(channels, count, width)`, straight lines between."""
        return F.interpolate(x.transpose(1, 2), scale_factor=self.stride, mode="linear").transpose(1, 2)

    def heard(self, log_magnitude: Tensor) -> tuple[Tensor, Tensor]:
        """What the network says of each pitch, `(channels, count / stride, pitches)`.

        Whether it sounds, before the sigmoid, and the logarithm of its level if it does.
        """
        x = log_magnitude[..., : self.config.heard_bins].clamp(min=SILENT)
        x = (x.unflatten(1, (-1, self.stride)).flatten(2) + 5) / 2  # near unit deviation
        x = self.project_in(x)
        for block in self.blocks:
            x = block(x)
        is_on, level = self.project_out(self.norm(x)).float().chunk(2, -1)
        return is_on, 2 * level - 5

    def spectrum(self, levels: Tensor, first: int = 0) -> Tensor:
        """The short-time spectrum of sines of such levels, `(channels, count, pitches)`."""
        number = torch.arange(first, first + levels.shape[1], dtype=torch.float64, device="cpu")  # MPS has no float64
        turns = (number[:, None] * torch.tensor(self.turns, dtype=torch.float64, device="cpu")).frac()
        phases = (2 * math.pi * turns).float().to(levels.device) + self.start
        real, imaginary = self.response
        return torch.complex((levels * phases.cos()) @ real, (levels * phases.sin()) @ imaginary)


def hann_lobe(bins: Tensor) -> Tensor:
    """The transform of a Hann window as many bins from its middle, 1 there."""
    return torch.sinc(bins) + 0.5 * (torch.sinc(bins - 1) + torch.sinc(bins + 1))
