"""Kinds of words that several commands take."""

from __future__ import annotations

import argparse
from pathlib import Path


def a_path(text: str) -> Path:
    """A path as typed. An empty one, as a shell variable without a value gives, would mean the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)
