"""The sidecar of a take: `<id>.json` beside its sound, with all that is known of it besides how it sounds.

It is changed by reading it, changing what one means to change, and replacing it whole, all under a lock that every
window and command takes. So nobody loses what another wrote, and what this version does not know is kept.

Version 2 adds to version 1, all of it optional:

    title      what people call the take, a text
    tags       a list of texts
    starred    true or false
    made_from  an object, what the take was made out of where the request has no `source` that says so: `take_id` of
               another take or `name` of a file, `how` in a word ("extended"), and whatever else is to be remembered
    measured   an object, what was found by listening: `tempo_bpm`, `key` ("E minor"), `loudness_lufs`, `true_peak_db`
               and more; `size` and `changed_ns` of the sound file that it holds for
    trashed    when it was put into the trash
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from musicapp import paths
from musicapp.audio import wave_layout
from musicapp.errors import LibraryError

log = logging.getLogger(__name__)

VERSION = 2
MAX_BYTES = 16 << 20
LOCK = ".editing"  # one for each folder; it stays there, empty
PATIENCE_S = 10.0
DAMAGE = (OSError, ValueError, TypeError, RecursionError)

Values = dict[str, Any]


def of(audio: Path) -> Path:
    """The sidecar of a sound file."""
    return audio.with_suffix(".json")


def read(audio: Path) -> Values:
    """What the sidecar of a sound file says, unchecked. Raises one of DAMAGE; FileNotFoundError when there is none."""
    with wave_layout.open_plain(of(audio)) as file:
        values = json.loads(file.read(MAX_BYTES).decode("utf-8-sig"))
    if not isinstance(values, dict):
        raise TypeError("no object")
    return values


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be the only one who changes sidecars in a folder. A file system without locks is written all the same.

    Raises LibraryError when another program does not let go.
    """
    lock = FileLock(folder / LOCK, timeout=PATIENCE_S)
    with contextlib.suppress(OSError, NotImplementedError):  # a folder that cannot be written is told at the writing
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryError(
                f"Another program is changing the takes in “{folder}”.",
                hint="Wait until it is done, then try again.",
            ) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.release()


def change(audio: Path, changed: Callable[[Values], Values]) -> Values:
    """Write what `changed` makes of the values that are there (none: `{}`), all or nothing; what was written.

    A sidecar that cannot be read is put aside first. Raises LibraryError; then the old one is as it was.
    """
    try:
        with held(audio.parent) if audio.parent.is_dir() else contextlib.nullcontext():
            values = changed(_there(audio))
            version = values.get("version")
            is_later = isinstance(version, int) and not isinstance(version, bool) and version > VERSION
            values = {"version": version if is_later else VERSION, **_without(values, "version")}
            paths.replace_file(of(audio), json.dumps(values, indent=2).encode())
            return values
    except (OSError, RecursionError) as error:
        why = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
        step = "Free some space" if isinstance(error, OSError) and paths.is_full(error) else "Check the folder"
        raise LibraryError(
            f"The details of the take could not be saved in “{audio.parent}”{why}.",
            hint=f"{step}, then try again. The sound itself is there.",
            detail=str(error),
        ) from error


def _there(audio: Path) -> Values:
    try:
        return read(audio)
    except FileNotFoundError:
        return {}
    except DAMAGE as error:
        if of(audio).is_file():
            log.warning("%s is damaged and put aside: %r", of(audio), error)
            paths.put_aside(of(audio))
        return {}


def _without(values: Values, name: str) -> Values:
    return {key: value for key, value in values.items() if key != name}
