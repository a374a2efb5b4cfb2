"""Audio between two threads: one writes, one reads, nobody waits."""

from __future__ import annotations

import numpy as np


class Ring:
    """A queue of `(frames, channels)` float32 with a fixed capacity, for exactly one writer and one reader.

    Each counter has one writer and is moved after the samples are copied, so no lock is needed.
    """

    def __init__(self, capacity: int, channels: int) -> None:
        self.capacity = capacity
        self._audio = np.zeros((capacity, channels), np.float32)
        self._written = 0
        self._taken = 0

    @property
    def filled(self) -> int:
        """Frames that can be read."""
        return self._written - self._taken

    @property
    def taken(self) -> int:
        """Frames that were ever read."""
        return self._taken

    @property
    def free(self) -> int:
        """Frames that can be written."""
        return self.capacity - self.filled

    def write(self, block: np.ndarray) -> int:
        """Append as much of `block` as fits; how many frames that was."""
        frames = min(len(block), self.free)
        start = self._written % self.capacity
        first = min(frames, self.capacity - start)
        self._audio[start : start + first] = block[:first]
        self._audio[: frames - first] = block[first:frames]
        self._written += frames
        return frames

    def read_into(self, out: np.ndarray) -> int:
        """Fill the start of `out` with what is there; how many frames that was."""
        frames = min(len(out), self.filled)
        start = self._taken % self.capacity
        first = min(frames, self.capacity - start)
        out[:first] = self._audio[start : start + first]
        out[first:frames] = self._audio[: frames - first]
        self._taken += frames
        return frames
