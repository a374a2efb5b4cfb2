"""Faults that anyone hears at once and distances of spectra hardly see: ticks, width, tuning, attacks. numpy only."""

from __future__ import annotations

import numpy as np

GROUP, FIRST, LOUDEST = 16384, 512, 20  # frames of a decoder's group of windows, its start, samples that are looked at
SIZE = 16384  # frames of a transform that tells partials in the bass apart
STRONGEST_DB, LOWEST, HIGHEST = -30.0, 40.0, 1300.0  # partials that count: against the loudest, in Hz
BANDS = ((80.0, 160.0), (160.0, 320.0), (320.0, 640.0))
FOUND_BANDS = ((60.0, 160.0), (160.0, 320.0), (320.0, 640.0))
FOUND_CENTS = 20.0
FLUX_SIZE, FLUX_HOP, FLUX_BAND = 1024, 256, (2000.0, 12000.0)
CONCERT_PITCH = 440.0
MIN_PARTIALS = 20
SILENCE = 1e-12


def group_start_share(sound: np.ndarray) -> float:
    """Share of the loudest samples of `(frames, channels)` that stand where 32 windows begin anew; chance is 0.03."""
    loudest = np.argsort(np.abs(sound).max(axis=1))[-LOUDEST:]
    return float(np.mean(loudest % GROUP < FIRST))


def side_to_mid_db(sound: np.ndarray) -> float:
    """Energy of the difference against that of the sum of `(frames, 2)`, dB."""
    mid, side = sound[:, 0] + sound[:, 1], sound[:, 0] - sound[:, 1]
    return float(10 * np.log10((np.square(side).sum() + SILENCE) / (np.square(mid).sum() + SILENCE)))


def balance_db(sound: np.ndarray) -> float:
    """Energy of the left of `(frames, 2)` against that of the right, dB: above 0 the music leans to the left."""
    left, right = np.square(sound[:, 0]).sum(), np.square(sound[:, 1]).sum()
    return float(10 * np.log10((left + SILENCE) / (right + SILENCE)))


def partials(mono: np.ndarray, sample_rate: int) -> list[np.ndarray]:
    """The frequencies of the strong partials below 1.3 kHz in each window of `(frames,)`, Hz: tops of parabolas."""
    window, step = np.hanning(SIZE), sample_rate / SIZE
    low, high = int(LOWEST / step), int(HIGHEST / step)
    found = []
    for start in range(0, len(mono) - SIZE + 1, SIZE // 2):
        level = 20 * np.log10(np.abs(np.fft.rfft(mono[start : start + SIZE] * window))[: high + 2] + 1e-9)
        inner = level[low : high + 1]
        is_peak = (inner > level[low - 1 : high]) & (inner >= level[low + 1 : high + 2])
        peaks = low + np.flatnonzero(is_peak & (inner > inner.max() + STRONGEST_DB))
        left, middle, right = level[peaks - 1], level[peaks], level[peaks + 1]
        found.append((peaks + 0.5 * (left - right) / (left - 2 * middle + right)) * step)
    return found


def tuning_cents(mono: np.ndarray, sample_rate: int) -> tuple[float, ...]:
    """For each of `BANDS` the median distance of partials from the tempered semitones, cents: 25 is chance.

    Not a number where a band has too few.
    """
    every = np.concatenate([np.zeros(0), *partials(mono, sample_rate)])
    notes = 12 * np.log2(every / CONCERT_PITCH)
    cents = 100 * np.abs(notes - np.round(notes))
    inside = [cents[(every >= low) & (every < high)] for low, high in BANDS]
    return tuple(float(np.median(band)) if len(band) >= MIN_PARTIALS else float("nan") for band in inside)


def partials_found(original: np.ndarray, other: np.ndarray, sample_rate: int) -> tuple[float, ...]:
    """For each of `FOUND_BANDS` the share of the partials of one sound that the other has within 20 cents."""
    hits: list[list[bool]] = [[] for _ in FOUND_BANDS]
    for wanted, there in zip(partials(original, sample_rate), partials(other, sample_rate), strict=False):
        for hz in wanted:
            distance = np.abs(1200 * np.log2(there / hz)).min(initial=np.inf)
            for band, (low, high) in zip(hits, FOUND_BANDS, strict=True):
                if low <= hz < high:
                    band.append(bool(distance <= FOUND_CENTS))
    return tuple(float(np.mean(band)) if len(band) >= MIN_PARTIALS else float("nan") for band in hits)


def attack_kurtosis(mono: np.ndarray, sample_rate: int) -> float:
    """Kurtosis of the spectral flux between 2 and 12 kHz of `(frames,)`: high where attacks stand out, 3 for noise."""
    window = np.hanning(FLUX_SIZE).astype(np.float32)
    hz = np.fft.rfftfreq(FLUX_SIZE, 1 / sample_rate)
    inside = (hz >= FLUX_BAND[0]) & (hz < FLUX_BAND[1])
    if len(mono) < FLUX_SIZE + FLUX_HOP:
        return float("nan")
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(mono, np.float32), FLUX_SIZE)[::FLUX_HOP]
    levels = np.abs(np.fft.rfft(windows * window))[:, inside]
    flux = np.maximum(np.diff(levels, axis=0), 0).sum(axis=1)
    off = flux - flux.mean()
    return float(np.mean(off**4) / max(np.mean(off**2) ** 2, 1e-30))
