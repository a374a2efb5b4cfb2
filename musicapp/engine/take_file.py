"""The float WAV of a take while it grows: complete in the end, cut to what was heard, or gone."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from musicapp import paths
from musicapp.audio import growing
from musicapp.audio.riff import WaveWriter, close_gap
from musicapp.audio.tags import request_tags
from musicapp.engine.events import ModelInfo
from musicapp.errors import ExportError
from musicapp.request import TakeRequest

BLOCK_FRAMES = 65536
SAMPLE_BYTES = 4
SPARE_BYTES = 1 << 20  # room that must be left beside the audio itself
FULL_HINT = "Free some space or choose another folder, then try again."
_open: list[TakeFile] = []
_writing = threading.RLock()  # held while a file changes; for good by whoever ends the process


class TakeFile:
    """Writes audio blocks that other processes can read at once. Raises ExportError when the disk refuses.

    is_complete  closed with all its frames
    keep_part    what there is of it stays when it is not completed
    """

    def __init__(self, path: Path, writer: WaveWriter, *, keep_part: bool = False) -> None:
        self.path, self.total_frames, self._writer, self._keep_part = path, writer.total_frames, writer, keep_part
        self.is_complete = False

    @property
    def frames(self) -> int:
        """How many were written so far."""
        return self._writer.frames

    def write(self, audio: np.ndarray) -> None:
        """Append `(frames, channels)` float32 and make them readable for others."""
        try:
            with _writing:
                for start in range(0, len(audio), BLOCK_FRAMES):
                    self._writer.write(audio[start : start + BLOCK_FRAMES])
                self._writer.flush()
        except OSError as error:
            raise _refused(self.path, error) from error

    def close(self) -> None:
        """Close the file and wait until it is on the disk, so that not even a power cut takes it away."""
        try:
            with _writing:
                self._writer.close()
                with self.path.open("rb+") as file:
                    os.fsync(file.fileno())
        except OSError as error:
            raise _refused(self.path, error) from error
        self.is_complete = self._writer.frames == self.total_frames

    def give_up(self) -> None:
        """Leave what there is as a whole, shorter WAV, or nothing. Never raises."""
        with _writing:
            with contextlib.suppress(OSError):
                self._writer.close()
            with contextlib.suppress(OSError):
                if self._keep_part and self.frames:
                    close_gap(self.path)
                else:
                    self.path.unlink(missing_ok=True)


@contextlib.contextmanager
def create(
    path: Path, request: TakeRequest, info: ModelInfo, frames: int, *, keep_part: bool = False
) -> Iterator[TakeFile]:
    """A new file of `frames` frames, tagged with the request; its folders are made.

    If it is not complete when the context ends, for whatever reason, it is removed, or with `keep_part` cut to a whole
    WAV of what was written.
    Raises ExportError before any work: a file that exists, a folder that cannot be written, a disk that is too full.
    """
    _check_place(path, frames * info.channels * SAMPLE_BYTES + SPARE_BYTES)
    with growing.hold(path):
        try:
            writer = WaveWriter(path, info.sample_rate, info.channels, frames, tags=request_tags(request))
        except OSError as error:
            raise _refused(path, error) from error
        except ValueError as error:
            raise ExportError(
                "The take is too long for a WAV file.", hint="Ask for a shorter one.", detail=str(error)
            ) from error
        file = TakeFile(path, writer, keep_part=keep_part)
        _open.append(file)
        try:
            yield file
        finally:
            _open.remove(file)
            if not file.is_complete:
                file.give_up()


def give_up_all() -> None:
    """The process ends: no file may be left half-written. Whoever calls this ends it."""
    _writing.acquire()  # for good
    for file in list(_open):
        file.give_up()
        growing.forget(file.path)


def _check_place(path: Path, needed_bytes: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise ExportError(f"There already is a file “{path.name}”.", hint="Choose another name.", detail=str(path))
        if paths.free_bytes(path.parent) < needed_bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> ExportError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ExportError(f"The disk of “{path.parent}” is full.", hint=FULL_HINT, detail=str(error))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ExportError(
            f"The folder “{path.parent}” cannot be written.",
            hint="Choose another folder or change its permissions.",
            detail=str(error),
        )
    reason = f": {error.strerror}" if error.strerror else ""
    return ExportError(
        f"The take could not be written to “{path.parent}”{reason}.",
        hint="Check that the folder is there and can be written.",
        detail=str(error),
    )
