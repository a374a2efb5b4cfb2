"""One fault, put to the app: what was done, what a person saw, what was on the disk, and the verdict."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.faults.driver import Failed, Home

HEAD = "| fault | injected | seen | on disk after | verdict |\n| --- | --- | --- | --- | --- |"


@dataclass
class Row:
    """A line of the table. `lost` names everything that is missing or half there; nothing: it held."""

    fault: str
    injected: str = ""
    seen: str = ""
    on_disk: str = ""
    lost: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def verdict(self) -> str:
        if self.skipped:
            return f"not tried: {self.skipped}"
        return f"LOST: {'; '.join(self.lost[:5])}" if self.lost else "held"

    def __str__(self) -> str:
        cells = (self.fault, self.injected, self.seen, self.on_disk, self.verdict)
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


Fault = Callable[[Home, int], Row]


def tried(name: str, fault: Fault, home: Home, count: int) -> Row:
    """Put one fault to the app. What does not come in time, or anything that breaks, is a loss."""
    began_s = time.monotonic()
    try:
        row = fault(home, count)
    except pytest.skip.Exception as error:
        row = Row(name, skipped=str(error))
    except Failed as error:
        row = Row(name, lost=[str(error)])
    except Exception as error:  # what cannot be tried was not held
        row = Row(name, lost=[f"{type(error).__name__}: {error}"])
    row.injected += f" ({time.monotonic() - began_s:.0f} s)"
    return row
