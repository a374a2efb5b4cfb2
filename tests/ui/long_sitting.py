"""A window to be killed: `python -m tests.ui.long_sitting MODEL_FOLDER` types, makes a long take, and goes on and on.

Prints "typed", then "sound" when the first of the take can be heard, with the engine's process id.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from musicapp.engine.host import EngineHost
from musicapp.ui import app
from musicapp.ui.main_window import MainWindow
from musicapp.ui.studio import Studio
from tests.ui.whole_way import wait

PROMPT, UNDER_WAY = "harp in the rain", "half a thou"


class BusyWindow(MainWindow):
    """Works by itself as soon as it is visible."""

    def show(self) -> None:
        super().show()
        QTimer.singleShot(200, self.sit)

    def sit(self) -> None:
        """Type, generate, and type on."""
        studio = self._studio
        wait(lambda: self.stage.page is not None)
        studio.player.problem = "no sound here"
        studio.take_settings.set_target(model=sys.argv[1], device="cpu", precision="fp32")
        wait(lambda: studio.engine.phase == "ready" and studio.take_settings.info is not None)
        studio.take_settings.set_sampling(steps=1)
        studio.take_settings.set_duration(285.0)
        studio.take_settings.set_seed_text("4711")
        self.prompts.prompt.setFocus()
        QTest.keyClicks(self.prompts.prompt, PROMPT)
        studio.generation.start()
        self.prompts.prompt.clear()
        QTest.keyClicks(self.prompts.prompt, UNDER_WAY)
        QTest.qWait(600)
        wait(lambda: bool(studio.generation.heard))
        host = studio.bridge.host
        assert isinstance(host, EngineHost)
        print("sound", host.pid, flush=True)


def main() -> None:
    app.Studio, app.MainWindow = Studio, BusyWindow  # type: ignore[misc]
    app.run(["musicapp"])


if __name__ == "__main__":
    main()
