"""The audio of one take in memory, filled while it is decoded and played at the same time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np

_numbers = itertools.count(1)


class TakeBuffer:
    """One thread writes, another reads; a reader looks only below `available`, which grows after the samples are in.

    number      tells buffers of this process apart
    audio       `(frames, channels)` float32 of the whole take
    available   frames from the start that may be played
    path        the file that holds the same samples, if there is one: a player in another process reads them there
    on_grown    called, by the writer, whenever `available` has grown
    """

    def __init__(self, total_frames: int, channels: int, sample_rate: int, path: Path | None = None) -> None:
        self.number = next(_numbers)
        self.total_frames, self.channels, self.sample_rate, self.path = total_frames, channels, sample_rate, path
        self.audio = np.zeros((total_frames, channels), np.float32)  # the system gives the memory page by page
        self.available = 0
        self.on_grown: Callable[[], None] | None = None
        self._ahead: dict[int, int] = {}  # blocks that came early: first frame -> end

    @classmethod
    def of(cls, audio: np.ndarray, sample_rate: int, path: Path | None = None) -> TakeBuffer:
        """A finished buffer around `(frames, channels)` float32 samples, which are not copied."""
        buffer = cls(0, audio.shape[1], sample_rate, path)
        buffer.audio = np.ascontiguousarray(audio, np.float32)
        buffer.total_frames = buffer.available = len(audio)
        return buffer

    @property
    def is_complete(self) -> bool:
        """Whether every frame is there."""
        return self.available >= self.total_frames

    def write(self, first_frame: int, block: np.ndarray) -> None:
        """Put `(frames, channels)` samples at `first_frame`. Frames past the end are left out."""
        end = min(first_frame + len(block), self.total_frames)
        if end <= first_frame:
            return
        self.audio[first_frame:end] = block[: end - first_frame]
        self._ahead[first_frame] = max(end, self._ahead.get(first_frame, 0))
        available = self.available
        for first in sorted(self._ahead):
            if first > available:
                break
            available = max(available, self._ahead.pop(first))
        self.available = available
        if self.on_grown is not None:
            self.on_grown()
