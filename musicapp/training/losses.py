"""What an autoencoder is trained on and measured by: spectral distances at many resolutions, and SI-SDR."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

RESOLUTIONS = (4096, 2048, 1024, 512, 256, 128)  # window lengths in frames, hop a quarter
FLOOR = 3e-3  # magnitudes below (of windowed, unnormalised spectra, full scale about 500) count as silence


def spectral_loss(decoded: Tensor, target: Tensor, resolutions: Sequence[int]) -> Tensor:
    """Distance of spectra on left, right, mid and side, averaged over the resolutions.

    decoded, target  `(batch, 2, frames)`
    Three terms of equal weight: log magnitude (L1), spectral convergence of the magnitudes, and of the complex
    spectra. The last one teaches phase: without it a decoder finds the loudness of every bin and no waveform.
    """
    terms = [_distance(_spectra(decoded, size), _spectra(target, size)) for size in resolutions]
    return torch.stack(terms).mean()


def draw_resolutions(rng: random.Random, count: int = 2) -> list[int]:
    """Some of the resolutions: over many steps as good as all of them, and a third of the time."""
    return rng.sample(RESOLUTIONS, count)


@torch.inference_mode()
def stft_distance(decoded: Tensor, target: Tensor) -> float:
    """Multi-resolution STFT distance with the definitions and defaults of auraloss (windows 1024, 2048, 512 with
    lengths 600, 1200, 240): spectral convergence plus log magnitude L1, mean over resolutions. Channels are items."""
    total = 0.0
    for size, hop, length in ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240)):
        window = torch.hann_window(length)
        spectra = [
            torch.stft(x.flatten(0, -2), size, hop, length, window, return_complex=True).abs().clamp(min=1e-4)
            for x in (decoded, target)
        ]
        ours, theirs = spectra
        convergence = torch.linalg.matrix_norm(theirs - ours) / torch.linalg.matrix_norm(theirs)
        total += float(convergence.mean() + (ours.log() - theirs.log()).abs().mean())
    return total / 3


@torch.inference_mode()
def si_sdr(decoded: Tensor, target: Tensor) -> float:
    """Scale-invariant signal-to-distortion ratio in dB, mean over items and channels. `(batch, channels, frames)`"""
    decoded = decoded - decoded.mean(-1, keepdim=True)
    target = target - target.mean(-1, keepdim=True)
    energy = target.square().sum(-1, keepdim=True) + 1e-8
    wanted = (decoded * target).sum(-1, keepdim=True) / energy * target
    rest = decoded - wanted
    return float((10 * torch.log10((wanted.square().sum(-1) + 1e-8) / (rest.square().sum(-1) + 1e-8))).mean())


def _spectra(audio: Tensor, size: int) -> Tensor:
    """`(batch, 2, frames)` -> complex `(4, batch, bins, times)`: left, right, mid, side."""
    batch, _, frames = audio.shape
    window = torch.hann_window(size, device=audio.device)
    flat = F.pad(audio.reshape(2 * batch, frames), (0, -frames % size))
    spectrum = torch.stft(flat, size, size // 4, window=window, center=False, return_complex=True)
    left, right = spectrum.unflatten(0, (batch, 2)).unbind(1)
    return torch.stack([left, right, left + right, left - right])  # linear: no further transforms


def _distance(ours: Tensor, theirs: Tensor) -> Tensor:
    magnitude, wanted = ((s.real.square() + s.imag.square() + FLOOR**2).sqrt() for s in (ours, theirs))
    log_term = (magnitude.log() - wanted.log()).abs().mean()
    # One norm for an item's four signals: the side of nearly mono music must not count as much as its sum.
    # Nor may a crop of near silence: what it is measured by never falls below half the batch's mean.
    norm = torch.linalg.vector_norm(wanted, dim=(0, 2, 3)) / 2 + 1e-3
    norm = norm.clamp(min=float(norm.mean()) / 2)
    convergence = (torch.linalg.vector_norm(magnitude - wanted, dim=(2, 3)) / norm).mean()
    error = torch.view_as_real(ours - theirs).flatten(2)
    complex_term = (torch.linalg.vector_norm(error, dim=2) / norm).mean()
    return log_term + convergence + complex_term
