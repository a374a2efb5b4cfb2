"""The real program with a fake engine: `python -m tests.ui.window_process FILES`. Tells on its output what happens."""

from __future__ import annotations

import sys
from pathlib import Path

from musicapp import __main__ as program
from musicapp.ui import app
from musicapp.ui.main_window import MainWindow
from musicapp.ui.state import player
from tests.ui.fake_host import FakeHost
from tests.ui.fake_output import FakeOutput


class Window(MainWindow):
    def show(self) -> None:
        was_shown = self.isVisible()
        super().show()
        if not was_shown:
            say("shown")

    def come_forward(self, files: list[Path], token: str) -> None:
        super().come_forward(files, token)
        say(f"called {[str(path) for path in files]} active {self.isActiveWindow()} minimized {self.isMinimized()}")
        if any(path.name == "quit" for path in files):
            self.close()


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    app.MainWindow, app.EngineHost = Window, FakeHost  # type: ignore[misc]
    player.PlaybackHost = FakeOutput  # type: ignore[misc, assignment]
    sys.exit(program.main())
