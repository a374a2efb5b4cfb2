"""Thousands of mixed actions in one sitting: memory, descriptors and threads must stay flat."""

from __future__ import annotations

from tests.faults.driver import Home, Sitting, losses, sitting
from tests.faults.table import Row

PIECES = 12  # measured so often
WINDOW_MB, ENGINE_MB = 25.0, 25.0  # that may come on top after the first third: the list grows with its takes
DESCRIPTORS, THREADS = 3, 2
PATIENCE_S = 1800.0


def soak(home: Home, count: int) -> Row:
    """Typing, making, cancelling, exporting, opening, settings, offers, at random."""
    row, measured = Row("soak", f"{count} mixed actions in one sitting"), []
    with sitting(home) as window:
        for piece in range(PIECES):
            before = len(window.facts)
            window.do("random", seed=PIECES * home.seed + piece, count=count // PIECES)
            window.wait("idle", after=before, patience_s=PATIENCE_S)
            measured.append(_measure(window))
        window.quit()
    early, late = measured[PIECES // 3], measured[-1]
    for who, limit_mb in enumerate((WINDOW_MB, ENGINE_MB)):
        name = ("window", "engine")[who]
        grown_mb = (late["resident"][who] - early["resident"][who]) / 1e6
        sizes = " ".join(f"{one['resident'][who] / 1e6:.0f}" for one in measured)
        row.seen += f"{name} {sizes} MB, "
        for kind, most in (("descriptors", DESCRIPTORS), ("threads", THREADS)):
            row.seen += f"{early[kind][who]} to {late[kind][who]} {kind}, "
            if late[kind][who] - early[kind][who] > most:
                row.lost.append(f"{name}: {kind} grow from {early[kind][who]} to {late[kind][who]}")
        if grown_mb > limit_mb:
            row.lost.append(f"{name}: {grown_mb:.0f} MB more")
    row.seen = row.seen.rstrip(", ")
    row.lost += losses(home)
    row.on_disk = f"{len(home.saved)} takes and {len(home.exported)} exports whole"
    return row


def _measure(window: Sitting) -> dict[str, list[int]]:
    before = len(window.facts)
    made_before = len(window.all("saved"))
    window.do("take", seconds=1.0)
    window.wait("saved", after=before)  # so that there is an engine, and nothing else is going on
    assert len(window.all("saved")) > made_before
    before = len(window.facts)
    window.do("measure")
    return window.wait("measure", after=before)
