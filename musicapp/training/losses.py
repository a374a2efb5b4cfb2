"""What an autoencoder is trained on and measured by: magnitudes, auraloss' STFT and MEL distances, SI-SDR."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from musicapp.nn.spectral import mid_side
from musicapp.training.dataset import SAMPLE_RATE
from musicapp.training.mel_filters import filters

FLOOR = 1e-6  # magnitudes below count as silence; a full-scale sine has 1
LOUDNESS = 0.3  # exponent that makes magnitudes about as different as they sound
RESOLUTIONS = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))  # transform, hop and window of auraloss
BANDS, STRETCH = 24, 32  # bands and transforms whose energies are summed, where only the energy counts
BAND_FLOOR = 1e-6  # energy of a band that counts as silence
MEL = 1.5  # weight of the MEL distance against the STFT distance of a sound
WIDTH = 0.1  # weight of the side's energies in broad bands
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


def stereo_loss(decoded: Tensor, target: Tensor) -> Tensor:
    """STFT and MEL distance of left and right, of mid, and of side, and how far the energies of the side are off.

    decoded, target  `(batch, 2, frames)`, mid and side

    Where phases of mid and side are found apart, the best answer in left and right to a side whose phases are not known
    is a quiet one: apart from mid it has to be as loud as it was. Mono counts once. Transforms are linear, so those of
    left and right come from those of mid and side.
    """
    total = decoded.new_zeros(())
    for size, hop, length in RESOLUTIONS:
        ours, theirs = (_spectra(x, size, hop, length) for x in (decoded, target))
        total = total + _stereo_distance(ours, theirs) / len(RESOLUTIONS)
    bank = filters(MEL_BANDS, MEL_SIZE, 0.0, SAMPLE_RATE / 2, "slaney", "slaney").to(target.device)
    ours, theirs = (_spectra(x, MEL_SIZE, MEL_HOP, MEL_SIZE) for x in (decoded, target))
    total = total + MEL * _stereo_distance(ours, theirs, bank)
    broad = filters(BANDS, MEL_SIZE, 0.0, SAMPLE_RATE / 2, "slaney", "slaney").to(target.device)
    return total + WIDTH * _energy_difference(*(broad @ _magnitudes(x[:, -1]).square() for x in (ours, theirs)))


def _spectra(audio: Tensor, size: int, hop: int, length: int) -> Tensor:
    window = torch.hann_window(length, device=audio.device)
    return torch.stft(audio.flatten(0, -2), size, hop, length, window, return_complex=True).unflatten(
        0, audio.shape[:-1]
    )


def _stereo_distance(ours: Tensor, theirs: Tensor, bank: Tensor | None = None) -> Tensor:
    """Of complex spectra `(batch, channels, bins, times)` of mid and side; bank sums bins to bands."""

    def levels(spectra: Tensor) -> Tensor:
        return _magnitudes(spectra) if bank is None else bank @ _magnitudes(spectra)

    pairs = [(ours[:, number], theirs[:, number]) for number in range(ours.shape[1])]
    apart = torch.stack([_distance(levels(a), levels(b)) for a, b in pairs]).mean()
    return (apart + _distance(levels(mid_side(ours)), levels(mid_side(theirs)))) / 2


def _energy_difference(ours: Tensor, theirs: Tensor) -> Tensor:
    """Mean difference of energies `(batch, bands, times)` over stretches, in nepers."""
    ours, theirs = (F.avg_pool1d(x, min(STRETCH, x.shape[-1])).clamp(min=BAND_FLOOR).log() for x in (ours, theirs))
    return (ours - theirs).abs().mean() / 2


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
