"""All keys on one sheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from musicapp.ui import screen_room
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.described import described, label
from musicapp.ui.widgets.scrolling import VerticalScroll
from musicapp.ui.words import tr


class ShortcutsDialog(QDialog):
    """Shown by Help, Keyboard shortcuts."""

    def __init__(self, rows: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "shortcuts", tr("Keyboard shortcuts"))
        self.setToolTip("")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(0, 0, SPACE_WIDE, 0)
        grid.setHorizontalSpacing(SPACE_WIDE * 2)
        grid.setVerticalSpacing(SPACE)
        for number, (keys, text) in enumerate(rows):
            grid.addWidget(label(keys, tone="section"), number, 0)
            grid.addWidget(label(text), number, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE * 2, SPACE_WIDE * 2, SPACE_WIDE * 2, SPACE_WIDE)
        layout.setSpacing(SPACE_WIDE)
        layout.addWidget(VerticalScroll(sheet), 1)
        note = label(tr("Single keys type while a text field has the focus; Esc leaves it."), tone="muted")
        note.setWordWrap(True)
        layout.addWidget(note)
        layout.addWidget(buttons)
        screen_room.fit(self, self.sizeHint())
