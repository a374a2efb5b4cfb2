"""How much one sound is like another: in when something begins, and in which pitch classes sound when. numpy only."""

from __future__ import annotations

import numpy as np

from musicapp.analysis.listening_features import SAMPLE_RATE, columns_of, onsets

_WINDOW, _HOP = 8192, 2048
_LOWEST_HZ, _HIGHEST_HZ = 60, 4000


def likeness(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """Correlation of onsets and of chroma over time, of `(frames, channels)` at 44.1 kHz; the longer one is cut."""
    count = min(len(ours), len(theirs))
    ours, theirs = ours[:count], theirs[:count]
    first, second = (onsets(sound).sum(0)[None] for sound in (ours, theirs))
    return _correlation(first, second), _correlation(chroma(ours), chroma(theirs))


def chroma(sound: np.ndarray) -> np.ndarray:
    """Shares of the twelve pitch classes over time, `(12, columns)`."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    heard = (hertz > _LOWEST_HZ) & (hertz < _HIGHEST_HZ)
    classes = np.round(69 + 12 * np.log2(np.maximum(hertz, 1) / 440)).astype(int) % 12
    inside = [heard & (classes == n) for n in range(12)]
    parts = [
        np.stack([np.sqrt(np.square(levels[:, bins]).sum(axis=1)) for bins in inside])
        for levels in columns_of(sound, _WINDOW, _HOP)
    ]
    rows = np.concatenate(parts, axis=1)
    shares: np.ndarray = rows / np.maximum(rows.sum(axis=0), 1e-9)
    return shares


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = (x - x.mean(axis=-1, keepdims=True) for x in (a, b))
    return float((a * b).sum() / np.sqrt(np.square(a).sum() * np.square(b).sum() + 1e-12))
