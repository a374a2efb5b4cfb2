"""kill -9 of a batch: `python -m tests.queueing.batch_kills --times 20 [--seed N]`, prints one line each.

A batch is killed at random moments until that many kills are done, and started again each time. What it told as made
must stay as it was, byte by byte, and in the end each row is there exactly once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from musicapp.queueing.batch_folder import checksum
from tests.sound_devices import ROOT
from tests.tiny_model import write_tiny_model


@dataclass(frozen=True)
class Verdict:
    """missing: rows without a file; twice: files beyond one for each row; kept: all that was told as made stayed"""

    missing: int
    twice: int
    kept: bool


def write_rows(folder: Path, model: Path, count: int) -> Path:
    """A file of so many rows."""
    file = folder / "rows.csv"
    file.write_text("\n".join(["prompt,seconds,model", *(f"take {n},0.6,{model}" for n in range(count))]))
    return file


def kill_and_go_on(file: Path, out: Path, delays_s: list[float]) -> Verdict:
    """Kill once for each delay, counted from the first take that a run makes; then let it end."""
    told: dict[str, str] = {}
    for number, delay_s in enumerate(delays_s, start=1):
        run = _start(file, out)
        assert run.stdout is not None
        lines = []
        for line in run.stdout:
            lines.append(line)
            if '"made"' in line:
                break
        time.sleep(delay_s)
        children = psutil.Process(run.pid).children(recursive=True) if run.poll() is None else []
        run.kill()
        lines += run.stdout.readlines()
        run.wait()
        run.stdout.close()
        psutil.wait_procs(children, timeout=20)
        told |= _told(lines)
        print(f"{number:3} killed {delay_s:.2f} s after its first take; {len(told)} told so far", flush=True)
    run = _start(file, out)
    output, _ = run.communicate(timeout=600)
    assert run.returncode == 0, output
    told |= _told(output.splitlines())
    rows = len(file.read_text().splitlines()) - 1
    files = list(out.glob("*.wav"))
    there = {str(json.loads(line)["line"]) for line in output.splitlines()}
    return Verdict(rows - len(there), len(files) - rows, all(checksum(Path(path)) == sha for path, sha in told.items()))


def _told(lines: list[str]) -> dict[str, str]:
    """Checksums of what was told as made or there, by file. A last line may be torn."""
    found = {}
    for line in lines:
        if line.rstrip().endswith("}"):
            values = json.loads(line)
            found[values["file"]] = values["sha256"]
    return found


def _start(file: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "musicapp", "batch", str(file), "-o", str(out), "--json"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["MUSICAPP_HOME"] = name
        model = write_tiny_model(folder / "tiny", text_encoder="none", max_duration_s=300)
        delays_s = [dice.uniform(0.0, 0.6) for _ in range(options.times)]
        verdict = kill_and_go_on(write_rows(folder, model, 20 * options.times), folder / "out", delays_s)
    print(verdict)
    return 0 if verdict == Verdict(0, 0, True) else 1


if __name__ == "__main__":
    sys.exit(main())
