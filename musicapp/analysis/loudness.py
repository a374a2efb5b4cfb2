"""Loudness as a meter reads it: ITU-R BS.1770-5 and EBU Tech 3342, with the filters as gains on short-time spectra.

The standard runs two filters over the samples; here their squared gains weigh the power of windowed spectra, which is
the same sum of squares up to the windows' edges (within 0.1 LU on music of some seconds).
"""

from __future__ import annotations

import math

import numpy as np

OFFSET_LU = -0.691
ABSOLUTE_GATE, RELATIVE_GATE_LU = -70.0, -10.0
RANGE_GATE_LU, RANGE_PERCENTILES = -20.0, (10, 95)  # Tech 3342
WINDOW, HOP = 8192, 2048
BLOCK_FRAMES = 1 << 18
BLOCK_S, SHORT_S = 0.4, 3.0
_Filter = tuple[tuple[float, ...], tuple[float, ...]]


def loudness_lufs(sound: np.ndarray, sample_rate: int) -> float:
    """Integrated loudness of `(frames, channels)`, LUFS; minus infinity for silence."""
    return gated_lufs(_means(weighted_power(sound, sample_rate), BLOCK_S, sample_rate))


def loudness_range_lu(sound: np.ndarray, sample_rate: int) -> float:
    """Loudness range of `(frames, channels)`, LU: how far quiet and loud passages of 3 s are apart. 0 for silence."""
    energies = _means(weighted_power(sound, sample_rate), SHORT_S, sample_rate)
    levels = levels_lufs(energies)
    kept = energies[levels > ABSOLUTE_GATE]
    if not len(kept):
        return 0.0
    levels = levels[levels > levels_lufs(kept.mean()) + RANGE_GATE_LU]
    low, high = np.percentile(levels, RANGE_PERCENTILES)
    return float(high - low)


def gated_lufs(energies: np.ndarray) -> float:
    """LUFS of the weighted mean squares of blocks, `(blocks,)`: blocks far below the others do not count."""
    levels = levels_lufs(energies)
    kept = energies[levels > ABSOLUTE_GATE]
    if not len(kept):
        return -math.inf
    return float(levels_lufs(energies[levels > levels_lufs(kept.mean()) + RELATIVE_GATE_LU].mean()))


def levels_lufs(energies: np.ndarray) -> np.ndarray:
    """LUFS of weighted mean squares, each by itself."""
    return OFFSET_LU + 10 * np.log10(np.maximum(energies, 1e-30))


def weighted_power(sound: np.ndarray, sample_rate: int) -> np.ndarray:
    """K-weighted mean square around every `HOP`, channels summed: `(frames / HOP,)` of `(frames, channels)`."""
    meter = PowerMeter(sound.shape[1], sample_rate)
    for first in range(0, len(sound), BLOCK_FRAMES):  # a take of 4:45 is not transformed in one piece
        meter.push(sound[first : first + BLOCK_FRAMES])
    return meter.power()


class PowerMeter:
    """`weighted_power` of audio that comes in blocks: `push` them in their order, then ask for `power` once."""

    def __init__(self, channels: int, sample_rate: int) -> None:
        self._window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
        self._curve = k_weighting(WINDOW, sample_rate)
        self._share = 2 / (np.square(self._window).sum() * WINDOW)  # of a one-sided spectrum
        self._held = np.zeros((WINDOW // 2, channels), np.float32)
        self._frames = 0
        self._found: list[np.ndarray] = []

    def push(self, audio: np.ndarray) -> None:
        """Take `(frames, channels)`."""
        self._frames += len(audio)
        self._look(np.asarray(audio, np.float32))

    def power(self) -> np.ndarray:
        """Of everything pushed, which ends here."""
        count = max(self._frames // HOP, 1)
        self._look(np.zeros((2 * WINDOW, self._held.shape[1]), np.float32))
        return np.concatenate(self._found)[:count]

    def lufs(self, sample_rate: int) -> float:
        """Integrated loudness of everything pushed, which ends here; minus infinity for silence."""
        return gated_lufs(_means(self.power(), BLOCK_S, sample_rate))

    def _look(self, audio: np.ndarray) -> None:
        held = np.concatenate([self._held, audio])
        count = (len(held) - WINDOW) // HOP + 1
        if count > 0:
            power = np.zeros(count)
            for channel in held.T:
                windows = np.lib.stride_tricks.sliding_window_view(channel, WINDOW)[: count * HOP : HOP]
                power += np.square(np.abs(np.fft.rfft(windows * self._window))) @ self._curve * self._share
            self._found.append(power)
            held = held[count * HOP :]
        self._held = held


def k_weighting(n_fft: int, sample_rate: int) -> np.ndarray:
    """The squared gain of BS.1770's two filters at every bin, `(n_fft // 2 + 1,)`, for any sample rate.

    Analogue prototypes of the standard's filters for 48 kHz: a shelf of 4 dB above 1.7 kHz, a high pass at 38 Hz.
    """
    z = np.exp(-2j * np.pi * np.arange(n_fft // 2 + 1) / n_fft)
    gain = _response(_shelf(sample_rate), z) * _response(_high_pass(sample_rate), z)
    return np.square(np.abs(gain))


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


def _means(power: np.ndarray, seconds: float, sample_rate: int) -> np.ndarray:
    """Means over windows of some seconds, a quarter of one apart."""
    size = min(max(round(seconds * sample_rate / HOP), 1), len(power))
    sums = np.concatenate([[0.0], np.cumsum(power)])
    return (sums[size:] - sums[:-size])[:: max(size // 4, 1)] / size
