"""Moving all takes to another folder. Stopped or killed anywhere, it goes on, and every take is in the folder in use.

First everything is copied (on one disk: linked, which takes no time and no room). Then the new folder becomes the one
in use. Only then the old files go, each after its copy was compared with it byte by byte.
"""

from __future__ import annotations

import contextlib
import filecmp
import json
import logging
import os
import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from musicapp import part_files, paths
from musicapp.audio import growing
from musicapp.errors import LibraryError
from musicapp.library import sidecar, take_file
from musicapp.library.takes import SET_ASIDE, SUFFIX, TRASH

log = logging.getLogger(__name__)

VERSION = 1
COPYING, TIDYING = "copying", "tidying"
BLOCK_BYTES = 8 << 20
SPARE_BYTES = 64 << 20
PASSES = 3


@dataclass(frozen=True)
class Progress:
    """How far it is. phase: COPYING, while the old folder is in use, or TIDYING, when the new one is"""

    phase: str
    done: int  # files
    total: int


@dataclass(frozen=True)
class Job:
    """A move that was begun."""

    source: Path
    target: Path


def unfinished() -> Job | None:
    """The move that was stopped, if one was."""
    try:
        values = json.loads(paths.read_small(_journal()))
        job = Job(Path(values["from"]), Path(values["to"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return job if job.source.is_absolute() and job.target.is_absolute() else None


def move(target: Path) -> Iterator[Progress]:
    """Move the takes to `target`, and keep takes there from now on. Who stops iterating stops it; `move` again goes on.

    Takes that are being made stay until the next time. Raises LibraryError.
    """
    job = unfinished()
    target = _resolved(target)
    if job is None or job.target != target:
        job = Job(paths.takes_folder(), target)
    if _resolved(job.source) == job.target:
        return
    _check(job)
    lock = FileLock(_journal().with_suffix(".lock"), timeout=0)
    try:
        _journal().parent.mkdir(parents=True, exist_ok=True)
        with lock:
            yield from _moved(job)
    except Timeout as error:
        raise LibraryError("Another program is moving the takes.", hint="Wait until it is done.") from error
    except OSError as error:
        full = paths.is_full(error)
        raise LibraryError(
            f"The takes could not all be moved to “{target}”: {error.strerror or error}.",
            hint="No take is lost. " + ("Free some space, then" if full else "Check the folder, then") + " move again.",
            detail=str(error),
        ) from error


def _moved(job: Job) -> Iterator[Progress]:
    is_in_use = paths.takes_folder() == job.target
    if not is_in_use:  # what cannot even begin is not offered to be gone on with
        job.target.mkdir(parents=True, exist_ok=True)
        _check_room(job)
    values = {"version": VERSION, "from": str(job.source), "to": str(job.target)}
    paths.replace_file(_journal(), json.dumps(values).encode())
    if not is_in_use:
        yield from _copied(job)
        yield from _copied(job)  # what was written meanwhile
        paths.choose_takes_folder(job.target)
    for _ in range(PASSES):  # others may write into the old folder until they notice
        yield from _tidied(job)
        if not any(_units(job.source)):
            _journal().unlink(missing_ok=True)
            break


def _copied(job: Job) -> Iterator[Progress]:
    """Copy what is not there yet."""
    units = list(_units(job.source))
    for number, unit in enumerate(units):
        yield Progress(COPYING, number, len(units))
        yield from _copy_unit(job, unit, Progress(COPYING, number, len(units)))
    yield Progress(COPYING, len(units), len(units))


def _tidied(job: Job) -> Iterator[Progress]:
    """Remove what is in the new folder from the old one, and first bring what is not."""
    units = list(_units(job.source))
    for number, unit in enumerate(units):
        yield Progress(TIDYING, number, len(units))
        if growing.is_held(unit):
            continue
        place = yield from _copy_unit(job, unit, Progress(TIDYING, number, len(units)))
        for old, new in ((unit, place), (sidecar.of(unit), sidecar.of(place))):
            if old.is_file() and _holds(old, new):
                old.unlink()
    for parent, _folders, names in os.walk(job.source, topdown=False):
        if set(names) <= {sidecar.LOCK} and Path(parent) != job.source:
            with contextlib.suppress(OSError):
                Path(parent, sidecar.LOCK).unlink(missing_ok=True)
                Path(parent).rmdir()
    yield Progress(TIDYING, len(units), len(units))


def _holds(old: Path, new: Path) -> bool:
    """Whether the new file has all that the old one has, or was changed after it."""
    if not new.is_file():
        return False
    is_newer_sidecar = new.suffix == ".json" and new.stat().st_mtime_ns > old.stat().st_mtime_ns
    return is_newer_sidecar or old.samefile(new) or filecmp.cmp(old, new, shallow=False)


def _units(folder: Path) -> Iterator[Path]:
    """What belongs to the takes: sound files of ours, whose sidecars go along, and all that was put aside."""
    for parent, _folders, names in os.walk(folder):
        first = Path(parent).relative_to(folder).parts[:1]
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith(".") or not path.is_file():
                continue
            is_sidecar = path.suffix == ".json" and path.with_suffix(SUFFIX).is_file()
            if not is_sidecar and (first in ((SET_ASIDE,), (TRASH,)) or _is_ours(path)):
                yield path


def _is_ours(path: Path) -> bool:
    if path.suffix.lower() != SUFFIX:
        return False
    try:
        return sidecar.of(path).is_file() or take_file.read(path) is not None
    except take_file.UnusableError:
        return False


def _copy_unit(job: Job, unit: Path, progress: Progress) -> Generator[Progress, None, Path]:
    """Copy one sound file with its sidecar, unless they are there; where it lies then."""
    place = _place_for(unit, job.target / unit.relative_to(job.source))
    if growing.is_held(unit):
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with sidecar.held(unit.parent), sidecar.held(place.parent):
        if unit.is_file() and not place.exists():
            yield from _copy(unit, place, progress)
        old, new = sidecar.of(unit), sidecar.of(place)
        if unit.suffix == SUFFIX and old.is_file() and not (new.is_file() and _is_same_or_newer(new, old)):
            yield from _copy(old, new, progress)
    return place


def _copy(source: Path, target: Path, progress: Progress) -> Iterator[Progress]:
    """Put `source` at `target`, whole or not at all."""
    part = part_files.beside(target)
    try:
        if not _linked(source, part):
            with source.open("rb") as read, part.open("wb") as written:
                while block := read.read(BLOCK_BYTES):
                    written.write(block)
                    yield progress
                written.flush()
                os.fsync(written.fileno())
            shutil.copystat(source, part)
        part.replace(target)
    finally:
        # Two names of one file: renaming one to the other does nothing, and leaves both.
        part.unlink(missing_ok=True)


def _linked(source: Path, part: Path) -> bool:
    """Give a file a second name, where it is one itself, and its disk can do that."""
    try:
        if not source.is_symlink():
            os.link(source, part)
            return True
    except OSError as error:
        log.debug("copied: %s", error)
    return False


def _place_for(unit: Path, wanted: Path) -> Path:
    """Where a file goes: its own name, or one with a number where another file has that name."""
    place, number = wanted, 1
    while place.exists() and not _is_same(unit, place):
        number += 1
        place = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    return place


def _is_same(a: Path, b: Path) -> bool:
    one, other = a.stat(), b.stat()
    if one.st_size != other.st_size:
        return False
    return os.path.samestat(one, other) or one.st_mtime_ns == other.st_mtime_ns or filecmp.cmp(a, b, shallow=False)


def _is_same_or_newer(new: Path, old: Path) -> bool:
    return new.stat().st_mtime_ns > old.stat().st_mtime_ns or filecmp.cmp(new, old, shallow=False)


def _resolved(folder: Path) -> Path:
    """A folder without links, homes and steps upwards in its path."""
    try:
        return folder.expanduser().resolve()
    except (OSError, RuntimeError) as error:  # links in a circle, a home that nobody has
        raise LibraryError(f"“{folder}” leads nowhere.", hint="Choose another folder.", detail=str(error)) from error


def _check(job: Job) -> None:
    source = _resolved(job.source)
    if job.target.is_relative_to(source) or source.is_relative_to(job.target):
        raise LibraryError(
            f"“{job.target}” and the folder of the takes lie in each other.",
            hint=f"Choose a folder outside of “{job.source}” and not around it.",
        )
    if not job.source.is_dir() and not _is_new(job.source):
        raise LibraryError(
            f"The folder of the takes, “{job.source}”, is not there.", hint="Connect its disk, then move again."
        )


def _is_new(source: Path) -> bool:
    """Whether no take was ever kept: the usual folder is made with the first one. A link to what is not there, or a
    move that was begun, tells of takes.
    """
    return source == paths.usual_takes_folder() and not os.path.lexists(source) and unfinished() is None


def _check_room(job: Job) -> None:
    if not job.source.is_dir():
        return
    if job.source.stat().st_dev == job.target.stat().st_dev:
        return
    wanted = sum(unit.stat().st_size for unit in _units(job.source))
    there = sum(file.stat().st_size for file in job.target.rglob(f"*{SUFFIX}") if file.is_file())
    free = paths.free_bytes(job.target)
    if wanted - there + SPARE_BYTES > free:
        raise LibraryError(
            f"The takes need {wanted / 1e9:.1f} GB, and “{job.target}” has {free / 1e9:.1f} GB free.",
            hint="Free some space there, or choose another folder. Nothing was moved.",
        )


def _journal() -> Path:
    """Tells that a move was begun, and of which folders."""
    return paths.data_folder() / "takes-move.json"
