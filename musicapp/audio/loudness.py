"""Loudness as a meter reads it: ITU-R BS.1770-5, EBU Tech 3341 (short-term) and Tech 3342 (range).

The two filters of the standard run over the samples as a product of long spectra, which is the same to a millionth and
many times quicker in numpy than sample by sample. Block lengths, gates and weights are the standard's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

OFFSET_LU = -0.691
ABSOLUTE_GATE, RELATIVE_GATE_LU = -70.0, -10.0
RANGE_GATE_LU, RANGE_PERCENTILES = -20.0, (10, 95)  # Tech 3342
SLOTS_A_SECOND, BLOCK_SLOTS, SHORT_SLOTS = 10, 4, 30  # blocks of 0.4 s and 3 s begin every 0.1 s
MEMORY_S = 0.12  # after which what went into the filters has died away, to below -200 dB
SPECTRUM = 8  # times the memory
PUSH_FRAMES = 1 << 18
SURROUND = 1.41
# By how many channels there are, in the usual order of files: the front, the low effects, the sides.
WEIGHTS = {
    4: (1.0, 1.0, SURROUND, SURROUND),
    5: (1.0, 1.0, 1.0, SURROUND, SURROUND),
    6: (1.0, 1.0, 1.0, 0.0, SURROUND, SURROUND),
}
_Filter = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Loudness:
    """What a meter says of a whole sound. What is silent, or too short for its blocks, has minus infinity.

    integrated_lufs      gated, of blocks of 0.4 s; a shorter sound is one block of its own length
    range_lu             how far quiet and loud passages of 3 s are apart; 0 for a shorter sound
    short_term_max_lufs  the loudest 3 s
    momentary_max_lufs   the loudest 0.4 s, or the whole of a shorter sound
    """

    integrated_lufs: float
    range_lu: float
    short_term_max_lufs: float
    momentary_max_lufs: float


def loudness(sound: np.ndarray, sample_rate: int) -> Loudness:
    """Of `(frames, channels)` in one piece."""
    meter = LoudnessMeter(sound.shape[1], sample_rate)
    for first in range(0, len(sound), PUSH_FRAMES):  # a take of 4:45 is not transformed in one piece
        meter.push(sound[first : first + PUSH_FRAMES])
    return meter.loudness()


def loudness_lufs(sound: np.ndarray, sample_rate: int) -> float:
    """Integrated loudness of `(frames, channels)`, LUFS; minus infinity for silence."""
    return loudness(sound, sample_rate).integrated_lufs


def loudness_range_lu(sound: np.ndarray, sample_rate: int) -> float:
    """Loudness range of `(frames, channels)`, LU."""
    return loudness(sound, sample_rate).range_lu


def gated_lufs(energies: np.ndarray) -> float:
    """LUFS of the weighted mean squares of blocks, `(blocks,)`: blocks far below the others do not count."""
    levels = levels_lufs(energies)
    kept = energies[levels > ABSOLUTE_GATE]
    if not len(kept):
        return -math.inf
    gate = max(ABSOLUTE_GATE, float(levels_lufs(kept.mean())) + RELATIVE_GATE_LU)
    return float(levels_lufs(energies[levels > gate].mean()))


def levels_lufs(energies: np.ndarray) -> np.ndarray:
    """LUFS of weighted mean squares, each by itself."""
    return OFFSET_LU + 10 * np.log10(np.maximum(energies, 1e-30))


class LoudnessMeter:
    """The loudness of audio that comes in blocks: `push` them in their order, then ask for `loudness` once."""

    def __init__(self, channels: int, sample_rate: int) -> None:
        self._memory = math.ceil(MEMORY_S * sample_rate)
        self._size = 1 << (SPECTRUM * self._memory - 1).bit_length()
        self._response = k_response(self._size, sample_rate).astype(np.complex64)
        self._weights = np.array(WEIGHTS.get(channels, (1.0,) * channels))
        self._slot = max(round(sample_rate / SLOTS_A_SECOND), 1)
        self._held = np.zeros((self._memory, channels), np.float32)
        self._squares = np.zeros(0)  # that fill no slot yet
        self._slots: list[np.ndarray] = []

    def push(self, audio: np.ndarray) -> None:
        """Take `(frames, channels)`."""
        held = np.concatenate([self._held, np.asarray(audio, np.float32)])
        step, first = self._size - self._memory, 0
        while first + self._size <= len(held):
            self._measure(held[first : first + self._size])
            first += step
        self._held = held[first:]

    def loudness(self) -> Loudness:
        """Of everything pushed, which ends here."""
        left = len(self._held) - self._memory
        padded = np.zeros((self._size, self._held.shape[1]), np.float32)
        padded[: len(self._held)] = self._held
        self._measure(padded, left)
        slots = np.concatenate([np.zeros(0), *self._slots])
        frames = len(slots) * self._slot + len(self._squares)
        blocks = _means(slots, BLOCK_SLOTS) / self._slot
        if not len(blocks) and frames:  # the standard knows no sound below 0.4 s: it counts as far as it goes
            blocks = np.array([(slots.sum() + self._squares.sum()) / frames])
        short = _means(slots, SHORT_SLOTS) / self._slot
        return Loudness(gated_lufs(blocks), _range_lu(short), _loudest(short), _loudest(blocks))

    def _measure(self, audio: np.ndarray, frames: int | None = None) -> None:
        """Filter `(size, channels)`, of which the first frames are there for the filters' memory only."""
        end = None if frames is None else self._memory + frames
        squares = self._squares
        found = np.zeros(len(audio[self._memory : end]))
        for channel, weight in zip(audio.T, self._weights, strict=True):
            if weight:
                heard = np.fft.irfft(np.fft.rfft(channel) * self._response, self._size)[self._memory : end]
                found += weight * np.square(heard, dtype=np.float64)
        squares = np.concatenate([squares, found])
        whole = len(squares) // self._slot * self._slot
        self._slots.append(squares[:whole].reshape(-1, self._slot).sum(axis=1))
        self._squares = squares[whole:]


def k_weighting(n_fft: int, sample_rate: int) -> np.ndarray:
    """The squared gain of BS.1770's two filters at every bin, `(n_fft // 2 + 1,)`, for any sample rate."""
    return np.square(np.abs(k_response(n_fft, sample_rate)))


def k_response(n_fft: int, sample_rate: int) -> np.ndarray:
    """The response of BS.1770's two filters at every bin, `(n_fft // 2 + 1,)` complex, for any sample rate.

    Analogue prototypes of the standard's filters for 48 kHz: a shelf of 4 dB above 1.7 kHz, a high pass at 38 Hz.
    """
    z = np.exp(-2j * np.pi * np.arange(n_fft // 2 + 1) / n_fft)
    return _response(_shelf(sample_rate), z) * _response(_high_pass(sample_rate), z)


def _shelf(sample_rate: int) -> _Filter:
    k, q, high = math.tan(math.pi * 1681.974450955533 / sample_rate), 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band, a0 = high**0.4996667741545416, 1 + k / q + k * k
    numerator = ((high + band * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - band * k / q + k * k) / a0)
    return numerator, (1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


def _high_pass(sample_rate: int) -> _Filter:
    k, q = math.tan(math.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return (1.0, -2.0, 1.0), (1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


def _response(filter_: _Filter, z: np.ndarray) -> np.ndarray:
    top, bottom = (sum(value * z**power for power, value in enumerate(side)) for side in filter_)
    return np.asarray(top / bottom)


def _means(slots: np.ndarray, count: int) -> np.ndarray:
    """Means over so many neighbouring slots; of fewer there are none."""
    if len(slots) < count:
        return np.zeros(0)
    sums = np.concatenate([[0.0], np.cumsum(slots)])
    return np.maximum(sums[count:] - sums[:-count], 0) / count


def _range_lu(energies: np.ndarray) -> float:
    levels = levels_lufs(energies)
    kept = energies[levels > ABSOLUTE_GATE]
    if not len(kept):
        return 0.0
    levels = levels[levels > max(ABSOLUTE_GATE, float(levels_lufs(kept.mean())) + RANGE_GATE_LU)]
    low, high = np.percentile(levels, RANGE_PERCENTILES)
    return float(high - low)


def _loudest(energies: np.ndarray) -> float:
    return float(levels_lufs(energies.max())) if energies.max(initial=0.0) > 0 else -math.inf
