"""Where a batch puts its takes, and what it knows to be done: `musicapp-batch.jsonl`, a line for each.

The line is written when a take is whole under its hidden name, and only then the take gets its own. So whenever the
program is killed, a take that has its name is known by its checksum, and none is made twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from musicapp import part_files
from musicapp.audio.export import explain_write_error
from musicapp.errors import ExportError, RequestError
from musicapp.library import names

log = logging.getLogger(__name__)

RECORD, LOCK = "musicapp-batch.jsonl", ".musicapp-batch.lock"
VERSION = 1


@dataclass(frozen=True)
class Done:
    """A take that was made. key: of its row and format; file: its name in the folder"""

    key: str
    file: str
    sha256: str
    seed: int


class BatchFolder:
    """One batch at a time writes into a folder; use as a context manager. Raises ExportError and RequestError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record = folder / RECORD
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> BatchFolder:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._stack.enter_context(FileLock(self.folder / LOCK, timeout=0))
        except Timeout as error:
            raise RequestError(
                f"Another batch is writing to “{self.folder}”.", hint="Wait for it, or choose another folder."
            ) from error
        except (OSError, NotImplementedError) as error:
            raise ExportError(
                f"Nothing can be written in “{self.folder}”.", hint="Choose another folder.", detail=str(error)
            ) from error
        part_files.sweep(self.folder)
        return self

    def __exit__(self, *_problem: object) -> None:
        self._stack.close()

    def done(self) -> dict[str, Done]:
        """By key, what is there as it was made. Reads every file once."""
        found: dict[str, Done] = {}
        for each in read_record(self.folder):
            if checksum(self.folder / each.file) == each.sha256:
                found[each.key] = each
        return found

    def keep(self, made: Path, key: str, name: str, ending: str, seed: int) -> Done:
        """Give a take that is whole its name; a file that has it already is left as it is. Raises ExportError."""
        target = names.free_path(self.folder, name, ending)
        try:
            sha256 = checksum(made)
            done = Done(key, target.name, sha256, seed)
            self._append(done)
            made.rename(target)
        except OSError as error:
            raise explain_write_error(error, target) from error
        return done

    def _append(self, done: Done) -> None:
        with self._record.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            is_torn = size > 0 and file.read(1) != b"\n"  # a line that a kill cut off
            values = {"version": VERSION, **asdict(done)}
            file.write(b"\n" * is_torn + json.dumps(values).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def read_record(folder: Path) -> Iterator[Done]:
    """Every line that can be used, oldest first."""
    try:
        lines = (folder / RECORD).read_bytes().split(b"\n")
    except OSError:
        return
    for line in filter(None, lines):
        try:
            values = json.loads(line)
            done = Done(*(values[name] for name in ("key", "file", "sha256", "seed")))
            if Path(done.file).name != done.file or not isinstance(done.key, str):
                raise ValueError("no name of a file")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            log.warning("a line of %s cannot be used: %s", folder / RECORD, error)
        else:
            yield done


def checksum(path: Path) -> str:
    """SHA-256 of a file, "" when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
