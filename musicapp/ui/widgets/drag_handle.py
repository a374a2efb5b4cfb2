"""A handle to drag the take, or its marked part, out of the window as a finished file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from musicapp.ui import icons
from musicapp.ui.state.exporter import Exporter
from musicapp.ui.theme import Theme
from musicapp.ui.widgets.described import IconButton

PICTURE = 32  # points of what hangs at the pointer


class DragHandle(IconButton):
    """Pressed, it has the file written; moved, it drags that file as soon as it is whole. A click copies it.

    Programs read a dropped file at once, so no drag begins before the file is complete.
    """

    def __init__(self, exporter: Exporter, theme: Theme) -> None:
        super().__init__(theme, "drag", tone="muted")
        self._exporter = exporter
        self._pressed_at: QPoint | None = None
        self._wants_drag = False
        self._ready: Path | None = None
        self.clicked.connect(self.copy)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self._pressed_at, self._wants_drag, self._ready = event.position().toPoint(), False, None
            self._exporter.hand_over(self._written)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._pressed_at is None or self._wants_drag:
            return
        away = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if away >= QApplication.startDragDistance():
            self._wants_drag = True
            self.setDown(False)
            if self._ready is not None:
                self._drag(self._ready)
            else:
                self.setCursor(Qt.CursorShape.BusyCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_drag, self._pressed_at, self._wants_drag = self._wants_drag, None, False
        self.unsetCursor()
        if was_drag:  # it was let go before the file was whole: nothing is dropped
            self.setDown(False)
            return
        super().mouseReleaseEvent(event)

    def copy(self) -> None:
        """Put the finished file on the clipboard, for a file manager or a DAW to paste."""
        self._exporter.hand_over(self._to_clipboard)

    def _written(self, path: Path) -> None:
        self._ready = path
        if self._wants_drag and self._pressed_at is not None:
            self._drag(path)

    def _drag(self, path: Path) -> None:
        self._pressed_at, self._wants_drag = None, False
        self.unsetCursor()
        drag = QDrag(self)
        drag.setMimeData(mime_of(path))
        drag.setPixmap(icons.pixmap("drag", self._theme.colours.accent, PICTURE, self.devicePixelRatioF()))
        drag.exec(Qt.DropAction.CopyAction)

    def _to_clipboard(self, path: Path) -> None:
        QGuiApplication.clipboard().setMimeData(mime_of(path))
        self._exporter.remark_copied(path)


def mime_of(path: Path) -> QMimeData:
    """The file as other programs take it: its address, and its path as text for those that read only that."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    mime.setText(str(path))
    return mime
