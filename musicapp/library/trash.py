"""Takes thrown away: moved into `Trash` in the folder of takes, from where they come back until it is emptied.

A take goes there with its sidecar in three steps, of which each leaves it whole in one of the two places: the sidecar
is copied, the sound is moved, the first sidecar is removed. It comes back by the same steps.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from musicapp import paths
from musicapp.audio import growing
from musicapp.errors import LibraryError
from musicapp.library import sidecar, take_file, takes
from musicapp.library.names import free_path
from musicapp.library.take import Take
from musicapp.library.takes import TRASH

log = logging.getLogger(__name__)

SINCE = "trashed"  # when, in the sidecar


@dataclass(frozen=True)
class Trashed:
    """A take in the trash; `take.path` is where it lies now. since: aware time, None when that is not known"""

    take: Take
    since: datetime | None


def put(folder: Path, take: Take) -> Path:
    """Throw a take away; where its sound lies now. Raises LibraryError, and then it is where it was."""
    if growing.is_held(take.path):
        raise LibraryError(
            f"“{called(take)}” is being made right now.",
            hint="Cancel it, or wait until it is done, then throw it away.",
        )
    now = datetime.now(UTC).isoformat()
    return _move(take.path, folder / TRASH / _below(folder, take.path), {SINCE: now})


def restore(folder: Path, trashed: Path) -> Path:
    """Bring a take back to where it was; the place of its sound. Raises LibraryError."""
    return _move(trashed, folder / _below(folder / TRASH, trashed), {SINCE: None})


def inside(folder: Path) -> list[Trashed]:
    """What is in the trash of a folder of takes, thrown away last first."""
    found = takes.survey(folder / TRASH).takes if (folder / TRASH).is_dir() else []
    trashed = [Trashed(take, _since(take.path)) for take in found]
    return sorted(trashed, key=lambda each: each.since or take_file.BEGINNING, reverse=True)


def empty(folder: Path, only: Iterable[Path] | None = None) -> int:
    """Delete takes in the trash for good, all or those at the paths given; how many. Raises LibraryError."""
    place, count = folder / TRASH, 0
    chosen = [each.take.path for each in inside(folder)] if only is None else list(only)
    for path in chosen:
        _below(place, path)
        try:
            path.unlink(missing_ok=True)
            sidecar.of(path).unlink(missing_ok=True)
        except OSError as error:
            raise LibraryError(
                f"“{path.name}” could not be deleted: {error.strerror or error}.",
                hint=f"{count} takes were. Close other programs that use it, then try again.",
                detail=str(error),
            ) from error
        count += 1
    _remove_empty_folders(place)
    return count


def called(take: Take) -> str:
    """A take's name in a sentence."""
    return take.title or shortened(take.request.prompt, 60) or take.take_id


def shortened(text: str, characters: int) -> str:
    """So much of it at most, with … where something was left out."""
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"


def _move(source: Path, wanted: Path, note: dict[str, str | None]) -> Path:
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as locks:
            for parent in sorted(
                {source.parent, wanted.parent}
            ):  # in one order, or two programs would wait for each other
                locks.enter_context(sidecar.held(parent))
            if not source.is_file():
                raise LibraryError(
                    f"“{source.name}” is no longer there.", hint="Another window or program may have moved it."
                )
            target = free_path(wanted.parent, wanted.stem, wanted.suffix)
            try:
                _copy_sidecar(source, target, note)
            except OSError as error:
                if not paths.is_full(error):
                    raise
                if sidecar.of(source).is_file():  # one has to be able to tidy: the same file, without the note
                    try:
                        os.link(sidecar.of(source), sidecar.of(target))
                    except OSError:  # exFAT, say, has no second names: what is to be told is why one was needed
                        raise error from None
            try:
                source.rename(target)
            except OSError:
                sidecar.of(target).unlink(missing_ok=True)
                raise
            with contextlib.suppress(OSError):  # without its sound it is no take
                sidecar.of(source).unlink(missing_ok=True)
            return target
    except OSError as error:
        raise LibraryError(
            f"“{source.name}” could not be moved: {error.strerror or error}.",
            hint="Free some space: what is in the trash can be deleted for good."
            if paths.is_full(error)
            else "Check that the folder of the takes can be written, and close other programs that use the file.",
            detail=str(error),
        ) from error


def _copy_sidecar(source: Path, target: Path, note: dict[str, str | None]) -> None:
    """The sidecar for a take at its new place; one that cannot be read goes along as it is. Raises OSError."""
    try:
        values = sidecar.read(source)
    except FileNotFoundError:
        take = takes.load(source)
        if take is None:
            return
        values = {"version": sidecar.VERSION, **takes.values_of(take)}
    except sidecar.DAMAGE:
        paths.replace_file(sidecar.of(target), sidecar.of(source).read_bytes())
        return
    merged = {**values, **note}
    kept = {name: value for name, value in merged.items() if not (name in note and value is None)}
    paths.replace_file(sidecar.of(target), json.dumps(kept, indent=2).encode())


def _since(path: Path) -> datetime | None:
    try:
        return take_file.moment(sidecar.read(path).get(SINCE))
    except sidecar.DAMAGE:
        return None


def _below(folder: Path, path: Path) -> Path:
    """A path below a folder. Raises LibraryError for any other."""
    if not path.is_relative_to(folder) or ".." in path.parts:
        raise LibraryError(f"“{path}” is not in “{folder}”.", hint="Only takes of that folder can be moved here.")
    return path.relative_to(folder)


def _remove_empty_folders(place: Path) -> None:
    for parent, _folders, names in os.walk(place, topdown=False):
        if set(names) <= {sidecar.LOCK}:
            with contextlib.suppress(OSError):
                Path(parent, sidecar.LOCK).unlink(missing_ok=True)
                Path(parent).rmdir()
