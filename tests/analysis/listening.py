"""A second pair of ears for the renderer: textbook measures of tempo, key and end.

Those of `musicapp.analysis.listening` were fitted to renders, so they cannot vouch for the renderer.
"""

from __future__ import annotations

import numpy as np

from musicapp.analysis.listening_features import SAMPLE_RATE, spectrogram

_HOP = 512
# How strongly each scale step is heard in a major and a minor key (Krumhansl and Kessler, 1982).
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def onsets(sound: np.ndarray) -> np.ndarray:
    """How much louder each column's bands are than the column before, on a logarithmic scale."""
    bands = np.log1p(100 * spectrogram(sound, 2048, _HOP)[:, 2:400])
    return np.maximum(np.diff(bands, axis=0), 0).sum(axis=1)


def best_tempo(sound: np.ndarray, around_bpm: float) -> float:
    """The tempo within 15 % of a guess, in steps of a tenth, whose first four beats repeat best."""
    candidates = np.arange(around_bpm * 0.85, around_bpm * 1.15, 0.1)
    strength = onsets(sound)
    strength = strength - strength.mean()
    similarity = np.fft.irfft(np.abs(np.fft.rfft(strength, 2 * len(strength))) ** 2)[: len(strength)]
    lags = 60 / candidates * SAMPLE_RATE / _HOP
    score = sum(np.interp(lags * beats, np.arange(len(similarity)), similarity) for beats in (1, 2, 4, 8))
    return float(candidates[int(np.argmax(score))])


def chroma(sound: np.ndarray) -> np.ndarray:
    """How much of each pitch class sounds, summing to one: spectral peaks from 60 Hz to 2 kHz."""
    size = 16384
    levels = spectrogram(sound, size, size // 2)
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    inner = levels[:, 1:-1]
    is_peak = (inner > levels[:, :-2]) & (inner > levels[:, 2:]) & (hertz[1:-1] > 60) & (hertz[1:-1] < 2000)
    pitches = 69 + 12 * np.log2(np.maximum(hertz[1:-1], 1) / 440)
    weights = np.where(is_peak, np.sqrt(inner), 0).sum(axis=0)
    classes = np.bincount(np.round(pitches).astype(int) % 12, weights, 12)
    return classes / max(classes.sum(), 1e-9)


def key_of(sound: np.ndarray) -> tuple[int, str]:
    """The tonic's pitch class and "major" or "minor", by correlation with the profiles of both."""
    heard = chroma(sound)
    scores = {
        (tonic, mode): np.corrcoef(np.roll(profile, tonic), heard)[0, 1]
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
        for tonic in range(12)
    }
    return max(scores, key=lambda name: scores[name])


def end_of_sound_s(sound: np.ndarray, floor_db: float = -50.0) -> float:
    """When the sound last rises above a floor."""
    loud = np.flatnonzero(np.abs(sound).max(axis=1) > 10 ** (floor_db / 20))
    return float(loud[-1] + 1) / SAMPLE_RATE if len(loud) else 0.0
