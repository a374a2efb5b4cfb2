"""What something costs, in numbers that are the same on a busy machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def reading_at_most(size: int) -> Iterator[None]:
    """Assert that no more bytes are read from files meanwhile; macOS does not count them."""
    before = _read_bytes()
    yield
    assert _read_bytes() - before <= size


def _read_bytes() -> int:
    counted = psutil.Process().io_counters() if sys.platform != "darwin" else None
    return 0 if counted is None else counted.read_chars if sys.platform == "linux" else counted.read_bytes
