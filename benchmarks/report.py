"""What was measured as a table, as JSON and as a chart."""

from __future__ import annotations

import json
import statistics
from html import escape
from pathlib import Path
from typing import Any

BAR, ROW, LEFT, WIDTH = 14, 22, 260, 760
COLOURS = {"ours": "#2f7d5b", "previous": "#8a8a8a", "diffusers": "#b5651d", "authors": "#6a5acd"}

Row = dict[str, Any]  # case, subject, and medians of what was measured, or an "error"


def row_of(case: str, subject: str, passes: list[dict[str, Any]]) -> Row:
    """Medians of a subject's passes of a case, and the largest memory."""
    broken = next((one["error"] for one in passes if "error" in one), None)
    if broken is not None:
        return {"case": case, "subject": subject, "error": broken}
    medians = {name: statistics.median(one[name] for one in passes) for name in passes[0]}
    least = min(one["cpu"] for one in passes)
    return {"case": case, "subject": subject, **medians, "least cpu": least, "peak": max(p["peak"] for p in passes)}


def table(rows: list[Row]) -> str:
    """Markdown: seconds of the processor and of the clock, and how many times as quick as the others ours is."""
    names = ("case", "subject", "processor s", "least", "wall s", "first sound s", "held MB", "peak MB", "ours is")
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    for row in rows:
        if "error" in row:
            lines.append(f"| {row['case']} | {row['subject']} | {row['error']} | | | | | | |")
            continue
        first = f"{row['first sound']:.2f}" if "first sound" in row else ""
        cells = (row["case"], row["subject"], f"{row['cpu']:.3f}", f"{row['least cpu']:.3f}", f"{row['wall']:.3f}")
        memory = " | ".join(f"{row[name] / 1e6:.0f}" for name in ("held", "peak"))
        lines.append(f"| {' | '.join(cells)} | {first} | {memory} | {_ratio(row, rows)} |")
    return "\n".join(lines)


def write(rows: list[Row], about: dict[str, Any], folder: Path) -> None:
    """`results.json`, `results.md` and `results.svg` in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1), encoding="utf-8")
    (folder / "results.md").write_text(table(rows) + "\n", encoding="utf-8")
    (folder / "results.svg").write_text(_chart([row for row in rows if "error" not in row]), encoding="utf-8")


def _ratio(row: Row, rows: list[Row]) -> str:
    ours = next((r for r in rows if r["case"] == row["case"] and r["subject"] == "ours" and "cpu" in r), None)
    return "" if row["subject"] == "ours" or ours is None else f"{row['cpu'] / ours['cpu']:.2f} times as quick"


def _chart(rows: list[Row]) -> str:
    """Bars of processor seconds; the longest bar of each case has the whole width."""
    parts = []
    for number, row in enumerate(rows):
        longest = max(other["cpu"] for other in rows if other["case"] == row["case"])
        width = (WIDTH - LEFT - 80) * row["cpu"] / longest
        top = number * ROW + 8
        colour = COLOURS.get(row["subject"], "#555555")
        label = escape(f"{row['case']}, {row['subject']}")
        parts.append(f'<text x="{LEFT - 8}" y="{top + 11}" text-anchor="end">{label}</text>')
        parts.append(f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + width + 6:.1f}" y="{top + 11}">{row["cpu"]:.2f} s</text>')
    height = len(rows) * ROW + 16
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif"'
    return f'{head} font-size="11"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
