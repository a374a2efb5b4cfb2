"""Ours beside an earlier release and beside diffusers, in one run: `python -m benchmarks --help`.

Every subject lives in a process of its own; their passes alternate, so that a machine that gets busy is busy for all.
What counts is processor time and the ratios of one run. A matrix product in the same run says what the machine gives.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import report

OWN = ("ours", "previous")
ROOT = Path(__file__).resolve().parent.parent

# name, case, sizes, and who has it beside us and an earlier release: "diffusers" or "authors"
Case = tuple[str, str, dict[str, Any], str]


def cases(*, smoke: bool) -> list[Case]:
    """What is measured: everything once in small for a check that it runs, else in sizes that say something."""
    latents, positions, blocks = (6, 64, 1) if smoke else (128, 1024, 2)
    found: list[Case] = [("matrix product", "ceiling", {"size": positions}, "")]
    decoders = [(latents, "bf16")] if smoke else [(latents, "fp32"), (latents, "bf16"), (positions, "bf16")]
    for count, precision in decoders:
        found.append(
            (f"Open decoder, {count} latents, {precision}", "decoder", _of(precision, latents=count), "diffusers")
        )
    for precision in ("bf16", "int8", "int4"):
        sizes = _of(precision, latents=positions, blocks=blocks)
        found.append(
            (f"Open 1.0 step, {blocks} blocks, {precision}", "step", sizes, "diffusers" if precision == "bf16" else "")
        )
    for seconds in (1.0,) if smoke else (5.0, 30.0, 60.0, 120.0, 285.0):
        found.append((f"built-in take, {seconds:g} s", "take", {"seconds": seconds}, ""))
    for latents in (12,) if smoke else (112, 650):
        for count in (1, 4):
            name = f"built-in call, {latents} latents, {count} at once, each"
            found.append((name, "several", {"count": count, "latents": latents}, ""))
    return found


def pipelines(open_folder: Path | None, sa3_folder: Path | None, seconds: Sequence[float], steps: int) -> list[Case]:
    """Whole takes of public models in folders of full size, for machines and evenings that have room for them."""
    found: list[Case] = []
    models = (
        (open_folder, "Open 1.0", {"bf16": "diffusers", "int8": ""}),
        (sa3_folder, "Stable Audio 3", {"bf16": "authors"}),
    )
    for folder, name, precisions in models:
        for length, (precision, peer) in itertools.product(seconds if folder else (), precisions.items()):
            sizes = _of(precision, folder=str(folder.resolve()), seconds=length, steps=steps)
            found.append((f"{name} take, {length:g} s, {steps} steps, {precision}", "pipeline", sizes, peer))
    return found


class Subject:
    """A process that measures; `ask` gives one pass of the case that it has built."""

    def __init__(self, name: str, root: Path, threads: int) -> None:
        self.name = name
        paths = os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "benchmarks" / "subject.py")],
            env={**os.environ, "PYTHONPATH": paths, "BENCHMARK_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)},
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, case: dict[str, Any] | None) -> dict[str, Any]:
        """Build a case and pass it once, or without one pass the last one again."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(case) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            return {"error": "its process ended"}
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


def measure(case: Case, roots: dict[str, Path], threads: int, passes: int) -> list[report.Row]:
    """Medians of a case for every subject; processes of their own for each case, so that memory is the case's."""
    name, kind, sizes, peer = case
    subjects = [Subject(subject, root, threads) for subject, root in roots.items() if subject in (*OWN, peer)]
    made: dict[str, list[dict[str, Any]]] = {subject.name: [] for subject in subjects}
    try:
        for subject in subjects:  # the first pass warms up and does not count
            first = subject.ask({"case": kind if subject.name in OWN else f"{subject.name} {kind}", "sizes": sizes})
            if "error" in first:
                made[subject.name].append(first)
        for _ in range(passes):
            for subject in subjects:
                made[subject.name].append(subject.ask(None))
    finally:
        for subject in subjects:
            subject.close()
    return [report.row_of(name, subject, answers) for subject, answers in made.items()]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--smoke", action="store_true", help="in small, to see that everything runs")
    parser.add_argument("--previous", type=Path, metavar="FOLDER", help="a checkout of an earlier release")
    parser.add_argument("--diffusers", action="store_true", help="beside diffusers, which must be installed")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name has this in it")
    parser.add_argument("--passes", type=int, default=3, metavar="N", help="of each case and subject (default 3)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of every subject (default 1)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "benchmarks", metavar="FOLDER")
    add = parser.add_argument
    add("--open", type=Path, metavar="FOLDER", help="also takes of Stable Audio Open 1.0 in a diffusers folder")
    add("--stable-audio-3", type=Path, metavar="FOLDER", help="also takes of a Stable Audio 3")
    add("--authors", type=Path, metavar="FOLDER", help="beside a checkout of the authors' Stable Audio 3 code")
    add("--seconds", type=float, nargs="+", default=[30.0], metavar="N", help="of these takes (default 30)")
    add("--steps", type=int, default=8, metavar="N", help="of these takes (default 8)")
    options = parser.parse_args(arguments)
    roots = {"ours": ROOT}
    if options.previous is not None:
        if not (options.previous / "musicapp").is_dir():
            parser.error(f"there is no musicapp in {options.previous}; give the folder of a checkout")
        roots["previous"] = options.previous.resolve()
    if options.diffusers:
        roots["diffusers"] = ROOT
    if options.authors is not None:
        if not (options.authors / "stable_audio_3").is_dir():
            parser.error(f"there is no stable_audio_3 in {options.authors}; give the folder of a checkout")
        roots["authors"] = options.authors.resolve()
    rows: list[report.Row] = []
    whole = pipelines(options.open, options.stable_audio_3, options.seconds, options.steps)
    for case in cases(smoke=options.smoke) + whole:
        if options.only in case[0]:
            rows += measure(case, roots, options.threads, max(1, options.passes))
            print(f"{case[0]}: done", file=sys.stderr, flush=True)
    about = {"machine": platform.machine(), "threads": options.threads, "passes": options.passes}
    report.write(rows, about, options.out)
    print(report.table(rows))
    print(f"\nAlso in {options.out}: results.json, results.md, results.svg.")
    return 1 if any("error" in row for row in rows) else 0


def _of(precision: str, **sizes: Any) -> dict[str, Any]:
    return {"precision": precision, **sizes}


if __name__ == "__main__":
    sys.exit(main())
