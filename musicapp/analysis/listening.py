"""Hearing by measuring: what a piece of sound is, without knowing what was asked for. numpy only.

Tempo and key are chosen by small scorers whose weights were fitted to renders of known truth
(`tests/fit_listening.py`, which also measures them on other renders: resources/listening.json tells how often they
are right). They know whole pieces best: the key listens to the first and the last chord.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from musicapp import paths
from musicapp.analysis.likeness import chroma
from musicapp.analysis.listening_features import HOP, SAMPLE_RATE, TEMPI, onsets, pitch_classes, repetition, rhythm
from musicapp.analysis.listening_features import spectrogram as _spectrogram

__all__ = [
    "SAMPLE_RATE",
    "accuracy",
    "beat_sharpness",
    "centroid_hz",
    "end_of_sound_s",
    "key_from",
    "key_of",
    "key_of_passage",
    "level_db",
    "tempo_of",
    "tempo_scores",
]

MODES = ("major", "minor")
_RATINGS = {  # how well each pitch class fits a key of C, as heard by listeners
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
_PROFILES = {mode: (np.array(found) - np.mean(found)) / np.std(found) for mode, found in _RATINGS.items()}
PROFILES_WEIGHT = 2.0  # beside the scorer's, for a passage


def tempo_of(sound: np.ndarray) -> float:
    """Felt beats per minute, 55 to 190. `sound`: `(frames, 2)` at 44.1 kHz."""
    nearest = float(TEMPI[int(np.argmax(tempo_scores(rhythm(sound))))])
    # The scorer knows the tempo to 1.3 %; onsets up to eight beats apart tell it more closely.
    near = nearest * np.linspace(0.985, 1.015, 31)
    similarity = repetition(onsets(sound).sum(axis=0))
    lags = 60 / near[:, None] * np.array((1, 2, 4, 8)) * SAMPLE_RATE / HOP
    return float(near[int(np.interp(lags, np.arange(len(similarity)), similarity, right=0).sum(axis=1).argmax())])


def tempo_scores(found: np.ndarray) -> np.ndarray:
    """How much each of `TEMPI` speaks for itself, from `rhythm`: a network of one hidden layer."""
    weights = _weights()["tempo"]
    octaves = np.log(TEMPI / 110)[:, None]
    inputs = np.concatenate([found, octaves, octaves**2], axis=1)
    hidden = np.tanh(inputs @ np.array(weights["hidden"]).T + np.array(weights["hidden_bias"]))
    return hidden @ np.array(weights["score"])


def key_of(sound: np.ndarray) -> tuple[int, str]:
    """The tonic's pitch class (C is 0) and "major" or "minor", whichever has the third of the mode."""
    return key_from(pitch_classes(sound))


def key_from(heard: np.ndarray) -> tuple[int, str]:
    """The key from `pitch_classes`, by the better of two profiles on any of the twelve tonics."""
    scores = _scores(heard)
    return max(scores, key=lambda name: scores[name])


def _scores(heard: np.ndarray) -> dict[tuple[int, str], float]:
    weights = _weights()["key"]
    return {
        (tonic, mode): float((np.roll(heard, -tonic, axis=1) * np.array(weights[mode])).sum()) + weights["bias"][mode]
        for mode in MODES
        for tonic in range(12)
    }


def key_of_passage(sound: np.ndarray) -> tuple[int, str]:
    """The same of a part of a piece, whose first and last chords say little of its key.

    What pitch classes sound how much is asked, too, by the profiles of Krumhansl and Kessler (1982).
    """
    shares, ends = chroma(sound).mean(axis=1), _scores(pitch_classes(sound))
    alike = {(tonic, mode): float(np.roll(_PROFILES[mode], tonic) @ shares) for tonic, mode in ends}
    total = _standard(ends) + PROFILES_WEIGHT * _standard(alike)
    return list(ends)[int(np.argmax(total))]


def _standard(scores: dict[tuple[int, str], float]) -> np.ndarray:
    """With a mean of 0 and a deviation of 1."""
    values = np.array(list(scores.values()))
    standard: np.ndarray = (values - values.mean()) / max(float(values.std()), 1e-9)
    return standard


def accuracy() -> dict[str, float]:
    """How often tempo (within 4 %), tonic and key are right on renders that nothing was fitted to."""
    rates: dict[str, float] = _weights()["accuracy"]
    return rates


def beat_sharpness(sound: np.ndarray) -> float:
    """How suddenly the treble (4 to 14 kHz) sets in at its strongest moments: high with drums, low without."""
    bands = np.log1p(100 * _spectrogram(sound, 2048, 512)[:, 186:650])
    strength = np.maximum(np.diff(bands, axis=0), 0).mean(axis=1)
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
    power = _spectrogram(sound, 2048, 512).mean(axis=0)
    return float((power * np.fft.rfftfreq(2048, 1 / SAMPLE_RATE)).sum() / max(power.sum(), 1e-12))


@cache
def _weights() -> dict[str, dict]:
    found: dict[str, dict] = json.loads((paths.resources_folder() / "listening.json").read_text(encoding="utf-8"))
    return found
