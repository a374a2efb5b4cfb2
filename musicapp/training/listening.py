"""Hearing by measuring: what a piece of sound is, without knowing what was asked for. numpy only.

Each measure is a plain textbook one and errs; `measure.py` therefore gives its rate on real renders beside every rate
on generated music.
"""

from __future__ import annotations

import numpy as np

SAMPLE_RATE = 44100
HOP = 512
# How strongly each scale step is heard in a major and a minor key (Krumhansl and Kessler, 1982).
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def tempo_of(sound: np.ndarray, slowest: float = 55, fastest: float = 190) -> float:
    """Beats per minute whose multiples the onsets repeat at best. `(frames, 2)`"""
    strength = _onsets(sound, 2, 400)
    strength = strength - strength.mean()
    similarity = np.fft.irfft(np.abs(np.fft.rfft(strength, 2 * len(strength))) ** 2)[: len(strength)]
    tempi = np.arange(slowest, fastest, 0.25)
    lags = 60 / tempi * SAMPLE_RATE / HOP
    places = np.arange(len(similarity))
    score = np.sum([np.interp(lags * beats, places, similarity, right=0) for beats in (1, 2, 4)], axis=0)
    # People hear a beat near 120 a minute rather than its half or double (log-normal weight, as is usual).
    return float(tempi[int(np.argmax(score * np.exp(-0.5 * np.log2(tempi / 115) ** 2)))])


def key_of(sound: np.ndarray) -> tuple[int, str]:
    """The tonic's pitch class (C is 0) and "major" or "minor", by correlation with the profiles of both."""
    heard = _chroma(sound)
    scores = {
        (tonic, mode): float(np.corrcoef(np.roll(profile, tonic), heard)[0, 1])
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
        for tonic in range(12)
    }
    return max(scores, key=lambda name: scores[name])


def beat_sharpness(sound: np.ndarray) -> float:
    """How suddenly the treble (4 to 14 kHz) sets in at its strongest moments: high with drums, low without."""
    strength = _onsets(sound, 186, 650)
    return float(np.percentile(strength, 97) - np.median(strength))


def end_of_sound_s(sound: np.ndarray, floor_db: float = -40.0) -> float:
    """When the sound last rises above a floor, relative to its peak, in seconds."""
    level = np.abs(sound).max(axis=1)
    loud = np.flatnonzero(level > level.max() * 10 ** (floor_db / 20))
    return float(loud[-1] + 1) / SAMPLE_RATE if len(loud) else 0.0


def level_db(sound: np.ndarray) -> float:
    """RMS level in decibels below full scale."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12))


def centroid_hz(sound: np.ndarray) -> float:
    """The spectrum's centre of gravity: how bright it sounds."""
    power = _spectrogram(sound, 2048).mean(axis=0)
    return float((power * np.fft.rfftfreq(2048, 1 / SAMPLE_RATE)).sum() / max(power.sum(), 1e-12))


def _spectrogram(sound: np.ndarray, size: int, hop: int = HOP) -> np.ndarray:
    mono = np.pad(sound.mean(axis=1), size // 2)
    windows = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop]
    return np.abs(np.fft.rfft(windows * np.hanning(size).astype(np.float32), axis=1))


def _onsets(sound: np.ndarray, low: int, high: int) -> np.ndarray:
    bands = np.log1p(100 * _spectrogram(sound, 2048)[:, low:high])
    return np.maximum(np.diff(bands, axis=0), 0).mean(axis=1)


def _chroma(sound: np.ndarray) -> np.ndarray:
    size = 16384
    levels = _spectrogram(sound, size, size // 2)
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    inner = levels[:, 1:-1]
    is_peak = (inner > levels[:, :-2]) & (inner > levels[:, 2:]) & (hertz[1:-1] > 60) & (hertz[1:-1] < 2000)
    pitches = 69 + 12 * np.log2(np.maximum(hertz[1:-1], 1) / 440)
    weights = np.where(is_peak, np.sqrt(inner), 0).sum(axis=0)
    classes = np.bincount(np.round(pitches).astype(int) % 12, weights, 12)
    return classes / max(classes.sum(), 1e-9)
