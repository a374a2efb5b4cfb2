"""Helpers of the tests of the index."""

from __future__ import annotations

from pathlib import Path

from musicapp.library import takes
from musicapp.library.index import Index

PROMPTS = {
    "a": "calm piano, 90 bpm, in C minor",
    "b": "driving techno, 130 bpm, F# minor",
    "c": "ピアノ曲、静か",
    "d": "Café música, no 7 “live”",
}


def filled(index: Index) -> Index:
    index.survey()
    while index.learn():
        pass
    return index


def ids(index: Index, text: str) -> str:
    found = index.search(text)
    assert found is not None
    return "".join(sorted(Path(path).stem for path in found))


def check_all(index: Index, folder: Path) -> None:
    """All is listed and found, whatever was there before."""
    assert index.survey() == takes.survey(folder)
    assert ids(filled(index), "piano") == "a" and ids(index, "noise") == "abcd"
