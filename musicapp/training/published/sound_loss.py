"""How different two sounds are to the ear: the multi-resolution STFT loss of the paper (arXiv 2404.10301, 2.1, 3)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

SIZES = (2048, 1024, 512, 256, 128, 64, 32)  # window and transform; the hop is a quarter
TAPS = 101
POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)  # of the analogue A-curve
GAIN_DB = 1.9997  # which brings it to 0 dB at 1 kHz
FLOOR = 1e-8  # power below which a bin is silence


def sound_loss(decoded: Tensor, target: Tensor, sample_rate: int) -> Tensor:
    """Mid and side count as much as left and right together; a scalar. `(batch, channels, frames)` both.

    mono sounds are compared as they are
    """
    ours, theirs = (_weighted(x, sample_rate) for x in (decoded, target))
    if decoded.shape[1] == 1:
        return _distance(ours[:, 0], theirs[:, 0])
    (left, right), (true_left, true_right) = ours.unbind(1), theirs.unbind(1)
    # The filter is linear, so sum and difference may be taken behind it.
    middle = _distance(left + right, true_left + true_right) + _distance(left - right, true_left - true_right)
    return middle / 2 + _distance(left, true_left) / 2 + _distance(right, true_right) / 2


def a_weighting(frequencies: np.ndarray) -> np.ndarray:
    """Gain of the A-curve at some frequencies in Hz."""
    f, (low, second, third, high) = frequencies.astype(np.float64), POLES_HZ
    root = np.sqrt((f**2 + second**2) * (f**2 + third**2))
    return 10 ** (GAIN_DB / 20) * high**2 * f**4 / ((f**2 + low**2) * root * (f**2 + high**2))


@cache
def a_filter(sample_rate: int) -> tuple[float, ...]:
    """A-weighting as a symmetric filter of 101 taps, by least squares on a grid of frequencies.

    The curve is that of the bilinear transform: analogue frequencies are squeezed below half the rate.
    """
    turns = np.linspace(0, 0.5, 2048, endpoint=False)
    analogue = sample_rate / np.pi * np.tan(np.pi * turns)
    half = TAPS // 2
    waves = np.cos(2 * np.pi * np.outer(turns, np.arange(half + 1)))
    waves[:, 1:] *= 2
    taps, *_ = np.linalg.lstsq(waves, a_weighting(analogue), rcond=None)
    return tuple(float(tap) for tap in np.concatenate([taps[:0:-1], taps]))


def _weighted(x: Tensor, sample_rate: int) -> Tensor:
    taps = torch.tensor(a_filter(sample_rate), device=x.device)[None, None]
    return F.conv1d(x.float().flatten(0, 1)[:, None], taps, padding=TAPS // 2)[:, 0].unflatten(0, x.shape[:2])


def _distance(ours: Tensor, theirs: Tensor) -> Tensor:
    """Spectral convergence and log magnitude, mean over the resolutions. `(batch, frames)` both.

    The convergence is divided by the decoded sound's norm, as in the published code.
    """
    total = ours.new_zeros(())
    for size in SIZES:
        mine, wanted = (_magnitudes(x, size) for x in (ours, theirs))
        norm = torch.linalg.matrix_norm(mine).clamp(min=math.sqrt(FLOOR))
        convergence = (torch.linalg.matrix_norm(mine - wanted) / norm).mean()
        total = total + convergence + (mine.log() - wanted.log()).abs().mean()
    return total / len(SIZES)


def _magnitudes(x: Tensor, size: int) -> Tensor:
    window = torch.hann_window(size, device=x.device)
    spectrum = torch.view_as_real(torch.stft(x, size, size // 4, size, window, return_complex=True))
    return spectrum.square().sum(-1).clamp(min=FLOOR).sqrt()
