"""What an autoencoder is trained on and measured by: magnitudes, auraloss' STFT and MEL distances, SI-SDR."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from musicapp.training.dataset import SAMPLE_RATE
from musicapp.training.mel_filters import filters

FLOOR = 1e-6  # magnitudes below count as silence; a full-scale sine has 1
LOUDNESS = 0.3  # exponent that makes magnitudes about as different as they sound
RESOLUTIONS = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))  # transform, hop and window of auraloss
MEL_SIZE, MEL_HOP, MEL_BANDS = 1024, 256, 128  # transform, hop and bands to half the rate of auraloss


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


def stft_loss(decoded: Tensor, target: Tensor) -> Tensor:
    """Multi-resolution STFT distance with the definitions and defaults of auraloss: spectral convergence over all
    items, plus log magnitude L1, mean over resolutions. `(..., frames)` both."""
    total = decoded.new_zeros(())
    for size, hop, length in RESOLUTIONS:
        window = torch.hann_window(length, device=target.device)
        ours, theirs = (
            _magnitudes(torch.stft(x.flatten(0, -2), size, hop, length, window, return_complex=True))
            for x in (decoded, target)
        )
        total = total + _distance(ours, theirs)
    return total / len(RESOLUTIONS)


def mel_loss(decoded: Tensor, target: Tensor) -> Tensor:
    """MEL distance with the definitions and defaults of auraloss: as `stft_loss`, in the bands of one resolution."""
    bank = filters(MEL_BANDS, MEL_SIZE, 0.0, SAMPLE_RATE / 2, "slaney", "slaney").to(target.device)
    window = torch.hann_window(MEL_SIZE, device=target.device)
    ours, theirs = (
        bank @ _magnitudes(torch.stft(x.flatten(0, -2), MEL_SIZE, MEL_HOP, window=window, return_complex=True))
        for x in (decoded, target)
    )
    return _distance(ours, theirs)


def _distance(ours: Tensor, theirs: Tensor) -> Tensor:
    """Spectral convergence plus logarithm's L1."""
    convergence = torch.linalg.vector_norm(theirs - ours) / torch.linalg.vector_norm(theirs)
    return convergence + (ours.log() - theirs.log()).abs().mean()


def _magnitudes(spectrum: Tensor) -> Tensor:
    # The root of a sum has no gradient at zero, so the floor comes first.
    return torch.view_as_real(spectrum).square().sum(-1).clamp(min=1e-8).sqrt()


@torch.inference_mode()
def stft_distance(decoded: Tensor, target: Tensor) -> float:
    """`stft_loss` as a number."""
    return float(stft_loss(decoded, target))


@torch.inference_mode()
def mel_distance(decoded: Tensor, target: Tensor) -> float:
    """`mel_loss` as a number."""
    return float(mel_loss(decoded, target))


@torch.inference_mode()
def si_sdr(decoded: Tensor, target: Tensor) -> float:
    """Scale-invariant signal-to-distortion ratio in dB, mean over items and channels. `(batch, channels, frames)`"""
    decoded = decoded - decoded.mean(-1, keepdim=True)
    target = target - target.mean(-1, keepdim=True)
    energy = target.square().sum(-1, keepdim=True) + 1e-8
    wanted = (decoded * target).sum(-1, keepdim=True) / energy * target
    rest = decoded - wanted
    return float((10 * torch.log10((wanted.square().sum(-1) + 1e-8) / (rest.square().sum(-1) + 1e-8))).mean())
