"""The one place for what the window has to tell: problems with a next step, and passing remarks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from musicapp.errors import MusicAppError, RequestError

log = logging.getLogger(__name__)

CAUSE_S = 1.0  # what goes wrong so soon after an error follows from it, and is told after it
MOST_WAITING = 6
Offer = tuple[str, Callable[[], None]]


@dataclass(frozen=True)
class Message:
    """What happened and what to do next. kind: "error", "warning" or "notice".

    offer     what a button beside it says and does, if there is one
    also      the same for more buttons, beside an offer
    about     what it speaks of, by which it is taken back: "prompt", "length", "seed", "run", "engine" ...
    closed    what to do when the user closes it without taking the offer
    stays     it holds whatever is begun next: a question that waits for its answer, a trouble that lasts
    with_log  whether the log tells more
    """

    kind: str
    text: str
    hint: str = ""
    offer: Offer | None = None
    about: str = ""
    closed: Callable[[], None] | None = None
    stays: bool = False
    with_log: bool = False
    also: tuple[Offer, ...] = ()
    posted_s: float = field(default_factory=lambda: time.monotonic(), compare=False)


class Messages(QObject):
    """Holds the message that is shown, and those behind it that wait.

    A cause is not replaced by its consequence: an error stays in front of what is posted right after it.

    message_changed  another message is shown, or none
    remarked         a short remark for the status bar
    """

    message_changed = Signal()
    remarked = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Message] = []

    @property
    def current(self) -> Message | None:
        """The message that is shown."""
        return self._all[0] if self._all else None

    def post(
        self,
        kind: str,
        text: str,
        hint: str = "",
        *,
        offer: Offer | None = None,
        also: tuple[Offer, ...] = (),
        about: str = "",
        closed: Callable[[], None] | None = None,
        stays: bool = False,
    ) -> None:
        """Show a message until it is dismissed or another comes."""
        log.log(logging.ERROR if kind == "error" else logging.INFO, "shown: %s %s", text, hint)
        self._put(Message(kind, text, hint, offer, about, closed, stays, kind == "error", also))

    def post_error(self, error: MusicAppError, *, about: str = "") -> None:
        """Show a failure."""
        if error.detail:
            log.info("detail: %s", error.detail)
        log.info("shown: %s %s", error.message, error.hint)
        with_log = not isinstance(error, RequestError)  # of what was typed the log knows nothing
        self._put(Message("error", error.message, error.hint, about=about, with_log=with_log))

    def remark(self, text: str) -> None:
        """Say something in passing, in the status bar."""
        self.remarked.emit(text)

    def accept_offer(self) -> None:
        """Do what the message's button says."""
        if self._all:
            message = self._all.pop(0)
            self.message_changed.emit()
            if message.offer is not None:
                message.offer[1]()

    def accept_also(self, number: int) -> None:
        """Do what one of its other buttons says; the message stays, for the first one."""
        if self.current is not None and number < len(self.current.also):
            self.current.also[number][1]()

    def dismiss(self, *abouts: str) -> None:
        """Take back what is over: the messages about one of these; without any, all that do not stay."""
        before = self.current
        self._all = [m for m in self._all if (m.about not in abouts if abouts else m.stays)]
        if self.current is not before:
            self.message_changed.emit()

    def add_hint(self, about: str, words: str) -> None:
        """Say more in the message about this, if it still stands."""
        for place, message in enumerate(self._all):
            if message.about == about:
                self._all[place] = replace(message, hint=f"{words} {message.hint}".strip())
                self.message_changed.emit()

    def put_aside(self) -> None:
        """Take the message away because the user closed it."""
        if self._all:
            message = self._all.pop(0)
            self.message_changed.emit()
            if message.closed is not None:
                message.closed()

    def _put(self, message: Message) -> None:
        kept = [m for m in self._all if m.text != message.text and not (m.about and m.about == message.about)]
        front = kept[0] if kept else None
        is_consequence = (
            front is not None
            and front.kind == "error"
            and front.with_log
            and message.posted_s - front.posted_s < CAUSE_S
        )
        if is_consequence:
            kept.insert(1, message)
        else:  # what asks for nothing makes room
            kept = [message, *(m for m in kept if m.stays or m.offer or (m.kind == "error" and m.about))]
        self._all = kept[:MOST_WAITING]
        self.message_changed.emit()
