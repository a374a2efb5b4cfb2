"""What every control has: an object name, a name for screen readers, a tooltip, and a reason while it is disabled."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionFrame,
    QToolButton,
    QWidget,
)

from musicapp.ui import icons
from musicapp.ui.theme import ICON_SIZE, Theme
from musicapp.ui.widgets import field_rules
from musicapp.ui.words import keys_shown, said

W = TypeVar("W", bound=QWidget)


def described(widget: W, object_name: str, label: str, tooltip: str = "", keys: str = "") -> W:
    """Name a control; `keys` is its usual shortcut, shown in the tooltip, or the one that was chosen instead."""
    widget.setObjectName(object_name)
    widget.setAccessibleName(label)
    widget.setProperty("words", tooltip or label)
    widget.setProperty("usual_keys", keys)
    widget.setProperty("usual_tooltip", _with_keys(widget))
    widget.setToolTip(_with_keys(widget))
    field_rules.apply(widget)
    return widget


def show_keys(widget: QWidget, keys: str | None) -> None:
    """Another shortcut was chosen for a control, "" for none; None: it has its usual one again."""
    widget.setProperty("chosen_keys", keys)
    widget.setProperty("usual_tooltip", _with_keys(widget))
    if widget.isEnabled():  # else its tooltip says why it is not
        widget.setToolTip(_with_keys(widget))


def _with_keys(widget: QWidget) -> str:
    usual, chosen = widget.property("usual_keys"), widget.property("chosen_keys")
    keys = keys_shown(usual) if chosen is None or not usual else chosen
    return f"{widget.property('words')} ({keys})" if keys else widget.property("words")


def set_available(widget: QWidget, reason: str = "") -> None:
    """Enable a control, or disable it and say why, also in a sentence of the state."""
    reason = said(reason)
    widget.setEnabled(not reason)
    widget.setToolTip(reason or widget.property("usual_tooltip") or "")
    widget.setAccessibleDescription(reason)


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def label(text: str, *, tone: str = "", parent: QWidget | None = None) -> QLabel:
    """A text label; tone "muted", "section", "warning" or "danger"."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)  # names out of files are in many
    if tone:
        made.setProperty("tone", tone)
    return made


class ElidedLabel(QLabel):
    """A label of one line that ends in … where there is no room; the whole text is in its tooltip."""

    def __init__(self, *, tone: str = "", alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        super().__init__()
        if tone:
            self.setProperty("tone", tone)
        self.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumWidth(1)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._whole = ""

    def set_whole(self, text: str, tooltip: str = "") -> None:
        """Show this text, as much as fits."""
        self._whole = text
        self.setToolTip(tooltip or text)
        self.setAccessibleName(text)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        width = self.fontMetrics().horizontalAdvance(self._whole) + margins.left() + margins.right() + 2
        return QSize(width, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.contentsRect().width()
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))


def surface(kind: str, parent: QWidget | None = None) -> QFrame:
    """A frame painted as `kind` of the style sheet: "panel", "stage", "plain" or "line"."""
    made = QFrame(parent)
    made.setProperty("surface", kind)
    return made


class IconButton(QToolButton):
    """A button with one of our icons in the colours of the theme."""

    def __init__(
        self, theme: Theme, icon_name: str, *, role: str = "", tone: str = "text", size: int = ICON_SIZE
    ) -> None:
        super().__init__()
        self._theme, self._icon_name, self._tone, self._size = theme, icon_name, tone, size
        self.setIconSize(QSize(size, size))
        if role:
            self.setProperty("role", role)
        theme.changed.connect(self._paint_icon)
        self._paint_icon()

    def set_icon_name(self, name: str) -> None:
        """Show another drawing."""
        if name != self._icon_name:
            self._icon_name = name
            self._paint_icon()

    def _paint_icon(self) -> None:
        colours = self._theme.colours
        self.setIcon(icons.icon(self._icon_name, getattr(colours, self._tone), colours.disabled, self._size))


class IconTextButton(QPushButton):
    """A push button with text and one of our icons."""

    def __init__(self, theme: Theme, icon_name: str, text: str) -> None:
        super().__init__(text)
        self._theme, self._icon_name = theme, icon_name
        theme.changed.connect(self._paint_icon)
        self._paint_icon()

    def _paint_icon(self) -> None:
        colours = self._theme.colours
        self.setIcon(icons.icon(self._icon_name, colours.text, colours.disabled, ICON_SIZE))


class ElidedLineEdit(QLineEdit):
    """A text field that, while nobody types in it, shows the start and the end of a text too long for it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        room.adjust(2, 0, -2, 0)  # QLineEdit's own margin beside its text
        if self.hasFocus() or self.fontMetrics().horizontalAdvance(self.text()) <= room.width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width())
        painter.setPen(option.palette.text().color())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()
