"""A sound of the user's own that is taken apart on the stage. Its file is only ever read, and is no take."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from musicapp.audio import source_file
from musicapp.errors import LibraryError, MusicAppError
from musicapp.handover import material
from musicapp.handover.material import Material
from musicapp.library.takes import Take
from musicapp.request import TakeRequest
from musicapp.ui.state.take_audio import TakeAudio


@dataclass(frozen=True)
class Sound:
    """A file anywhere.

    take_id   its name among what is open, another when the file has changed; no take has such a one
    stamp     size and time of the file when it was opened
    """

    take_id: str
    material: Material
    stamp: tuple[int, int]
    created: datetime

    @property
    def path(self) -> Path:
        return self.material.path

    @property
    def sample_rate(self) -> int:
        """In Hz, as in the file."""
        return self.material.sample_rate

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.material.duration_s

    @property
    def has_settings(self) -> bool:
        """Whether Musicapp made it, and its file still says how."""
        return self.material.request is not None

    @property
    def request(self) -> TakeRequest:
        """What made it, or an empty one."""
        made = self.material.request
        return replace(made, take_id=self.take_id) if made else TakeRequest(self.take_id, "", self.duration_s, 0)

    def check_unchanged(self) -> None:
        """Raise LibraryError where its file is not the one any more that is shown."""
        if _stamp(self.path) != self.stamp:
            raise self.changed()

    def changed(self) -> LibraryError:
        """What is said of a file that is another one by now."""
        return LibraryError(
            f"“{self.path.name}” was changed since it was opened.", hint="Open it again to see it as it is now."
        )


def opened(path: Path) -> Sound:
    """Look at a file. Raises LibraryError, and RequestError for one that no take can be made from."""
    source_file.duration_s(path)
    stamp = _stamp(path)  # first, or a change meanwhile would pass for what was looked at
    found = material.of_file(path)
    key = hashlib.sha256(f"{path} {stamp}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Sound(f"sound-{key}", found, stamp, datetime.fromtimestamp(stamp[1] / 1e9, UTC))


def material_of(take: Take | Sound) -> Material:
    """What is handed over of either."""
    return take.material if isinstance(take, Sound) else material.of_take(take)


def as_shown(take: Take | Sound) -> Material:
    """The same. Raises LibraryError for a sound whose file is another one by now."""
    if isinstance(take, Sound):
        take.check_unchanged()
    return material_of(take)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise LibraryError(
            f"“{path.name}” is gone.", hint="It may have been moved or deleted.", detail=str(error)
        ) from error
    return found.st_size, found.st_mtime_ns


class SoundAudio(TakeAudio):
    """Its samples in memory, at most two channels; what plays them gets them from there, as they are shown.

    sha256  of the samples in the file, "" until all are read
    has_failed  whether they could not be read to their end
    """

    def __init__(self, sound: Sound) -> None:
        channels = min(sound.material.channels, 2)
        super().__init__(sound.path, sound.material.frames, channels, sound.sample_rate, is_played_from_file=False)
        self.sha256, self.has_failed = "", False
        self._sound = sound

    def whole_filler(self) -> Callable[[], None]:
        """As of takes. Raises LibraryError and RequestError for files that cannot be read to their end, that change
        meanwhile, and silence."""

        def fill() -> None:
            try:
                self._fill_whole()
            except MusicAppError:
                self.has_failed = not self.sha256
                raise

        return fill

    def _fill_whole(self) -> None:
        first, loudest, digest = 0, 0.0, hashlib.sha256()
        for block in source_file.to_hear(self.path, digest):
            if self.is_dropped:
                return
            if block.shape[1] != self.channels:
                raise self._sound.changed()
            self.put(first, block)
            first, loudest = first + len(block), max(loudest, float(np.abs(block).max(initial=0.0)))
        self._sound.check_unchanged()  # or what is shown would be named by the checksum of something else
        self.put(first, np.zeros((max(self.total_frames - first, 0), self.channels), np.float32))
        self.sha256 = digest.hexdigest()
        if loudest < source_file.SILENCE:
            raise source_file.silent(self.path)
