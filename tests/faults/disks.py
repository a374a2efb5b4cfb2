"""Disks that are full, read-only or gone."""

from __future__ import annotations

import random
import shutil
import time

from tests.faults.driver import Home, Sitting, leftovers, losses, sitting
from tests.faults.table import Row
from tests.small_disk import mounted

ROOM_BYTES = 400 << 20


def disk_full(home: Home, count: int) -> Row:
    """The disk of everything gets full at random moments, and has room again."""
    row, chosen, said = Row("disk full"), random.Random(home.seed), set()
    with mounted(home.folder, size_bytes=ROOM_BYTES) as disk, sitting(home) as window:
        made(window)
        for number in range(count):
            spare_bytes = chosen.choice((0, 4096, 100_000, 1_000_000, 3_000_000))
            before = len(window.facts)
            window.do("type", text=f"words on a full disk {number}")
            if chosen.random() < 0.5:
                disk.fill(spare_bytes=spare_bytes)
                window.do("take", seconds=20.0)
            else:
                window.do("take", seconds=20.0)
                time.sleep(chosen.uniform(0, 0.5))
                disk.fill(spare_bytes=spare_bytes)
            window.do("export", format=chosen.choice(("wav24", "flac", "mp3")))
            window.wait("ended", after=before)
            time.sleep(0.5)
            said |= {fact["text"] for fact in window.all("said")}
            disk.resize(ROOM_BYTES)
            row.lost += losses(home)
            made(window)
        window.quit()
        row.lost += losses(home) + [f"{name} was left" for name in leftovers(home)]
        row.on_disk = f"{len(home.saved)} takes and {len(home.exported)} exports whole, no leftovers"
    row.injected = f"the disk filled to 0 to 3 MB before or within {count} takes and exports, then emptied"
    row.seen = _some(said, "full")
    return row


def read_only(home: Home, count: int) -> Row:
    """A home that nothing can be written into, with the takes, settings and logs of an earlier use."""
    row = Row("read-only home", f"write-protected mount, {count} start")
    with mounted(home.folder, size_bytes=ROOM_BYTES) as disk:
        with sitting(home) as window:
            made(window)
            made(window)
            window.quit()
        disk.write_protect()
        for _ in range(count):
            with sitting(home) as window:
                ids = window.wait("listed")["ids"]
                window.do("type", text="words that cannot be kept")
                before = len(window.facts)
                window.do("take", seconds=1.0)
                window.wait("ended", after=before)
                row.seen = f"{len(ids)} takes listed; {window.said}"
                window.quit()
        row.lost = losses(home)
        row.on_disk = f"{len(home.saved)} takes and the settings as they were"
    return row


def folder_gone(home: Home, count: int) -> Row:
    """The folder of takes is renamed while a take grows, and comes back later."""
    row, chosen, said = Row("takes folder gone and back"), random.Random(home.seed), set()
    away = home.folder / "away"
    with sitting(home) as window:
        made(window)
        for _ in range(count):
            before = len(window.facts)
            window.do("take", seconds=20.0)
            time.sleep(chosen.uniform(0, 0.6))
            home.takes.rename(away)
            window.do("export", format="flac")
            window.wait("ended", after=before)
            made(window)  # into a folder made anew
            said |= {fact["text"] for fact in window.all("said")}
            shutil.copytree(away, home.takes, dirs_exist_ok=True)
            shutil.rmtree(away)
        window.quit()
    with sitting(home) as window:
        listed = set(window.wait("listed")["ids"])
        window.quit()
    row.lost = losses(home)
    row.injected = f"renamed {count} times within a take, a take and an export meanwhile, then moved back"
    row.seen = _some(said, "")
    row.on_disk = f"{len(home.saved)} takes whole, {len(listed)} listed by the next start"
    return row


def made(window: Sitting, *, seconds: float = 1.0) -> None:
    """Make a take and see it saved."""
    before = len(window.facts)
    window.do("type", text=f"harp {before}")
    window.do("take", seconds=seconds)
    window.wait("saved", after=before)


def _some(said: set[str], word: str) -> str:
    """What was said, the shortest of it that has a word."""
    fitting = sorted((text for text in said if word in text), key=len)
    return f"“{fitting[0]}”" if fitting else "nothing"
