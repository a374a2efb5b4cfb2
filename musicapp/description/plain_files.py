"""Files of a model folder that strangers made: opened only if they are plain files of that folder. No torch here."""

from __future__ import annotations

import json
import math
import os
import stat
from io import FileIO
from pathlib import Path
from typing import Any

from musicapp.errors import CheckpointError

LINK_HINT = "Put the file itself into the folder, or link the whole folder."


def open_plain(path: Path) -> FileIO:
    """The file, unbuffered. Never waits for a pipe, never reads a device, never follows a link out of the folder.

    Raises CheckpointError for those, OSError when it is missing or cannot be opened.
    """
    # Without O_NONBLOCK opening a pipe waits for a writer for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        if path.is_symlink():
            _refuse_foreign_link(path)
        file = os.fdopen(os.open(path, flags), "rb", buffering=0)
    except ValueError as error:  # a null character in the name
        raise FileNotFoundError(str(error)) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise CheckpointError(f"{path.name} in {path.parent} is no ordinary file.", hint="Get the model again.")
    return file


def read_bytes(path: Path, most: int) -> bytes | None:
    """All of a plain file, None when it has more than `most` bytes."""
    with open_plain(path) as file:
        content = b""
        while len(content) <= most and (piece := file.read(most + 1 - len(content))):
            content += piece
    return content if len(content) <= most else None


def parse_json(content: bytes) -> Any:
    """JSON by the letter of the standard: UTF-8, no key twice, every number finite.

    Raises ValueError or RecursionError.
    """
    return json.loads(
        content.decode("utf-8-sig"),
        object_pairs_hook=_object,
        parse_constant=_refuse_constant,
        parse_float=_finite,
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise ValueError(f"the key {name[:60]!r} is there twice")
        values[name] = value
    return values


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _refuse_foreign_link(path: Path) -> None:
    """A link may stay inside its folder, or lead to the blobs of the same model in a hub's cache."""
    try:
        target, folder = path.resolve(strict=True), path.parent.resolve()
    except RuntimeError as error:  # a circle of links
        raise FileNotFoundError(str(error)) from error
    allowed = [folder, *(parent.parent / "blobs" for parent in folder.parents if parent.name == "snapshots")]
    if not any(target.is_relative_to(place) for place in allowed):
        raise CheckpointError(f"{path.name} in {path.parent} is a link to a place outside.", hint=LINK_HINT)
