"""The switch for Ableton Link, with how many others are there and the tempo of all."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QToolButton

from musicapp.ui.state.ableton_link import AbletonLink
from musicapp.ui.widgets.described import described
from musicapp.ui.words import marked, number, tr

LINK_WORDS = marked(
    "Play in time with other programs by Ableton Link. Only while it is on, Musicapp sends and hears messages in the "
    "local network"
)
ALONE = marked("Ableton Link: nobody else is there yet. The tempo of the session is {bpm} bpm")


class LinkButton(QToolButton):
    """Is seen where a binding for Link is installed: all others have it in the menu, which says how to get one."""

    def __init__(self, link: AbletonLink) -> None:
        super().__init__()
        self._link = link
        self.setCheckable(True)
        if not link.is_offered:  # to show it here would be a window of its own
            self.hide()
        self.clicked.connect(link.toggle)
        link.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        link = self._link
        with QSignalBlocker(self):
            self.setChecked(link.is_on)
        tempo = number(link.tempo_bpm)
        if not link.is_on:
            text, words = "Link", tr(LINK_WORDS)
        elif not link.peers:
            text, words = f"Link · {tempo}", tr(ALONE, bpm=tempo)
        else:
            text = f"Link · {number(link.peers)} · {tempo}"
            words = tr("Ableton Link: %n other program(s), {bpm} bpm", "", link.peers, bpm=tempo)
        self.setText(text)
        described(self, "ableton_link", tr("Ableton Link"), words)
