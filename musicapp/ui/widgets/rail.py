"""The left column: the fields, which scroll where there is no room for them, and Generate, which stays in sight."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.scrolling import Form, VerticalScroll


class Rail(QFrame):
    """What the next take will be."""

    def __init__(self, fields: tuple[QWidget, ...], generate: QWidget) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        form = Form()
        inside = QVBoxLayout(form)
        inside.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, SPACE)
        inside.setSpacing(SPACE_WIDE)
        for field in fields:
            inside.addWidget(field)
        inside.addStretch(1)
        foot = QWidget()
        row = QVBoxLayout(foot)
        row.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, 0)
        row.addWidget(generate)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, SPACE_WIDE)
        layout.setSpacing(0)
        layout.addWidget(VerticalScroll(form), 1)
        layout.addWidget(foot)
