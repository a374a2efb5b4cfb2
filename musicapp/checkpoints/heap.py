"""Memory that was let go of, given back to the system.

glibc's malloc keeps blocks of up to 32 MB for later. A weight that is read as floats and kept in fewer bits leaves a
hole of that size behind, and the holes of a whole model are as much as the model.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Give back whole pages that nothing lies in. Takes milliseconds; nothing where the system's malloc cannot."""
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    if sys.platform != "linux":  # malloc elsewhere keeps no blocks of such a size
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found
