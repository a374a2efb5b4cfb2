"""The real program with a fake engine and sound card, for who drags: `python -m tests.ui.dragging_window PLACES`.

Writes where its controls are (`placed_window`), and prints a line of JSON whenever the form has changed. A line
"first end" on its input marks a part of the take, in frames, and has that alone exported.
"""

from __future__ import annotations

import json
import sys
import threading

from PySide6.QtCore import QTimer, Signal

from musicapp.ui import app
from musicapp.ui.state import player
from tests.ui.fake_host import FakeHost
from tests.ui.fake_output import FakeOutput
from tests.ui.placed_window import EVERY_MS, PlacedWindow


class DraggingWindow(PlacedWindow):
    """Says what stands in its form."""

    _asked = Signal(str)
    _said = ""

    def show(self) -> None:
        super().show()
        self._asked.connect(self._mark)
        self._look = QTimer(self, interval=EVERY_MS)
        self._look.timeout.connect(self._say)
        self._look.start()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._asked.emit(line)

    def _mark(self, line: str) -> None:
        first, end = map(int, line.split())
        self._studio.player.set_region((first, end))
        self._studio.exporter.set_only_region(True)

    def _say(self) -> None:
        form, shown = self._studio.take_settings, self._studio.player.shown
        told = {
            "prompt": form.prompt,
            "duration_s": form.duration_s,
            "seed": form.seed,
            "frames": shown.audio.buffer.available if shown else 0,
            "region": self._studio.player.region,
        }
        if (line := json.dumps(told)) != self._said:
            self._said = line
            print(line, flush=True)


if __name__ == "__main__":
    app.MainWindow, app.EngineHost = DraggingWindow, FakeHost  # type: ignore[misc, assignment]
    player.PlaybackHost = FakeOutput  # type: ignore[misc, assignment]
    sys.exit(app.run(["musicapp"]))
