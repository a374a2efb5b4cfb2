"""Copies of a model's weights in few bits, beside the original: found again, told apart, removed. No torch here.

A copy is a safetensors file in the published layout. Its header says which weights and settings it was made from:

    version    of this format and of the rounding
    precision  "int8" or "int4"
    source     SHA-256 of the original's files
    seen       their sizes and times when it was made, so that they need not be read again to know them
    settings   SHA-256 of the description as it was read

While one is written it has a name of its own, and its writer holds a lock on it that goes with the process: so what a
killed one left can be told from what is being written.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from musicapp.description.header import check_file
from musicapp.description.plain_files import open_plain
from musicapp.errors import CheckpointError

log = logging.getLogger(__name__)

VERSION = "1"
PRECISIONS = ("int8", "int4")
_NAME = "musicapp-{}.safetensors"
_PART = ".musicapp-{}-{}.part"


@dataclass(frozen=True)
class Copy:
    """A copy that lies beside its original."""

    precision: str
    size_bytes: int


@dataclass(frozen=True)
class Original:
    """What copies are made of: the files of a model's weights, as they were when somebody began to read them.

    settings  the description, as text
    seen      size in bytes and time of change in nanoseconds of each file
    """

    folder: Path
    files: tuple[Path, ...]
    settings: str
    seen: list[list[int]]


def look_at(folder: Path, files: Sequence[Path], settings: str) -> Original | None:
    """The original in a folder; None when a file is missing, which whoever reads it will say."""
    if not all(file.is_file() for file in files):
        return None
    return Original(folder, tuple(files), settings, _seen(files))


def path_of(folder: Path, precision: str) -> Path:
    """Where the copy of a model's folder is, whether it is there or not."""
    return folder / _NAME.format(precision)


def part_of(folder: Path, precision: str) -> Path:
    """A name for a copy that is being written, another at each call."""
    return folder / _PART.format(precision, secrets.token_hex(4))


def claim(file: IO[bytes]) -> bool:
    """Lock an open part as being written by this process; whether that worked."""
    if sys.platform == "win32":  # where nobody can remove a file that is open
        return True
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another has it, or the file system knows no locks
        return False
    return True


def remove_left(folder: Path) -> None:
    """Remove the parts of copies whose writers were killed; those that are being written stay."""
    for path in sorted(folder.glob(_PART.format("*", "*"))):
        with contextlib.suppress(OSError, CheckpointError):
            with open_plain(path) as file:
                is_left = claim(file)
            if is_left:
                path.unlink()


def list_copies(folder: Path) -> list[Copy]:
    """The copies in a model's folder, by name alone."""
    found = [(precision, path_of(folder, precision)) for precision in PRECISIONS]
    return [Copy(precision, path.stat().st_size) for precision, path in found if path.is_file()]


def find(original: Original, precision: str) -> Path | None:
    """The copy to read instead of the original; one that is damaged or of other weights is removed.

    The original is read only when its times are new although its sizes are the same: after a move, for example.
    """
    path = path_of(original.folder, precision)
    if not path.is_file():
        return None
    made = _metadata(path)
    expected = {"version": VERSION, "precision": precision, "settings": _digest_of_text(original.settings)}
    if made is None or any(made.get(key) != value for key, value in expected.items()):
        _remove(path)
        return None
    then = _parsed(made.get("seen", ""))
    if then == original.seen:
        return path
    if _sizes(then) != _sizes(original.seen) or made.get("source") != _digest_of(original.files):
        _remove(path)
        return None
    return path


def metadata_for(original: Original, precision: str) -> dict[str, str] | None:
    """What the header of a new copy says; None when the files changed while they were read. Reads all of them."""
    source = _digest_of(original.files)
    if _seen(original.files) != original.seen:
        return None
    return {
        "version": VERSION,
        "precision": precision,
        "source": source,
        "seen": json.dumps(original.seen),
        "settings": _digest_of_text(original.settings),
    }


def remove_others(folder: Path, source: str) -> None:
    """Remove the copies that were made of other weights than those with this SHA-256."""
    for copy in list_copies(folder):
        path = path_of(folder, copy.precision)
        made = _metadata(path)
        if made is None or made.get("source") != source:
            _remove(path)


def _seen(files: Sequence[Path]) -> list[list[int]]:
    return [[file.stat().st_size, file.stat().st_mtime_ns] for file in files]


def _sizes(seen: list[list[int]]) -> list[int]:
    return [size for size, _ in seen]


def _digest_of(files: Sequence[Path]) -> str:
    """SHA-256 over the contents, one file after the other."""
    together = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            together.update(hashlib.file_digest(file, "sha256").digest())
    return together.hexdigest()


def _digest_of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _metadata(path: Path) -> dict[str, str] | None:
    try:
        return check_file(path).metadata
    except CheckpointError:
        return None


def _parsed(text: str) -> list[list[int]]:
    try:
        values = json.loads(text)
        return [[int(size), int(time_ns)] for size, time_ns in values]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return []


def _remove(path: Path) -> None:
    """Take a copy away; one that cannot go is written over or left, and never read."""
    log.info("the copy %s does not belong to the weights beside it any more", path)
    with contextlib.suppress(OSError):
        path.unlink()
