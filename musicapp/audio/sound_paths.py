"""Paths as soundfile takes them: it encodes names strictly, and so opens none that is not UTF-8."""

from __future__ import annotations

import os
from pathlib import Path


def openable(path: Path) -> Path | bytes:
    """The path, or its bytes where its name is no UTF-8, as names from old archives and disks are on Linux."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path
