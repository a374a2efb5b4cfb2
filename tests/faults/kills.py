"""Kill -9 at random moments: the window, the engine."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import psutil

from musicapp.library import takes
from tests.faults.disks import made
from tests.faults.driver import (
    Failed,
    Home,
    Sitting,
    heard_without_end,
    leftovers,
    losses,
    sitting,
    typed_is_saved,
    wait_until,
)
from tests.faults.table import Row

SPREAD_S = 4.0  # moments lie between the first action and this much later
ACTIONS = 100_000  # more than fit
SIGNS = (
    None,
    "ready",
    "heard",
    "saved",
)  # of the engine that is to be killed: started, loaded, decoding, between takes


def window_killed(home: Home, count: int) -> Row:
    """The window, while it types, makes, cancels, exports and changes settings by itself."""
    row, chosen, heard = Row("window killed"), random.Random(home.seed), 0
    for _ in range(count):
        with sitting(home) as window:
            window.do("random", seed=chosen.randrange(2**32), count=ACTIONS)
            time.sleep(chosen.uniform(0, SPREAD_S))
            killed_s = time.monotonic()
            window.kill()
            wait_until("the engine outlives its window", lambda: not home.processes())
            waiting = heard_without_end(window)
            heard += len(waiting)
            row.lost += losses(home) + typed_is_saved(window, killed_s)
            row.lost += [f"heard part {fact['id']} is gone" for fact in waiting if not _is_there(fact["path"])]
    with sitting(home) as window:  # a last start, which tidies up
        listed = window.wait("listed")["ids"]
        row.lost += [f"{path} is not in the list" for path in home.saved if Path(path).stem not in listed]
        made(window)
        window.quit()
    left = leftovers(home)
    row.lost += [f"{name} was left" for name in left] + losses(home)
    row.injected = f"kill -9 at {count} random moments of typing, making, cancelling and exporting"
    row.seen = "the next start lists all that was shown as saved"
    row.on_disk = f"{len(home.saved)} takes and {len(home.exported)} exports whole, {heard} heard parts kept"
    return row


def engine_killed(home: Home, count: int) -> Row:
    """The engine, under a window that goes on."""
    row, chosen, told = Row("engine killed"), random.Random(home.seed), []
    with sitting(home) as window:
        window.do("random", seed=home.seed, count=10**9)
        since = 0
        for _ in range(count):
            pid = _living_engine(window)
            if (sign := chosen.choice(SIGNS)) is not None:
                window.wait(sign, after=since)
                pid = window.engine()
            time.sleep(chosen.uniform(0, SPREAD_S / 4))
            since = before = len(window.facts)
            killed_s = time.monotonic()
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            told.append(window.wait("lost", after=before)["at"] - killed_s)
        before = len(window.facts)
        window.wait("saved", after=before)
        window.quit()
    row.lost = losses(home)
    left = leftovers(home)
    row.lost += [f"{name} was left" for name in left if not name.endswith(".making")]
    row.injected = f"kill -9 at {len(told)} random moments, the window going on by itself"
    row.seen = f"told within {max(told):.1f} s each time, and takes are made again"
    row.on_disk = f"{len(home.saved)} takes and {len(home.exported)} exports whole"
    return row


def _living_engine(window: Sitting) -> int:
    """The engine's process, when there is one that lives."""
    end_s = time.monotonic() + 120
    while time.monotonic() < end_s:
        before = len(window.facts)
        pid = window.engine()
        if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            return pid
        window.do("take", seconds=1.0)
        try:
            window.wait("began", after=before, patience_s=5)
        except Failed:
            continue
    raise Failed("no engine came back")


def _is_there(path: str) -> bool:
    """Whether what was heard of a take is a take, or will be one at the next start."""
    take = takes.load(Path(path))
    return take is not None and take.frames > 0
