"""The tempo of any piece of music: how its onsets and harmonies repeat, and what kind of music it is.

Half or twice the beat, or two thirds of it in compound metres, repeat as well as the beat itself; what tells them
apart is the style: how dense the onsets are, and in which ranges. Small networks weigh both, fitted to composed pieces
whose tempo is known (`tests/fit_tempo.py`). `listening.tempo_of` is the older ear, by which models are evaluated: it
stays as it is, so that figures of different days can be compared.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from musicapp import paths
from musicapp.analysis.listening_features import HOP, SAMPLE_RATE, columns_of, onsets, repetition

TEMPI = np.exp(np.linspace(np.log(50), np.log(200), 108))
TEETH = np.array((1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 5 / 2, 3, 4, 5, 6, 7, 8, 12, 16))
FINE = np.linspace(0.985, 1.015, 31)  # around the tempo that the network chose, which are 1.3 % apart
FINE_BEATS = np.array((1, 2, 4, 8))
CHROMA_WINDOW, CHROMA_HOP, CHROMA_HZ = 8192, 882, (60.0, 2000.0)
CHANGE = 6  # columns of the chroma between which harmonies are compared
BANDS = np.unique(np.round(np.geomspace(1, 1000, 17)).astype(int))  # bins of the mean spectrum


@dataclass(frozen=True)
class Signals:
    """What is heard of a piece.

    onsets    `(4, times)` in four ranges of pitch, a hundred times a second
    chroma    `(times, 12)`, fifty times a second
    spectrum  `(1025,)`: the mean of its logarithm
    """

    onsets: np.ndarray
    chroma: np.ndarray
    spectrum: np.ndarray


def tempo_of(sound: np.ndarray) -> float:
    """Felt beats per minute, 50 to 200, of `(frames, channels)` at 44.1 kHz."""
    return tempo_from(signals_of(sound))


def tempo_from(heard: Signals) -> float:
    """The same of what is heard already."""
    per_tempo, context = features_of(heard)
    nearest = float(TEMPI[int(scores(per_tempo, context).argmax())])
    near = nearest * FINE
    similarity = repetition(heard.onsets.sum(axis=0))
    lags = 60 / near[:, None] * FINE_BEATS * SAMPLE_RATE / HOP
    return float(near[int(np.interp(lags, np.arange(len(similarity)), similarity, right=0).sum(axis=1).argmax())])


def signals_of(sound: np.ndarray) -> Signals:
    """Listen to `(frames, channels)` at 44.1 kHz."""
    spectra = [np.log1p(10 * part).sum(axis=0) for part in columns_of(sound, 2048, CHROMA_HOP)]
    count = -(-len(sound) // CHROMA_HOP)
    hertz = np.fft.rfftfreq(CHROMA_WINDOW, 1 / SAMPLE_RATE)
    inside = (hertz > CHROMA_HZ[0]) & (hertz < CHROMA_HZ[1])
    classes = np.round(69 + 12 * np.log2(hertz[inside] / 440)).astype(int) % 12
    to_classes = np.eye(12, dtype=np.float32)[classes]
    chroma = [np.sqrt(part[:, inside]) @ to_classes for part in columns_of(sound, CHROMA_WINDOW, CHROMA_HOP)]
    return Signals(onsets(sound), np.concatenate(chroma), np.sum(spectra, axis=0) / max(count, 1))


def features_of(heard: Signals) -> tuple[np.ndarray, np.ndarray]:
    """For each of `TEMPI` how well everything repeats at `TEETH`, `(tempi, signals * teeth)`; and the kind of music."""
    bands = np.asarray(heard.onsets, np.float32)
    together = bands.sum(axis=0)
    lags = 60 / TEMPI[:, None] * TEETH * SAMPLE_RATE / HOP
    found = []
    for strength in (*bands, together, _changes(np.asarray(heard.chroma, np.float32))):
        similarity = repetition(strength)
        found.append(np.interp(lags, np.arange(len(similarity)), similarity, right=0))
    levels = np.asarray(heard.spectrum, np.float32)
    colour = np.array([levels[low:high].mean() for low, high in itertools.pairwise(BANDS)])
    means = np.log1p(bands.mean(axis=1))
    dense = [_density(strength) for strength in (*bands, together)]
    context = np.concatenate([means, dense, colour - colour.mean()])
    return np.concatenate(found, axis=1).astype(np.float32), context.astype(np.float32)


def scores(per_tempo: np.ndarray, context: np.ndarray) -> np.ndarray:
    """How much each of `TEMPI` speaks for itself: the mean of networks with two hidden layers."""
    octaves = np.log(TEMPI / 110)[:, None]
    weights = _weights()
    kind = (context - np.array(weights["mean"])) / np.array(weights["deviation"])
    inputs = np.concatenate([per_tempo, octaves, octaves**2, octaves**3, np.tile(kind, (len(TEMPI), 1))], axis=1)
    total = np.zeros(len(TEMPI))
    for layers in weights["networks"]:
        x = inputs
        for weight, bias in layers[:-1]:
            x = np.tanh(x @ np.array(weight).T + np.array(bias))
        found = x @ np.array(layers[-1][0])[0]
        total += found - np.log(np.exp(found - found.max()).sum()) - found.max()
    return total


def _changes(chroma: np.ndarray) -> np.ndarray:
    """How much harmonies change, as often as onsets are heard."""
    shares = chroma / np.maximum(chroma.sum(axis=1, keepdims=True), 1e-6)
    return np.repeat(np.maximum(shares[CHANGE:] - shares[:-CHANGE], 0).sum(axis=1), CHROMA_HOP // HOP)


def _density(strength: np.ndarray) -> float:
    """The logarithm of how many onsets stand out in a second."""
    least = strength.mean() + strength.std()
    inner = strength[1:-1]
    tops = (inner > strength[:-2]) & (inner >= strength[2:]) & (inner > least)
    return float(np.log(tops.sum() / max(len(strength) * HOP / SAMPLE_RATE, 0.01) + 0.1))


@cache
def _weights() -> dict:
    found: dict = json.loads((paths.resources_folder() / "tempo.json").read_text(encoding="utf-8"))
    return found
