"""Files as soundfile takes them: it opens no name that is not UTF-8, and guesses how long some MP3 files are."""

from __future__ import annotations

import io
import os
from pathlib import Path

from musicapp.audio import mpeg
from musicapp.audio.wave_layout import open_plain


def openable(path: Path) -> Path | bytes | io.BytesIO:
    """The path, or its bytes where its name is no UTF-8, as names from old archives and disks are on Linux.

    An MP3 file that does not say how long it is comes in memory, behind a frame that says it (`mpeg.with_length`).
    """
    if (content := _with_length(path)) is not None:
        return io.BytesIO(content)
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def _with_length(path: Path) -> bytes | None:
    try:
        with open_plain(path) as file:
            start = file.read(4)
            if not mpeg.may_be(start) or os.fstat(file.fileno()).st_size > mpeg.MOST_BYTES:
                return None
            return mpeg.with_length(start + file.read(mpeg.MOST_BYTES))
    except OSError:  # told by whoever opens the path
        return None
