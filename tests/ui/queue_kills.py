"""kill -9 of a queueing window: `python -m tests.ui.queue_kills --times 20 [--seed N]`, prints one line each.

Each time a window with the real engine types takes and is killed at a random moment; another goes on with what is left.
Then every take that was told as queued must be there, whole, exactly once, unless its cancelling was told.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from musicapp.library import takes
from musicapp.request import frames_for
from tests.sound_devices import ROOT
from tests.tiny_model import write_tiny_model
from tests.ui.queue_sitting import DURATION_S

PATIENCE_S = 240.0


@dataclass(frozen=True)
class Verdict:
    """What a kill left. missing, twice: numbers of takes"""

    told: int
    before_the_kill: int
    missing: list[int]
    twice: list[int]


def kill_once(model: Path, home: Path, seed: int, delay_s: float) -> Verdict:
    """Let a window queue, kill it `delay_s` after the first take is told, go on in another, and look."""
    window = _start(model, home, str(seed))
    told: set[int] = set()
    cancelled: set[int] = set()
    assert window.stdout is not None
    first = window.stdout.readline()
    assert first.startswith("queued"), f"the window ended with {window.wait()}"
    time.sleep(delay_s)
    children = psutil.Process(window.pid).children(recursive=True)
    window.kill()
    for line in (first, *window.stdout):  # what it wrote before it died
        word, _, number = line.strip().partition(" ")
        if number.isdecimal():
            (told if word == "queued" else cancelled).add(int(number))
    window.wait(10)
    window.stdout.close()
    psutil.wait_procs(children, timeout=20)
    before = len(_whole(home))
    resumed = _start(model, home, "resume")
    output, _ = resumed.communicate(timeout=PATIENCE_S)
    assert "empty" in output, f"the window that goes on ended with {resumed.returncode}: {output}"
    made = Counter(_whole(home))
    missing = sorted(told - cancelled - set(made))
    return Verdict(len(told), before, missing, sorted(number for number, count in made.items() if count > 1))


def _start(model: Path, home: Path, what: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ui.queue_sitting", str(model), what],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "MUSICAPP_HOME": str(home), "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"},
    )


def _whole(home: Path) -> list[int]:
    """The numbers of the takes that are on disk in their whole length."""
    folder = home / "takes"
    found = takes.list_takes(folder) if folder.is_dir() else []
    whole = [take for take in found if take.frames >= frames_for(DURATION_S, take.sample_rate)]
    return [int(take.request.prompt.split()[1]) for take in whole if take.is_finished]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    dice, bad = random.Random(options.seed), 0
    with tempfile.TemporaryDirectory() as folder:
        model = write_tiny_model(Path(folder) / "tiny", text_encoder="none", max_duration_s=300)
        for number in range(options.times):
            home = Path(folder) / f"home{number}"
            home.mkdir()
            delay_s = dice.uniform(0.0, 12.0)
            verdict = kill_once(model, home, options.seed + number, delay_s)
            bad += bool(verdict.missing or verdict.twice)
            print(f"{number + 1:3} killed after {delay_s:4.1f} s: {verdict}", flush=True)
    print(f"{options.times} kills, {bad} with something missing or made twice")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
