"""Waveform overview: smallest and largest sample and power per bin, in levels of a quarter of the detail each.

Drawing 285 s in 1200 columns reads some thousand numbers instead of 25 million.
"""

from __future__ import annotations

import itertools

import numpy as np

BIN_FRAMES = 128  # of the finest level
LEVEL_FACTOR = 4  # bins of one level per bin of the next
LOW, HIGH = 0, 1


class PeakPyramid:
    """Grows with the audio; blocks may come in any order, each frame once."""

    def __init__(self, total_frames: int, channels: int) -> None:
        self.total_frames = total_frames
        self.channels = channels
        self._bin_frames = [BIN_FRAMES]
        while self._bin_frames[-1] < total_frames:
            self._bin_frames.append(self._bin_frames[-1] * LEVEL_FACTOR)
        bins = [-(-total_frames // size) for size in self._bin_frames]
        self._levels = [_empty_level(count, channels) for count in bins]
        self._powers = [np.zeros((count + 1, channels), np.float32) for count in bins]  # sums of squares

    def add(self, first_frame: int, block: np.ndarray) -> None:
        """Take in `(frames, channels)` audio that starts at `first_frame`. Frames past the end are left out."""
        block = block[: max(self.total_frames - first_frame, 0)]
        if not len(block):
            return
        first_bin = first_frame // BIN_FRAMES
        last_bin = (first_frame + len(block) - 1) // BIN_FRAMES
        starts = np.arange(first_bin, last_bin + 1) * BIN_FRAMES - first_frame
        starts[0] = 0
        finest = self._levels[0][first_bin : last_bin + 1]
        # Along a contiguous axis the reduction is several times faster than across interleaved channels.
        for channel in range(self.channels):
            line = np.ascontiguousarray(block[:, channel])
            low, high = finest[:, channel, LOW], finest[:, channel, HIGH]
            np.minimum(low, np.minimum.reduceat(line, starts), out=low)
            np.maximum(high, np.maximum.reduceat(line, starts), out=high)
            self._powers[0][first_bin : last_bin + 1, channel] += np.add.reduceat(np.square(line), starts)
        self._update_coarser(first_bin, last_bin)

    def view(self, start_frame: float, end_frame: float, columns: int, audio: np.ndarray | None = None) -> np.ndarray:
        """`(columns, channels, 2)` float32: lowest and highest sample of each column, 0 where nothing is known.

        A column covers its share of [start_frame, end_frame), rounded outwards to whole bins not wider than the column.
        Columns narrower than the finest bin are exact when the samples `audio (frames, channels)` are given.
        """
        edges = np.linspace(start_frame, end_frame, columns + 1)
        width = (end_frame - start_frame) / max(columns, 1)
        if audio is not None and width < BIN_FRAMES:
            return self._view_samples(edges, audio)
        level = max((i for i, size in enumerate(self._bin_frames) if size <= width), default=0)
        size = self._bin_frames[level]
        bins = self._levels[level]
        lines = [(bins[:, channel, LOW], bins[:, channel, HIGH]) for channel in range(self.channels)]
        return _reduce(lines, np.floor(edges[:-1] / size), np.ceil(edges[1:] / size))

    def view_rms(self, start_frame: float, end_frame: float, columns: int) -> np.ndarray | None:
        """`(columns, channels)` float32: root mean square of each column, 0 where nothing is known.

        None where columns are narrower than the finest bin: there a mean says nothing that the samples do not.
        """
        width = (end_frame - start_frame) / max(columns, 1)
        if width < BIN_FRAMES:
            return None
        level = max(i for i, size in enumerate(self._bin_frames) if size <= width)
        size, powers = self._bin_frames[level], self._powers[level]
        edges, last = np.linspace(start_frame, end_frame, columns + 1) / size, len(powers) - 1
        first = np.clip(np.floor(edges[:-1]), 0, last).astype(np.intp)
        end = np.clip(np.ceil(edges[1:]), 0, last).astype(np.intp)
        pairs = np.stack([first, np.maximum(end, first)], axis=1).ravel()  # we keep every second range
        sums = np.add.reduceat(powers, pairs, axis=0)[::2]
        frames = np.minimum(end * size, self.total_frames) - first * size
        means = sums / np.maximum(frames, 1).astype(np.float32)[:, None]
        means[end <= first] = 0
        return np.sqrt(np.nan_to_num(means, copy=False))

    def _update_coarser(self, first_bin: int, last_bin: int) -> None:
        for level, (finer, coarser) in enumerate(itertools.pairwise(self._levels)):
            first_bin, last_bin = first_bin // LEVEL_FACTOR, last_bin // LEVEL_FACTOR
            end = min((last_bin + 1) * LEVEL_FACTOR, len(finer) - 1)
            part = finer[first_bin * LEVEL_FACTOR : end]
            starts = np.arange(0, len(part), LEVEL_FACTOR)
            coarser[first_bin : last_bin + 1, :, LOW] = np.minimum.reduceat(part[:, :, LOW], starts, axis=0)
            coarser[first_bin : last_bin + 1, :, HIGH] = np.maximum.reduceat(part[:, :, HIGH], starts, axis=0)
            power = self._powers[level][first_bin * LEVEL_FACTOR : end]
            self._powers[level + 1][first_bin : last_bin + 1] = np.add.reduceat(power, starts, axis=0)

    def _view_samples(self, edges: np.ndarray, audio: np.ndarray) -> np.ndarray:
        first = int(max(np.floor(edges[0]), 0))
        end = int(max(min(np.ceil(edges[-1]) + 1, self.total_frames, len(audio)), first))
        lines = np.zeros((self.channels, end - first + 1), np.float32)
        lines[:, :-1] = audio[first:end].T
        lows = np.floor(edges[:-1])
        highs = np.maximum(np.ceil(edges[1:]), lows + 1)
        return _reduce([(line, line) for line in lines], lows - first, highs - first)


def _empty_level(bins: int, channels: int) -> np.ndarray:
    """`(bins + 1, channels, 2)`: nothing known yet. The last bin stays empty, a place to point at past the end."""
    level = np.empty((bins + 1, channels, 2), np.float32)
    level[:, :, LOW], level[:, :, HIGH] = np.inf, -np.inf
    return level


def _reduce(lines: list[tuple[np.ndarray, np.ndarray]], firsts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Lowest and highest of the bins [first, end) of every column; 0 for a column without known bins.

    lines  for every channel the lowest and the highest of each bin, and one more that is never looked at
    """
    last = len(lines[0][LOW]) - 1
    first = np.clip(firsts, 0, last).astype(np.intp)
    end = np.clip(ends, 0, last).astype(np.intp)
    is_empty = end <= first
    pairs = np.stack([first, np.maximum(end, first)], axis=1).ravel()  # we keep every second range
    result = np.empty((len(first), len(lines), 2), np.float32)
    for channel, (low, high) in enumerate(lines):
        result[:, channel, LOW] = np.minimum.reduceat(low, pairs)[::2]
        result[:, channel, HIGH] = np.maximum.reduceat(high, pairs)[::2]
    result[is_empty] = 0
    result[result[:, :, LOW] > result[:, :, HIGH]] = 0
    return result
