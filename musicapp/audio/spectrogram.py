"""How loud a take is at every time and pitch, as a picture shows it: bytes over columns of time and rows of pitch.

Rows are equally far apart in pitch from 30 Hz to 20 kHz. A byte is 0 from -100 dBFS down and 255 from -10 dBFS up,
where a sine at full scale is 0 dBFS: 90 dB, since single partials of music are seldom louder.
"""

from __future__ import annotations

import itertools

import numpy as np

LOWEST_HZ, HIGHEST_HZ, ROWS = 30.0, 20_000.0, 320
TOP_DB, RANGE_DB = -10.0, 90.0
WINDOW_S = 0.09  # at least: partials of low chords are told apart, and beats are not smeared
HOP_FRAMES = 2048  # from column to column of the finest level
LEVEL_FACTOR = 2
BATCH = 64  # windows transformed at a time: 2 MB


def row_of(frequency_hz: float) -> float:
    """Where a frequency is, in rows from 0 at the bottom to `ROWS` at the top."""
    return float(np.log(frequency_hz / LOWEST_HZ) / np.log(HIGHEST_HZ / LOWEST_HZ) * ROWS)


def frequency_of(row: float) -> float:
    """The frequency at a row, Hz."""
    return float(LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (row / ROWS))


class Spectra:
    """Reads columns out of `(frames, channels)` float32 samples of one sample rate."""

    def __init__(self, sample_rate: int) -> None:
        self.size = max(1 << (round(WINDOW_S * sample_rate) - 1).bit_length(), 2 * HOP_FRAMES)
        window = np.hanning(self.size + 1)[:-1]
        self._window = (window * 2 / window.sum()).astype(np.float32)  # a sine at full scale is 1 in its bin
        last = self.size // 2
        edges = np.array([frequency_of(row) for row in range(ROWS + 1)]) / sample_rate * self.size
        self._narrow = int(np.argmax(np.diff(edges) >= 1.0))  # so many rows are narrower than a bin
        middle = (edges[: self._narrow] + edges[1 : self._narrow + 1]) / 2
        self._bins = np.clip(np.floor(middle).astype(np.intp) + np.arange(-1, 3)[:, None], 0, last)
        self._weights = _cubic(middle - np.floor(middle)).astype(np.float32)
        wide = np.round(edges[self._narrow :])
        self._edges = np.minimum(wide, last).astype(np.intp)
        self._is_above = wide[:-1] > last  # there is nothing above half the sample rate

    def columns(self, audio: np.ndarray, middles: np.ndarray) -> np.ndarray:
        """`(len(middles), ROWS)` bytes: what sounds around these frames. Outside of the samples it is silent."""
        made = np.zeros((len(middles), ROWS), np.uint8)
        for first in range(0, len(middles), BATCH):
            some = middles[first : first + BATCH]
            power = np.zeros((len(some), self.size // 2 + 1), np.float32)
            for channel in range(audio.shape[1]):
                spectrum = np.fft.rfft(self._windows(audio[:, channel], some))
                power += np.square(np.abs(spectrum), dtype=np.float32)
            made[first : first + BATCH] = self._bytes(power / audio.shape[1])
        return made

    def _windows(self, line: np.ndarray, middles: np.ndarray) -> np.ndarray:
        low = int(middles.min()) - self.size // 2
        high = int(middles.max()) + self.size // 2
        held = np.zeros(high - low, np.float32)
        start, end = max(low, 0), max(min(high, len(line)), 0)
        if end > start:
            held[start - low : end - low] = np.nan_to_num(line[start:end], nan=0.0, posinf=0.0, neginf=0.0)
        every = np.lib.stride_tricks.sliding_window_view(held, self.size)
        return np.asarray(every[middles - self.size // 2 - low] * self._window)

    def _bytes(self, power: np.ndarray) -> np.ndarray:
        """Rows narrower than a bin lie between four; wider ones show their loudest, so that no partial is lost."""
        level_db = 10 * np.log10(np.maximum(power, 1e-12))
        rows = np.empty((len(power), ROWS), np.float32)
        rows[:, : self._narrow] = (level_db[:, self._bins] * self._weights).sum(axis=1)
        rows[:, self._narrow :] = np.maximum.reduceat(level_db, self._edges, axis=1)[:, :-1]
        rows[:, self._narrow :][:, self._is_above] = -np.inf
        return np.asarray(np.clip((rows - TOP_DB + RANGE_DB) * (255 / RANGE_DB), 0, 255)).astype(np.uint8)


def _cubic(share: np.ndarray) -> np.ndarray:
    """`(4, n)` weights of the values before, at, after and two after a place, by Catmull and Rom: peaks stay peaks."""
    square, cube = share**2, share**3
    weights = (-cube + 2 * square - share, 3 * cube - 5 * square + 2, -3 * cube + 4 * square + share, cube - square)
    return np.stack(weights) / 2


class Spectrogram:
    """The columns of a whole take, which may still be growing, and coarser levels of them: 4 MB for 4:45 at 44.1 kHz.

    `known` columns of the finest level are there. One thread lets it grow, others look.
    """

    def __init__(self, total_frames: int, sample_rate: int) -> None:
        self.total_frames, self.sample_rate = total_frames, sample_rate
        self.known = 0
        self._spectra = Spectra(sample_rate)
        count = -(-total_frames // HOP_FRAMES)
        self._levels = [np.zeros((count, ROWS), np.uint8)]
        while len(self._levels[-1]) > 1:
            self._levels.append(np.zeros((-(-len(self._levels[-1]) // LEVEL_FACTOR), ROWS), np.uint8))

    @property
    def is_complete(self) -> bool:
        """Whether all columns are there."""
        return self.known >= len(self._levels[0])

    @property
    def known_frames(self) -> int:
        """How much of the take the columns show."""
        return min(self.known * HOP_FRAMES, self.total_frames)

    def can_grow(self, available: int) -> bool:
        """Whether `grow` would add columns."""
        return self._end(available) > self.known

    def grow(self, audio: np.ndarray, available: int, most: int = 1 << 30) -> bool:
        """Add up to `most` columns, all of whose samples are among the first `available`; whether there were any."""
        end = min(self._end(available), self.known + most)
        if end <= self.known:
            return False
        middles = np.arange(self.known, end) * HOP_FRAMES + HOP_FRAMES // 2
        first, last = self.known, end - 1
        self._levels[0][first:end] = self._spectra.columns(audio[:available], middles)
        for finer, coarser in itertools.pairwise(self._levels):
            first, last = first // LEVEL_FACTOR, last // LEVEL_FACTOR
            part = finer[first * LEVEL_FACTOR : (last + 1) * LEVEL_FACTOR]
            coarser[first : last + 1] = np.maximum.reduceat(part, np.arange(0, len(part), LEVEL_FACTOR), axis=0)
        self.known = end
        return True

    def _end(self, available: int) -> int:
        """How many columns have all their samples among the first `available`."""
        reach = 0 if available >= self.total_frames else self._spectra.size // 2 + HOP_FRAMES
        return min(-(-max(available - reach, 0) // HOP_FRAMES), len(self._levels[0]))

    def view(self, start_frame: float, end_frame: float, columns: int) -> np.ndarray:
        """`(ROWS, columns)` bytes, the highest row first: each column the loudest of its share of the frames."""
        width = (end_frame - start_frame) / max(columns, 1) / HOP_FRAMES
        level = max(0, min(int(np.log2(max(width, 1))), len(self._levels) - 1))
        bins = self._levels[level]
        edges = np.linspace(start_frame, end_frame, columns + 1) / (HOP_FRAMES * LEVEL_FACTOR**level)
        first = np.clip(np.floor(edges[:-1] + 1e-6), 0, len(bins) - 1).astype(np.intp)
        second = np.clip(np.ceil(edges[1:] - 1e-6) - 1, first, len(bins) - 1).astype(np.intp)
        made = np.maximum(bins[first], bins[second])  # a column is at most two bins wide, and touches three
        np.maximum(made, bins[np.minimum(first + 1, second)], out=made)
        return np.ascontiguousarray(made.T[::-1])

    def sharp(
        self, audio: np.ndarray, available: int, start_frame: float, end_frame: float, columns: int
    ) -> np.ndarray:
        """The same, of columns narrower than those that are kept: computed from the samples for this view."""
        edges = np.linspace(start_frame, end_frame, columns + 1)
        middles = ((edges[:-1] + edges[1:]) / 2).astype(np.intp)
        return np.ascontiguousarray(self._spectra.columns(audio[:available], middles).T[::-1])
