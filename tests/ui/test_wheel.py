"""The wheel changes a field only while it has the focus; over all others it scrolls what is around them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QScrollBar, QWidget

from tests.ui.conftest import Desk
from tests.ui.test_adapters import write
from tests.ui.test_models import Models


def turn(widget: QWidget, notches: int) -> bool:
    """Turn the wheel over a widget; whether anything took it."""
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place, widget.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def value_of(field: QWidget) -> object:
    if isinstance(field, QComboBox):
        return field.currentIndex()
    if isinstance(field, QAbstractSlider):
        return field.value()
    return field.text()  # type: ignore[attr-defined]


def fields_of(window: QWidget) -> list[QWidget]:
    kinds = (QAbstractSpinBox, QComboBox, QAbstractSlider, QLineEdit)
    found = [field for kind in kinds for field in window.findChildren(kind)]
    return [field for field in found if not isinstance(field, QScrollBar) and field.isVisible() and field.isEnabled()]


@pytest.mark.parametrize("place", ["window", "models"])
def test_no_field_without_the_focus_changes(desk: Desk, tmp_path: Path, place: str) -> None:
    desk.make_take()
    desk.window.advanced.set_unfolded(True)
    desk.studio.adapters.add([write(tmp_path / "warm.safetensors")])
    desk.wait(lambda: desk.window.advanced.adapters.rows)
    window: QWidget = desk.window
    if place == "models":
        dialog = Models(desk)
        dialog.choose("stable-audio-3-medium")
        window = dialog.dialog
        dialog.dialog.list.setFocus()
    else:
        desk.waveform.setFocus()
    fields = fields_of(window)
    assert len(fields) > (0 if place == "models" else 12)
    before = [value_of(field) for field in fields]
    for field in fields:
        assert not field.hasFocus()
        for notches in (1, -1, -3):
            turn(field, notches)
            for inner in field.findChildren(QWidget):
                if inner.isVisible():
                    turn(inner, notches)
    assert [value_of(field) for field in fields] == before
    assert not any(field.hasFocus() for field in fields), "turning the wheel is no way to get the focus"


def test_a_field_with_the_focus_follows_the_wheel(desk: Desk) -> None:
    desk.window.advanced.set_unfolded(True)
    steps = desk.window.advanced.steps
    steps.setFocus()
    assert turn(steps, 1) and steps.value() == 51
    field = desk.window.length.field
    field.setFocus()
    before = desk.studio.take_settings.duration_s
    turn(field, -2)
    assert desk.studio.take_settings.duration_s == before - 1


def test_the_wheel_over_a_field_is_left_to_what_scrolls_around_it(desk: Desk) -> None:
    desk.window.advanced.set_unfolded(True)
    desk.window.resize(800, 420)
    desk.qtbot.wait(50)
    for name in ("steps", "guidance", "model", "length", "length_slider"):
        assert not turn(desk.find(name), 1), name
    bar = next(b for b in desk.window.columns.rail.findChildren(QScrollBar) if b.isVisible() and b.maximum() > 50)
    scroll = bar.parentWidget().parentWidget()  # type: ignore[union-attr]
    turn(scroll.viewport(), -1)  # type: ignore[union-attr]
    assert bar.value() > 0
