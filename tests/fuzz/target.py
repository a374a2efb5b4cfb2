"""What a target of the fuzzing is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Target:
    """makers  write good folders, of which each case damages one
    read    what the app does with a folder; may raise MusicAppError
    share   of all cases
    """

    makers: tuple[Callable[[Path], object], ...]
    read: Callable[[Path], object]
    share: int
