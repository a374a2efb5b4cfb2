"""Models that are here: removing them, and moving all of them to another folder."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from musicapp import paths
from musicapp.errors import ModelStoreError
from musicapp.store import check, locks
from musicapp.store.download import SPARE_BYTES, Progress
from musicapp.store.sizes import folder_bytes, format_bytes
from musicapp.store.sources import UNFINISHED

log = logging.getLogger(__name__)

REMOVED = ".removed-"
KINDS = ("model", "text encoder")


def usable() -> Path:
    """The user's models folder for writing. Raises ModelStoreError when it was moved to a disk that is not there."""
    models = paths.user_models_folder()
    if paths.moved_models_file().is_file() and not models.is_dir():
        raise ModelStoreError(
            f"The models folder {models} is not there.", hint="Connect its disk, or move the models folder elsewhere."
        )
    return models


def remove(key: str, models: Path) -> int:
    """Delete a model, or what an unfinished download left; the bytes set free. Raises ModelStoreError."""
    if not key or Path(key).name != key or key.startswith("."):
        raise ModelStoreError(f"“{key[:80]}” is no name of a model.", hint="“musicapp models list” shows them.")
    if (paths.bundled_models_folder() / key).is_dir() and not (models / key).is_dir():
        raise ModelStoreError(f"“{key}” ships with the app and stays.", hint="Only models that you added can go.")
    places = [place for place in (models / key, models / UNFINISHED / key) if place.is_dir()]
    if not places:
        raise ModelStoreError(f"There is no model “{key[:80]}” to remove.", hint="“musicapp models list” shows them.")
    freed = 0
    with locks.alone(models / UNFINISHED / key, f"“{key}” is being fetched."):
        for place in places:
            freed += _remove_folder(place, models)
    return freed


def _remove_folder(place: Path, models: Path) -> int:
    """At once or not at all: never half a model. What a killed removal left goes too."""
    size = folder_bytes(place)
    try:
        place.rename(models / f"{REMOVED}{secrets.token_hex(4)}")
        for away in models.glob(f"{REMOVED}*"):
            shutil.rmtree(away)
    except OSError as error:
        raise ModelStoreError(
            f"“{place.name}” could not be removed.",
            hint="If it is in use, choose another model first, then try again.",
            detail=str(error),
        ) from error
    return size


def move(target: Path) -> Iterator[Progress]:
    """Move all of the user's models to another folder, which is used from then on. What is no model stays.

    The old folder is emptied only after everything is in the new one; stop iterating to give up.
    Raises ModelStoreError and leaves everything where it was.
    """
    models = paths.user_models_folder()
    target = absolute(target)
    _check_target(models, target)
    entries = entries_of(models)
    made: list[Path] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for entry in entries:
            made.append(target / entry.name)
            yield from _take(entry, target / entry.name, entries, made)
        paths.replace_file(paths.moved_models_file(), f"{target}\n".encode())
    except (OSError, GeneratorExit) as error:
        for path in made:
            _delete(path)
        if isinstance(error, GeneratorExit):
            raise
        raise ModelStoreError(
            f"The models could not be moved to {target}.",
            hint="Check the free space and the permissions there; everything is where it was.",
            detail=str(error),
        ) from error
    for entry in entries:
        _delete(entry)
    log.info("models moved to %s", target)


def entries_of(models: Path) -> list[Path]:
    """The models and text encoders of a folder, and what the app keeps beside them. The folder may hold anything else,
    since any folder can be chosen for models.
    """
    if not models.is_dir():
        return []
    ours = (entry for entry in models.iterdir() if entry.is_dir() and _is_ours(entry))
    return sorted(ours)


def used_bytes(models: Path) -> int:
    """What the models of a folder take."""
    return sum(folder_bytes(entry) for entry in entries_of(models))


def _is_ours(entry: Path) -> bool:
    return entry.name == UNFINISHED or entry.name.startswith(REMOVED) or check.kind_of(entry) in KINDS


def absolute(path: Path) -> Path:
    """The path from the root, links followed. Raises ModelStoreError for what cannot be a path."""
    try:
        return path.expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:  # too long, an unknown home, links in a circle, a null
        raise ModelStoreError(
            f"“{str(path)[:200]}” is no path on this computer.", hint="Choose a folder.", detail=str(error)
        ) from error


def _check_target(models: Path, target: Path) -> None:
    """Refuse a folder that cannot take the models, before anything is written."""
    if models.resolve() in (target.resolve(), *target.resolve().parents):
        raise ModelStoreError(f"The models are in {models} already.", hint="Choose a folder outside of it.")
    if target.exists() and not target.is_dir():
        raise ModelStoreError(f"{target} is a file.", hint="Choose a folder.")
    locks.refuse_busy(models / UNFINISHED, "A model is being fetched or imported.")
    names = [entry.name for entry in entries_of(models)]
    if taken := [name for name in names if os.path.lexists(target / name)]:
        raise ModelStoreError(f"{target} has something called “{taken[0]}” already.", hint="Choose an empty folder.")
    near = next(parent for parent in (target, *target.parents) if parent.is_dir())
    size, free = used_bytes(models), paths.free_bytes(near)
    if not os.access(near, os.W_OK):
        raise ModelStoreError(f"Nothing can be written to {near}.", hint="Choose another folder.")
    if models.is_dir() and near.stat().st_dev != models.stat().st_dev and size + SPARE_BYTES > free:
        raise ModelStoreError(
            f"The models need {format_bytes(size)}, but only {format_bytes(free)} are free in {near}.",
            hint="Make room there, or choose another disk.",
        )


def _take(entry: Path, target: Path, entries: list[Path], made: list[Path]) -> Iterator[Progress]:
    """One model into the new folder: by hard links where that works, which costs nothing, else by copying."""
    number, count = entries.index(entry), len(entries)
    yield Progress("moving", number, count)

    def place(old: str, new: str) -> str:
        try:
            os.link(old, new, follow_symlinks=False)
        except OSError:
            shutil.copy2(old, new, follow_symlinks=False)
        return new

    if entry.is_dir() and not entry.is_symlink():
        shutil.copytree(entry, target, symlinks=True, copy_function=place)
    else:
        place(str(entry), str(target))
    yield Progress("moving", number + 1, count)


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s could not be deleted: %s", path, error)
