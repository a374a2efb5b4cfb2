"""What an autoencoder is trained on (magnitudes) and measured by (auraloss' STFT distance, SI-SDR)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

FLOOR = 1e-4  # magnitudes below count as silence; a full-scale sine has 1
LOUDNESS = 0.3  # exponent that makes magnitudes about as different as they sound


def magnitude_loss(predicted: Tensor, target: Tensor) -> Tensor:
    """Distance of magnitudes, taken on the decoder's own spectrum: no transform of its audio, no phase.

    predicted  log magnitudes `(batch, channels, times, bins)`
    target     magnitudes of the same shape
    Three terms of equal weight: the logarithm (every bin counts), the compressed magnitude (audible ones count more)
    and spectral convergence (the strongest partials count). Without the last two, partials come out far too weak.
    """
    floor = math.log(FLOOR)
    log_term = (predicted.clamp(min=floor) - target.clamp(min=FLOOR).log()).abs().mean()
    loudness = target**LOUDNESS
    loudness_term = ((LOUDNESS * predicted).exp() - loudness).abs().mean() / loudness.mean().clamp(min=1e-2)
    error = torch.linalg.vector_norm(predicted.exp() - target, dim=(1, 2, 3))
    norm = torch.linalg.vector_norm(target, dim=(1, 2, 3)) + 1e-6
    # A crop of near silence must not count more than the others.
    convergence = (error / norm.clamp(min=norm.mean() / 2)).mean()
    return log_term + loudness_term + convergence


@torch.inference_mode()
def stft_distance(decoded: Tensor, target: Tensor) -> float:
    """Multi-resolution STFT distance with the definitions and defaults of auraloss (windows 1024, 2048, 512 with
    lengths 600, 1200, 240): spectral convergence over all items, plus log magnitude L1, mean over resolutions."""
    total = 0.0
    for size, hop, length in ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240)):
        window = torch.hann_window(length, device=target.device)
        spectra = [
            torch.stft(x.flatten(0, -2), size, hop, length, window, return_complex=True).abs().clamp(min=1e-4)
            for x in (decoded, target)
        ]
        ours, theirs = spectra
        convergence = torch.linalg.vector_norm(theirs - ours) / torch.linalg.vector_norm(theirs)
        total += float(convergence + (ours.log() - theirs.log()).abs().mean())
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
