"""Files dropped on a widget, as a file manager does it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def drop(widget: QWidget, path: Path) -> bool:
    """Drop a path as the file manager does; whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return drop_data(widget, data) is not None


def drop_data(widget: QWidget, data: QMimeData) -> Qt.DropAction | None:
    """Drag this over a widget and let go, as a source that prefers to move; what it is told, None for refused."""
    middle = widget.rect().center()
    offered = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction | Qt.DropAction.LinkAction
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(middle), offered, data, button, key)
    enter.setDropAction(Qt.DropAction.MoveAction)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return None
    drop = QDropEvent(QPointF(middle), offered, data, button, key)
    drop.setDropAction(Qt.DropAction.MoveAction)
    drop.ignore()
    QApplication.sendEvent(widget, drop)
    return drop.dropAction() if drop.isAccepted() else None
