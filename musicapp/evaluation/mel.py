"""Logarithmic mel spectra in torch: what the classifier sees and what sections are told apart by."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from musicapp.training.mel_filters import filters

SIZE, HOP = 2048, 1024
LOW_HZ, HIGH_HZ = 30.0, 16000.0
FLOOR = 1e-5


def log_mel(sound: np.ndarray, bands: int = 64) -> Tensor:
    """Band levels of the mono sum in nepers, `(bands, columns)`, one every 1024 frames. `sound`: `(frames, 2)`"""
    mono = torch.from_numpy(np.ascontiguousarray(sound.mean(axis=1), dtype=np.float32))
    mono = torch.nn.functional.pad(mono, (0, max(0, SIZE - len(mono))))
    spectrum = torch.stft(mono, SIZE, HOP, window=torch.hann_window(SIZE), return_complex=True, pad_mode="constant")
    return (filters(bands, SIZE, LOW_HZ, HIGH_HZ, "htk", None) @ spectrum.abs() / SIZE).clamp(min=FLOOR).log()
