"""How a library of many takes feels: `python -m tests.measure_library --takes 10000 [--folder DIR] [--json FILE]`.

Writes that many takes with holes in the place of sound (kept with --folder, for the next run), then measures in fresh
processes: reading all of them the first time, the list of a later start, searches, frames while scrolling the list, and
the memory that the takes need. Without a screen; what paints is Qt's own software. Of each figure the smallest of
--repeat runs is told, since other programs only add to it; `cpu` is processor time, which they change least.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

FRAMES = 300
SEARCHES = ("p", "pi", "piano", "120 bpm", "f# minor", '"ambient pads"', "ピアノ", "seed 4", "dark techno 9", "nothing")


def main() -> int:
    """Print a table, or write JSON, too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step]()))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        home = (options.folder or Path(temporary)).absolute()
        _write(home, options.takes)
        found: dict[str, float] = {"takes": options.takes}
        environment = {**os.environ, "MUSICAPP_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
        shutil.rmtree(home / "cache", ignore_errors=True)
        found |= _run("first", environment)
        for _ in range(options.repeat):
            for step in ("again", "search", "window"):
                for name, value in _run(step, environment).items():
                    found[name] = min(value, found.get(name, value))
        bare = _run("window", {**environment, "MUSICAPP_HOME": str(home / "none")})
        found["window_memory_mb"] -= bare["window_memory_mb"]
        for name in ("window_shown_s", "window_shown_cpu_s"):
            found[f"{name}_without_takes"] = bare[name]
    for name, value in found.items():
        print(f"{name:<32} {value:10.3f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))
    return 0


def _run(step: str, environment: dict[str, str]) -> dict[str, float]:
    """One step in a process of its own."""
    command = [sys.executable, "-m", "tests.measure_library", "--step", step]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _write(home: Path, count: int) -> None:
    from tests.many_takes import write_many

    marker = home / f"{count}-takes"
    if not marker.exists():
        write_many(home / "takes", count)
        marker.touch()


def first() -> dict[str, float]:
    """Every file is read, then every prompt."""
    from musicapp import paths
    from musicapp.library.index import Index

    began_s = time.perf_counter()
    index = Index(paths.takes_folder())
    index.survey()
    listed_s = time.perf_counter() - began_s
    while index.learn():
        pass
    index.close()
    return {"first_list_s": listed_s, "first_list_and_prompts_s": time.perf_counter() - began_s}


def again() -> dict[str, float]:
    """A later start: what is remembered, and the comparison with the files."""
    from musicapp import paths
    from musicapp.library.index import Index

    before_mb, began = _memory_mb(), _Clock()
    index = Index(paths.takes_folder())
    remembered = index.remembered()
    told = began.told("remembered")
    memory_mb, began = _memory_mb() - before_mb, _Clock()
    found = index.survey()
    told |= began.told("compared")
    assert len(remembered) == len(found.takes)
    index.close()
    return {**told, "takes_memory_mb": memory_mb}


def search() -> dict[str, float]:
    """The slowest and the median of several searches, each five times."""
    from musicapp import paths
    from musicapp.library.index import Index

    index = Index(paths.takes_folder())
    index.search("warm up")
    times_ms, cpu_ms = [], []
    for text in SEARCHES * 5:
        began = _Clock()
        index.search(text)
        told = began.told("search")
        times_ms.append(1000 * told["search_s"])
        cpu_ms.append(1000 * told["search_cpu_s"])
    index.close()
    times_ms.sort()
    return {
        "search_median_ms": times_ms[len(times_ms) // 2],
        "search_slowest_ms": times_ms[-1],
        "search_slowest_cpu_ms": max(cpu_ms),
    }


def window() -> dict[str, float]:
    """A whole window: until its list is shown, a search typed into it, and frames while it is scrolled."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from musicapp import settings
    from musicapp.ui.main_window import MainWindow
    from musicapp.ui.studio import Studio
    from musicapp.ui.theme import Theme
    from tests.ui.fake_host import FakeHost

    application, there = QApplication([]), _takes_there()
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    studio = Studio(FakeHost, settings.Settings(auto_play="off"))
    shown = MainWindow(studio, Theme(application, "dark"))
    shown.show()
    shown.resize(1180, 760)
    model, view = studio.library.model, shown.takes.view
    while not (model.lines or studio.library.is_read):
        QTest.qWait(1)
    listed_s, listed_cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    while len(model.rows) < there:
        QTest.qWait(1)
    all_s, all_cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    while not studio.library.is_read:
        QTest.qWait(1)
    read_s = time.perf_counter() - began_s
    QTest.qWait(500)
    found = {
        "window_shown_s": listed_s,
        "window_shown_cpu_s": listed_cpu_s,
        "window_all_shown_s": all_s,
        "window_all_shown_cpu_s": all_cpu_s,
        "window_read_s": read_s,
        "window_memory_mb": _memory_mb(),
    }
    if model.lines:
        studio.search.set_text("piano")
        began_s, before = time.perf_counter(), len(model.lines)
        while len(model.lines) == before:
            QTest.qWait(1)
        found["window_search_ms"] = 1000 * (time.perf_counter() - began_s)
        studio.search.show_all()
        QTest.qWait(300)
        bar, times_ms, cpu_ms = view.verticalScrollBar(), [], []
        for number in range(FRAMES):
            began_s, began_cpu_s = time.perf_counter(), time.thread_time()
            bar.setValue(bar.maximum() * number // FRAMES)
            view.viewport().repaint()
            times_ms.append(1000 * (time.perf_counter() - began_s))
            cpu_ms.append(1000 * (time.thread_time() - began_cpu_s))
            application.processEvents()
        for name, values in (("frame", sorted(times_ms)), ("frame_cpu", sorted(cpu_ms))):
            found |= {f"{name}_median_ms": values[FRAMES // 2], f"{name}_95th_ms": values[FRAMES * 95 // 100]}
    shown.leave()
    studio.close()
    return found


def _takes_there() -> int:
    from musicapp import paths

    folder = paths.takes_folder()
    return sum(1 for _ in folder.rglob("*.wav")) if folder.is_dir() else 0


class _Clock:
    """Time since it was made, and the processor time of this thread."""

    def __init__(self) -> None:
        self._began_s, self._began_cpu_s = time.perf_counter(), time.thread_time()

    def told(self, name: str) -> dict[str, float]:
        return {
            f"{name}_s": time.perf_counter() - self._began_s,
            f"{name}_cpu_s": time.thread_time() - self._began_cpu_s,
        }


def _memory_mb() -> float:
    return psutil.Process().memory_info().rss / 1e6


STEPS = {"first": first, "again": again, "search": search, "window": window}

if __name__ == "__main__":
    sys.exit(main())
