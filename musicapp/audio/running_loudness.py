"""The loudness of what plays, as it plays: short-term over the last 3 s, and integrated since the start.

The meter of `loudness.py` for audio that never ends: memory and time do not grow. Gates work on steps of 0.01 LU.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from musicapp.audio.loudness import (
    ABSOLUTE_GATE,
    BLOCK_SLOTS,
    MEMORY_S,
    RELATIVE_GATE_LU,
    SHORT_SLOTS,
    SLOTS_A_SECOND,
    WEIGHTS,
    k_response,
    levels_lufs,
)

STEPS_A_LU, HIGHEST_LUFS = 100, 30.0


class RunningLoudness:
    """`push` audio in its order; readings change every 0.1 s and are minus infinity while there are none.

    short_term_lufs   of the last 3 s; what is before the start counts as silence, as in other meters
    integrated_lufs   gated, of blocks of 0.4 s since the start
    """

    def __init__(self, channels: int, sample_rate: int) -> None:
        self.short_term_lufs = self.integrated_lufs = -math.inf
        self._slot = max(round(sample_rate / SLOTS_A_SECOND), 1)
        self._memory = math.ceil(MEMORY_S * sample_rate)
        self._size = 1 << (self._memory + self._slot - 1).bit_length()
        self._response = k_response(self._size, sample_rate).astype(np.complex64)
        self._weights = np.array(WEIGHTS.get(channels, (1.0,) * channels))
        self._held = np.zeros((self._memory, channels), np.float32)
        self._slots: deque[float] = deque(maxlen=SHORT_SLOTS)  # mean squares
        count = round((HIGHEST_LUFS - ABSOLUTE_GATE) * STEPS_A_LU)
        self._counts, self._sums = np.zeros(count, np.int64), np.zeros(count)  # of blocks, by their level

    def push(self, audio: np.ndarray) -> None:
        """Take `(frames, channels)`; what is no number counts as silence."""
        sound = np.nan_to_num(audio, nan=0.0, posinf=0.0, neginf=0.0)
        held, start = np.concatenate([self._held, sound]), 0
        while start + self._memory + self._slot <= len(held):
            self._measure(held[start : start + self._memory + self._slot])
            start += self._slot
        if start:
            self.short_term_lufs = _lufs(sum(self._slots) / SHORT_SLOTS)
            self.integrated_lufs = self._integrated()
        self._held = held[start:]

    def _measure(self, audio: np.ndarray) -> None:
        spectra = np.fft.rfft(audio, self._size, axis=0) * self._response[:, None]
        heard = np.fft.irfft(spectra, self._size, axis=0)[self._memory : self._memory + self._slot]
        self._slots.append(float(np.square(heard, dtype=np.float64).mean(axis=0) @ self._weights))
        if len(self._slots) >= BLOCK_SLOTS:
            energy = sum(list(self._slots)[-BLOCK_SLOTS:]) / BLOCK_SLOTS
            if _lufs(energy) > ABSOLUTE_GATE:
                step = min(int((_lufs(energy) - ABSOLUTE_GATE) * STEPS_A_LU), len(self._counts) - 1)
                self._counts[step] += 1
                self._sums[step] += energy

    def _integrated(self) -> float:
        if not self._counts.any():
            return -math.inf
        gate = _lufs(self._sums.sum() / self._counts.sum()) + RELATIVE_GATE_LU
        first = max(0, math.ceil((gate - ABSOLUTE_GATE) * STEPS_A_LU))
        count = self._counts[first:].sum()
        return _lufs(self._sums[first:].sum() / count) if count else -math.inf


def _lufs(energy: float) -> float:
    return float(levels_lufs(np.array(energy))) if energy > 0 else -math.inf
