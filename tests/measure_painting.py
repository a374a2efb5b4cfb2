"""How long frames take while a take of 4:45 is zoomed and scrolled, and how long such a take takes to open.

    python -m tests.measure_painting [--size 1180x760] [--engine]

A frame is everything from the change of the view to the painted picture: waveform, then spectrogram. Each is told as
time on the clock and as processor time of the window's thread, which does not depend on what else the machine does.
With `--engine` the built-in model makes takes meanwhile, in its own process.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tests.album import Album

DURATION_S = 285.0
OPENED_TIMES = 15


def main() -> int:
    """Print median and 99th percentile of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="1180x760")
    parser.add_argument("--engine", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["MUSICAPP_HOME"] = home
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        with at_work(Path(home)) if options.engine else contextlib.nullcontext():
            measure(options.size)
    return 0


@contextlib.contextmanager
def at_work(home: Path) -> Iterator[None]:
    """The engine makes one long take after the other."""
    from musicapp.engine.events import Cancelled, Event, Failed, Finished, Progress
    from musicapp.engine.host import EngineHost
    from musicapp.request import TakeRequest

    heard: list[Event] = []
    is_over = threading.Event()

    def on_event(event: Event) -> None:
        heard.append(event)
        if isinstance(event, (Finished, Failed, Cancelled)) and not is_over.is_set():
            go_on()

    def go_on() -> None:
        request = TakeRequest(f"engine-{len(heard)}", "house, 124 bpm", DURATION_S, len(heard))
        host.generate(request, home / f"engine-{len(heard)}.wav")

    host = EngineHost(on_event)
    host.start()
    go_on()
    while not any(isinstance(event, Progress) for event in heard):
        if any(isinstance(event, Failed) for event in heard):
            raise RuntimeError(f"the engine makes nothing: {heard[-1]}")
        time.sleep(0.1)
    try:
        yield
    finally:
        is_over.set()
        print(f"the engine went {sum(isinstance(event, Progress) for event in heard)} steps meanwhile")
        host.close()


def measure(size: str) -> None:
    """Two takes of 4:45, looked at."""
    from tests.album import Album, builtin_info
    from tests.ui.fake_host import FakeHost

    album = Album(Path(), "dark", "", size, lambda on_event: FakeHost(on_event, info=builtin_info()))
    studio = album.studio
    studio.library.auto_play = "off"
    for prompt in ("house, 124 bpm", "techno, 130 bpm"):
        studio.take_settings.set_prompt(prompt)
        studio.take_settings.set_duration(DURATION_S)
        studio.generation.start()
        album.wait(lambda: studio.library.current and studio.library.current.request.prompt == prompt)  # noqa: B023
        album.wait(lambda: studio.player.shown and studio.player.shown.audio.buffer.is_complete)
    album.wait(lambda: studio.looks.is_idle)
    opening(album)
    for name in ("waveform", "spectrogram"):
        studio.spectrum.set_on(name == "spectrogram")
        album.wait(lambda: not studio.spectrum.is_on or (studio.spectrum.whole and studio.spectrum.whole.is_complete))
        moving(album, f"{size}, {name}")
    album.close()


def moving(album: Album, name: str) -> None:
    """Frames of zooming in and out, and of scrolling over a loop."""
    page, player = album.window.stage.page, album.studio.player
    assert page is not None
    waveform = page.waveform

    def zoom(number: int) -> None:
        depth = number % 120
        width_s = DURATION_S * 0.94 ** min(depth, 120 - depth)
        waveform.show_part(140 - width_s / 2, 140 + width_s / 2)

    def frames(count: int, step: Callable[[int], None]) -> np.ndarray:
        taken = np.zeros((count, 2))
        for number in range(count):
            start_s, busy_s = time.perf_counter(), time.thread_time()
            step(number)
            waveform.viewport().repaint()
            page.overview.repaint()
            taken[number] = time.perf_counter() - start_s, time.thread_time() - busy_s
            album.application.processEvents()
        return taken * 1000

    player.clear_loop()
    tell(f"{name}, zooming", frames(480, zoom))
    player.set_region((44100 * 20, 44100 * 60))
    player.set_looping(True)
    tell(f"{name}, scrolling with a loop", frames(240, lambda number: waveform.show_part(number / 2, number / 2 + 30)))


def opening(album: Album) -> None:
    """From the choice of a take to its first picture, and to the picture of all of it."""
    studio, page = album.studio, album.window.stage.page
    assert page is not None
    takes = [row.take.take_id for row in studio.library.model.rows if row.take is not None]
    taken = np.zeros((OPENED_TIMES, 3))
    for number in range(OPENED_TIMES):
        start_s, busy_s = time.perf_counter(), time.process_time()
        studio.library.open(takes[number % 2])
        page.waveform.viewport().repaint()
        taken[number, 0] = time.perf_counter() - start_s
        shown = studio.player.shown
        assert shown is not None
        while not shown.audio.buffer.is_complete:
            album.application.processEvents()
            time.sleep(0.001)
        page.waveform.refresh_soon()
        page.waveform.grab()
        taken[number, 1:] = time.perf_counter() - start_s, time.process_time() - busy_s
    for column, name in enumerate(
        ("first picture", "all of it read and drawn", "processor time of the process until then")
    ):
        ms = taken[:, column] * 1000
        print(f"opening, {name}: median {np.median(ms):.0f} ms, longest {ms.max():.0f} ms")


def tell(name: str, taken: np.ndarray) -> None:
    for column, kind in enumerate(("clock", "processor")):
        ms = taken[:, column]
        print(f"{name}, {kind}: median {np.median(ms):.1f} ms, 99 % below {np.percentile(ms, 99):.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
