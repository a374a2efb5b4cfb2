"""How late the window's event loop is while a long take is made: `python -m tests.measure_event_loop [--model M]`.

A 5 ms timer runs in the window's thread; what it is late by is what a user would wait for. Prints start time, p99, max.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

INTERVAL_MS = 5


def main() -> int:
    """Open the window with the real engine, make one take, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="", help="name or folder; a tiny one is made when left out")
    parser.add_argument("--seconds", type=float, default=285.0)
    parser.add_argument("--steps", type=int, default=0)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["MUSICAPP_HOME"] = home
        if not options.model:
            options.model = str(Path(home) / "tiny")
            make_tiny(Path(options.model))
        measure(options)
    return 0


def make_tiny(folder: Path) -> None:
    """In a process of its own: the window's must not load torch."""
    import subprocess

    code = "import sys, pathlib; from tests.tiny_model import write_tiny_model as w\n"
    code += "w(pathlib.Path(sys.argv[1]), max_duration_s=300, text_encoder='none')"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)


def measure(options: argparse.Namespace) -> None:
    loaded_s, busy_s = time.perf_counter(), time.process_time()
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from musicapp import settings
    from musicapp.engine.host import EngineHost
    from musicapp.ui.main_window import MainWindow
    from musicapp.ui.studio import Studio
    from musicapp.ui.theme import Theme

    application = QApplication([])
    theme = Theme(application, "dark")
    saved = settings.Settings(model=options.model, prompt="calm piano", duration_s=options.seconds)
    studio = Studio(EngineHost, saved)
    window = MainWindow(studio, theme)
    window.show()
    application.processEvents()
    own_s = time.process_time() - busy_s
    print(
        f"first picture {time.perf_counter() - loaded_s:.2f} s after the first import, {own_s:.2f} s of processor time"
    )

    def wait_for(condition: Callable[[], object]) -> None:
        """As the app itself waits: QTest.qWait would keep all other threads of Python from running."""
        loop = QEventLoop()
        look = QTimer(interval=20)
        look.timeout.connect(lambda: loop.quit() if condition() or studio.messages.current else None)
        look.start()
        loop.exec()
        assert studio.messages.current is None, studio.messages.current

    wait_for(lambda: studio.engine.phase == "ready" and window.stage.page)
    studio.take_settings.set_duration(options.seconds)
    if options.steps:
        studio.take_settings.set_sampling(steps=options.steps)
    late_ms: list[float] = []
    busy_ms: list[float] = []  # processor time of the window's thread: its own doing, however busy the machine is
    last = [time.perf_counter(), time.thread_time()]

    def tick() -> None:
        now, busy = time.perf_counter(), time.thread_time()
        late_ms.append(max(0.0, (now - last[0]) * 1000 - INTERVAL_MS))
        busy_ms.append((busy - last[1]) * 1000)
        last[:] = now, busy

    timer = QTimer(interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    made: list[object] = []
    studio.open_takes.made.connect(made.append)
    began_s = last[0] = time.perf_counter()
    last[1] = time.thread_time()
    timer.start()
    studio.generation.start()
    wait_for(lambda: made)
    timer.stop()
    ordered, busy = sorted(late_ms), sorted(busy_ms)
    print(
        f"{options.seconds:g} s take in {time.perf_counter() - began_s:.1f} s, {len(late_ms)} ticks of {INTERVAL_MS} ms"
    )
    p50, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
    print(f"late by p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {ordered[-1]:.1f} ms; load {os.getloadavg()[0]:.1f}")
    print(f"own work between two ticks: p99 {busy[int(len(busy) * 0.99)]:.1f} ms, max {busy[-1]:.1f} ms")
    window.close()
    studio.close()


if __name__ == "__main__":
    sys.exit(main())
