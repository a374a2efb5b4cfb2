"""The distances of the paper's Table 5 that `training.losses` lacks, with the definitions and defaults of auraloss."""

from __future__ import annotations

import torch
from torch import Tensor

from musicapp.evaluation.mel import filters
from musicapp.training.listening import SAMPLE_RATE

SIZE, HOP, BANDS = 1024, 256, 128


@torch.inference_mode()
def mel_distance(decoded: Tensor, target: Tensor) -> float:
    """Spectral convergence plus log magnitude L1 of mel spectra, 128 bands to half the rate, all channels together."""
    bank = filters(BANDS, SIZE, 0.0, SAMPLE_RATE / 2, "slaney", "slaney")
    ours, theirs = (bank @ _magnitudes(sound) for sound in (decoded, target))
    convergence = torch.linalg.vector_norm(theirs - ours) / torch.linalg.vector_norm(theirs)
    return float(convergence + (ours.log() - theirs.log()).abs().mean())


def _magnitudes(sound: Tensor) -> Tensor:
    spectrum = torch.stft(sound.flatten(0, -2), SIZE, HOP, window=torch.hann_window(SIZE), return_complex=True)
    return spectrum.abs().clamp(min=1e-4)
