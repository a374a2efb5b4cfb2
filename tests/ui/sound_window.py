"""A window that plays, for `tests.sound_servers`: `python -m tests.ui.sound_window OUTPUT SECONDS`.

The engine is a fake one, the sound is real. Every 20 ms it prints a line of JSON with what it shows; words on its input
are commands.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from musicapp import logs, settings
from musicapp.ui.main_window import MainWindow
from musicapp.ui.state.player import Player
from musicapp.ui.studio import Studio
from musicapp.ui.theme import Theme
from tests.ui.fake_host import FakeHost

TELL_MS = 20


class Teller(QObject):
    """Prints what the player is in, and obeys."""

    commanded = Signal(str)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._done = threading.Event()
        self._timer = QTimer(self, interval=TELL_MS)
        self._timer.timeout.connect(self._tell)
        self._timer.start()
        self.commanded.connect(self._obey, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._listen, daemon=True).start()

    def _tell(self) -> None:
        player, message = self._studio.player, self._studio.messages.current
        shown = player.shown
        state = {
            "time": time.monotonic(),
            "position": player.position,
            "is_playing": player.is_playing,
            "is_waiting": player.is_waiting,
            "level": max(player.transport.levels()),
            "message": f"{message.text} {message.hint}" if message else "",
            "pid": player._host.pid,
            "underflows": player._host.underflows,
            "outputs": [device.name for device in player.devices],
            "path": str(shown.audio.path) if shown and shown.audio.buffer.is_complete else "",
            "gain_db": player.take_gain_db,
        }
        print(json.dumps(state), flush=True)

    def _obey(self, word: str) -> None:
        player: Player = self._studio.player
        if word == "busy":
            threading.Thread(target=self._compute, daemon=True).start()
        elif word == "idle":
            self._done.set()
        elif word == "loop":
            player.set_looping(True)
        elif word == "quit":
            QApplication.quit()
        else:
            {"play": player.play, "pause": player.pause, "stop": player.stop, "look": player.refresh_devices}[word]()

    def _compute(self) -> None:
        self._done.clear()
        while not self._done.is_set():
            sum(range(300))

    def _listen(self) -> None:
        for line in sys.stdin:
            self.commanded.emit(line.strip())
        self.commanded.emit("quit")


def main() -> int:
    """Run until it is told to quit."""
    logs.set_up("window")
    application = QApplication(["musicapp"])
    application.setQuitOnLastWindowClosed(False)
    saved = settings.Settings(volume=1.0, auto_play="off", output_device=sys.argv[1], prompt="calm piano")
    studio, theme = Studio(FakeHost, saved), Theme(application, "dark")
    window = MainWindow(studio, theme)
    window.show()
    studio.take_settings.set_duration(float(sys.argv[2]))
    studio.engine.changed.connect(lambda: _make(studio))
    _make(studio)
    teller = Teller(studio)
    application.exec()
    teller._timer.stop()
    window.leave()
    studio.close()
    return 0


def _make(studio: Studio) -> None:
    """One take, as soon as the engine is ready."""
    if studio.engine.phase == "ready" and studio.player.shown is None and not studio.generation.is_running:
        studio.generation.start()


if __name__ == "__main__":
    sys.exit(main())
