"""Moving all takes to another folder while one works: progress, a way to stop, and going on later."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.errors import MusicAppError
from musicapp.library import moving
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages

PAUSE_S = 0.4  # between two tellings of how far it is
ABOUT = "move takes"


class TakesMove(QObject):
    """`moved` tells that the takes are in another folder now, or in both."""

    moved = Signal()
    _progressed = Signal(object)

    def __init__(self, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._lane: Lane | None = None  # with a thread of its own: it may take an hour
        self._should_stop = False
        self.is_running = False
        self._progressed.connect(self._show_progress)

    def start(self, target: Path) -> None:
        """Move the takes there, unless a move is under way."""
        if self.is_running:
            return
        if self._lane is None:
            self._lane = Lane("moving", self)
        self.is_running, self._should_stop = True, False

        def work() -> bool:
            told_s = 0.0
            for progress in moving.move(target):
                if self._should_stop:
                    return False
                if time.monotonic() - told_s > PAUSE_S:
                    told_s = time.monotonic()
                    self._progressed.emit(progress)
            return moving.unfinished() is None

        self._lane.run(work, lambda is_done: self._ended(target, is_done), self._failed)

    def stop(self) -> None:
        """Leave it where it is; it can go on later."""
        self._should_stop = True

    def offer_to_go_on(self) -> None:
        """Tell of a move that was begun and not ended, if there is one."""
        if not self.is_running and (job := moving.unfinished()) is not None:
            self._messages.post(
                "notice",
                f"Not all takes were moved to “{job.target}” yet.",
                f"Those in “{paths.takes_folder()}” are listed. None is lost.",
                offer=("Go on", lambda: self.start(job.target)),
                about=ABOUT,
                stays=True,
            )

    def close(self) -> None:
        """Stop, and wait a moment for the file that is being copied."""
        self.stop()
        if self._lane is not None:
            self._lane.close()

    def _show_progress(self, progress: moving.Progress) -> None:
        if not self.is_running:
            return
        what = "Moving the takes" if progress.phase == moving.COPYING else "Removing what was moved"
        offer: tuple[str, Callable[[], None]] = ("Stop", self.stop)
        text = f"{what}: {progress.done:,} of {progress.total:,}."
        self._messages.post("notice", text, "You can go on working.", offer=offer, about=ABOUT, stays=True)

    def _ended(self, target: Path, is_done: bool) -> None:
        self.is_running = False
        self._messages.dismiss(ABOUT)
        self.moved.emit()
        if is_done:
            self._messages.post("notice", f"All takes are in “{target}” now.", about=ABOUT)
        else:
            self.offer_to_go_on()

    def _failed(self, error: MusicAppError) -> None:
        self.is_running = False
        self.moved.emit()
        self._messages.post_error(error, about=ABOUT)
