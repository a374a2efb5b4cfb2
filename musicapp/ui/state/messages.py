"""The one place for what the window has to tell: problems with a next step, and passing remarks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from musicapp.errors import MusicAppError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """What happened and what to do next. kind: "error", "warning" or "notice".

    offer  what a button beside it says and does, if there is one
    """

    kind: str
    text: str
    hint: str = ""
    offer: tuple[str, Callable[[], None]] | None = None


class Messages(QObject):
    """Holds the message that is shown.

    message_changed  another message is shown, or none
    remarked         a short remark for the status bar
    """

    message_changed = Signal()
    remarked = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: Message | None = None

    def post(
        self, kind: str, text: str, hint: str = "", *, offer: tuple[str, Callable[[], None]] | None = None
    ) -> None:
        """Show a message until it is dismissed or replaced."""
        log.log(logging.ERROR if kind == "error" else logging.INFO, "shown: %s %s", text, hint)
        self.current = Message(kind, text, hint, offer)
        self.message_changed.emit()

    def post_error(self, error: MusicAppError) -> None:
        """Show a failure."""
        if error.detail:
            log.info("detail: %s", error.detail)
        self.post("error", error.message, error.hint)

    def remark(self, text: str) -> None:
        """Say something in passing, in the status bar."""
        self.remarked.emit(text)

    def accept_offer(self) -> None:
        """Do what the message's button says."""
        offer = self.current.offer if self.current is not None else None
        self.dismiss()
        if offer is not None:
            offer[1]()

    def dismiss(self) -> None:
        """Take the message away, as what it was about is over."""
        if self.current is not None:
            self.current = None
            self.message_changed.emit()

    def put_aside(self) -> None:
        """Take the message away because the user closed it; the status bar keeps its sentence."""
        if (closed := self.current) is not None:
            self.dismiss()
            self.remarked.emit(closed.text)
