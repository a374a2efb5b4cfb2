"""One line for every tensor, and the verdict over all of them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

OK, FAIL, INPUT, NOT_OFFERED = "ok", "FAIL", "input", "not offered"


@dataclass(frozen=True)
class Line:
    """What became of one described tensor; `difference` is None where nothing was compared."""

    name: str
    verdict: str
    difference: float | None = None
    tolerance: float | None = None
    note: str = ""


def compare(name: str, ours: Tensor, golden: Tensor, tolerance: float) -> Line:
    """Largest absolute difference against the tolerance; a wrong shape or a value that is no number fails."""
    if tuple(ours.shape) != tuple(golden.shape):
        return Line(name, FAIL, note=f"shape {list(ours.shape)} instead of {list(golden.shape)}")
    difference = (ours.double() - golden.double()).abs().max().item() if golden.numel() else 0.0
    if not math.isfinite(difference):
        return Line(name, FAIL, difference, tolerance, "not finite")
    return Line(name, OK if difference <= tolerance else FAIL, difference, tolerance)


def is_finite(tensor: Tensor) -> bool:
    return bool(torch.isfinite(tensor).all()) if tensor.is_floating_point() else True


def print_report(folder: Path, lines: list[Line]) -> bool:
    """Print all lines and the sums; True if nothing failed and something was compared."""
    print(f"{folder}")
    width = max([len(line.name) for line in lines], default=0)
    for line in lines:
        numbers = f"{_number(line.difference)}  {_number(line.tolerance)}"
        print(f"  {line.name:<{width}}  {numbers}  {line.verdict}{'  ' + line.note if line.note else ''}")
    counts = Counter(line.verdict for line in lines)
    passed = counts[FAIL] == 0 and counts[OK] > 0
    sums = ", ".join(f"{counts[verdict]} {verdict}" for verdict in (OK, FAIL, INPUT, NOT_OFFERED) if counts[verdict])
    print(f"{'PASSED' if passed else 'FAILED'}  {folder.name}: {sums or 'nothing to compare'}")
    return passed


def _number(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:9.2e}"
