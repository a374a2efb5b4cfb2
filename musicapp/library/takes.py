"""All takes on disk. The files are the library; there is no index that could be lost.

A take whose sidecar is missing or damaged is put together again from the tags in its audio file. Nothing here deletes
audio that can be heard or changes a sample of it; `rescue` alone writes to an audio file: it corrects the header of one
that a crash cut short.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from musicapp.audio import growing, riff
from musicapp.errors import LibraryError
from musicapp.library import sidecar, take_file
from musicapp.library.names import free_path
from musicapp.library.take import Take, new_take_path, save, values_of

__all__ = [
    "Survey",
    "Take",
    "Unreadable",
    "list_takes",
    "load",
    "mended",
    "new_take_path",
    "newest_first",
    "remove_if_empty",
    "rescue",
    "save",
    "set_aside",
    "survey",
    "values_of",
]

log = logging.getLogger(__name__)

SUFFIX = ".wav"
SET_ASIDE = "Set aside"  # a folder beside the takes for what cannot be used
TRASH = "Trash"  # and one for what was thrown away, see `trash`


@dataclass(frozen=True)
class Unreadable:
    """A sound file in the folder of takes that cannot be used. reason: for people, as a whole sentence"""

    path: Path
    reason: str


@dataclass(frozen=True)
class Survey:
    """What a folder of takes holds: those that can be used, newest first, and the files that cannot be read."""

    takes: list[Take]
    unreadable: list[Unreadable]


def list_takes(folder: Path, *, skip: Collection[str] = ()) -> list[Take]:
    """Every take under `folder`, newest first, see `survey`."""
    return survey(folder, skip=skip).takes


def survey(folder: Path, *, skip: Collection[str] = (), read: Callable[[Path], Take | None] | None = None) -> Survey:
    """Every take under `folder`, each file looked at by itself: whatever is wrong with one costs no other.

    skip  ids of takes that are being made right now
    read  gives the take of a file in the place of `take_file.read`
    Files of other programs are neither; what is no ordinary file (a pipe, a circle of links) is passed over.
    """
    found: list[Take] = []
    unreadable: list[Unreadable] = []
    for path in _wave_files(folder):
        if path.stem in skip:
            continue
        try:
            take = (read or take_file.read)(path)
        except take_file.UnusableError as error:
            log.warning("%s", error)
            unreadable.append(Unreadable(path, str(error)))
        except Exception as error:  # one file must never hide the others
            log.exception("%s cannot be understood", path)
            unreadable.append(Unreadable(path, f"“{path.name}” cannot be understood: {type(error).__name__}."))
        else:
            found += [take] if take else []
    return Survey(newest_first(found), unreadable)


def load(path: Path) -> Take | None:
    """The take whose audio is at `path`, from its sidecar or else from its tags; None when it is not one of ours."""
    try:
        return take_file.read(path)
    except take_file.UnusableError as error:
        log.warning("%s", error)
        return None


def set_aside(folder: Path, files: Iterable[Path]) -> Path:
    """Move files that cannot be used, with their sidecars, out of the list: into `folder/Set aside`, which it returns.

    Raises LibraryError.
    """
    place = folder / SET_ASIDE
    try:
        place.mkdir(exist_ok=True)
        for file in files:
            for path in (file, sidecar.of(file)):
                if path.is_file():
                    path.rename(free_path(place, path.stem, path.suffix))
    except OSError as error:
        raise LibraryError(
            f"The files could not be moved to “{place}”.",
            hint="Check that the folder of the takes can be written.",
            detail=str(error),
        ) from error
    return place


def mended(take: Take) -> Take:
    """The take itself with a sidecar if it had none, or what a crash left of it as an ordinary shorter take, if there
    is sound in it.

    A take that another window may be making is left alone.
    """
    is_whole = take.is_finished and sidecar.of(take.path).exists()
    if is_whole or not take.frames or take_file.is_being_written(take.path):
        return take
    try:
        if not take.is_finished:
            return rescue(take)
        save(take)  # so that the next start need not read its sound again
        return take
    except LibraryError as error:  # it can still be played as it is
        log.warning("%s: %s", take.path, error)
        return take


def remove_if_empty(take: Take) -> bool:
    """Take away what a killed engine left before the first sound, a header and its lock; whether it was that."""
    if take.frames or not growing.was_left(take.path):
        return False
    with contextlib.suppress(OSError):
        take.path.unlink(missing_ok=True)
    growing.forget(take.path)
    return True


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
    try:
        rescued = take_file.from_tags(take.path, layout) if layout else None
    except take_file.UnusableError:
        rescued = None
    if rescued is None:
        raise LibraryError("The unfinished take could not be repaired.", hint="Its file changed meanwhile.")
    # Not the moment of the repair, the name that people know the model by, and what they wrote on it.
    rescued = replace(
        rescued,
        created=take.created,
        model_name=take.model_name,
        title=take.title,
        tags=take.tags,
        is_starred=take.is_starred,
        made_from=take.made_from,
        measured=take.measured,
    )
    save(rescued)
    growing.forget(take.path)
    return rescued


def newest_first(found: list[Take]) -> list[Take]:
    """Takes in the order of a list, each with an id of its own."""
    return sorted(_with_ids_of_their_own(found), key=lambda take: (take.created, take.take_id), reverse=True)


def _with_ids_of_their_own(found: list[Take]) -> list[Take]:
    """A copy made by a file manager has the id of its original inside: it goes by its file's name."""
    own: dict[str, Take] = {}
    for take in sorted(found, key=lambda take: take.path.stem != take.take_id):
        name, number = take.take_id, 1
        while name in own:
            name, number = f"{take.path.stem}-{number}" if number > 1 else take.path.stem, number + 1
        own[name] = (
            take if name == take.take_id else replace(take, take_id=name, request=replace(take.request, take_id=name))
        )
    return list(own.values())


def _wave_files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, onerror=_not_listed):
        folders[:] = sorted(name for name in folders if name not in (SET_ASIDE, TRASH))
        for path in (Path(parent, name) for name in names if not name.startswith(".")):
            if path.suffix.lower() == SUFFIX and _is_ordinary(path):
                yield path


def _not_listed(error: OSError) -> None:
    """A folder that is not there yet, or went meanwhile, holds no takes; any other is told."""
    log.log(logging.INFO if isinstance(error, FileNotFoundError) else logging.WARNING, "cannot list: %s", error)


def _is_ordinary(path: Path) -> bool:
    """Whether it is a file that can be read without waiting; links to such files are."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):  # a link to nothing, or to itself
        return False
