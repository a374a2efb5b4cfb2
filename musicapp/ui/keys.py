"""What keys do on the control that has the focus, before the window's own keys get them.

Menu keys win over the focused control in Qt, so that Space, which plays, could press no button, and Home no slider.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class FocusKeys(QObject):
    """Watches whatever has the focus, in the window and its dialogs.

    Space and Return press the focused button and open the focused box of choices; Home and End stay with sliders,
    boxes and lists. Ctrl+Z undoes typing as long as there is some, and then what the window can undo. `left` tells that
    Return ended the typing in a field of one line, whose value can be used.
    """

    left = Signal(QWidget)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)
        self._follow(None, application.focusWidget())

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        # Only the one with the focus is watched: every event of the whole window would go through Python otherwise.
        if old is not None and isValid(old):
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.ShortcutOverride and event.matches(QKeySequence.StandardKey.Undo):
            return not _can_undo(watched)  # then it is the window's
        if event.modifiers() not in _PLAIN or watched is not QApplication.focusWidget():
            return False
        key = Qt.Key(event.key())
        if kind == QEvent.Type.ShortcutOverride:
            if _claims(watched, key):
                event.accept()
            return False
        if key not in RETURN:
            return False
        if isinstance(watched, QAbstractButton | QComboBox):
            if not event.isAutoRepeat():
                _press(watched)
            return True
        if isinstance(watched, QLineEdit | QAbstractSpinBox) and not event.isAutoRepeat() and not _is_in_list(watched):
            QTimer.singleShot(0, self._finish)  # after the field itself has taken the key
        return False

    def _finish(self) -> None:
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit | QAbstractSpinBox) and field.property("problem") != "true":
            self.left.emit(field)


def _can_undo(widget: QObject) -> bool:
    """Whether a field has typing of its own to undo; True for all that is no field, which decides itself."""
    if isinstance(widget, QLineEdit):
        return widget.isUndoAvailable() or _is_in_list(widget)
    return widget.document().isUndoAvailable() if isinstance(widget, QPlainTextEdit | QTextEdit) else True


def _claims(widget: QObject, key: Qt.Key) -> bool:
    """Whether a plain key belongs to the control itself."""
    if isinstance(widget, QAbstractButton | QComboBox) and (key == Qt.Key.Key_Space or key in RETURN):
        return True
    return key in ENDS and isinstance(widget, QAbstractSlider | QComboBox | QAbstractItemView)


def _is_in_list(field: QWidget) -> bool:
    """Whether a field edits a row of a list, which ends the typing itself."""
    parent = field.parentWidget()
    while parent is not None and not isinstance(parent, QAbstractItemView):
        parent = parent.parentWidget()
    return parent is not None


def _press(widget: QAbstractButton | QComboBox) -> None:
    if isinstance(widget, QComboBox):
        widget.showPopup()
    elif isinstance(widget, QPushButton) and widget.menu() is not None:
        widget.showMenu()
    else:
        widget.click()
