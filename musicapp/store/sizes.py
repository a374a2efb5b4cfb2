"""Bytes and times as people read them, and how much a folder takes."""

from __future__ import annotations

import os
from pathlib import Path

_UNITS = ("kB", "MB", "GB", "TB")


def format_bytes(count: float) -> str:
    """Powers of 1000, as disks and the hub count: 0 kB, 1.2 MB, 48 MB, 4.85 GB."""
    value, unit = count / 1000, _UNITS[0]
    for larger in _UNITS[1:]:
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    digits = 2 if unit in ("GB", "TB") and value < 10 else 1 if 0 < value < 10 else 0
    return f"{value:.{digits}f} {unit}"


def format_wait(seconds: float) -> str:
    """How long something will take, no more exact than it is known."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


def folder_bytes(folder: Path) -> int:
    """Everything below a folder; links count as links."""
    total = 0
    for root, _folders, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(Path(root) / name).st_size
            except OSError:  # it has just gone
                continue
    return total
