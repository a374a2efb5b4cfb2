"""A take out of its files, checked once and for all: what comes out can be shown, sorted, played and written again.

The audio says how long it is, the sidecar everything else; without one the tags of the audio take its place.
"""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from musicapp.audio import growing, tags, wave_io, wave_layout
from musicapp.audio.wave_layout import WaveLayout
from musicapp.library import sidecar
from musicapp.library.labels import clean_tags, clean_title
from musicapp.library.take import Take
from musicapp.request import recall
from musicapp.shape import MAX_NUMBER

log = logging.getLogger(__name__)

QUIET_S = 600.0  # after so long without a change nobody is writing a take any more
MOST_CHANNELS = 2
YEARS = range(1970, 9000)  # far from both ends of the calendar, where a change of zone overflows
NO_REQUEST = (*sidecar.DAMAGE, KeyError, AttributeError, OverflowError)  # in what a sidecar says
BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)


class UnusableError(Exception):
    """A file that cannot be used; a whole sentence."""


def read(path: Path) -> Take | None:
    """The take whose audio is at `path`; None when it is not one of ours, or only just begun. Raises UnusableError."""
    try:
        layout = wave_layout.layout_of(path)
    except wave_layout.NotReadableError as error:
        if is_being_written(path):
            return None
        raise UnusableError(f"“{path.name}” {error}.") from error
    except OSError as error:
        raise UnusableError(f"“{path.name}” cannot be opened: {error.strerror or error}.") from error
    take = _from_sidecar(path, layout) or from_tags(path, layout)
    if take is not None and layout.channels > MOST_CHANNELS:
        raise UnusableError(f"“{path.name}” has {layout.channels} channels; takes have one or two.")
    return take


def _from_sidecar(path: Path, layout: WaveLayout) -> Take | None:
    try:
        return as_told(path, layout, sidecar.read(path))
    except FileNotFoundError:
        return None
    except NO_REQUEST as error:
        log.warning("%s is damaged, the tags of the audio take its place: %r", sidecar.of(path), error)
        return None


def as_told(path: Path, layout: WaveLayout, values: dict[str, Any]) -> Take:
    """The file says how long it is, the sidecar everything else; what is no value of its kind counts as not known.

    Raises AttributeError, KeyError, OSError, TypeError or ValueError when there is no request in it.
    """
    recalled = recall(values["request"])
    take_id, model_name = values.get("take_id"), values.get("model_name")
    is_finished = values.get("is_finished", True)
    return Take(
        take_id=take_id if isinstance(take_id, str) and take_id else path.stem,
        path=path,
        request=recalled.request,
        created=moment(values.get("created")) or _changed(path),
        sample_rate=layout.sample_rate,
        channels=layout.channels,
        frames=layout.frames,
        peak=_number(values.get("peak")),
        model_name=model_name if isinstance(model_name, str) else Path(recalled.request.model).name,
        seconds_taken=_number(values.get("seconds_taken")),
        is_finished=is_finished is not False and layout.is_complete,
        left_out=recalled.left_out,
        **_added(values),
    )


def as_written(take: Take, values: dict[str, Any]) -> Take:
    """The take by what its sidecar says now: another program may have written there since the take was read."""
    with contextlib.suppress(*NO_REQUEST):
        recalled = recall(values["request"])
        take = replace(take, request=recalled.request, left_out=recalled.left_out)
    return replace(take, **_added(values))


def _added(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": clean_title(values.get("title")),
        "tags": clean_tags(values.get("tags")),
        "is_starred": values.get("starred") is True,
        "made_from": _object(values.get("made_from")),
        "measured": _object(values.get("measured")),
    }


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float:
    """A size or a time out of a file; 0, which means not known, for what is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= MAX_NUMBER else 0.0  # type: ignore[operator, arg-type]


def moment(value: object) -> datetime | None:
    """A moment that can be shown in any zone and written again."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone() if moment and YEARS.start <= moment.year < YEARS.stop else None
    except (ValueError, OverflowError, OSError):
        return None


def _changed(path: Path) -> datetime:
    """When a file was changed; a time that cannot be shown is the beginning of time."""
    try:
        return moment(datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()) or BEGINNING
    except (ValueError, OverflowError):
        return BEGINNING


def from_tags(path: Path, layout: WaveLayout) -> Take | None:
    """The take that the tags of an audio file tell of, None when they do not. Raises UnusableError."""
    recalled = tags.recalled(layout.tags, path.stem)
    if recalled is None:
        log.info("%s was not made here", path)
        return None
    try:
        created, peak = _changed(path), wave_io.peak(path, layout)
    except OSError as error:
        raise UnusableError(f"“{path.name}” cannot be read: {error.strerror or error}.") from error
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


def is_being_written(path: Path) -> bool:
    """Whether another window may be making it: its engine says so, or nobody says anything and it changed lately.

    A sidecar is written last of all: beside one, nobody makes the take any more.
    """
    if growing.lock_of(path).exists():
        return growing.is_held(path)
    try:
        if sidecar.of(path).is_file():
            return False
        return abs(time.time() - path.stat().st_mtime) < QUIET_S  # a date to come is a clock that was wrong
    except (OSError, ValueError):
        return False
