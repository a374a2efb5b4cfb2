"""How long a frame takes while a take of 4:45 is zoomed and scrolled: `python -m tests.measure_painting [1180x760]`.

In processor time of the window's thread, since that does not depend on what else the machine does.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

DURATION_S = 285.0


def main() -> int:
    """Print median and 99th percentile of both."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["MUSICAPP_HOME"] = home
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        measure(sys.argv[1] if len(sys.argv) > 1 else "1180x760")
    return 0


def measure(size: str) -> None:
    from tests.screenshots import Album, builtin_info
    from tests.ui.fake_host import FakeHost

    album = Album(Path(), "dark", "", size, lambda on_event: FakeHost(on_event, info=builtin_info()))
    studio = album.studio
    studio.take_settings.set_prompt("house, 124 bpm")
    studio.take_settings.set_duration(DURATION_S)
    studio.generation.start()
    album.wait(lambda: studio.library.current and studio.player.shown and studio.player.shown.audio.buffer.is_complete)
    album.wait(lambda: studio.looks.is_idle)
    page = album.window.stage.page
    assert page is not None
    waveform = page.waveform

    def zoom(number: int) -> None:
        depth = number % 120
        width_s = DURATION_S * 0.94 ** min(depth, 120 - depth)
        waveform.show_part(140 - width_s / 2, 140 + width_s / 2)

    def frames(count: int, step: Callable[[int], None]) -> np.ndarray:
        taken = np.zeros(count)
        for number in range(count):
            step(number)
            start_s = time.thread_time()
            waveform.viewport().repaint()
            taken[number] = time.thread_time() - start_s
            album.application.processEvents()
        return taken * 1000

    zoomed = frames(480, zoom)
    studio.player.set_region((44100 * 20, 44100 * 60))
    studio.player.set_looping(True)
    scrolled = frames(240, lambda number: waveform.show_part(number / 2, number / 2 + 30))
    for name, taken in (("zooming", zoomed), ("scrolling with a loop", scrolled)):
        print(f"{size}, {name}: {np.median(taken):.1f} ms, 99 % below {np.percentile(taken, 99):.1f} ms")
    album.close()


if __name__ == "__main__":
    sys.exit(main())
