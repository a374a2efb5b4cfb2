"""How loud audio is: peak and RMS, read in blocks so that a long take needs no second copy in memory."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

BLOCK_FRAMES = 65536
SILENCE_DB = -math.inf


def blocks_of(audio: np.ndarray, size: int = BLOCK_FRAMES) -> Iterator[np.ndarray]:
    """Views of `(frames, channels)` audio, `size` frames each, the last one shorter."""
    for first in range(0, len(audio), size):
        yield audio[first : first + size]


def peak(audio: np.ndarray) -> float:
    """The largest absolute sample of `(frames, channels)`; 0 for no audio, nan when a sample is not a number."""
    loudest = 0.0
    for block in blocks_of(audio):
        value = max(float(block.max()), -float(block.min()))
        if not value <= loudest:  # also true for nan, which must not get lost in a maximum
            loudest = value
        if math.isnan(value):
            return math.nan
    return loudest


def rms(audio: np.ndarray) -> np.ndarray:
    """Root mean square of each channel of `(frames, channels)`, `(channels,)` float64."""
    total = np.zeros(audio.shape[1])
    for block in blocks_of(audio):
        total += np.square(block, dtype=np.float64).sum(axis=0)
    return np.sqrt(total / max(len(audio), 1))


def to_db(gain: float) -> float:
    """Decibels of a linear gain; minus infinity for 0."""
    return 20 * math.log10(gain) if gain > 0 else SILENCE_DB


def from_db(gain_db: float) -> float:
    """The linear gain of decibels."""
    return 10.0 ** (gain_db / 20)
