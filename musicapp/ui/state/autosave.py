"""Saves settings and the half-written form while one works, so that a killed window loses about one keystroke."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from musicapp import settings as saved_settings
from musicapp.errors import MusicAppError
from musicapp.settings import Settings
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages

log = logging.getLogger(__name__)

PAUSE_MS = 250


class Autosave(QObject):
    """Looks a few times a second whether anything changed, and writes it in a thread of its own.

    Looking is cheaper than a signal from each of the places that change something, and none can be forgotten.
    """

    def __init__(self, settings: Settings, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._messages = settings, messages
        self._lane = Lane("saving", self)
        self._collectors: list[Callable[[], None]] = []
        self._saved = saved_settings.text_of(settings)
        self._is_writing = self._has_complained = False
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._look)

    def collect_from(self, collector: Callable[[], None]) -> None:
        """Have a function write what it knows into the settings before each look."""
        self._collectors.append(collector)

    def start(self) -> None:
        """From now on everything is saved."""
        self._timer.start()

    def close(self) -> None:
        """Save for the last time, and end the thread."""
        self._timer.stop()
        self._lane.close()
        text = self._collect()
        if text != self._saved:
            try:
                saved_settings.write(text)
            except MusicAppError as error:
                log.warning("settings not saved: %s %s", error.message, error.detail)

    def _collect(self) -> str:
        for collect in self._collectors:
            collect()
        return saved_settings.text_of(self._settings)

    def _look(self) -> None:
        if self._is_writing or (text := self._collect()) == self._saved:
            return
        self._is_writing = True
        self._lane.run(lambda: saved_settings.write(text), lambda _nothing: self._wrote(text), self._not_written)

    def _wrote(self, text: str) -> None:
        self._saved, self._is_writing, self._has_complained = text, False, False

    def _not_written(self, error: MusicAppError) -> None:
        """Said once; it is tried again as long as one works."""
        self._is_writing = False
        if not self._has_complained:
            self._has_complained = True
            self._messages.post_error(error, about="settings")
