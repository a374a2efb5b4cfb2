"""The waveform: seeking, marking, zooming, and that drawing is right and loses nothing."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from musicapp.ui.widgets.clock import clock
from musicapp.ui.widgets.wave_item import shapes
from tests.ui.conftest import Desk

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def ready(desk: Desk) -> Desk:
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano", 4.0)
    desk.qtbot.wait(50)
    return desk


def at(desk: Desk, second: float) -> QPoint:
    """Where a second is on the screen, in the middle of the height."""
    waveform = desk.waveform
    return waveform.mapFromScene(waveform.getViewBox().mapViewToScene(QPointF(second, 0.0)))


def drag(desk: Desk, start_s: float, end_s: float) -> None:
    port = desk.waveform.viewport()
    start, end = at(desk, start_s), at(desk, end_s)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, NO_MODIFIER, start)
    QTest.mouseMove(port, (start + end) / 2)
    QTest.mouseMove(port, end)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NO_MODIFIER, end)


def turn_wheel(desk: Desk, notches: int, second: float, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    port = desk.waveform.viewport()
    place = QPointF(at(desk, second))
    event = QWheelEvent(
        place, port.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(port, event)


def test_a_click_seeks(ready: Desk) -> None:
    QTest.mouseClick(ready.waveform.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, at(ready, 2.5))
    assert ready.studio.player.position / 44100 == pytest.approx(2.5, abs=0.02)
    assert ready.studio.player.region is None


@pytest.mark.parametrize(("start_s", "end_s"), [(1.0, 3.0), (3.0, 1.0)])
def test_a_drag_marks_a_part_and_loops_it(ready: Desk, start_s: float, end_s: float) -> None:
    drag(ready, start_s, end_s)
    region = ready.studio.player.region
    assert region is not None
    assert [frame / 44100 for frame in region] == pytest.approx([1.0, 3.0], abs=0.02)
    assert ready.studio.player.is_looping
    assert ready.window.transport.loop.isChecked()
    ready.page.zoom_buttons["clear_loop"].click()
    assert ready.studio.player.region is None and not ready.studio.player.is_looping


def test_an_edge_can_be_moved(ready: Desk) -> None:
    drag(ready, 1.0, 3.0)
    drag(ready, 3.0, 3.5)
    assert ready.studio.player.region is not None
    assert [frame / 44100 for frame in ready.studio.player.region] == pytest.approx([1.0, 3.5], abs=0.03)


def test_the_wheel_zooms_around_the_mouse_and_scrolls_with_shift(ready: Desk) -> None:
    turn_wheel(ready, 4, 1.0)
    left, right = ready.waveform.visible_s
    assert right - left < 2.0
    assert left < 1.0 < right
    turn_wheel(ready, -1, 1.0, Qt.KeyboardModifier.ShiftModifier)
    assert ready.waveform.visible_s[0] > left
    turn_wheel(ready, -30, 1.0)
    assert ready.waveform.visible_s == pytest.approx((0.0, 4.0))


def test_zoom_to_the_loop_and_back(ready: Desk) -> None:
    ready.studio.player.set_region((44100, 88200))
    ready.window.stage.zoom_to_region()
    assert ready.waveform.visible_s == pytest.approx((1.0, 2.0))
    ready.window.stage.zoom_to_all()
    assert ready.waveform.visible_s == pytest.approx((0.0, 4.0))
    for _ in range(60):
        ready.window.stage.zoom_in()
    left, right = ready.waveform.visible_s
    assert right - left == pytest.approx(0.01)  # and no further
    ready.waveform.grab()


def test_the_view_follows_the_playhead(ready: Desk) -> None:
    ready.waveform.show_part(0.0, 1.0)
    ready.studio.player.play()
    ready.studio.player.seek(3 * 44100)
    left, right = ready.waveform.visible_s
    assert left <= 3.0 <= right
    ready.studio.player.pause()


def test_keys_move_the_playhead(ready: Desk) -> None:
    ready.studio.player.seek(44100)
    QTest.keyClick(ready.waveform, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert ready.studio.player.position == 44101
    QTest.keyClick(ready.waveform, Qt.Key.Key_Left)
    assert ready.studio.player.position < 44100


def test_the_overview_seeks_and_moves_the_visible_part(ready: Desk) -> None:
    ready.waveform.show_part(0.0, 1.0)
    overview = ready.page.overview
    QTest.mouseClick(overview, Qt.MouseButton.LeftButton, NO_MODIFIER, QPoint(overview.width() * 3 // 4, 10))
    assert ready.studio.player.position / 44100 == pytest.approx(3.0, abs=0.05)
    left, right = ready.waveform.visible_s
    assert left < 3.0 < right


def test_sound_is_drawn_in_the_colour_of_the_wave(ready: Desk) -> None:
    image = ready.waveform.grab().toImage()
    wave = QColor(ready.theme.colours.wave).rgb()
    drawn = sum(image.pixel(x, y) == wave for x in range(0, image.width(), 4) for y in range(0, image.height(), 4))
    assert drawn > 50


def test_repainting_loses_no_reference_to_none(ready: Desk) -> None:
    """PySide6 6.12.0 on Python 3.11 lost one at every overridden paint, and then the process."""
    before = sys.getrefcount(None)
    for _ in range(300):
        ready.waveform.viewport().repaint()
        ready.page.overview.repaint()
    assert sys.getrefcount(None) - before > -100


@pytest.mark.parametrize(
    ("seconds", "decimals", "text"),
    [(0, 3, "0:00.000"), (12.48, 3, "0:12.480"), (285, 3, "4:45.000"), (59.9996, 3, "1:00.000"), (61.5, 0, "1:02")],
)
def test_times_as_the_window_writes_them(seconds: float, decimals: int, text: str) -> None:
    assert clock(seconds, decimals=decimals) == text


def test_the_ruler_has_a_readable_number_of_labels(ready: Desk) -> None:
    axis = ready.waveform.getPlotItem().getAxis("top")
    for duration_s in (0.01, 0.5, 4.0, 30.0, 285.0):
        major, minor = (spacing for spacing, _ in axis.tickSpacing(0.0, duration_s, 560.0))
        assert 1 <= duration_s / major <= 7
        assert abs(major / minor - round(major / minor)) < 1e-9


def test_samples_beyond_full_scale_are_marked_red_where_they_are(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano", 2.0)
    shown = desk.studio.player.shown
    assert shown is not None
    loud = np.zeros((44100, 2), np.float32)
    loud[22050:22100, 1] = 1.7
    shown.audio.peaks.add(44100, loud)  # from the second second on, on the right
    desk.waveform._wave.refresh()
    made = shapes(shown.audio, 0.0, 2.0, 400, 200)
    assert not made[0].over
    ((left, right, is_above),) = made[1].over
    assert left <= 1.5 + 50 / 44100 and right >= 1.5 and right - left < 0.02 and is_above
    image = desk.waveform.grab().toImage()
    red = QColor(desk.theme.colours.meter_over).rgb()
    found = [(x, y) for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) == red]
    assert found and all(y > image.height() / 2 for _, y in found)
    assert abs(np.mean([x for x, _ in found]) - at(desk, 1.5).x()) < 4


def test_the_body_is_inside_the_peaks_and_bars_are_lines(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano, 120 bpm", 4.0)
    desk.wait(lambda: desk.waveform._wave._form is not None)
    shown = desk.studio.player.shown
    assert shown is not None
    for shape in shapes(shown.audio, 0.0, 4.0, 300, 200):
        assert shape.body is not None
        peaks, body = shape.peaks.ndarray(), shape.body.ndarray()
        assert (body[:, 1] >= peaks[:, 1] - 1e-9).all()
        assert (body[:, 1] + body[:, 3] <= peaks[:, 1] + peaks[:, 3] + 1e-9).all()
    assert shapes(shown.audio, 1.0, 1.01, 600, 200)[0].body is None  # there are samples to see, not a mean
    form = desk.waveform._wave._form
    assert form is not None and [second for second, _ in form.bars()] == pytest.approx([0.0, 2.0])


def test_the_readout_tells_start_end_length_and_bars_while_a_part_is_dragged(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano, 120 bpm", 8.0)
    desk.wait(lambda: desk.page._form is not None)
    desk.studio.player.set_region((2 * 44100, 6 * 44100))
    told = desk.page.selection.toolTip()
    assert "from 0:02.000 to 0:06.000" in told and "length 0:04.000" in told and told.endswith("2 bars")
    desk.waveform.region_changed.emit((1.0, 2.0))
    assert desk.page.selection.toolTip().endswith("0.5 bars")
    desk.studio.player.clear_loop()
    assert "Drag across" in desk.page.selection.toolTip()
