"""One case: damage, read, judge. A find is anything but success or one sentence with a next step, in time."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from musicapp.errors import MOST_CHARACTERS, MusicAppError
from tests.fuzz.mutations import Files, Source, damaged
from tests.fuzz.targets import TARGETS, bases, write

LIMIT_S = 1.0  # of processor time, asking for which takes milliseconds on some machines


@dataclass(frozen=True)
class Find:
    """A case that came out wrong. `where` is the same for finds of one cause."""

    target: str
    where: str
    files: Files


def files_of(target: str, data: bytes) -> Files:
    """The files that bytes stand for."""
    source = Source(data)
    return damaged(source.pick(bases(target)), source)


def judge(target: str, files: Files) -> Find | None:
    """Read the files; None if that came out as it should."""
    place = Path(tempfile.mkdtemp(prefix="musicapp-fuzz-"))
    try:
        folder = place / "case"
        folder.mkdir()
        try:
            write(files, folder)
        except (OSError, ValueError):  # names that collide: not a folder that can exist
            return None
        began = time.perf_counter()
        wrong = _read(target, folder)
        if not wrong and time.perf_counter() - began > LIMIT_S:  # or the machine was busy
            began = time.process_time()
            _read(target, folder)
            wrong = f"slow: {took_s:.0f} s" if (took_s := time.process_time() - began) > LIMIT_S else ""
        return Find(target, wrong, files) if wrong else None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def to_json(find: Find) -> str:
    """A case to keep."""
    kept = {n: {"special": c} if isinstance(c, str) else _text(c) for n, c in find.files.items()}
    return json.dumps({"target": find.target, "where": find.where, "files": kept}, indent=1)


def from_json(text: str) -> Find:
    """The inverse of `to_json`."""
    values = json.loads(text)
    files: Files = {}
    for name, kept in values["files"].items():
        special = isinstance(kept, dict) and "special" in kept
        files[name] = kept["special"] if special else _content(kept)
    return Find(values["target"], values["where"], files)


def _read(target: str, folder: Path) -> str:
    try:
        TARGETS[target].read(folder)
    except MusicAppError as error:
        good = error.hint and 0 < len(error.message) <= MOST_CHARACTERS and "\n" not in error.message + error.hint
        return "" if good else f"no sentence: {error.message!r}"
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of a library is no Exception
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "/musicapp/" in f.filename]
        place = f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else "?"
        return f"{type(error).__name__} in {place}: {str(error)[:200]}"
    return ""


def _text(content: bytes) -> object:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _content(kept: object) -> bytes:
    return base64.b64decode(kept["base64"]) if isinstance(kept, dict) else str(kept).encode()
