"""What the ears of `listening` look at: how onsets repeat, and which pitch classes sound where. numpy only."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

SAMPLE_RATE = 44100
HOP = 441  # onsets are heard a hundred times a second

# The tempi to choose from, 1.3 % apart, and the parts and multiples of a beat after which onsets may repeat.
TEMPI = np.exp(np.linspace(np.log(55), np.log(190), 96))
TEETH = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 5 / 2, 3, 4, 5, 6, 7, 8)
_RANGES_HZ = (20, 200, 800, 3200, 14000)  # kick and bass; chords; attacks; cymbals
_BANDS_AN_OCTAVE = 6
_COLUMNS = 512  # of a spectrogram at a time
_LEAST = 101  # times over which the mean is taken away

# Where pitches are counted, as MIDI numbers, in which part of a piece. The last chord is heard before it dies away.
_BASS, _LOW, _REST = (28, 52), (28, 60), (52, 100)
_WINDOW, _HIGHEST_HZ = 16384, 4000
_START_S, _END_S, _RELEASE_S = 2.5, 3.0, 0.5


def spectrogram(sound: np.ndarray, size: int, hop: int) -> np.ndarray:
    """Magnitudes `(columns, size // 2 + 1)` of the mono sum of `(frames, channels)`."""
    return np.concatenate(list(columns_of(sound, size, hop)))


def columns_of(sound: np.ndarray, size: int, hop: int) -> Iterator[np.ndarray]:
    """The same some hundred columns at a time: a long piece's would take a gigabyte on the way."""
    mono = np.pad(sound.mean(axis=1), size // 2)
    window = np.hanning(size).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop]
    for first in range(0, len(windows), _COLUMNS):
        yield np.abs(np.fft.rfft(windows[first : first + _COLUMNS] * window, axis=1)).astype(np.float32)


def onsets(sound: np.ndarray) -> np.ndarray:
    """How suddenly it gets louder in four ranges of pitch: `(4, times)`, a hundred times a second."""
    edges = np.unique(np.round(20 * 2 ** np.arange(0, 9.4, 1 / _BANDS_AN_OCTAVE) * 2048 / SAMPLE_RATE).astype(int))
    edges = edges[(edges >= 1) & (edges < 1000)]
    columns = [np.add.reduceat(part, edges, axis=1)[:, :-1] for part in columns_of(sound, 2048, HOP)]
    bands = np.concatenate(columns) / np.diff(edges)
    levels, hertz = np.log1p(10 * bands), edges[:-1] * SAMPLE_RATE / 2048
    rises = np.maximum(levels[2:] - levels[:-2], 0)
    limits = itertools.pairwise(_RANGES_HZ)
    return np.stack([rises[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in limits])


def repetition(strength: np.ndarray) -> np.ndarray:
    """How much onsets `(times,)` resemble themselves after every lag; 1 at lag 0."""
    strength = np.pad(strength, (0, max(0, _LEAST - len(strength))))
    varying = strength - np.convolve(strength, np.ones(_LEAST) / _LEAST, "same")
    count = len(varying)
    similarity = np.fft.irfft(np.abs(np.fft.rfft(varying, 2 * count)) ** 2)[:count]
    similarity /= np.arange(count, 0, -1) + 20  # fewer pairs at long lags
    smoothing = np.hanning(7) / np.hanning(7).sum()
    return np.convolve(similarity / max(similarity[0], 1e-9), smoothing, "same")


def rhythm(sound: np.ndarray) -> np.ndarray:
    """For each of `TEMPI`, how well onsets repeat at each of `TEETH` in each range: `(tempi, ranges * teeth)`."""
    lags = 60 / TEMPI[:, None] * np.array(TEETH) * SAMPLE_RATE / HOP
    found = []
    for strength in onsets(sound):
        similarity = repetition(strength)
        found.append(np.interp(lags, np.arange(len(similarity)), similarity, right=0))
    return np.concatenate(found, axis=1).astype(np.float32)


def pitch_classes(sound: np.ndarray) -> np.ndarray:
    """Shares of the twelve pitch classes: whole, bass, end low, end high, start low, deepest, deepest at the end.

    `(7, 12)`, rows summing to one. Partials are placed by the parabola through a peak of the spectrum, and a tuning
    that is off for the whole piece is taken out.
    """
    highest = round(_HIGHEST_HZ * _WINDOW / SAMPLE_RATE) + 2  # bins above are no pitches
    levels = np.concatenate([part[:, :highest] for part in columns_of(sound, _WINDOW, _WINDOW // 4)])
    pitches, weights = _peaks(levels)
    turn = np.angle((weights * np.exp(2j * np.pi * pitches)).sum()) / (2 * np.pi)
    pitches = pitches - turn
    times = len(levels)
    per_second = SAMPLE_RATE / (_WINDOW // 4)
    last = max(times - round(_RELEASE_S * per_second), 1)
    whole, start = slice(0, times), slice(0, max(round(_START_S * per_second), 1))
    end = slice(max(times - round(_END_S * per_second), 0), last)
    rows = [
        _shares(pitches[part], weights[part], limits)
        for part, limits in ((whole, _REST), (whole, _BASS), (end, _LOW), (end, _REST), (start, _LOW))
    ]
    rows += [_deepest(pitches[part], weights[part]) for part in (whole, end)]
    return np.stack(rows).astype(np.float32)


def _peaks(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch (MIDI, with fractions) and weight of every bin; the weight is 0 where there is no peak."""
    before, here, after = levels[:, :-2], levels[:, 1:-1], levels[:, 2:]
    logs = [np.log(np.maximum(part, 1e-6)) for part in (before, here, after)]
    shift = 0.5 * (logs[0] - logs[2]) / np.minimum(logs[0] - 2 * logs[1] + logs[2], -1e-6)
    hertz = (np.arange(1, levels.shape[1] - 1) + np.clip(shift, -0.5, 0.5)) * SAMPLE_RATE / _WINDOW
    is_peak = (here > before) & (here > after) & (hertz > 50) & (hertz < _HIGHEST_HZ)
    return 69 + 12 * np.log2(np.maximum(hertz, 1) / 440), np.where(is_peak, np.sqrt(here), 0)


def _shares(pitches: np.ndarray, weights: np.ndarray, limits: tuple[int, int]) -> np.ndarray:
    inside = np.where((pitches >= limits[0]) & (pitches < limits[1]), weights, 0)
    classes = np.round(pitches).astype(int) % 12
    counts = np.bincount(classes.ravel(), inside.ravel(), 12)
    return counts / max(counts.sum(), 1e-9)


def _deepest(pitches: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Shares of the deepest strong pitch of each column."""
    inside = np.where((pitches >= _BASS[0]) & (pitches < _BASS[1]), weights, 0)
    strongest = inside.max(axis=1)
    heard = np.flatnonzero(strongest > 0)
    places = (inside[heard] > 0.3 * strongest[heard, None]).argmax(axis=1)
    classes = np.round(pitches[heard, places]).astype(int) % 12
    counts = np.bincount(classes, inside[heard, places], 12)
    return counts / max(counts.sum(), 1e-9)
