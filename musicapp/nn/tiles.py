"""Rows that pass a layer in tiles, so that what is made of them fits the cache."""

from __future__ import annotations


def even(count: int, most: int) -> int:
    """The size of tiles that are about equally large and at most `most`: 1025 rows are 513 + 512, not 512 + 512 + 1."""
    return -(-count // max(1, -(-count // most)))
