"""Who is writing a sound file right now: a lock beside it, which goes with the process, however that ends.

A lock that nobody holds tells that its writer died; no lock at all says nothing, for other programs write none.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

ENDING = ".making"
POLL_S = 0.05


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Be the one who writes `path`. A file system without locks is written all the same."""
    lock = FileLock(lock_of(path), timeout=0)
    with contextlib.suppress(OSError, Timeout, NotImplementedError):
        lock.acquire()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.release()
        forget(path)


def is_held(path: Path) -> bool:
    """Whether a program that lives is writing the file and has said so."""
    place = lock_of(path)
    if not place.is_file():
        return False
    try:
        with FileLock(place, timeout=0):
            return False
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False


def was_left(path: Path) -> bool:
    """Whether the program that wrote the file is gone without having finished."""
    return lock_of(path).is_file() and not is_held(path)


def wait_until_free(path: Path, timeout_s: float) -> bool:
    """Wait until nobody writes the file any more; False when that lasts too long."""
    ends_at_s = time.monotonic() + timeout_s
    while is_held(path):
        if time.monotonic() > ends_at_s:
            return False
        time.sleep(POLL_S)
    return True


def forget(path: Path) -> None:
    """Take the lock's file away; nobody may hold it any more."""
    with contextlib.suppress(OSError):
        lock_of(path).unlink(missing_ok=True)


def lock_of(path: Path) -> Path:
    """The hidden file beside it."""
    return path.with_name(f".{path.stem}{ENDING}")
