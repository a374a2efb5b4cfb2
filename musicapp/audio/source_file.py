"""A sound to make a take from: any file that libsndfile reads, brought to a model's rate and channels.

It is known by the SHA-256 of its samples, so that a copy under another name is the same source and a changed file is
not.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile
import soxr

from musicapp.audio.blocks import blocks
from musicapp.audio.sound_paths import openable
from musicapp.errors import LibraryError, MusicAppError, RequestError, paths_in_words
from musicapp.request import MIN_DURATION_S, format_duration
from musicapp.shape import MAX_SOURCE_S

BLOCK_FRAMES = 1 << 16
SILENCE = 1e-5  # of full scale: what never rises above it is silent
_HALF = math.sqrt(0.5)
# What of each channel goes to left and right (ITU-R BS.775-4), in the order of WAV files; the bass channel is left out.
_FRONT, _MIDDLE, _LEFT, _RIGHT, _BASS = (
    np.eye(2),
    np.full((1, 2), _HALF),
    [[_HALF, 0]],
    [[0, _HALF]],
    np.zeros((1, 2)),
)
_MIXES = {
    1: np.ones((1, 2)),
    2: _FRONT,
    3: np.vstack([_FRONT, _MIDDLE]),
    4: np.vstack([_FRONT, _LEFT, _RIGHT]),
    5: np.vstack([_FRONT, _MIDDLE, _LEFT, _RIGHT]),
    6: np.vstack([_FRONT, _MIDDLE, _BASS, _LEFT, _RIGHT]),
    7: np.vstack([_FRONT, _MIDDLE, _BASS, _MIDDLE * _HALF, _LEFT, _RIGHT]),
    8: np.vstack([_FRONT, _MIDDLE, _BASS, _LEFT, _RIGHT, _LEFT, _RIGHT]),
}


class Digest(Protocol):
    """What `hashlib.sha256()` gives."""

    def update(self, data: bytes, /) -> None:
        """Take in more."""


@dataclass(frozen=True)
class SourceSound:
    """audio  `(frames, channels)` float32 at the rate that was asked for
    sha256  of the samples as they are in the file
    """

    audio: np.ndarray
    sha256: str


def duration_s(path: Path) -> float:
    """The length of a file that can be a source. Raises LibraryError or RequestError."""
    with _opened(path) as file:
        return file.frames / file.samplerate


def read(
    path: Path, *, sample_rate: int, channels: int, sha256: str = "", at_most_s: float = MAX_SOURCE_S
) -> SourceSound:
    """A file at a model's rate and channels.

    at_most_s  how much of its beginning is kept; all of it is read for the checksum
    sha256  of its samples when they were last seen; "" for a file that is seen for the first time
    Raises LibraryError for a file that cannot be read, RequestError for one that is no source: too short, too long,
    silent, with samples that are no numbers, or changed since.
    """
    kept, digest = [], hashlib.sha256()
    with _opened(path) as file:
        stream = None
        if file.samplerate != sample_rate:
            stream = soxr.ResampleStream(file.samplerate, sample_rate, channels, dtype="float32", quality="VHQ")
        frames, mix = 0, _mix(file.channels, channels)
        wanted = math.ceil(at_most_s * file.samplerate)
        for block in _blocks(file, path, digest):
            block = block[: wanted - frames]
            frames += len(block)
            block = block if mix is None else (block @ mix).astype(np.float32)
            kept.append(block if stream is None else stream.resample_chunk(block))
        if stream is not None:
            kept.append(stream.resample_chunk(np.zeros((0, channels), np.float32), last=True))
        rate = file.samplerate
    if sha256 and digest.hexdigest() != sha256:
        raise RequestError(
            f"“{path.name}” is not the sound any more that this take starts from.",
            hint="Bring the file back as it was, or choose it anew as the source.",
        )
    audio = _of_length(np.concatenate(kept or [np.zeros((0, channels), np.float32)]), frames, rate, sample_rate)
    if len(audio) < MIN_DURATION_S * sample_rate:
        raise _too_short(path)
    if np.abs(audio).max() < SILENCE:
        raise silent(path)
    return SourceSound(audio, digest.hexdigest())


def to_hear(path: Path, digest: Digest) -> Iterator[np.ndarray]:
    """A file from its start on, at its own rate: `(frames, channels)` float32, more than two channels mixed to two.

    digest  gives its checksum when the last block is out
    Raises LibraryError and RequestError, as `read` does, but for what is silent.
    """
    with _opened(path) as file:
        mix = _mix(file.channels, 2) if file.channels > 2 else None
        for block in _blocks(file, path, digest):
            yield block if mix is None else (block @ mix).astype(np.float32)


def silent(path: Path) -> RequestError:
    """What is said of a file without sound."""
    return RequestError(f"“{path.name}” is silent.", hint="Choose a file with sound in it.")


def _blocks(file: soundfile.SoundFile, path: Path, digest: Digest) -> Iterator[np.ndarray]:
    """The samples as they are in the file, which `digest` takes in: what a source is known by."""
    digest.update(f"{file.samplerate} {file.channels} ".encode())
    try:
        for block in blocks(file, BLOCK_FRAMES):
            digest.update(np.ascontiguousarray(block, "<f4").tobytes())
            if not np.isfinite(block).all():
                raise RequestError(
                    f"“{path.name}” holds samples that are no numbers.", hint="Write it anew with another program."
                )
            yield block
    except (OSError, soundfile.LibsndfileError) as error:
        raise _unreadable(path, error) from error


def _opened(path: Path) -> soundfile.SoundFile:
    try:
        file = soundfile.SoundFile(openable(path))
    except (OSError, soundfile.LibsndfileError, TypeError, ValueError) as error:
        raise _unreadable(path, error) from error
    length_s = file.frames / file.samplerate
    if MIN_DURATION_S <= length_s <= MAX_SOURCE_S:
        return file
    file.close()
    if length_s < MIN_DURATION_S:
        raise _too_short(path)
    raise RequestError(
        f"“{path.name}” lasts {format_duration(length_s)}; a source may last {format_duration(MAX_SOURCE_S)}.",
        hint="Cut out the part that you want to use.",
    )


def _too_short(path: Path) -> RequestError:
    return RequestError(
        f"“{path.name}” is too short to start from.", hint=f"Use a sound of {MIN_DURATION_S:g} seconds or more."
    )


def _unreadable(path: Path, error: Exception) -> LibraryError:
    try:
        with paths_in_words():
            is_folder, is_there = path.is_dir(), path.exists()
    except MusicAppError as refused:
        return LibraryError(refused.message, hint=refused.hint, detail=str(error))
    if is_folder:
        return LibraryError(f"“{path.name}” is a folder.", hint="Choose a file in it.", detail=str(error))
    if not is_there:
        return LibraryError(
            f"The source “{path.name}” is gone.", hint="It may have been moved or deleted.", detail=str(error)
        )
    return LibraryError(
        f"“{path.name}” cannot be read as a source.",
        hint="Use WAV, FLAC, Ogg, MP3 or AIFF; the file may also be damaged.",
        detail=str(error),
    )


def _mix(given: int, wanted: int) -> np.ndarray | None:
    """`(given, wanted)`: what of each channel goes where; None where they stay."""
    if given == wanted:
        return None
    sides = np.tile(np.eye(2), (-(-given // 2), 1))[:given] * (2 / given)  # an unknown order: by turns
    stereo = _MIXES.get(given, sides)
    return stereo if wanted == 2 else np.repeat(stereo.mean(axis=1, keepdims=True), wanted, axis=1)


def _of_length(audio: np.ndarray, frames: int, rate: int, wanted_rate: int) -> np.ndarray:
    """As many frames as the length means at the other rate; resamplers give one more or less."""
    wanted = math.floor(frames * wanted_rate / rate + 0.5)
    return np.pad(audio[:wanted], ((0, max(0, wanted - len(audio))), (0, 0)))
