"""One program at a time: locks that go with the process, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from musicapp.errors import ModelStoreError

ENDING = ".lock"


@contextmanager
def alone(place: Path, busy: str) -> Iterator[None]:
    """Hold `place`.lock. Raises ModelStoreError with the sentence `busy` when another program holds it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place.with_name(place.name + ENDING), timeout=0):
            yield
    except Timeout as error:
        raise ModelStoreError(busy, hint="Another window or command works on it: wait for it, or stop it.") from error


def refuse_busy(folder: Path, busy: str) -> None:
    """Raise when any lock in this folder is held."""
    for path in sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []:
        with alone(path.with_name(path.name.removesuffix(ENDING)), busy):
            continue
