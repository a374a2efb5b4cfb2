"""Kinds of words that several commands take."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterable
from pathlib import Path

from musicapp.errors import ExportError


def refuse_own_source(target: Path, sources: Iterable[str | Path]) -> None:
    """Refuse to write over what the file is made from: nothing could make it again. Raises ExportError."""
    for source in sources:
        with contextlib.suppress(OSError):  # one of them is not there
            if target.samefile(source):
                raise ExportError(
                    f"“{target.name}” is what it is made from, and is not written over.", hint="Choose another name."
                )


def a_path(text: str) -> Path:
    """A path as typed. An empty one, as a shell variable without a value gives, would mean the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)
