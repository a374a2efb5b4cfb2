"""What can be handed over: a take, or any audio file with what its tags tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import soundfile

from musicapp.audio import tags, wave_io
from musicapp.audio.sound_paths import openable
from musicapp.errors import LibraryError
from musicapp.library.take import Take
from musicapp.request import TakeRequest


@dataclass(frozen=True)
class Material:
    """A sound on disk.

    title     what people call it, else "": the prompt tells
    request   None for files that Musicapp did not make; then `tags` go on with it
    measured  of a take, see `library.sidecar`
    """

    path: Path
    sample_rate: int
    channels: int
    frames: int
    title: str = ""
    request: TakeRequest | None = None
    left_out: dict[str, Any] = field(default_factory=dict, hash=False)
    tags: dict[str, str] = field(default_factory=dict, hash=False)
    measured: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate


def of_take(take: Take) -> Material:
    """A take of the library."""
    return Material(
        take.path,
        take.sample_rate,
        take.channels,
        take.frames,
        take.title,
        take.request,
        take.left_out,
        measured=take.measured,
    )


def of_file(path: Path) -> Material:
    """Any audio file. Raises LibraryError."""
    found = wave_io.read_tags(path)
    recalled = tags.recalled(found, path.stem)
    try:
        with soundfile.SoundFile(openable(path)) as file:
            rate, channels, frames = file.samplerate, file.channels, file.frames
    except (OSError, soundfile.LibsndfileError) as error:
        raise wave_io.unreadable(path, error) from error
    if not frames:
        raise LibraryError(f"“{path.name}” has no sound in it.", hint="Choose another file.")
    if recalled is None:
        return Material(path, rate, channels, frames, path.stem, tags=found)
    return Material(path, rate, channels, frames, request=recalled.request, left_out=recalled.left_out)
