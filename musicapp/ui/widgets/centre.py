"""The middle column: the stage, which scrolls where it is too high, the export below, and messages over them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from musicapp.ui.theme import SPACE, SPACE_TIGHT
from musicapp.ui.widgets.message_bar import MessageBar
from musicapp.ui.widgets.scrolling import VerticalScroll


class Centre(QWidget):
    """A message lies over the lower end of the stage: nothing moves when one comes or goes."""

    def __init__(self, stage: QWidget, export: QWidget, message_bar: MessageBar) -> None:
        super().__init__()
        self._bar = message_bar
        self._scroll = VerticalScroll(stage)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_TIGHT, 0, SPACE_TIGHT, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(export)
        message_bar.setParent(self)
        message_bar.hide()
        message_bar.installEventFilter(self)
        self._scroll.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show, QEvent.Type.Resize):
            self._place()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """As high as its words need at this width: up to the whole stage, and over the export where that is too low."""
        room = self._scroll.geometry().adjusted(SPACE, SPACE, -SPACE, -SPACE)
        height = self._bar.heightForWidth(room.width())
        if height > room.height():
            room.setBottom(min(room.top() + height - 1, self.height() - SPACE))
            height = room.height()
        self._bar.setGeometry(room.left(), room.bottom() - height + 1, room.width(), height)
        self._bar.raise_()
