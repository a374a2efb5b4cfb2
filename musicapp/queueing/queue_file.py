"""The queue on disk, one JSON file: written at every change, so that a killed window loses no wish."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from musicapp import paths
from musicapp.audio import growing
from musicapp.errors import LibraryError, RequestError
from musicapp.library import takes
from musicapp.queueing.entries import FAILED, STATES, Entries, Entry
from musicapp.request import checked, frames_for, recall

log = logging.getLogger(__name__)

VERSION = 1
MOST = 400  # takes: with the longest prompts the file still can be read again, see `paths.MAX_SMALL_BYTES`
PATIENCE_S = 5.0  # for an engine whose window was killed to let go of its file
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Found:
    """What was read. note: what of it could not be used, for people, "" when all is well."""

    entries: Entries
    note: str = ""


def read(path: Path | None = None) -> Found:
    """The saved queue. A damaged file is renamed to `….bad`; what one entry lacks costs no other."""
    path = path or paths.queue_file()
    try:
        values = json.loads(paths.read_small(path).decode("utf-8", "surrogatepass"))
        items = values["takes"]
        if not isinstance(items, list):
            raise ValueError("no list of takes")
    except FileNotFoundError:
        return Found(Entries())
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("the queue cannot be read: %s", error)
        return Found(Entries(), _note("The queue of before could not be read.", paths.put_aside(path)))
    entries = [entry for item in items if (entry := _entry(item)) is not None]
    unique = list({entry.take_id: entry for entry in entries}.values())
    found = Entries(unique, is_paused=values.get("is_paused") is True)
    if len(unique) == len(items) and values.get("version") == VERSION:
        return Found(found)
    return Found(found, _note(_about(len(items) - len(unique)), paths.copy_aside(path)))


def write(entries: Entries, path: Path | None = None) -> None:
    """Save the queue, all or nothing. Raises LibraryError."""
    path = path or paths.queue_file()
    kept = [_values(entry) for entry in entries if not entry.is_live]
    values = {"version": VERSION, "is_paused": entries.is_paused, "takes": kept}
    try:
        if not kept:
            path.unlink(missing_ok=True)
            return
        text = json.dumps(values, ensure_ascii=False, indent=1)
        paths.replace_file(path, text.encode("utf-8", "surrogatepass"))
    except OSError as error:
        if paths.is_full(error):
            text, hint = "The queue could not be saved: the disk is full.", "Free some space."
        else:
            text, hint = "The queue could not be saved.", f"Check that “{path.parent}” can be written."
        raise LibraryError(
            text, hint=f"{hint} The queue goes on, but a crash would lose it.", detail=str(error)
        ) from error


def is_made(entry: Entry) -> bool:
    """Whether the whole take is on disk: it was made, and what waited for it did not live to hear so.

    Waits for an engine that is just ending. Slow where the take has no sidecar yet.
    """
    path = Path(entry.path)
    try:
        if not entry.path or not path.is_file():
            return False
        growing.wait_until_free(path, PATIENCE_S)
        take = takes.load(path)
    except (OSError, ValueError):  # a path out of a damaged file that is none
        return False
    if take is None or not take.is_finished:
        return False
    return take.frames >= frames_for(entry.request.duration_s, take.sample_rate)


def _values(entry: Entry) -> dict[str, Any]:
    values: dict[str, Any] = {"state": entry.state, "request": {**entry.request.as_dict(), **entry.left_out}}
    if entry.path:
        values["path"] = entry.path
    if entry.state == FAILED:
        values |= {"message": entry.message, "hint": entry.hint}
    return values


def _entry(item: Any) -> Entry | None:
    """An entry out of JSON; None for what could not be made."""
    try:
        recalled = recall(item["request"])
        checked(recalled.request)
        words = {name: item.get(name, "") for name in ("path", "message", "hint")}
        if item.get("state") not in STATES or not all(isinstance(word, str) for word in words.values()):
            raise ValueError("no state of a take")
        if item["state"] != FAILED:  # a reason is one of failing
            words |= {"message": "", "hint": ""}
        takes.new_take_path(Path(), recalled.request.take_id, _ANY_DAY)
        return Entry(recalled.request, item["state"], left_out=recalled.left_out, **words)
    except (RequestError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        log.warning("an entry of the queue cannot be used: %s", error)
        return None


def _about(lost: int) -> str:
    if not lost:
        return "The queue was written by another version of Musicapp; what this one knows of it is here."
    return f"{'One take' if lost == 1 else f'{lost} takes'} of the queue could not be read."


def _note(text: str, place: Path | None) -> str:
    return f"{text} The file of before is kept in {place}." if place is not None else text
