"""A field that shows the key which is pressed in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

from musicapp.ui.shortcuts import PORTABLE, native, normal

LEAVING = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)


class KeyField(QLineEdit):
    """`pressed` carries a key in Qt's portable text. Tab and Esc leave as everywhere."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.key = ""

    def show_key(self, key: str) -> None:
        """Show a key, "" for none."""
        self.key = key
        self.setText(native(key))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no key acts while it is shown
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in LEAVING and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            event.ignore()
            return
        key = _key_of(event)
        if key:
            self.show_key(key)
            self.pressed.emit(key)


def _key_of(event: QKeyEvent) -> str:
    """Shift counts unless it was only needed to type the sign: "?" is "?" on every keyboard."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = event.text()
    if modifiers & Qt.KeyboardModifier.ShiftModifier and text.isprintable() and text.strip() and not text.isalnum():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    combined = QKeySequence(int(event.key()) | modifiers.value)
    return normal(combined.toString(PORTABLE))
