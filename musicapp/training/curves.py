"""Loss curves as one SVG picture, drawn from a run's tables: a panel for each column, a row for each table."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

from musicapp.training import tables

_WIDE_PX, _HIGH_PX, _MARGIN_PX = 260, 150, 46
_MOST_POINTS = 300  # of a curve; more are averaged in groups, so that the picture stays small
_STYLE = (
    "text{font:11px sans-serif;fill:#333}path{fill:none;stroke:#2f6fde;stroke-width:1.5}"
    ".axis{stroke:#b9bec6;stroke-width:1}"
)


def draw(target: Path, sources: list[Path]) -> None:
    """Write the picture of some tables; those that are not there yet are left out."""
    parts, rows, most = [], 0, 1
    for source in sources:
        table = tables.read(source)
        columns = {name: values for name, values in table.items() if name not in ("step", "minutes")}
        if not columns or not table["step"]:
            continue
        for place, (name, values) in enumerate(columns.items()):
            panel = _panel(f"{source.stem}: {name}", table["step"], values)
            x, y = place * (_WIDE_PX + 2 * _MARGIN_PX), rows * (_HIGH_PX + 2 * _MARGIN_PX)
            parts.append(f'<g transform="translate({x} {y})">{panel}</g>')
        rows, most = rows + 1, max(most, len(columns))
    width, height = most * (_WIDE_PX + 2 * _MARGIN_PX), max(1, rows) * (_HIGH_PX + 2 * _MARGIN_PX)
    beside = target.with_suffix(".svg.new")
    beside.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n',
        encoding="utf-8",
    )
    beside.replace(target)


def _panel(title: str, steps: list[float], values: list[float]) -> str:
    """One curve between its own lowest and highest value, over steps from 0. What is not finite is left out."""
    dots = _thinned([dot for dot in zip(steps, values, strict=True) if math.isfinite(dot[1])])
    left, top, bottom = _MARGIN_PX, _MARGIN_PX, _MARGIN_PX + _HIGH_PX
    parts = [
        f'<path class="axis" d="M{left} {top} V{bottom} H{left + _WIDE_PX}"/>',
        f'<text x="{left}" y="{top - 12}">{escape(title)}</text>',
    ]
    if not dots:
        return "".join(parts)
    last = max(dots[-1][0], 1)
    low, high = min(value for _, value in dots), max(value for _, value in dots)
    spread = (high - low) or 1.0
    places = [(left + _WIDE_PX * step / last, bottom - _HIGH_PX * (value - low) / spread) for step, value in dots]
    if len(places) == 1:
        places.append((places[0][0] + 2, places[0][1]))  # a path of one point would be invisible
    parts.append(f'<path d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in places)}"/>')
    for value, y in ((high, top), (low, bottom)):
        parts.append(f'<text x="{left - 4}" y="{y + 4}" text-anchor="end">{value:.3g}</text>')
    parts.append(f'<text x="{left + _WIDE_PX}" y="{bottom + 16}" text-anchor="end">step {last:.0f}</text>')
    return "".join(parts)


def _thinned(dots: list[tuple[float, float]]) -> list[tuple[float, float]]:
    size = -(-len(dots) // _MOST_POINTS) or 1
    groups = [dots[n : n + size] for n in range(0, len(dots), size)]
    return [(group[-1][0], sum(value for _, value in group) / len(group)) for group in groups]
