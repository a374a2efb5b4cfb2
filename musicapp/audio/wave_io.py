"""Audio files: read them whole, read their tags, read one that is still being written, export in any format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from musicapp.audio import id3
from musicapp.audio.export import export
from musicapp.audio.formats import EXPORT_FORMATS, ExportFormat, ExportResult
from musicapp.audio.riff import FLOAT, WaveWriter, read_layout
from musicapp.errors import LibraryError

__all__ = [
    "EXPORT_FORMATS",
    "ExportFormat",
    "ExportResult",
    "GrowingReader",
    "WaveWriter",
    "export",
    "read",
    "read_tags",
]

_TAG_NAMES = ("title", "artist", "comment", "software", "date", "genre", "album")


def read(path: Path) -> tuple[np.ndarray, int]:
    """All of a file as `(frames, channels)` float32 and its sample rate. Raises LibraryError."""
    try:
        return soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise _unreadable(path, error) from error


def read_tags(path: Path) -> dict[str, str]:
    """The tags that the file has: title, artist, comment, software, date, genre, album. Raises LibraryError."""
    try:
        if layout := read_layout(path):  # libsndfile loses long comments of WAV files
            return layout.tags
        if tags := id3.read_tags(path):
            return tags
        with soundfile.SoundFile(path) as file:
            return {name: text for name in _TAG_NAMES if (text := getattr(file, name))}
    except (OSError, soundfile.LibsndfileError) as error:
        raise _unreadable(path, error) from error


class GrowingReader:
    """Reads a float WAV while another process writes it.

    The file is opened for every read: on Windows a file held open could not be removed by its writer.
    """

    def __init__(self, path: Path | str, channels: int) -> None:
        self.path, self.channels = Path(path), channels
        self._data_start = 0

    def read(self, first_frame: int, frame_count: int) -> np.ndarray:
        """`(frames, channels)` float32 from `first_frame`; fewer than asked when they are not there (any more)."""
        nothing = np.zeros((0, self.channels), np.float32)
        frame_bytes = 4 * self.channels
        try:
            if not self._data_start:
                layout = read_layout(self.path)
                if layout is None or layout.code != FLOAT or layout.channels != self.channels:
                    return nothing
                self._data_start = layout.data_start
            with self.path.open("rb") as file:
                file.seek(self._data_start + first_frame * frame_bytes)
                content = file.read(frame_count * frame_bytes)
        except FileNotFoundError:  # a cancelled take's file is removed at any time
            return nothing
        whole = len(content) // frame_bytes * frame_bytes
        return np.frombuffer(content[:whole], "<f4").reshape(-1, self.channels)


def _unreadable(path: Path, error: Exception) -> LibraryError:
    if not path.is_file():
        return LibraryError(f"“{path.name}” is gone.", hint="It may have been moved or deleted.", detail=str(error))
    return LibraryError(
        f"“{path.name}” cannot be read.", hint="It may be damaged or not be an audio file.", detail=str(error)
    )
