"""Triangular filters on a mel scale, for losses and listeners."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from musicapp.training.dataset import SAMPLE_RATE


@cache
def filters(bands: int, size: int, low_hz: float, high_hz: float, scale: str, norm: str | None) -> Tensor:
    """Triangles on a mel scale ("htk" or "slaney"), `(bands, size // 2 + 1)`."""
    from transformers.audio_utils import mel_filter_bank  # takes a second to import

    found = mel_filter_bank(size // 2 + 1, bands, low_hz, high_hz, SAMPLE_RATE, norm=norm, mel_scale=scale)
    with torch.inference_mode(False):  # kept, so a loss may meet what a measure has made
        return torch.tensor(found.T, dtype=torch.float32).contiguous()
