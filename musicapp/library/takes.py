"""Takes on disk: `folder/2026/11/22/<id>.wav` in float, beside it `<id>.json` with everything known about it.

The files are the library; there is no index that could be lost. A take whose sidecar is missing or damaged is put
together again from the tags in its audio file. Nothing here deletes audio or changes a sample of it; `rescue` alone
writes to an audio file: it corrects the header of one that a crash cut short.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import soundfile

from musicapp import paths
from musicapp.audio import levels, riff, tags
from musicapp.errors import LibraryError
from musicapp.request import TakeRequest, recall

log = logging.getLogger(__name__)

VERSION = 1  # of the sidecar
QUIET_S = 600.0  # after so long without a change nobody is writing a take any more
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Take:
    """One generated result.

    created        aware time
    peak           largest absolute sample
    seconds_taken  to make it; 0 when not known
    is_finished    False for what a crash left of a take: its first `frames` frames can be played
    left_out       what of its settings this version does not understand, see `request.Recalled`
    """

    take_id: str
    path: Path
    request: TakeRequest
    created: datetime
    sample_rate: int
    channels: int
    frames: int
    peak: float
    model_name: str
    seconds_taken: float
    is_finished: bool = True
    left_out: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate


def new_take_path(folder: Path, take_id: str, when: datetime) -> Path:
    """Where the audio of a new take belongs; the engine makes the folders."""
    if not _SAFE_ID.fullmatch(take_id):
        raise ValueError(f"{take_id!r} cannot name a file")
    return folder / f"{when:%Y}" / f"{when:%m}" / f"{when:%d}" / f"{take_id}.wav"


def save(take: Take) -> Path:
    """Write the sidecar, all or nothing; its path. Raises LibraryError."""
    values = {
        "version": VERSION,
        "take_id": take.take_id,
        "created": take.created.astimezone(UTC).isoformat(),
        "sample_rate": take.sample_rate,
        "channels": take.channels,
        "frames": take.frames,
        "peak": take.peak,
        "model_name": take.model_name,
        "seconds_taken": take.seconds_taken,
        "is_finished": take.is_finished,
        "request": {**take.request.as_dict(), **take.left_out},
    }
    path = take.path.with_suffix(".json")
    try:
        paths.replace_file(path, json.dumps(values, indent=2).encode())
    except OSError as error:
        raise LibraryError(
            f"The details of the take could not be saved in “{path.parent}”.",
            hint="Free some space or choose another folder; the audio itself is there.",
            detail=str(error),
        ) from error
    return path


def list_takes(folder: Path, *, skip: Collection[str] = ()) -> list[Take]:
    """Every take under `folder`, newest first. What cannot be used is logged and left alone.

    skip  ids of takes that are being made right now
    """
    takes = [take for path in _wave_files(folder) if path.stem not in skip and (take := load(path)) is not None]
    return sorted(takes, key=lambda take: (take.created, take.take_id), reverse=True)


def load(path: Path) -> Take | None:
    """The take whose audio is at `path`, from its sidecar or else from its tags; None when it is not one of ours."""
    try:
        layout = riff.read_layout(path)
    except OSError as error:
        log.warning("%s cannot be read: %s", path, error)
        return None
    if layout is None or not layout.sample_rate:
        if not _is_being_written(path):
            log.warning("%s is no WAV file that can be used", path)
        return None
    return _from_sidecar(path, layout) or _from_tags(path, layout)


def mended(take: Take) -> Take:
    """The take itself, or what a crash left of it as an ordinary shorter take, if there is sound in it.

    A take that changed lately is left alone: another window may be making it.
    """
    if take.is_finished or not take.frames or _is_being_written(take.path):
        return take
    try:
        return rescue(take)
    except LibraryError as error:  # it can still be played as it is
        log.warning("%s: %s", take.path, error)
        return take


def rescue(take: Take) -> Take:
    """Make a take that a crash cut short into an ordinary shorter one: header corrected, sidecar written.

    Only for takes that no engine is writing any more. Raises LibraryError.
    """
    try:
        layout = riff.close_gap(take.path)
    except OSError as error:
        raise LibraryError(
            "The unfinished take could not be repaired.",
            hint="Check that its folder can be written.",
            detail=str(error),
        ) from error
    rescued = _from_tags(take.path, layout) if layout else None
    if rescued is None:
        raise LibraryError("The unfinished take could not be repaired.", hint="Its file changed meanwhile.")
    save(rescued)
    return rescued


def _is_being_written(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < QUIET_S
    except OSError:
        return False


def _wave_files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, onerror=lambda error: log.warning("cannot list: %s", error)):
        folders.sort()
        yield from (Path(parent, name) for name in names if name.endswith(".wav") and not name.startswith("."))


def _from_sidecar(path: Path, layout: riff.WaveLayout) -> Take | None:
    sidecar = path.with_suffix(".json")
    try:
        values = json.loads(sidecar.read_text(encoding="utf-8"))
        return _take(path, layout, values)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        log.warning("%s is damaged, the tags of the audio take its place: %r", sidecar, error)
        return None


def _take(path: Path, layout: riff.WaveLayout, values: dict[str, Any]) -> Take:
    """The file says how long it is, the sidecar everything else.

    Raises AttributeError, KeyError, OverflowError (a time that is no time everywhere), TypeError or ValueError.
    """
    recalled = recall(values["request"])
    created = datetime.fromisoformat(values["created"]).astimezone()
    if not isinstance(values["model_name"], str):
        raise TypeError("text expected")
    return Take(
        take_id=str(values["take_id"]),
        path=path,
        request=recalled.request,
        created=created,
        sample_rate=layout.sample_rate,
        channels=layout.channels,
        frames=layout.frames,
        peak=float(values["peak"]),
        model_name=values["model_name"],
        seconds_taken=float(values["seconds_taken"]),
        is_finished=bool(values["is_finished"]) and layout.is_complete,
        left_out=recalled.left_out,
    )


def _from_tags(path: Path, layout: riff.WaveLayout) -> Take | None:
    recalled = tags.recalled(layout.tags, path.stem)
    if recalled is None:
        log.info("%s was not made here", path)
        return None
    try:
        created = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        peak = _peak(path)
    except (OSError, soundfile.LibsndfileError) as error:
        log.warning("%s cannot be read: %s", path, error)
        return None
    return Take(
        take_id=path.stem,
        path=path,
        request=recalled.request,
        created=created,
        sample_rate=layout.sample_rate,
        channels=layout.channels,
        frames=layout.frames,
        peak=peak,
        model_name=Path(recalled.request.model).name,
        seconds_taken=0.0,
        is_finished=layout.is_complete,
        left_out=recalled.left_out,
    )


def _peak(path: Path) -> float:
    with soundfile.SoundFile(path) as file:
        return max((levels.peak(block) for block in file.blocks(levels.BLOCK_FRAMES, always_2d=True)), default=0.0)
