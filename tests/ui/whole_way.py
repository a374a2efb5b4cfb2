"""One sitting with everything real: `python -m tests.ui.whole_way MODEL_FOLDER EXPORT_FOLDER`, prints JSON.

The window, the engine's process and PortAudio; only the model is tiny and the sound card may be a file.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from musicapp.ui import app
from musicapp.ui.main_window import MainWindow
from musicapp.ui.studio import Studio

PATIENCE_S = 240.0
DURATION = "2.5"


def sit_down(window: MainWindow, studio: Studio, model: str, exports: Path) -> dict[str, object]:
    """Type, generate, listen to the end, export; what happened."""
    studio.exporter.set_folder(exports)
    studio.library.auto_play = "off"
    wait(lambda: window.stage.page is not None)
    studio.take_settings.set_target(model=model, device="cpu", precision="fp32")
    wait(lambda: studio.engine.phase == "ready" and studio.take_settings.info is not None)
    prompt, length = window.prompts.prompt, window.length.field
    prompt.setFocus()
    QTest.keyClicks(prompt, "calm piano, 90 bpm, in C minor")
    length.setFocus()
    length.selectAll()
    QTest.keyClicks(length, DURATION)
    QTest.mouseClick(window.generate.button, Qt.MouseButton.LeftButton)
    wait(lambda: studio.library.current is not None or studio.messages.current is not None)
    take = studio.library.current
    assert take is not None, studio.messages.current
    outcome: dict[str, object] = {"take": str(take.path), "frames": take.frames, "seed": take.request.seed}
    shown = studio.player.shown
    assert shown is not None
    wait(lambda: shown.audio.buffer.is_complete)
    if not studio.player.problem:
        studio.player.set_volume(0.0)
        wait(lambda: studio.player.can_play)
        QTest.mouseClick(window.transport.play, Qt.MouseButton.LeftButton)
        wait(lambda: not studio.player.is_playing)
    outcome["played"] = not studio.player.problem
    QTest.mouseClick(window.export.button, Qt.MouseButton.LeftButton)
    wait(lambda: studio.exporter.last is not None)
    assert studio.exporter.last is not None
    outcome["exported"] = str(studio.exporter.last.path)
    outcome["messages"] = str(studio.messages.current or "")
    outcome["torch"] = "torch" in sys.modules
    return outcome


def wait(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, "waited too long"
        QTest.qWait(10)


def main() -> int:
    """Run the window as a user would start it, and close it afterwards."""
    model, exports = sys.argv[1], Path(sys.argv[2])
    outcome: dict[str, object] = {}
    studios: list[Studio] = []

    class WatchedStudio(Studio):
        def start(self) -> None:
            super().start()
            studios.append(self)

    class WatchedWindow(MainWindow):
        def show(self) -> None:
            super().show()
            QTimer.singleShot(200, self.sit)

        def sit(self) -> None:
            wait(lambda: bool(studios))
            try:
                outcome.update(sit_down(self, studios[0], model, exports))
            except AssertionError as error:
                outcome["error"] = repr(error)
            self.close()

    app.Studio, app.MainWindow = WatchedStudio, WatchedWindow  # type: ignore[misc]
    outcome["code"] = app.run(["musicapp"])
    print(json.dumps(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
