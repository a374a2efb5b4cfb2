"""kill -9 of a window that tidies takes: `python -m tests.ui.library_kills --times 20 [--seed N]`, one line each.

Twenty times each while it tags, throws away and brings back, and makes the index anew. Whatever the window had shown as
done must stand on disk, every take must be whole in the list or in the trash, and the next start must find all.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from musicapp.library import takes, trash
from musicapp.library.index import Index, place_of
from tests.library.test_takes import write_take
from tests.sound_devices import ROOT

WORK = ("tagging", "trashing", "rebuilding")
COUNT = 24


def kill_once(home: Path, work: str, seed: int, delay_s: float) -> tuple[int, list[str]]:
    """Let a window tidy, kill it after `delay_s`; how much it had told, and what is wrong."""
    folder = home / "takes"
    before = {f"take{number}": write_take(folder, f"take{number}", frames=50) for number in range(COUNT)}
    environment = {**os.environ, "MUSICAPP_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    window = subprocess.Popen(
        [sys.executable, "-m", "tests.ui.library_sitting", work, str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    assert window.stdout is not None
    first = window.stdout.readline()
    assert first == "ready\n", f"the window ended with {window.wait()}"
    time.sleep(delay_s)
    window.kill()
    told = [line.split() for line in window.stdout]
    window.wait(10)
    window.stdout.close()
    index = Index(folder, home / "cache" / "library" / place_of(folder).name)  # none where it was just thrown away
    try:
        return len(told), list(_wrong(folder, index, set(before), told))
    finally:
        index.close()


def _wrong(folder: Path, index: Index, ids: set[str], told: list[list[str]]) -> list[str]:
    listed = {take.take_id: take for take in index.survey().takes}
    thrown = {each.take.take_id for each in trash.inside(folder)}
    wrong = [f"{name} is nowhere" for name in ids - listed.keys() - thrown]
    wrong += [f"{name} is in both places" for name in listed.keys() & thrown]
    wrong += [f"{name} is damaged" for name, take in listed.items() if take.frames != 50 or not take.is_finished]
    last: dict[str, str] = {}
    for word, name, *more in told:
        if word == "tag":
            found = index.search(f"#{more[0]}")
            has_tag = name in listed and more[0] in listed[name].tags
            if not has_tag or found is None or str(listed[name].path) not in found:
                wrong.append(f"{name} lost {more[0]}")
        else:
            last[name] = word
    wrong += [f"{name} is not in the trash" for name, word in last.items() if word == "gone" and name not in thrown]
    wrong += [f"{name} did not come back" for name, word in last.items() if word == "back" and name not in listed]
    for place in [each.take.path for each in trash.inside(folder)]:
        trash.restore(folder, place)
    if {take.take_id for take in takes.list_takes(folder)} != ids:
        wrong.append("not all can be brought back")
    return wrong


def main() -> int:
    """Print how it went; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    dice, failed = random.Random(options.seed), 0
    for work in WORK:
        for number in range(options.times):
            delay_s = dice.uniform(0.0, 1.5)
            with tempfile.TemporaryDirectory() as home:
                told, wrong = kill_once(Path(home), work, dice.randrange(2**32), delay_s)
            failed += bool(wrong)
            print(
                f"{work} {number + 1}: killed after {delay_s:.3f} s, {told} told, {wrong or 'nothing lost'}", flush=True
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
