"""Files as soundfile takes them: it opens no name that is not UTF-8, and needs files that say how long they are."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

from musicapp.audio import mpeg, streamed
from musicapp.audio.wave_layout import open_plain

MOST_BYTES = 1 << 28  # nearly two hours of MP3 at 320 kbit/s; longer files stay as they are


def openable(path: Path) -> Path | bytes | io.BytesIO:
    """The path, or its bytes where its name is no UTF-8, as names from old archives and disks are on Linux.

    A file that does not say how long it is, as programs write it to a stream, comes in memory with its length
    (`mpeg` and `streamed`).
    """
    if (content := _with_length(path)) is not None:
        return io.BytesIO(content)
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def with_length(content: bytes) -> bytes:
    """A whole file in memory, with its length if it did not say one."""
    way = _way_of(content[:4])
    return (way and way(content)) or content


def _with_length(path: Path) -> bytes | None:
    try:
        with open_plain(path) as file:
            start = file.read(4)
            way = _way_of(start)
            if way is None or os.fstat(file.fileno()).st_size > MOST_BYTES:
                return None
            return way(start + file.read(MOST_BYTES))
    except OSError:  # told by whoever opens the path
        return None


def _way_of(start: bytes) -> Callable[[bytes], bytes | None] | None:
    if streamed.may_be(start):
        return streamed.with_length
    return mpeg.with_length if mpeg.may_be(start) else None
