"""The message area: what happened, what to do next, the log, and a way to dismiss it."""

from __future__ import annotations

import contextlib
from functools import partial

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from musicapp import paths
from musicapp.ui import icons
from musicapp.ui.state.messages import Messages
from musicapp.ui.theme import SPACE, SPACE_WIDE, Theme, scaled_font
from musicapp.ui.widgets.described import IconButton, described, label, restyle
from musicapp.ui.words import marked, said, tr

ICONS = {"error": "error", "warning": "warning", "notice": "notice"}
KINDS = {"error": marked("Error"), "warning": marked("Warning"), "notice": marked("Notice")}
ICON_TONES = {"error": "danger", "warning": "warning", "notice": "accent"}
BIG_ICON = 20
ALONG, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
WORDS_CHARACTERS = 30  # that a line of the words has room for, if the buttons are to stand beside them
ALSO = ("message_also", "message_also_2")


def open_log_folder() -> None:
    """Show the logs in the system's file manager."""
    with contextlib.suppress(OSError):  # then the file manager says that it is not there
        paths.log_folder().mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.log_folder())))


class MessageBar(QFrame):
    """Hidden until there is something to tell. `focus_lost` tells that it went away while one of its buttons had it."""

    focus_lost = Signal()

    def __init__(self, messages: Messages, theme: Theme) -> None:
        super().__init__()
        self._messages, self._theme = messages, theme
        described(self, "message_bar", tr("Message"))
        self.setToolTip("")
        self._icon = QLabel()
        self.text = label("")
        self.text.setObjectName("message_text")
        self.text.setFont(scaled_font(self.text, bold=True))
        self.hint = label("")
        self.hint.setObjectName("message_hint")
        for part in (self.text, self.hint):
            part.setWordWrap(True)
            part.setTextFormat(Qt.TextFormat.PlainText)  # names out of files are in it
        self.offer_button = described(QPushButton(), "message_offer", tr("What to do instead"))
        self.offer_button.setProperty("role", "accent")
        self.also_buttons = [described(QPushButton(), name, tr("What else to do")) for name in ALSO]
        self.log_button = described(
            QPushButton(tr("Show log")), "message_log", tr("Show log"), tr("Open the folder of the log files")
        )
        self.log_button.setProperty("role", "link")
        self.close_button = described(
            IconButton(theme, "close", size=14), "message_dismiss", tr("Dismiss this message")
        )

        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.text)
        words.addWidget(self.hint)
        self._all_buttons = (*reversed(self.also_buttons), self.offer_button, self.log_button)  # the offer is the last
        self._buttons, self._body = QHBoxLayout(), QHBoxLayout()
        self._buttons.addStretch(1)
        for button in self._all_buttons:
            self._buttons.addWidget(button)
        self._body.addLayout(words, 1)
        self._body.addLayout(self._buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE, SPACE, SPACE, SPACE)
        layout.addWidget(self._icon)
        layout.addLayout(self._body, 1)
        layout.addWidget(self.close_button)
        self._buttons.setSpacing(SPACE)
        for row in (self._body, layout):
            row.setSpacing(SPACE_WIDE)

        self.offer_button.clicked.connect(messages.accept_offer)
        for number, button in enumerate(self.also_buttons):
            button.clicked.connect(partial(self._accept_also, number))
        self.log_button.clicked.connect(open_log_folder)
        self.close_button.clicked.connect(messages.put_aside)
        messages.message_changed.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    def heightForWidth(self, width: int) -> int:
        self._arrange(width)
        return super().heightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        """The buttons beside the words, below them where these would be a strip, and each in a row where even that is
        too narrow for all.
        """
        shown = [button.sizeHint().width() for button in self._all_buttons if not button.isHidden()]
        needed = sum(shown) + SPACE * (len(shown) - 1)
        room = width - self._icon.sizeHint().width() - self.close_button.sizeHint().width() - 3 * SPACE_WIDE - SPACE
        is_below = bool(shown) and room - needed - SPACE_WIDE < WORDS_CHARACTERS * self.fontMetrics().averageCharWidth()
        self._body.setDirection(DOWN if is_below else ALONG)
        self._buttons.setDirection(DOWN if is_below and needed > room else ALONG)

    def _accept_also(self, number: int, _checked: bool = False) -> None:
        self._messages.accept_also(number)

    def _show(self) -> None:
        message = self._messages.current
        had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
        self.setVisible(message is not None)
        if message is None:
            if had_focus:
                self.focus_lost.emit()
            return
        restyle(self, "surface", message.kind)
        text, hint = said(message.text), said(message.hint)
        self.text.setText(text)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.log_button.setVisible(message.with_log and message.offer is None)
        also = (*message.also, None, None)
        buttons = ((self.offer_button, "message_offer"), *zip(self.also_buttons, ALSO, strict=True))
        for (button, name), offer in zip(buttons, (message.offer, *also), strict=False):
            button.setVisible(offer is not None)
            if offer is not None:
                described(button, name, said(offer[0]))
                button.setText(said(offer[0]))
        self.setAccessibleName(f"{text} {hint}".strip())
        self._icon.setAccessibleName(tr(KINDS[message.kind]))
        colour = getattr(self._theme.colours, ICON_TONES[message.kind])
        self._icon.setPixmap(icons.pixmap(ICONS[message.kind], colour, BIG_ICON, self.devicePixelRatioF()))
