"""Audio files: read them whole, read their tags, read one that is still being written, export in any format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from musicapp.audio import id3, levels
from musicapp.audio.export import export
from musicapp.audio.formats import EXPORT_FORMATS, ExportFormat, ExportResult
from musicapp.audio.riff import WaveWriter
from musicapp.audio.sound_paths import openable
from musicapp.audio.wave_layout import NotReadableError, WaveLayout, layout_of, open_plain, read_layout
from musicapp.errors import LibraryError, MusicAppError, paths_in_words

__all__ = [
    "EXPORT_FORMATS",
    "ExportFormat",
    "ExportResult",
    "GrowingReader",
    "WaveWriter",
    "export",
    "peak",
    "read",
    "read_tags",
    "unreadable",
]

_TAG_NAMES = ("title", "artist", "comment", "software", "date", "genre", "album")


def read(path: Path) -> tuple[np.ndarray, int]:
    """All of a file as `(frames, channels)` float32 and its sample rate. Raises LibraryError."""
    try:
        return soundfile.read(openable(path), dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise unreadable(path, error) from error


def read_tags(path: Path) -> dict[str, str]:
    """The tags that the file has: title, artist, comment, software, date, genre, album. Raises LibraryError."""
    try:
        if layout := read_layout(path):  # libsndfile loses long comments of WAV files
            return layout.tags
        if tags := id3.read_tags(path):
            return tags
        with soundfile.SoundFile(openable(path)) as file:
            return {name: text for name in _TAG_NAMES if (text := getattr(file, name))}
    except (OSError, soundfile.LibsndfileError) as error:
        raise unreadable(path, error) from error


def peak(path: Path, layout: WaveLayout) -> float:
    """The largest absolute sample of a WAV file. Raises OSError."""
    loudest = 0.0
    with open_plain(path) as file:
        file.seek(layout.data_start)
        left = layout.frames
        while left and (content := file.read(min(left, levels.BLOCK_FRAMES) * layout.frame_bytes)):
            block = layout.decoded(content)
            left -= len(block)
            if not len(block):
                break
            loudest = max(loudest, levels.peak(block))
    return loudest


class GrowingReader:
    """Reads a WAV, in whatever numbers it holds its samples, also while another process writes it.

    The file is opened for every read: on Windows a file held open could not be removed by its writer.
    """

    def __init__(self, path: Path | str, channels: int) -> None:
        self.path, self.channels = Path(path), channels
        self._layout: WaveLayout | None = None

    def read(self, first_frame: int, frame_count: int) -> np.ndarray:
        """`(frames, channels)` float32 from `first_frame`; fewer than asked when they are not there (any more).

        Raises LibraryError when the file is no WAV that can be read.
        """
        nothing = np.zeros((0, self.channels), np.float32)
        try:
            if self._layout is None:
                self._layout = self._read_layout()
            if self._layout.declared_frames:  # what stands behind the samples is none
                frame_count = max(min(frame_count, self._layout.declared_frames - first_frame), 0)
            with open_plain(self.path) as file:
                file.seek(self._layout.data_start + first_frame * self._layout.frame_bytes)
                content = file.read(frame_count * self._layout.frame_bytes)
        except FileNotFoundError:  # a cancelled take's file is removed at any time
            return nothing
        except OSError as error:
            raise unreadable(self.path, error) from error
        return self._layout.decoded(content)

    def _read_layout(self) -> WaveLayout:
        try:
            layout = layout_of(self.path)
        except NotReadableError as error:
            raise LibraryError(
                f"“{self.path.name}” {error}.", hint="It may have been changed by another program."
            ) from error
        if layout.channels != self.channels:
            raise LibraryError(
                f"“{self.path.name}” has {layout.channels} channels, not {self.channels} any more.",
                hint="Another program has changed it: start Musicapp again to see it as it is.",
            )
        return layout


def unreadable(path: Path, error: Exception) -> LibraryError:
    """One sentence and a next step for a file that could not be read."""
    try:
        with paths_in_words():
            is_folder, is_there = path.is_dir(), path.exists()
    except MusicAppError as refused:
        return LibraryError(refused.message, hint=refused.hint, detail=str(error))
    if is_folder:
        return LibraryError(f"“{path.name}” is a folder.", hint="Give the files in it.", detail=str(error))
    if not is_there:
        return LibraryError(f"“{path.name}” is gone.", hint="It may have been moved or deleted.", detail=str(error))
    return LibraryError(
        f"“{path.name}” cannot be read.", hint="It may be damaged or not be an audio file.", detail=str(error)
    )
