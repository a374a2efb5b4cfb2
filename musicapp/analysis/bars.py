"""Where the bars of a piece begin, heard without being told: a steady beat, and at which of its beats harmonies change.

The beat is where onsets are strongest when they are folded by the tempo. Which of beats and off-beats begins a bar, and
whether three or four make one, is weighed by two small scorers that were fitted to composed pieces whose bars are known
(`tests/fit_bars.py`): chords change, sections begin and fills end there. Each says how sure it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from musicapp import paths
from musicapp.analysis.listening_features import HOP, SAMPLE_RATE
from musicapp.analysis.tempo import CHROMA_HOP, TEMPI, Signals, features_of, scores

METRES = (4.0, 3.0)  # beats of a bar that are told apart
SURE = 0.75  # above it, lines are drawn: docs/listening.md tells how often they are right
LEAST_BARS = 4  # fewer tell nothing of how they repeat
_HOP_S, _CHROMA_HOP_S = HOP / SAMPLE_RATE, CHROMA_HOP / SAMPLE_RATE
EARLY_S = 0.021  # an onset is heard so long before it is there: its window begins earlier
_BINS, _SPAN, _PADDED = 64, 0.006, 1 << 21
_SAME_S = 0.03
_HARMONICS = ((1, 1.0), (2, 1.0), (4, 0.5))  # of the beat, and what they count


@dataclass(frozen=True)
class Bars:
    """A steady grid: the first bar line at or after the start, the beat, and how sure it is.

    certainty  0 to 1: that tempo, metre and bar lines are all right
    """

    first_s: float
    beat_s: float
    beats_in_bar: float
    certainty: float

    @property
    def is_sure(self) -> bool:
        """Whether it is good enough to be shown."""
        return self.certainty >= SURE


def bars_of(heard: Signals, tempo_bpm: float) -> Bars | None:
    """The bars of music of this tempo; None where there is too little of it."""
    duration_s = heard.onsets.shape[1] * _HOP_S
    if duration_s < LEAST_BARS * min(METRES) * 60 / tempo_bpm:
        return None
    strengths = contrast(heard.onsets)
    beat_s = 60 / _plain(steady_tempo(strengths.sum(axis=0), tempo_bpm), duration_s)
    phase_s = beat_phase(strengths.sum(axis=0), beat_s)
    found = HalfBeats.of(heard, strengths, beat_s, phase_s)
    metre = _shares(metre_features(found) @ np.array(_weights()["metre"]))
    choice = int(metre.argmax())
    beats = METRES[choice]
    downbeat = _shares(downbeat_features(found, beats) @ np.array(_weights()["downbeat"]))
    place = int(downbeat.argmax())
    first_s = (phase_s + EARLY_S + place * beat_s / 2) % (beats * beat_s)
    if beats * beat_s - first_s < _HOP_S:  # at the start, a moment before it
        first_s = 0.0
    certainty = float(metre[choice] * downbeat[place] * tempo_certainty(heard, tempo_bpm))
    return Bars(first_s, beat_s, beats, certainty)


def contrast(onsets: np.ndarray) -> np.ndarray:
    """How far onsets `(ranges, times)` stand out from the second around them."""
    around = np.stack([np.convolve(row, np.ones(101) / 101, "same") for row in onsets])
    floor = 0.3 * onsets.mean(axis=1, keepdims=True) + 1e-6
    return np.maximum(onsets / (around + floor) - 1, 0)


def steady_tempo(strength: np.ndarray, tempo_bpm: float) -> float:
    """The tempo to a few thousandths of a percent: a grid must still fit after minutes."""
    spectrum = np.abs(np.fft.rfft(strength - strength.mean(), _PADDED))
    near = tempo_bpm * np.linspace(1 - _SPAN, 1 + _SPAN, 2001)
    places = near / 60 * _HOP_S * _PADDED
    total = sum(weight * spectrum[np.round(places * times).astype(int)] for times, weight in _HARMONICS)
    return float(near[int(np.argmax(total))])


def _plain(tempo_bpm: float, duration_s: float) -> float:
    """The whole number next to it, where that makes no difference at the end."""
    whole = round(tempo_bpm)
    return float(whole) if whole and abs(whole / tempo_bpm - 1) * duration_s < _SAME_S else tempo_bpm


def beat_phase(strength: np.ndarray, beat_s: float) -> float:
    """Seconds into the beat at which onsets are strongest."""
    places = np.floor(np.arange(len(strength)) * _HOP_S / beat_s % 1 * _BINS).astype(int)
    mean = np.bincount(places, strength, _BINS) / np.maximum(np.bincount(places, minlength=_BINS), 1)
    window = np.hanning(7)[1:-1]
    return float(np.convolve(np.tile(mean, 3), window, "same")[_BINS : 2 * _BINS].argmax()) / _BINS * beat_s


@dataclass(frozen=True)
class HalfBeats:
    """What is heard in each half of a beat, the first one at the phase.

    onsets `(halves, 4)`, chroma `(halves, 12)` as shares, level `(halves, 1)`
    """

    onsets: np.ndarray
    chroma: np.ndarray
    level: np.ndarray

    @classmethod
    def of(cls, heard: Signals, strengths: np.ndarray, beat_s: float, phase_s: float) -> HalfBeats:
        """Gather all that happens between its times."""
        half_s, chroma = beat_s / 2, np.asarray(heard.chroma, np.float64)
        shares = chroma / np.maximum(chroma.sum(axis=1, keepdims=True), 1e-6)
        harmony = _gathered(shares, phase_s + EARLY_S, half_s, _CHROMA_HOP_S)
        level = _gathered(np.log1p(chroma.sum(axis=1, keepdims=True)), phase_s + EARLY_S, half_s, _CHROMA_HOP_S)
        onsets = np.log1p(_gathered(strengths.T, phase_s - 0.03, half_s, _HOP_S))
        harmony /= np.maximum(harmony.sum(axis=1, keepdims=True), 1e-6)
        count = min(len(onsets), len(harmony))
        return cls(onsets[:count], harmony[:count], level[:count])


def metre_features(found: HalfBeats) -> np.ndarray:
    """For each of `METRES` how everything repeats after its bars, also beside other beats, `(metres, 9)`."""
    kinds = (_change(found.chroma, 2), _change(found.chroma, 4), found.onsets[:, 0], found.onsets.sum(axis=1))
    rows: list[list[float]] = [[float(beats == METRES[0])] for beats in METRES]
    for series in kinds:
        repeats = {lag: _repeats(series, lag) for lag in range(2, 4 * round(max(METRES)) + 1, 2)}
        for row, beats in zip(rows, METRES, strict=True):
            bar = round(2 * beats)
            after = (repeats[bar] + repeats[2 * bar]) / 2
            row += [after, after - float(np.mean([value for lag, value in repeats.items() if lag % bar]))]
    return np.array(rows)


def downbeat_features(found: HalfBeats, beats_in_bar: float) -> np.ndarray:
    """For each half beat of a bar what speaks for its being the first, `(halves, 32)`."""
    bar = round(2 * beats_in_bar)
    cycle = np.stack([_mean_cycle(found.onsets[:, band], bar) for band in range(4)], axis=1)
    cycle /= np.maximum(cycle.mean(axis=0), 1e-6)
    turns = np.stack([np.roll(cycle, -place, axis=0) for place in range(bar)])  # from each place on
    beats, between = turns[:, 2::2].mean(axis=1), turns[:, 1::2].mean(axis=1)
    middle = turns[:, 4] - beats if bar == 8 else np.zeros_like(beats)
    long = 4 * bar if len(found.chroma) > 10 * bar else bar
    changes = [_change(found.chroma, width) for width in (2, 4, bar)]
    changes += [_change(found.chroma, width) ** 2 for width in (bar, long)]
    changes += [_change(found.onsets, width) ** 2 for width in (bar, 4 * bar)]
    changes += [_change(found.level, bar) ** 2]
    here = np.stack([_standing_out(_mean_cycle(series, bar)) for series in changes], axis=1)
    return np.concatenate([turns[:, 0], beats, between, middle, here, np.roll(here, -(bar // 2), axis=0)], axis=1)


def tempo_certainty(heard: Signals, tempo_bpm: float) -> float:
    """How much of what speaks for tempi speaks for this one."""
    shares = _shares(scores(*features_of(heard)))
    return float(shares[np.abs(TEMPI / tempo_bpm - 1) < 0.04].sum())


def _gathered(values: np.ndarray, start_s: float, step_s: float, hop_s: float) -> np.ndarray:
    """Sums of `(times, kinds)` between `start_s`, one step later and so on; frames at the edges count in part."""
    count = max(int((len(values) * hop_s - start_s) / step_s), 0)
    edges = np.clip((start_s + np.arange(count + 1) * step_s) / hop_s, 0, len(values))
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    whole = np.floor(edges).astype(int)
    part = (edges - whole)[:, None]
    return np.diff(sums[whole] * (1 - part) + sums[np.minimum(whole + 1, len(values))] * part, axis=0)


def _change(values: np.ndarray, width: int) -> np.ndarray:
    """How different the means of so many halves before and after each one are, `(halves,)`; 0 at the ends."""
    count = len(values)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    inside = np.arange(width, count - width + 1)
    found = np.zeros(count + 1)
    found[inside] = np.linalg.norm(sums[inside + width] - 2 * sums[inside] + sums[inside - width], axis=1) / width
    return found[:count]


def _repeats(series: np.ndarray, lag: int) -> float:
    """How alike a series `(halves,)` is to itself after a lag: 1 for the same."""
    varying = series - series.mean()
    if len(series) <= lag:
        return 0.0
    return float((varying[lag:] * varying[:-lag]).mean() / max(np.square(varying).mean(), 1e-12))


def _mean_cycle(series: np.ndarray, length: int) -> np.ndarray:
    places = np.arange(len(series)) % length
    return np.bincount(places, series, length) / np.maximum(np.bincount(places, minlength=length), 1)


def _standing_out(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / max(float(values.std()), 1e-9)


def _shares(points: np.ndarray) -> np.ndarray:
    shares = np.exp(points - points.max())
    return np.asarray(shares / shares.sum())


@cache
def _weights() -> dict[str, list[float]]:
    found: dict[str, list[float]] = json.loads((paths.resources_folder() / "bars.json").read_text(encoding="utf-8"))
    return found
