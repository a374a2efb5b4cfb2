"""What a measure hands over: numbers for the JSON file, and tables, charts and players for the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from musicapp.paths import replace_file

VERSION = 1  # of the stored results; older ones are measured again

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of text under column names."""

    columns: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Bars:
    """Shares from 0 to 1: for each label one bar of every series; None where there is none."""

    labels: tuple[str, ...]
    series: dict[str, tuple[float | None, ...]]


@dataclass(frozen=True)
class Points:
    """Dots over two named axes, by series."""

    x: str
    y: str
    series: dict[str, tuple[tuple[float, float], ...]]


@dataclass(frozen=True)
class Matrix:
    """A picture of numbers from 0 to 1, row by row."""

    caption: str
    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Player:
    """A sound file beside the page."""

    file: str
    caption: str


@dataclass(frozen=True)
class Result:
    """One part's outcome. `values` are the figures, everything else is how the page shows them."""

    values: dict[str, Any]
    table: Table | None = None
    bars: Bars | None = None
    points: Points | None = None
    matrices: tuple[Matrix, ...] = ()
    players: tuple[Player, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class About:
    """How a result came about: when, at what cost, and what measures it again.

    processor_s  of this start; what earlier ones had kept is not in it
    """

    date: str
    processor_s: float
    command: str


def save(path: Path, result: Result, settings: dict[str, Any], about: About | None = None) -> None:
    """Write a result with what it was measured by."""
    stored = {"version": VERSION, "settings": settings, "result": asdict(result)}
    text = json.dumps(stored | ({"about": asdict(about)} if about else {}), indent=1)
    replace_file(path, text.encode())


def load(path: Path, settings: dict[str, Any]) -> Result | None:
    """A stored result; None when there is none that was measured by these settings."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if stored.get("version") != VERSION or stored.get("settings") != json.loads(json.dumps(settings)):
        return None
    return _result(stored["result"])


def rate(hits: Sequence[bool]) -> float | None:
    """The share of hits; None of none."""
    return round(sum(map(bool, hits)) / len(hits), 3) if hits else None


def percent(share: float | None) -> str:
    """A share for people."""
    return "–" if share is None else f"{100 * share:.0f} %"


def number(value: float | None, digits: int = 2) -> str:
    """A number for people."""
    return "–" if value is None else f"{value:.{digits}f}"


def span(found: Sequence[float | None]) -> str:
    """Between what a mean lies, of `significance.with_interval`, for people."""
    return f"{number(found[1])} to {number(found[2])}"


def _result(stored: dict[str, Any]) -> Result:
    made = {name: stored[name] for name in ("values", "notes")}
    for name, kind in (("table", Table), ("bars", Bars), ("points", Points)):
        made[name] = kind(**stored[name]) if stored[name] else None
    made["matrices"] = tuple(Matrix(**matrix) for matrix in stored["matrices"])
    made["players"] = tuple(Player(**player) for player in stored["players"])
    return Result(**made)
