"""The best bars of compared takes: kept by mouse and keys, taken back, and glued into one take."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from musicapp.library.take import Take
from musicapp.request import frames_for
from musicapp.shape import Lane, Source
from musicapp.ui.dialogs.compare import CompareDialog
from musicapp.ui.state.comping import ONE_ALONE, TOO_FEW, UNEQUAL
from musicapp.ui.widgets.lane_strips import LANE_HEIGHT, LETTER_WIDTH
from tests.ui.conftest import Desk
from tests.ui.test_comparison import compared

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")


def made(desk: Desk, count: int = 3, seconds: float = 4.0) -> list[Take]:
    """Takes of as many bars of a second."""
    desk.studio.library.auto_play = "off"
    return [desk.make_take("calm piano, 240 bpm", seconds) for _ in range(count)]


@pytest.fixture
def dialog(desk: Desk) -> CompareDialog:
    return compared(desk, made(desk))


def cell(dialog: CompareDialog, bar: int, place: int) -> QPoint:
    width = (dialog.lanes.width() - LETTER_WIDTH - 1) / 4
    return QPoint(round(LETTER_WIDTH + (bar + 0.5) * width), round((place + 0.5) * LANE_HEIGHT))


def test_bars_are_kept_by_mouse_and_keys_and_taken_back(desk: Desk, dialog: CompareDialog) -> None:
    comping, lanes = desk.studio.comping, dialog.lanes
    assert comping.picks == ((0.0, 0),) and dialog.glue.toolTip() == ONE_ALONE and not dialog.glue.isEnabled()
    QTest.mousePress(lanes, Qt.MouseButton.LeftButton, pos=cell(dialog, 1, 2))
    QTest.mouseMove(lanes, cell(dialog, 2, 2))
    QTest.mouseRelease(lanes, Qt.MouseButton.LeftButton, pos=cell(dialog, 2, 2))
    assert comping.picks == ((0.0, 0), (1.0, 2), (3.0, 0)) and dialog.glue.isEnabled()
    assert "Kept: A in bar 1, C in bars 2 to 3, A in bar 4" in lanes.accessibleDescription()
    lanes.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(lanes, key)
    assert comping.picks == ((0.0, 0), (1.0, 2), (3.0, 1))
    QTest.keyClick(lanes, Qt.Key.Key_Left)
    QTest.keyClick(lanes, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert comping.picks == ((0.0, 0), (1.0, 2), (2.0, 1))
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert comping.picks == ((0.0, 0), (1.0, 2), (3.0, 0)), "a drag is taken back at once"
    dialog.undo.click()
    assert comping.picks == ((0.0, 0),) and not dialog.undo.isEnabled()


def test_the_frame_where_a_bar_begins_belongs_to_it(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    compared(desk, [desk.make_take("calm piano, 187 bpm", 30.0) for _ in range(2)])
    comping, player = desk.studio.comping, desk.studio.player
    starts = [frames_for(bar * comping.bar_s, 44100) for bar in range(len(comping.kept))]
    assert len(starts) > 15
    for bar, start in enumerate(starts):
        player.seek(start)
        assert comping.bar_here == bar
        if bar:
            player.seek(start - 2)
            assert comping.bar_here == bar - 1


def test_the_heard_take_is_kept_from_where_it_plays(desk: Desk, dialog: CompareDialog) -> None:
    comping, comparison = desk.studio.comping, desk.studio.comparison
    desk.studio.player.seek(round(2.4 * 44100))
    QTest.keyClicks(dialog, "b")
    QTest.keyClicks(dialog, "k")
    assert comping.picks == ((0.0, 0), (2.0, 1))
    desk.studio.player.seek(44100)
    QTest.keyClicks(dialog, "x")
    assert comparison.place == 0
    desk.studio.player.seek(3 * 44100)
    dialog.hear_kept.click()
    assert comparison.place == 1
    # Blind letters are shuffled; what is kept stays with its take.
    kept = list(comping.kept)
    comparison._shuffle = list.reverse
    dialog.blind.click()
    assert comping.kept == kept and comping.picks == ((0.0, 2), (2.0, 1))


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_one_press_glues_as_many_variations_as_are_asked_for(desk: Desk, dialog: CompareDialog, key: Qt.Key) -> None:
    comping, takes = desk.studio.comping, list(desk.studio.comparison.takes)
    before = len(desk.host.requests)
    QTest.keyClick(dialog.lanes, key, Qt.KeyboardModifier.ControlModifier)
    assert len(desk.host.requests) == before, "there is nothing to glue"
    comping.keep(2, 1)
    desk.studio.queue.set_variations(2)
    QTest.keyClick(dialog.lanes, key, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: len(desk.host.requests) == before + 2)
    first, *others = takes
    wanted = Source(
        str(first.path),
        take_id=first.take_id,
        lanes=tuple(Lane(str(take.path), take_id=take.take_id) for take in others),
        picks=((0.0, 0), (2.0, 1), (3.0, 0)),
    )
    glued = desk.host.requests[before:]
    assert all(request.source == wanted and request.prompt == first.request.prompt for request in glued)
    assert glued[0].seed != glued[1].seed
    desk.wait(lambda: not desk.studio.generation.is_running and not desk.studio.queue.waiting)
    row = desk.studio.library.model.find(glued[0].take_id)
    assert row is not None and desk.studio.library.model.made_from(row).startswith("Glued of 3 takes")


def test_takes_that_cannot_be_glued_say_why(desk: Desk) -> None:
    comping = desk.studio.comping
    assert comping.problem == TOO_FEW
    takes = [*made(desk, 1), desk.make_take("calm piano", 2.0)]
    dialog = compared(desk, takes)
    assert comping.problem == UNEQUAL and not dialog.lanes.isVisible() and dialog.glue.toolTip() == UNEQUAL
    QTest.keyClicks(dialog, "k")
    comping.glue()
    comping.hear_kept()
    assert comping.kept == [] and comping.runs == []


def test_bars_of_a_take_that_is_taken_out_are_the_first_ones_again(desk: Desk, dialog: CompareDialog) -> None:
    comping, comparison = desk.studio.comping, desk.studio.comparison
    comping.keep_from(1, 2)
    comparison.remove(2)
    assert comping.picks == ((0.0, 0),) and not comping.can_undo
    comparison.clear()
    assert comping.kept == [] and comping.problem == TOO_FEW
