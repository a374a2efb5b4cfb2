"""Rules that hold for every field of the window: what the wheel and a dropped file may do to it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)


def apply(widget: QWidget) -> None:
    """Give a field its rules; anything else has none. Safe to repeat."""
    if widget.findChild(_Rule, options=Qt.FindChildOption.FindDirectChildrenOnly) is not None:
        return
    if isinstance(widget, QAbstractSpinBox | QComboBox | QAbstractSlider) and not isinstance(widget, QScrollBar):
        if widget.focusPolicy() & Qt.FocusPolicy.WheelFocus == Qt.FocusPolicy.WheelFocus:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        _WheelNeedsFocus(widget)
    for field in _text_fields(widget):
        _TakesNoFiles(field)


def _text_fields(widget: QWidget) -> list[QWidget]:
    if isinstance(widget, QAbstractSpinBox):
        return widget.findChildren(QLineEdit)
    if isinstance(widget, QComboBox):
        edit = widget.lineEdit()
        return [edit] if edit is not None else []
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        return [widget, widget.viewport()]
    return [widget] if isinstance(widget, QLineEdit) else []


class _Rule(QObject):
    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)


class _WheelNeedsFocus(_Rule):
    """Whoever scrolls past a field must not change it; the wheel goes to what scrolls around it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


class _TakesNoFiles(_Rule):
    """A file dropped on text is meant for the window, not as text; the window gets it when the field refuses it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.ignore()
            return True
        return False
