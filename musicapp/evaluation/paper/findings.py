"""What a section of the page says: a verdict, one sentence, figures and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from musicapp.evaluation import significance
from musicapp.evaluation.report import Row

SURE = 0.05  # p below which a difference is beyond chance
CONFIRMED, QUALIFIED, REFUTED, OPEN = "confirmed", "qualified", "refuted", "not measured"


@dataclass(frozen=True)
class Finding:
    """One claim's outcome for one model.

    columns, rows  a table of figures
    pictures       file name to what lies in it: text for SVG, bytes for PNG
    captions       of the pictures, by file name
    """

    verdict: str
    sentence: str
    columns: Row = ()
    rows: tuple[Row, ...] = ()
    pictures: Mapping[str, str | bytes] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)


def missing(needs: str) -> Finding:
    """What stands where a part was not measured."""
    return Finding(OPEN, f"It takes {needs}.")


def mean(found: Sequence[float | None] | float | None) -> float | None:
    """The mean of a figure that is kept with its interval, or the figure itself."""
    return found[0] if isinstance(found, Sequence) else found


def with_interval(found: Sequence[float | None], *, scale: float = 1.0, digits: int = 2, unit: str = "") -> str:
    """A mean and between what it lies with 95 %."""
    middle, low, high = found[:3]
    if middle is None or low is None or high is None:
        return "–"
    return f"{scale * middle:.{digits}f}{unit} ({scale * low:.{digits}f} to {scale * high:.{digits}f})"


def spread_of(value: float | None, count: int) -> tuple[float | None, float | None, float | None]:
    """A share of so many trials, and between what it lies with 95 %."""
    if value is None or count < 1:
        return None, None, None
    hits = round(value * count)
    return value, *significance.interval([1.0] * hits + [0.0] * (count - hits))


def share_of(value: float | None, count: int) -> str:
    """The same for people."""
    return with_interval(spread_of(value, count), scale=100, digits=0, unit=" %")


def chance_of(p: float) -> str:
    """How likely a difference is by chance, for people."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def figure(values: dict[str, Any], *names: str) -> Any:
    """A figure by its path through nested results; None where one step is missing."""
    found: Any = values
    for name in names:
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    return found
