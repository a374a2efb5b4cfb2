"""A window that works on command: `python -m tests.faults.sitting MODEL EXPORTS`, with JSON lines on both sides.

In: {"do": "type" | "take" | "cancel" | "export" | "open" | "settings" | "offer" | "random" | "play" | "where" | "quit",
...}.
Out: what a person would have seen, at the moment when the window showed it: "ready", "typed", "began", "heard",
"saved", "exported", "said", "idle", "lost", "answer" and the numbers of "measure".
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QObject, QSocketNotifier, QTimer

from musicapp.engine.host import EngineHost
from musicapp.library.takes import Take
from musicapp.ui import app
from musicapp.ui.main_window import MainWindow
from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.studio import Studio

WORDS = ("harp", "rain", "slow", "piano", "90 bpm", "in C minor", "warm", "pads", "drums", "no drums", "ä✓", "quiet")
FORMATS = ("wav16", "wav24", "wav32f", "flac", "ogg", "opus", "mp3")
STEP_MS = 60  # between two random actions
MOST_WAITING = 2  # takes in the queue


class Sitter(QObject):
    """Sits at the window: does what it is told and tells what it sees."""

    def __init__(self, window: MainWindow, studio: Studio, model: str, exports: Path) -> None:
        super().__init__(window)
        self.window, self.studio, self.random = window, studio, random.Random()
        self.left = self.count = 0
        studio.exporter.set_folder(exports)
        studio.library.auto_play = "off"
        studio.take_settings.set_target(model=model, device="cpu", precision="fp32")
        studio.take_settings.set_sampling(steps=1)
        studio.generation.began.connect(lambda request: tell("began", id=request.take_id, engine=self.engine))
        studio.generation.run_changed.connect(self._run_changed)
        studio.open_takes.sounds.connect(self._sounds)
        for signal in (studio.open_takes.made, studio.leftovers.kept):
            signal.connect(self._saved)
        studio.player.playing_changed.connect(lambda on: tell("playing", on=on))
        studio.exporter.exported.connect(lambda done: tell("exported", path=str(done.path)))
        studio.engine.lost.connect(lambda event, again: tell("lost", message=event.message))
        studio.engine.changed.connect(self._look)
        studio.library.loaded.connect(self._listed)
        studio.messages.message_changed.connect(self._message)
        self.timer = QTimer(self, interval=STEP_MS)
        self.timer.timeout.connect(self.step)
        self.input = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self.input.activated.connect(self._read)
        self._text, self._was_ready = b"", False
        self._look()

    @property
    def engine(self) -> int | None:
        """The process of the engine."""
        host = self.studio.bridge.host
        return host.pid if isinstance(host, EngineHost) else None

    def obey(self, order: dict[str, Any]) -> None:
        """Do one thing."""
        studio, what = self.studio, order["do"]
        if what == "type":
            self.window.prompts.prompt.setPlainText(order["text"])
            tell("typed", text=order["text"])
        elif what == "take":
            studio.take_settings.set_duration(order["seconds"])
            studio.queue.go_on()
            if len(studio.queue.waiting) < MOST_WAITING:
                studio.generation.start()
        elif what == "cancel":
            studio.generation.cancel()
        elif what == "export":
            self._export(order["format"])
        elif what == "open" and studio.library.model.rows:
            rows = studio.library.model.rows
            studio.library.open(rows[order["row"] % len(rows)].take_id)
        elif what == "settings":
            studio.take_settings.set_seed(order["seed"])
            studio.take_settings.set_seed_locked(order["locked"])
            studio.player.set_volume(order["volume_db"])
        elif what == "offer":
            message = studio.messages.current
            if message is not None and message.offer is not None:
                studio.messages.accept_offer()
        elif what == "play":
            studio.player.refresh_devices()
            studio.player.toggle()
        elif what == "where":
            tell("where", frame=studio.player.position)
        elif what == "random":
            self.random.seed(order["seed"])
            self.left = order["count"]
            self.timer.start()
        elif what == "measure":
            self._measure()
        elif what == "quit":
            studio.keeps_part = True
            self.window.leave()
        tell("answer", to=what)

    def step(self) -> None:
        """One random action, as a person might do it without looking."""
        if self.left <= 0:
            self.timer.stop()
            tell("idle")
            return
        self.left -= 1
        pick, some = self.random.choice, self.random.random
        what = self.random.choices(
            ("type", "take", "cancel", "export", "open", "settings", "offer"), (6, 6, 2, 4, 3, 3, 2)
        )[0]
        if what == "type" and some() < 0.5:
            self.window.prompts.prompt.insertPlainText(f" {pick(WORDS)}"[: 1900 - len(self._prompt)])
            tell("typed", text=self._prompt)
            return
        self.obey(
            {
                "do": what,
                "text": f"{pick(WORDS)} {pick(WORDS)} {self.random.randrange(10**6)}",
                "seconds": pick((0.5, 1.0, 2.0, 5.0)),
                "format": pick(FORMATS),
                "row": self.random.randrange(50),
                "seed": self.random.randrange(2**32),
                "locked": some() < 0.3,
                "volume_db": -40 * some(),
            }
        )

    @property
    def _prompt(self) -> str:
        return str(self.window.prompts.prompt.toPlainText())

    def _export(self, form: str) -> None:
        exporter = self.studio.exporter
        if exporter.take is None or exporter.is_running:
            return
        self.count += 1
        exporter.set_format(form)
        exporter.set_name(f"export {os.getpid()} {self.count}")
        exporter.export()

    def _look(self) -> None:
        is_ready = self.studio.engine.phase == "ready" and self.studio.take_settings.info is not None
        if is_ready and not self._was_ready:
            self.studio.player.problem = self.studio.player.problem or os.environ.get("SITTING_SILENT", "")
            tell("ready", engine=self.engine)
        self._was_ready = is_ready

    def _run_changed(self) -> None:
        if self.studio.generation.run is None:
            tell("ended")

    def _sounds(self, opened: OpenTake) -> None:
        tell("heard", id=opened.take_id, path=str(opened.source.path))

    def _saved(self, take: Take) -> None:
        tell("saved", id=take.take_id, path=str(take.path), frames=take.frames)

    def _listed(self) -> None:
        tell("listed", ids=[row.take_id for row in self.studio.library.model.rows])

    def _message(self) -> None:
        message = self.studio.messages.current
        if message is not None:
            tell("said", text=f"{message.text} {message.hint}".strip(), kind=message.kind)

    def _measure(self) -> None:
        pids = [os.getpid(), *([self.engine] if self.engine else [])]
        found = [psutil.Process(pid) for pid in pids]
        tell(
            "measure",
            resident=[process.memory_info().rss for process in found],
            descriptors=[process.num_fds() for process in found],
            threads=[process.num_threads() for process in found],
            python_threads=sorted(thread.name for thread in threading.enumerate()),
        )

    def _read(self) -> None:
        piece = os.read(sys.stdin.fileno(), 65536)
        if not piece:
            self.input.setEnabled(False)
            return
        *lines, self._text = (self._text + piece).split(b"\n")
        for line in lines:
            self.obey(json.loads(line))


def tell(what: str, **facts: object) -> None:
    """One line, at once: what is said here was seen before the process could be killed."""
    sys.stdout.write(json.dumps({"what": what, "at": time.monotonic(), **facts}) + "\n")
    sys.stdout.flush()


def main() -> None:
    model, exports = sys.argv[1], Path(sys.argv[2])
    studios: list[Studio] = []

    class WatchedStudio(Studio):
        def start(self) -> None:
            studios.append(self)
            QTimer.singleShot(0, lambda: setattr(windows[0], "sitter", Sitter(windows[0], self, model, exports)))
            super().start()

    class WatchedWindow(MainWindow):
        def show(self) -> None:
            windows.append(self)
            super().show()

    windows: list[MainWindow] = []
    app.Studio, app.MainWindow = WatchedStudio, WatchedWindow  # type: ignore[misc]
    sys.exit(app.run(["musicapp"]))


if __name__ == "__main__":
    main()
