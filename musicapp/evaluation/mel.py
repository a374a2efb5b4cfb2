"""Logarithmic mel spectra in torch: what the classifier sees and what sections are told apart by."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from musicapp.training.listening import SAMPLE_RATE

SIZE, HOP = 2048, 1024
LOW_HZ, HIGH_HZ = 30.0, 16000.0
FLOOR = 1e-5


def log_mel(sound: np.ndarray, bands: int = 64) -> Tensor:
    """Band levels of the mono sum in nepers, `(bands, columns)`, one every 1024 frames. `sound`: `(frames, 2)`"""
    mono = torch.from_numpy(np.ascontiguousarray(sound.mean(axis=1), dtype=np.float32))
    mono = torch.nn.functional.pad(mono, (0, max(0, SIZE - len(mono))))
    spectrum = torch.stft(mono, SIZE, HOP, window=torch.hann_window(SIZE), return_complex=True, pad_mode="constant")
    return (filters(bands, SIZE, LOW_HZ, HIGH_HZ, "htk", None) @ spectrum.abs() / SIZE).clamp(min=FLOOR).log()


@cache
def filters(bands: int, size: int, low_hz: float, high_hz: float, scale: str, norm: str | None) -> Tensor:
    """Triangles on a mel scale ("htk" or "slaney"), `(bands, size // 2 + 1)`."""
    from transformers.audio_utils import mel_filter_bank  # takes a second to import

    found = mel_filter_bank(size // 2 + 1, bands, low_hz, high_hz, SAMPLE_RATE, norm=norm, mel_scale=scale)
    return torch.tensor(found.T, dtype=torch.float32).contiguous()
