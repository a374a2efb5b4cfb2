"""One take on disk: `folder/2026/11/22/<id>.wav` in float, beside it `<id>.json` with everything known about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from musicapp.library import sidecar
from musicapp.request import TakeRequest

_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Take:
    """One generated result.

    created        aware time
    peak           largest absolute sample
    seconds_taken  to make it; 0 when not known
    is_finished    False for what a crash left of a take: its first `frames` frames can be played
    left_out       what of its settings this version does not understand, see `request.Recalled`
    title, tags, is_starred, made_from, measured  as `sidecar` tells; `library.edits` changes them
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
    title: str = ""
    tags: tuple[str, ...] = ()
    is_starred: bool = False
    made_from: dict[str, Any] = field(default_factory=dict, hash=False)
    measured: dict[str, Any] = field(default_factory=dict, hash=False)

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
    """Write the sidecar, all or nothing; its path. What stands there besides is kept. Raises LibraryError."""
    sidecar.change(take.path, lambda there: {**there, **values_of(take)})
    return sidecar.of(take.path)


def values_of(take: Take) -> dict[str, Any]:
    """What the sidecar says of a take. What people or listening add is in it only where there is some."""
    values: dict[str, Any] = {
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
    added = {
        "title": take.title,
        "tags": list(take.tags),
        "starred": take.is_starred,
        "made_from": take.made_from,
        "measured": take.measured,
    }
    return values | {name: value for name, value in added.items() if value}
