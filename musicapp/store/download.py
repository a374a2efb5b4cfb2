"""Bring a model of the hub into the models folder: resumable at any byte, checked, and there only when it is whole.

While it is on its way it lies in `.downloads/<key>/`: `musicapp-source.json` says which commit and which checksums,
`<file>.part` is what has arrived. The commit is asked for once and then kept, so a resumed download cannot mix two
versions. After the last file the folder is renamed into its place.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from musicapp import paths
from musicapp.errors import CheckpointError, DownloadError, ModelStoreError
from musicapp.store import check, hub, locks, sources
from musicapp.store.hub import RemoteFile
from musicapp.store.hub_errors import KEPT, TryLater
from musicapp.store.known import Known
from musicapp.store.sizes import format_bytes
from musicapp.store.sources import PART, UNFINISHED

log = logging.getLogger(__name__)

SPARE_BYTES = 64 << 20  # to be left free on the disk
READ_BYTES = 1 << 20
ATTEMPTS, FIRST_ATTEMPTS = 5, 2  # without a new byte, before giving up; and before any has come
BACKOFF_S, TICK_S, LONGEST_WAIT_S = 1.0, 0.25, 600.0
SPEED_WINDOW_S = 5.0

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """How far it is.

    phase  "asking", "fetching", "checking", or "waiting": then `wait_s` are left to wait; imports and moves have
           "copying" and "moving"
    """

    phase: str
    done_bytes: int
    total_bytes: int
    bytes_per_s: float = 0.0
    wait_s: float = 0.0

    @property
    def remaining_s(self) -> float | None:
        """Seconds left; None while that cannot be told."""
        left = self.total_bytes - self.done_bytes
        return left / self.bytes_per_s if self.bytes_per_s > 0 and self.phase == "fetching" else None


def fetch(item: Known, models: Path, *, token: str = "", revision: str = "main") -> Iterator[Progress]:
    """Download an item. Whoever iterates may stop at any time: that is a pause, the next call goes on.

    token     of the hub, "" for none
    revision  branch, tag or commit to begin with; a download that was begun keeps its commit
    Raises DownloadError, ModelStoreError (no room, not writable) or CheckpointError (nothing that the app can open).
    """
    if (models / item.key).exists():
        return
    with _place_for(item, models) as place:
        job = _Download(item, place, token)
        yield from job.begin(revision)
        yield from job.run()
        check.check_folder(place)
        place.rename(models / item.key)
    log.info("downloaded %s", item.key)


def begin(item: Known, models: Path, *, token: str = "", revision: str = "main") -> Iterator[Progress]:
    """Only the first step of `fetch`: fix commit and checksums. Raises LicenceNeeded and the like before any byte."""
    if not (models / item.key).exists():
        with _place_for(item, models) as place:
            yield from _Download(item, place, token).begin(revision)


class _Download:
    """One run of `fetch`."""

    def __init__(self, item: Known, place: Path, token: str) -> None:
        self._item, self._place, self._token = item, place, token
        self._files: tuple[RemoteFile, ...] = ()
        self._commit = ""
        self._marks: deque[tuple[float, int]] = deque()
        self._received = 0  # in this run

    def begin(self, revision: str) -> Iterator[Progress]:
        yield self._progress("asking")
        source = sources.read(self._place)
        if source is None or not self._fits(source):
            source = yield from self._patiently(lambda: self._ask(revision))
        self._commit, self._files = source.commit, source.files
        self._check_room()

    def _fits(self, source: sources.Source) -> bool:
        """Whether a record is of this item; the disk is not trusted with the names of files to write."""
        names, item = {file.name for file in source.files}, self._item
        all_names = {*item.files, *item.extra_files}
        return source.repository == item.repository and set(item.files) <= names <= all_names

    def run(self) -> Iterator[Progress]:
        for file in self._files:
            yield from self._bring(file)

    def _ask(self, revision: str) -> Generator[Progress, None, sources.Source]:
        """Fix the commit and the checksums, and write them down before the first byte."""
        item = self._item
        commit, there = hub.ask_commit(item, revision=revision, token=self._token)
        prefix = f"{item.subfolder}/" if item.subfolder else ""
        if missing := [name for name in item.files if prefix + name not in there]:
            raise DownloadError(
                f"{item.repository} has no {prefix}{missing[0]} in this revision.",
                hint="Its makers may have moved it; update the app, or import a file that you have.",
            )
        names = [*item.files, *(name for name in item.extra_files if prefix + name in there)]
        files = []
        for name in names:
            yield self._progress("asking")
            files.append(hub.ask_file(item, commit, name, token=self._token))
        source = sources.Source(item.repository, commit, item.licence, tuple(files))
        sources.write(self._place, item.key, source)
        return source

    def _check_room(self) -> None:
        needed = sum(file.size_bytes for file in self._files) - sources.arrived_bytes(self._place, self._files)
        free = paths.free_bytes(self._place)
        if needed + SPARE_BYTES > free:
            raise ModelStoreError(
                f"{self._item.name} needs {format_bytes(needed)} more, but only {format_bytes(free)} are free in "
                f"{self._place.parent.parent}.",
                hint="Make room, or move the models folder to a larger disk.",
            )

    def _bring(self, file: RemoteFile) -> Iterator[Progress]:
        """One file, whole and checked. What arrives damaged is fetched once more."""
        whole, part = self._place / file.name, self._place / f"{file.name}{PART}"
        if whole.is_file():
            return
        for last_try in (False, True):
            yield from self._patiently(lambda: self._receive(file, part))
            yield self._progress("checking")
            if (yield from self._is_sound(file, part)):
                _settle(part)
                part.replace(whole)
                return
            log.warning("%s of %s arrived damaged", file.name, self._item.key)
            part.unlink()
            if last_try:
                raise DownloadError(
                    f"{file.name} of {self._item.name} arrived damaged twice.",
                    hint="Something between here and the hub changes it: try another network, or later.",
                )

    def _receive(self, file: RemoteFile, part: Path) -> Generator[Progress, None, None]:
        """Append what is missing. Unbuffered: what has been written survives a kill of the app."""
        start = part.stat().st_size if part.exists() else 0
        if start > file.size_bytes:
            part.unlink()
            start = 0
        if start == file.size_bytes and part.exists():
            return
        with (
            hub.open_file(self._item, self._commit, file.name, start=start, token=self._token) as content,
            part.open("r+b" if part.exists() else "wb", buffering=0) as out,
        ):
            out.truncate(content.starts_at)
            out.seek(content.starts_at)
            for piece in content.pieces:
                _write(out, piece[: file.size_bytes - out.tell()])  # if there is more, the checksum will tell
                self._received += len(piece)
                yield self._progress("fetching")
            if out.tell() < file.size_bytes:
                raise TryLater("The download broke off.", hint=f"Try again. {KEPT}")

    def _is_sound(self, file: RemoteFile, part: Path) -> Generator[Progress, None, bool]:
        """Read back from the disk what was written there. Without a checksum the size has to do."""
        digest = hashlib.sha256() if file.is_sha256 else hashlib.sha1(usedforsecurity=False)
        if not file.is_sha256:
            digest.update(b"blob %d\0" % file.size_bytes)  # git's name of a small file
        if part.stat().st_size != file.size_bytes:
            return False
        with part.open("rb") as stream:
            while block := stream.read(READ_BYTES):
                digest.update(block)
                yield self._progress("checking")
        return digest.hexdigest() == file.checksum or not file.checksum

    def _patiently(self, attempt: Callable[[], Generator[Progress, None, T]]) -> Generator[Progress, None, T]:
        """Repeat what failed for a passing reason, after the pause that the server asks for or a growing one."""
        failures = 0
        while True:
            before = self._received
            try:
                return (yield from attempt())
            except TryLater as error:
                failures = 1 if self._received > before else failures + 1
                wait_s = error.wait_s if error.wait_s is not None else BACKOFF_S * 2 ** (failures - 1)
                # A network that was never there is reported soon; one that was there comes back more often.
                attempts = ATTEMPTS if self._received or error.wait_s is not None else FIRST_ATTEMPTS
                if failures >= attempts or wait_s > LONGEST_WAIT_S:
                    raise
                log.info("%s again in %.0f s: %s %s", self._item.key, wait_s, error.message, error.detail)
            yield from self._wait(wait_s)

    def _wait(self, wait_s: float) -> Iterator[Progress]:
        until_s = time.monotonic() + wait_s
        while (left_s := until_s - time.monotonic()) > 0:
            yield self._progress("waiting", wait_s=left_s)
            time.sleep(min(TICK_S, left_s))
        self._marks.clear()

    def _progress(self, phase: str, *, wait_s: float = 0.0) -> Progress:
        total = sum(file.size_bytes for file in self._files) or self._item.size_bytes
        done = sources.arrived_bytes(self._place, self._files)
        return Progress(phase, done, total, self._speed(), wait_s)

    def _speed(self) -> float:
        """Bytes per second over the last seconds."""
        now = time.monotonic()
        self._marks.append((now, self._received))
        while now - self._marks[0][0] > SPEED_WINDOW_S:
            self._marks.popleft()
        (began, had), (ended, has) = self._marks[0], self._marks[-1]
        return (has - had) / (ended - began) if ended > began else 0.0


def _write(out: object, piece: bytes) -> None:
    """All of a piece: an unbuffered file may take less than it was given."""
    view = memoryview(piece)
    while view:
        view = view[out.write(view) :]  # type: ignore[attr-defined]


def _settle(path: Path) -> None:
    """Have it on the disk itself: from here on only its name says that it is whole, also after a power cut."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


@contextmanager
def _place_for(item: Known, models: Path) -> Iterator[Path]:
    """The download's folder, for us alone, with the disk's errors in words and no connection left open."""
    place = models / UNFINISHED / item.key
    with _disk_errors(models), locks.alone(place, f"{item.name} is being fetched already."):
        place.mkdir(exist_ok=True)
        try:
            yield place
        finally:
            hub.hang_up()


@contextmanager
def _disk_errors(models: Path) -> Iterator[None]:
    try:
        yield
    except (DownloadError, CheckpointError, ModelStoreError):
        raise
    except OSError as error:
        if paths.is_full(error):
            raise ModelStoreError(
                f"The disk of {models} is full.",
                hint=f"Make room, then go on. {KEPT}",
                detail=str(error),
            ) from error
        raise ModelStoreError(
            f"Nothing can be written to {models}.",
            hint="Choose another models folder, or check its permissions.",
            detail=str(error),
        ) from error
