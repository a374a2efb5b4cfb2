"""Work off the UI thread: a lane runs functions one after the other and brings their results back."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from musicapp.errors import MusicAppError

log = logging.getLogger(__name__)

Done = Callable[[Any], None]
Problem = Callable[[MusicAppError], None]


class Lane(QObject):
    """One background thread. Jobs of a lane keep their order.

    `done` and `failed` are called in the thread that made the lane, which is the UI thread. There, too, all three
    functions are let go of: what belongs to them may end the process if it goes in another thread (see `garbage`).
    """

    _returned = Signal(int, bool, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._tickets = itertools.count()
        self._held: dict[int, tuple[Callable[[], Any], Done | None, Problem | None]] = {}  # until they are answered
        self._jobs: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._closed = False
        self._returned.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # A daemon: a sound driver that never returns must not keep the app from ending.
        self._thread = threading.Thread(target=self._work, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], Any], done: Done | None = None, failed: Problem | None = None) -> None:
        """Do `work` in the background; exactly one of `done(result)` and `failed(error)` follows."""
        if not self._closed:
            ticket = next(self._tickets)
            self._held[ticket] = work, done, failed
            self._jobs.put(ticket)

    def close(self, timeout_s: float = 2.0) -> None:
        """Finish what was given so far, take no more, and end the thread."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            log.warning("lane %s is still busy", self._name)
        else:
            self._held.clear()

    def _work(self) -> None:
        while (ticket := self._jobs.get()) is not None:
            try:
                result = self._held[ticket][0]()
            except MusicAppError as error:
                self._return(ticket, False, error)
            except Exception as error:  # the border of the thread: whatever it is must reach the user
                log.exception("background work in lane %s failed", self._name)
                told = MusicAppError(
                    "Something unexpected went wrong.", hint="Details are in the log.", detail=repr(error)
                )
                self._return(ticket, False, told)
            else:
                self._return(ticket, True, result)
                del result

    def _return(self, ticket: int, is_done: bool, value: object) -> None:
        if not self._closed:
            self._returned.emit(ticket, is_done, value)

    def _deliver(self, ticket: int, is_done: bool, value: Any) -> None:
        if not self._closed:
            _work, done, failed = self._held.pop(ticket)
            if call := done if is_done else failed:
                call(value)
