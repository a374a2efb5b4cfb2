"""Which scale, which metre and how many notes: measures for probes, that know nothing of major and minor or of 4/4."""

from __future__ import annotations

import numpy as np

from musicapp.analysis import sound as measures
from musicapp.analysis.listening_features import HOP, SAMPLE_RATE, columns_of, onsets, repetition

CENTS = 10  # width of a class of the histogram
CLASSES = 1200 // CENTS
NEAR_CENTS = 30  # of a step within which a partial belongs to it
CONCERT_C = 440 * 2 ** (-9 / 12)
BARS_EIGHTHS = range(5, 14)  # bars that are told apart
_LOW_HZ, _HIGH_HZ, _SIZE = 160.0, 1300.0, 16384


def intervals(sound: np.ndarray) -> np.ndarray:
    """Energy by interval over C, `(CLASSES,)`, summing to one: strong partials of `(frames, 2)`, octaves folded."""
    step = SAMPLE_RATE / _SIZE
    low, high = int(_LOW_HZ / step), int(_HIGH_HZ / step)
    found = np.zeros(CLASSES)
    for levels in columns_of(sound, _SIZE, _SIZE // 4):
        before, here, after = (levels[:, low + shift : high + shift] for shift in (-1, 0, 1))
        is_peak = (here > before) & (here >= after) & (here > 0.05 * here.max(axis=1, keepdims=True))
        rows, bins = np.nonzero(is_peak)
        left, middle, right = (np.log(part[rows, bins] + 1e-9) for part in (before, here, after))
        hertz = (low + bins + 0.5 * (left - right) / np.minimum(left - 2 * middle + right, -1e-6)) * step
        classes = np.floor(1200 * np.log2(hertz / CONCERT_C) / CENTS + 0.5).astype(int) % CLASSES
        np.add.at(found, classes, here[rows, bins])
    return found / max(found.sum(), 1e-9)


def scale_fit(histogram: np.ndarray, tonic: int, steps: tuple[float, ...]) -> float:
    """How much of `intervals` lies on the steps of a scale: 0 is what any place would give, 1 is all of it."""
    on = np.zeros(CLASSES, bool)
    places = np.arange(CLASSES) * CENTS
    for step in steps:
        away = np.abs((places - 100 * (tonic + step) + 600) % 1200 - 600)
        on |= away <= NEAR_CENTS
    chance = on.mean()
    return float((histogram[on].sum() - chance) / (1 - chance))


def tonic_rank(histogram: np.ndarray, tonic: int, steps: tuple[float, ...]) -> float:
    """Of the scale on all 24 quarter tones, the share that fit worse than on the asked tonic: 1 is the best."""
    wanted = scale_fit(histogram, tonic, steps)
    others = [scale_fit(np.roll(histogram, -shift * CLASSES // 24), tonic, steps) for shift in range(1, 24)]
    return float(np.mean([other < wanted for other in others]))


def bar_eighths(sound: np.ndarray, eighth_s: float) -> int:
    """Which bar length in eighths of this duration the onsets repeat at best, of `BARS_EIGHTHS`."""
    similarity = repetition(onsets(sound).sum(axis=0))
    lags = np.array([bars * count for count in BARS_EIGHTHS for bars in (1, 2)]) * eighth_s * SAMPLE_RATE / HOP
    heard = np.interp(lags, np.arange(len(similarity)), similarity, right=0).reshape(-1, 2)
    return int(BARS_EIGHTHS[int(heard.mean(axis=1).argmax())])


def is_bar(heard: int, wanted: int) -> bool:
    """Whether a heard bar is the wanted one, or two or half of it."""
    return heard in (wanted, 2 * wanted) or 2 * heard == wanted


def notes_a_second(sound: np.ndarray) -> float:
    """Onsets a second: peaks of the onset strength above its surroundings."""
    strength = onsets(sound).sum(axis=0)
    around = np.convolve(strength, np.ones(21) / 21, "same")
    limit = around + 0.3 * strength.std()
    peaks = (strength[1:-1] > strength[:-2]) & (strength[1:-1] >= strength[2:]) & (strength[1:-1] > limit[1:-1])
    return float(peaks.sum() / max(len(sound) / SAMPLE_RATE, 1e-9))


def range_semitones(sound: np.ndarray) -> float:
    """From the lowest to the highest tenth of the strong partials below 1.3 kHz."""
    every = np.concatenate([np.zeros(0), *measures.partials(sound.mean(axis=1), SAMPLE_RATE)])
    if len(every) < 10:
        return 0.0
    low, high = np.quantile(every, (0.1, 0.9))
    return float(12 * np.log2(high / low))
