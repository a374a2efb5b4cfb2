"""Files as soundfile takes them: it opens no name that is not UTF-8 and no FLAC in Ogg, and files have to say how long
they are."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO, Protocol

from musicapp.audio import mpeg, ogg_flac, streamed
from musicapp.audio.wave_layout import open_plain

MOST_BYTES = 1 << 28  # nearly two hours of MP3 at 320 kbit/s; longer files stay as they are


class _Kind(Protocol):
    """What `mpeg` and `streamed` do with files that programs wrote to a stream, and `ogg_flac` with FLAC in Ogg."""

    def can_stay(self, file: BinaryIO, /) -> bool:
        """Whether an open file is known to need nothing, without reading it."""

    def with_length(self, content: bytes, /) -> bytes | None:
        """A whole file as libsndfile reads it, with its length; None where it needs nothing."""


def openable(path: Path) -> Path | bytes | io.BytesIO:
    """A file to read: its path as soundfile takes it, or in memory with its length where it does not say one.

    Raises OSError: it cannot be opened, or is no ordinary file but a pipe, say, which would be waited for.
    """
    if (content := _with_length(path)) is not None:
        return io.BytesIO(content)
    return named(path)


def named(path: Path) -> Path | bytes:
    """The path, or its bytes where its name is no UTF-8, as names from old archives and disks are on Linux."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def with_length(content: bytes) -> bytes:
    """A whole file in memory, with its length if it did not say one."""
    kind = _kind_of(content[:4])
    return (kind and kind.with_length(content)) or content


def _with_length(path: Path) -> bytes | None:
    with open_plain(path) as file:
        kind = _kind_of(file.read(4))
        if kind is None or os.fstat(file.fileno()).st_size > MOST_BYTES or kind.can_stay(file):
            return None
        file.seek(0)
        return kind.with_length(file.read(MOST_BYTES))


def _kind_of(start: bytes) -> _Kind | None:
    if streamed.may_be(start):
        return streamed
    if ogg_flac.may_be(start):
        return ogg_flac
    return mpeg if mpeg.may_be(start) else None
