"""Failures to tell the user, by what the user can do about them.

MusicAppError
|-- RequestError        the prompt, length, seed or an option cannot be used: change it
|-- CheckpointError     a model folder is missing, damaged or foreign: choose another
|-- ModelStoreError     models cannot be kept, moved or removed: make room, choose another folder
|-- DownloadError       a model could not be fetched: try again, what is here is kept
|   `-- LicenceNeeded   its makers want the licence accepted and a token
|-- OutOfMemory         the machine is too small for this length or precision: ask for less
|-- EngineError         the engine process died or could not start: try again
|-- AudioDeviceError    the sound card is missing or went away: choose another output
|-- ExportError         a file could not be written: choose another place
`-- LibraryError        takes or settings on disk cannot be read or written
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator

MOST_CHARACTERS = 1000
MOST_OF_A_PATH = 120
# Names out of a stranger's file may hold what moves a terminal's cursor, breaks lines or turns writing round.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class MusicAppError(Exception):
    """A failure to tell the user: one plain `message`, a `hint` what to try, `detail` for the log."""

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        message = _shown(message)
        super().__init__(message)
        self.message, self.hint, self.detail = message, _shown(hint), detail


class RequestError(MusicAppError):
    """The request itself cannot be fulfilled."""


class CheckpointError(MusicAppError):
    """A model folder cannot be used."""


class ModelStoreError(MusicAppError):
    """The folder of the models cannot be used as asked."""


class DownloadError(MusicAppError):
    """A model could not be fetched."""


class LicenceNeeded(DownloadError):  # noqa: N818 - reads better where it is raised
    """The model is handed out only to people who accepted its licence; a token says who asks."""


class OutOfMemory(MusicAppError):  # noqa: N818 - reads better where it is raised
    """The work does not fit into memory. `fits_s` is the longest length that would, 0 if that is unknown or none."""

    def __init__(self, message: str, *, hint: str = "", detail: str = "", fits_s: float = 0.0) -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.fits_s = fits_s


class EngineError(MusicAppError):
    """The engine process is gone or did not answer."""


class AudioDeviceError(MusicAppError):
    """The output device cannot be used."""


class ExportError(MusicAppError):
    """A file could not be written."""


class LibraryError(MusicAppError):
    """Takes or settings on disk cannot be used."""


def refused_by_system(error: BaseException) -> MusicAppError | None:
    """What the operating system would not give, in words; None when the error, and what led to it, is of another kind.

    Libraries wrap such errors in their own, and a program that only sees those blames a file for it.
    """
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        text = str(cause).lower()
        number = cause.errno if isinstance(cause, OSError) else None
        if "start new thread" in text or "resource temporarily unavailable" in text:
            return OutOfMemory(
                "The system allows this program no more threads.",
                hint="Close other programs, or raise the limit for processes and memory.",
                detail=repr(cause),
            )
        if isinstance(cause, MemoryError) or number == errno.ENOMEM or "cannot allocate memory" in text:
            return OutOfMemory(
                "The system gives this program no more memory.",
                hint="Close other programs, or ask for a shorter take.",
                detail=repr(cause),
            )
        if number in (errno.EMFILE, errno.ENFILE):
            return EngineError(
                "The system lets this program open no more files.",
                hint="Close other programs, or raise the limit for open files.",
                detail=repr(cause),
            )
        if isinstance(cause, OSError) and (refused := _refused_path(cause)) is not None:
            return refused
        cause = cause.__cause__ or cause.__context__
    return None


@contextlib.contextmanager
def paths_in_words() -> Iterator[None]:
    """A path that the system does not take, or does not let this program look at, as MusicAppError."""
    try:
        yield
    except OSError as error:
        refused = refused_by_system(error)
        if refused is None:
            raise
        raise refused from error


def _refused_path(error: OSError) -> MusicAppError | None:
    """A path that the system does not take, or that it does not let this program look at."""
    if not isinstance(error.filename, str | bytes):
        return None
    path = os.fsdecode(error.filename)
    shown = path if len(path) <= MOST_OF_A_PATH else f"{path[: MOST_OF_A_PATH - 1]}…"
    if error.errno == errno.ENAMETOOLONG:
        return MusicAppError(f"The path “{shown}” is too long for this system.", hint="Use a shorter one.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return MusicAppError(
            f"The system does not let this program look at “{shown}”.",
            hint="Check its permissions, and those of the folders that it lies in.",
            detail=repr(error),
        )
    return None


def _shown(text: str) -> str:
    """The text in one line of a length that people read."""
    text = UNSEEN.sub("�", text)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
