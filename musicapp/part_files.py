"""Files while they are written: a hidden name beside the target that tells who writes.

So what a killed writer left can be removed, and nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

OLD_S = 24 * 3600.0  # after so long without a change even a writer on another computer has ended
CLOCK_S = 2.0  # file times are that coarse on some disks
_NAME = re.compile(r"\.writing-(?P<host>[0-9a-f]{6})-(?P<process>\d{1,10})-[0-9a-f]{12}\.part(?:\.\w{1,8})?")
_NAME_BEFORE = re.compile(r"\.[0-9a-f]{12}\.part(?:\.\w{1,8})?")  # of versions that did not tell who wrote


def beside(target: Path) -> Path:
    """Where to write what will be `target`; short, since that may have the longest name that is allowed."""
    return target.with_name(f".writing-{_host()}-{os.getpid()}-{secrets.token_hex(6)}.part")


def sweep(folder: Path, *, deep: bool = False) -> list[Path]:
    """Remove what dead writers left in a folder, and below it if `deep`. What cannot be removed stays; never raises."""
    removed = []
    for path in _files_of(folder, deep):
        try:
            if _is_left(path):
                path.unlink()
                removed.append(path)
        except OSError as error:
            log.info("%s stays: %s", path, error)
    if removed:
        log.info("%d unfinished files of ended programs removed from %s", len(removed), folder)
    return removed


def _files_of(folder: Path, deep: bool) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        if not deep:
            folders.clear()
        yield from (Path(parent, name) for name in names if name.startswith(".") and ".part" in name)


def _is_left(path: Path) -> bool:
    """Whether nobody writes a file any more."""
    match = _NAME.fullmatch(path.name)
    if match is None and not _NAME_BEFORE.fullmatch(path.name):
        return False
    changed = path.lstat().st_mtime
    if match is not None and match["host"] == _host():
        return not _is_writing(int(match["process"]), changed)
    return time.time() - changed > OLD_S


def _is_writing(process: int, changed: float) -> bool:
    """Whether the process lives, and is not another one that got its number later."""
    if process == os.getpid():
        return True
    import psutil  # late: nearly every start finds nothing that others left

    try:
        return psutil.Process(process).create_time() <= changed + CLOCK_S
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True


def _host() -> str:
    """This computer among those that may share a folder."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]
