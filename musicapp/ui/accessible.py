"""What a screen reader is told of the controls for which Qt itself says too little.

Qt's labels with a name hide their text, its boxes of choices have their value for a name on Linux, its sliders say bare
numbers, and what is drawn in a graphics view is absent. One factory gives these their own interface; what it does not
know keeps Qt's.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleValueChangeEvent, QAccessibleValueInterface
from PySide6.QtWidgets import QAbstractSlider, QAccessibleWidget, QComboBox, QLabel, QProgressBar, QScrollBar, QWidget
from shiboken6 import Shiboken

from musicapp.ui.words import tr

_MARKUP = re.compile(r"<[^>]{1,2000}>")


@dataclass(frozen=True)
class Range:
    """A value as a number, for readers that show or change it. All in one unit."""

    now: Callable[[], float]
    least: Callable[[], float]
    most: Callable[[], float]
    step: float = 1.0
    set_to: Callable[[float], None] | None = None


class Spoken(QObject):
    """Gives a widget a role, a value in words, and perhaps a number; it lives as long as the widget."""

    def __init__(
        self, widget: QWidget, role: QAccessible.Role, words: Callable[[], str], number: Range | None = None
    ) -> None:
        super().__init__(widget)
        self._widget, self.role, self.words, self.number = widget, role, words, number

    def changed(self) -> None:
        """The words are others now."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self._widget, self.words()))


def install() -> None:
    """Use our interfaces from now on. Safe to repeat."""
    if not _installed:
        QAccessible.installFactory(_interface_of)
        _installed.append(True)


_installed: list[bool] = []


def _interface_of(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, QWidget):
        return None
    spoken = thing.findChild(Spoken, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if isinstance(spoken, Spoken):
        return _Described(thing, spoken)
    if isinstance(thing, QLabel):
        return _Words(thing)
    if isinstance(thing, QComboBox) and not thing.isEditable():
        return _Choice(thing)
    if isinstance(thing, QScrollBar):
        return _Scroller(thing)
    return _Progress(thing) if isinstance(thing, QProgressBar) else None


class _Number(QAccessibleValueInterface):
    def __init__(self, number: Range) -> None:
        super().__init__()
        self._number = number

    def currentValue(self) -> float:
        return self._number.now()

    def minimumValue(self) -> float:
        return self._number.least()

    def maximumValue(self) -> float:
        return self._number.most()

    def minimumStepSize(self) -> float:
        return self._number.step

    def setCurrentValue(self, value: object) -> None:
        if self._number.set_to is not None and isinstance(value, int | float):
            self._number.set_to(float(value))


class _Valued(QAccessibleWidget):
    """One node without children, whose inner parts are nobody's business."""

    def __init__(self, widget: QWidget, role: QAccessible.Role, number: Range | None) -> None:
        super().__init__(widget, role)
        # Kept here: a class with two of Qt's bases would hand the wrong one of them to Qt.
        self._number = _Number(number) if number is not None else None

    def words(self) -> str:
        raise NotImplementedError

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value:
            return self.words()
        return _with_value(kind, self.words(), super().text(kind))

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind == QAccessible.InterfaceType.ValueInterface and self._number is not None:
            return Shiboken.VoidPtr(Shiboken.getCppPointer(self._number)[0])
        # WORKAROUND: PySide 6.11 crashes when an answer of this kind is None.
        return super().interface_cast(kind) or Shiboken.VoidPtr(0)

    def childCount(self) -> int:
        return 0

    def child(self, _index: int) -> Any:
        return None


class _Described(_Valued):
    def __init__(self, widget: QWidget, spoken: Spoken) -> None:
        super().__init__(widget, spoken.role, spoken.number)
        self._spoken = spoken

    def words(self) -> str:
        return self._spoken.words()


class _Progress(_Valued):
    def __init__(self, bar: QProgressBar) -> None:
        super().__init__(bar, QAccessible.Role.ProgressBar, Range(bar.value, bar.minimum, bar.maximum))
        self._bar = bar

    def words(self) -> str:
        span = self._bar.maximum() - self._bar.minimum()
        return f"{round(100 * max(self._bar.value() - self._bar.minimum(), 0) / span)} %" if span else "busy"


class _Scroller(_Valued):
    def __init__(self, bar: QScrollBar) -> None:
        super().__init__(bar, QAccessible.Role.ScrollBar, number_of(bar))
        self._bar = bar

    def words(self) -> str:
        return f"{round(100 * self._bar.value() / max(self._bar.maximum(), 1))} %"

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Name:
            return (
                tr("Scroll up and down")
                if self._bar.orientation() == Qt.Orientation.Vertical
                else tr("Scroll sideways")
            )
        return super().text(kind)


class _Words(QAccessibleWidget):
    """A label says its name and its text: "Engine: Musicapp Small ready"."""

    def __init__(self, label: QLabel) -> None:
        super().__init__(label, QAccessible.Role.StaticText)
        self._label = label

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.StaticText if self._label.pixmap().isNull() else QAccessible.Role.Graphic

    def text(self, kind: QAccessible.Text) -> str:
        if kind not in (QAccessible.Text.Name, QAccessible.Text.Value):
            return super().text(kind)
        name, shown = self._label.accessibleName(), _MARKUP.sub("", self._label.text())
        if shown.endswith("…") and name.startswith(shown[:-1]):
            shown = name  # cut for the eye only
        if kind == QAccessible.Text.Value or not name:
            return shown
        return f"{name}: {shown}" if shown and shown not in name else name


class _Choice(QAccessibleWidget):
    """A box of choices is named by its label, and its value is what is chosen."""

    def __init__(self, box: QComboBox) -> None:
        super().__init__(box, QAccessible.Role.ComboBox)
        self._box = box

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value:
            return self._box.currentText()
        if kind == QAccessible.Text.Name:
            return self._box.accessibleName() or super().text(kind)
        return _with_value(kind, self._box.currentText(), super().text(kind))

    def childCount(self) -> int:
        return 1

    def child(self, index: int) -> Any:
        return QAccessible.queryAccessibleInterface(self._box.view()) if index == 0 else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return 0 if child.object() is self._box.view() else -1

    def actionNames(self) -> list[str]:
        return [self.showMenuAction(), self.pressAction(), self.setFocusAction()]

    def doAction(self, name: str) -> None:
        if name in (self.showMenuAction(), self.pressAction()):
            if self._box.isEnabled():
                self._box.showPopup()
        else:
            super().doAction(name)


def _with_value(kind: QAccessible.Text, value: str, text: str) -> str:
    """The protocol of Linux has no words for a value, so there the value is read as part of the description."""
    if kind == QAccessible.Text.Description and sys.platform.startswith("linux"):
        return ". ".join(part for part in (value, text) if part)
    return text


def number_of(slider: QAbstractSlider) -> Range:
    """The number of a slider."""
    return Range(
        slider.value, slider.minimum, slider.maximum, slider.singleStep(), lambda value: slider.setValue(round(value))
    )
