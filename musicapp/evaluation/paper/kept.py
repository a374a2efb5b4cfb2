"""Results that a page is made from: small JSON files beside it, one for each part of each model that was measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from musicapp.errors import MusicAppError
from musicapp.evaluation.options import PARTS
from musicapp.evaluation.report import VERSION
from musicapp.paths import replace_file


@dataclass(frozen=True)
class Kept:
    """One part's outcome: its figures, its pictures of numbers, and how it came about."""

    values: dict[str, Any]
    matrices: tuple[dict[str, Any], ...]
    date: str
    processor_s: float
    command: str


Measured = dict[str, Kept]  # by part


def keep(measured: Path, folder: Path) -> int:
    """Copy what a page needs of the finished parts of a model's work folder; gives how many there were.

    Parts without figures, and those measured by an app that did not yet say when, are left.
    """
    count = 0
    for part in PARTS:
        stored = _read(measured / "parts" / f"{part}.json")
        if stored is None or "about" not in stored or not stored["result"]["values"]:
            continue
        kept = {
            "version": VERSION,
            "about": stored["about"],
            "values": stored["result"]["values"],
            "matrices": [_in_greys(one) for one in stored["result"]["matrices"]] if part == "structure" else [],
        }
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / f"{part}.json", (json.dumps(kept, separators=(",", ":")) + "\n").encode())
        count += 1
    return count


def load(folder: Path) -> Measured:
    """All parts kept of one model. Raises MusicAppError: a damaged file."""
    return {path.stem: _kept(path) for path in sorted(folder.glob("*.json")) if path.stem in PARTS}


def _in_greys(matrix: dict[str, Any]) -> dict[str, Any]:
    """A picture's numbers from 0 to 1 as sixteen greys, a hexadecimal digit each: no eye tells the difference."""
    rows = ["".join(f"{round(15 * min(max(value, 0.0), 1.0)):x}" for value in row) for row in matrix["rows"]]
    return {"caption": matrix["caption"], "rows": rows}


def _kept(path: Path) -> Kept:
    stored = _read(path)
    try:
        assert stored is not None and stored["version"] == VERSION
        about = stored["about"]
        return Kept(
            stored["values"], tuple(stored["matrices"]), about["date"], float(about["processor_s"]), about["command"]
        )
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise MusicAppError(
            f"The kept result {path} is damaged.", hint="Remove it and measure this part again.", detail=repr(error)
        ) from error


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
