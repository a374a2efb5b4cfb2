"""The float WAV of a take while it grows: complete in the end, or gone."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from musicapp.audio.riff import WaveWriter
from musicapp.audio.tags import request_tags
from musicapp.engine.events import ModelInfo
from musicapp.errors import ExportError
from musicapp.request import TakeRequest

BLOCK_FRAMES = 65536
SAMPLE_BYTES = 4
SPARE_BYTES = 1 << 20  # room that must be left beside the audio itself
FULL_HINT = "Free some space or choose another folder, then try again."


class TakeFile:
    """Writes audio blocks that other processes can read at once. Raises ExportError when the disk refuses.

    is_complete  closed with all its frames
    """

    def __init__(self, path: Path, writer: WaveWriter) -> None:
        self.path, self.total_frames, self._writer = path, writer.total_frames, writer
        self.is_complete = False

    def write(self, audio: np.ndarray) -> None:
        """Append `(frames, channels)` float32 and make them readable for others."""
        try:
            for start in range(0, len(audio), BLOCK_FRAMES):
                self._writer.write(audio[start : start + BLOCK_FRAMES])
            self._writer.flush()
        except OSError as error:
            raise _refused(self.path, error) from error

    def close(self) -> None:
        """Close the file and wait until it is on the disk, so that not even a power cut takes it away."""
        try:
            self._writer.close()
            with self.path.open("rb+") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise _refused(self.path, error) from error
        self.is_complete = self._writer.frames == self.total_frames


@contextlib.contextmanager
def create(path: Path, request: TakeRequest, info: ModelInfo, frames: int) -> Iterator[TakeFile]:
    """A new file of `frames` frames, tagged with the request; its folders are made.

    If it is not complete when the context ends, for whatever reason, it is removed.
    Raises ExportError before any work: a file that exists, a folder that cannot be written, a disk that is too full.
    """
    needed_bytes = frames * info.channels * SAMPLE_BYTES + SPARE_BYTES
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise ExportError(f"There already is a file “{path.name}”.", hint="Choose another name.", detail=str(path))
        if shutil.disk_usage(path.parent).free < needed_bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        writer = WaveWriter(path, info.sample_rate, info.channels, frames, tags=request_tags(request))
    except OSError as error:
        raise _refused(path, error) from error
    except ValueError as error:
        raise ExportError(
            "The take is too long for a WAV file.", hint="Ask for a shorter one.", detail=str(error)
        ) from error
    file = TakeFile(path, writer)
    try:
        yield file
    finally:
        if not file.is_complete:
            with contextlib.suppress(OSError):
                writer.close()
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> ExportError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ExportError(f"The disk of “{path.parent}” is full.", hint=FULL_HINT, detail=str(error))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ExportError(
            f"The folder “{path.parent}” cannot be written.",
            hint="Choose another folder or change its permissions.",
            detail=str(error),
        )
    return ExportError(f"“{path}” could not be written.", hint="Choose another place.", detail=str(error))
