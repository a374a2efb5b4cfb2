"""The audio of one take in memory, filled while it is decoded and played at the same time."""

from __future__ import annotations

import numpy as np


class TakeBuffer:
    """One thread writes, another reads; a reader looks only below `available`, which grows after the samples are in.

    audio       `(frames, channels)` float32 of the whole take
    available   frames from the start that may be played
    """

    def __init__(self, total_frames: int, channels: int, sample_rate: int) -> None:
        self.total_frames, self.channels, self.sample_rate = total_frames, channels, sample_rate
        self.audio = np.zeros((total_frames, channels), np.float32)  # the system gives the memory page by page
        self.available = 0
        self._ahead: dict[int, int] = {}  # blocks that came early: first frame -> end

    @classmethod
    def of(cls, audio: np.ndarray, sample_rate: int) -> TakeBuffer:
        """A finished buffer around `(frames, channels)` float32 samples, which are not copied."""
        buffer = cls(0, audio.shape[1], sample_rate)
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
