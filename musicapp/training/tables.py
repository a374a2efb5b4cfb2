"""Tables of numbers by step, as CSV: `step` is the first column, and no step stands in a table twice."""

from __future__ import annotations

import csv
from pathlib import Path


def append(path: Path, row: dict[str, float]) -> None:
    """Add a row that begins with its step; where the last row is of the same step, take its place.

    The file is written beside the old one and replaces it, so that a kill leaves no half row. A table of other columns
    is kept aside as `*.old.csv`.
    """
    lines = _lines(path)
    if lines and lines[0] != list(row):
        path.replace(path.with_suffix(".old.csv"))
        lines = []
    lines = lines or [list(row)]
    texts = [f"{value:.5g}" if isinstance(value, float) else str(value) for value in row.values()]
    if len(lines) > 1 and lines[-1][0] == texts[0]:
        lines.pop()
    _write(path, [*lines, texts])


def cut(path: Path, step: int) -> None:
    """Drop the rows behind a step: a run that goes on from its checkpoint takes those steps anew."""
    lines = _lines(path)
    kept = lines[:1] + [line for line in lines[1:] if int(line[0]) <= step]
    if kept != lines:
        _write(path, kept)


def read(path: Path) -> dict[str, list[float]]:
    """The columns by name; empty where there is no table yet."""
    lines = _lines(path)
    names = lines[0] if lines else []
    return {name: [float(line[n]) for line in lines[1:]] for n, name in enumerate(names)}


def _lines(path: Path) -> list[list[str]]:
    """Header and whole rows: what an older version left half written at its end is not among them."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        lines = list(csv.reader(file))
    return [line for line in lines if len(line) == len(lines[0]) and line[-1]]


def _write(path: Path, lines: list[list[str]]) -> None:
    beside = path.with_suffix(".csv.new")
    with beside.open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    beside.replace(path)
