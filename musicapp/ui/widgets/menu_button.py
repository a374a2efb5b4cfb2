"""A small button that opens a menu, which is filled when it is opened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy

from musicapp.ui.widgets.described import described

TITLE_CHARACTERS = 60


class MenuButton(QPushButton):
    """`fill` puts what there is to choose now into the empty menu."""

    def __init__(self, object_name: str, text: str, label: str, tooltip: str, fill: Callable[[QMenu], None]) -> None:
        super().__init__(text)
        described(self, object_name, label, tooltip)
        self.setProperty("role", "small")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._fill = fill
        self.opened = QMenu(self)
        self.opened.setObjectName(f"{object_name}_menu")
        self.opened.setToolTipsVisible(True)
        self.clicked.connect(self.open)

    def open(self) -> None:
        """Show the menu below the button."""
        self.refill()
        self.opened.popup(self.mapToGlobal(QPoint(0, self.height())))

    def refill(self) -> None:
        """Ask for the entries anew."""
        self.opened.clear()
        self._fill(self.opened)


def entry(text: str) -> str:
    """Any text as one line of a menu: short, and its ampersands no keys."""
    line = " ".join(text.split())
    short = line if len(line) <= TITLE_CHARACTERS else f"{line[:TITLE_CHARACTERS]}…"
    return short.replace("&", "&&")
