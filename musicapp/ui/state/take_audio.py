"""The audio of one take while it is shown: samples to play and peaks to draw, filled off the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from musicapp.audio.peaks import PeakPyramid
from musicapp.audio.wave_io import GrowingReader
from musicapp.errors import LibraryError
from musicapp.playback.transport import TakeBuffer

BLOCK_FRAMES = 65536


class TakeAudio(QObject):
    """Samples and peaks of a take whose file may still be growing. `grew` tells that more can be heard."""

    grew = Signal()

    def __init__(
        self, path: Path, total_frames: int, channels: int, sample_rate: int, *, is_played_from_file: bool = True
    ) -> None:
        super().__init__()
        self.path = path
        self.total_frames, self.channels, self.sample_rate = total_frames, channels, sample_rate
        self.buffer = TakeBuffer(total_frames, channels, sample_rate, path if is_played_from_file else None)
        self.peaks = PeakPyramid(total_frames, channels)
        self.is_dropped = False
        self._reader: GrowingReader | None = None

    @property
    def duration_s(self) -> float:
        """The whole length, also of what is not there yet."""
        return self.total_frames / self.sample_rate

    @property
    def available_s(self) -> float:
        """How much can be heard."""
        return self.buffer.available / self.sample_rate

    def drop(self) -> None:
        """Nobody shows it any more: stop filling."""
        self.is_dropped = True

    def filler(self, first_frame: int, frame_count: int) -> Callable[[], None]:
        """Work for a background lane: read these frames of the file. Calls for one take must not overlap."""

        def fill() -> None:
            self._fill(first_frame, frame_count)

        return fill

    def whole_filler(self) -> Callable[[], None]:
        """Work for a background lane: read a finished file. Raises LibraryError when it is not there any more."""

        def fill() -> None:
            if not self.is_dropped and not self.path.is_file():
                raise LibraryError(
                    "The sound file of this take is gone.",
                    hint=f"It may have been moved or deleted: {self.path}",
                )
            self._fill(0, self.total_frames)
            if self.total_frames and not self.buffer.available and not self.is_dropped:
                raise LibraryError(
                    f"“{self.path.name}” holds no sound any more.",
                    hint="Another program may have changed it. Make the take again.",
                )

        return fill

    def put(self, first_frame: int, block: np.ndarray) -> None:
        """Take in samples `(frames, channels)`, in a background lane."""
        self.peaks.add(first_frame, block)
        self.buffer.write(first_frame, block)
        self.grew.emit()

    def _fill(self, first_frame: int, frame_count: int) -> None:
        if self._reader is None:
            self._reader = GrowingReader(self.path, self.channels)
        end = min(first_frame + frame_count, self.total_frames)
        for start in range(first_frame, end, BLOCK_FRAMES):
            if self.is_dropped:
                return
            block = self._reader.read(start, min(BLOCK_FRAMES, end - start))
            self.put(start, block)
            if len(block) < min(BLOCK_FRAMES, end - start):
                return  # the file is shorter than it was said to be
