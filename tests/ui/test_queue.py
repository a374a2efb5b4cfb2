"""The queue in the window: order, pause, failures, Live, and what a killed window leaves."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView

from musicapp import paths
from musicapp.engine.events import EngineLost
from musicapp.ui.state.queue_list_model import DETAIL_ROLE, TAKE_ID_ROLE
from tests.ui.conftest import Desk
from tests.ui.queue_desk import ALT, CTRL, SHIFT, finish, queue_up, saved, shown

# The offscreen platform has no window manager to tell.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_presses_queue_in_order_with_their_own_seeds(busy: Desk) -> None:
    assert shown(busy) == saved() == ["one", "two", "three", "four"]
    seeds = [entry.request.seed for entry in busy.studio.queue.entries]
    assert len(set(seeds)) == 4
    rows = [busy.window.queue.view.model().index(row, 0).data(DETAIL_ROLE) for row in range(4)]
    assert "Step 2 of 4" in rows[0]
    assert all(f"seed {seed}" in row for seed, row in zip(seeds[1:], rows[1:], strict=True))
    assert busy.window.status.queue.text() == "Queue: 3 waiting"
    busy.host.script = "finish"
    finish(busy)
    busy.wait(lambda: len([row for row in busy.studio.library.model.rows if row.take]) == 4)
    assert [request.prompt for request in busy.host.requests] == ["one", "two", "three", "four"]
    assert not paths.queue_file().exists() and busy.window.queue.isHidden()


def test_front_keys_and_drops_reorder(busy: Desk) -> None:
    box, view = busy.window.prompts.prompt, busy.window.queue.view
    box.selectAll()
    QTest.keyClicks(box, "first")
    QTest.keyClick(box, Qt.Key.Key_Return, CTRL | SHIFT)
    assert shown(busy) == ["one", "first", "two", "three", "four"]
    view.setFocus()
    view.setCurrentIndex(view.model().index(3, 0))
    QTest.keyClick(view, Qt.Key.Key_Up, ALT)
    assert shown(busy) == ["one", "first", "three", "two", "four"]
    assert view.currentIndex().data().lower() == "three"
    QTest.keyClick(view, Qt.Key.Key_Down, ALT)
    QTest.keyClick(view, Qt.Key.Key_End, ALT)
    assert shown(busy) == saved() == ["one", "first", "two", "four", "three"]
    QTest.keyClick(view, Qt.Key.Key_Home, ALT)
    assert shown(busy) == ["one", "three", "first", "two", "four"]
    four = view.model().index(4, 0)
    above = view.visualRect(view.model().index(1, 0)).topLeft() + QPoint(5, 3)
    view.dropped.emit(four.data(TAKE_ID_ROLE), view.place_at(above, four.data(TAKE_ID_ROLE)))
    assert shown(busy) == ["one", "four", "three", "first", "two"]
    first = view.model().index(3, 0)
    below = view.visualRect(view.model().index(4, 0)).bottomLeft() + QPoint(5, -3)
    view.dropped.emit(first.data(TAKE_ID_ROLE), view.place_at(below, first.data(TAKE_ID_ROLE)))
    assert shown(busy) == saved() == ["one", "four", "three", "two", "first"]
    assert view.dragDropMode() == QListView.DragDropMode.InternalMove


def test_the_take_being_made_stays_where_it_is(busy: Desk) -> None:
    view = busy.window.queue.view
    making = view.model().index(0, 0).data(TAKE_ID_ROLE)
    busy.studio.queue.move(making, 2)
    view.setFocus()
    view.setCurrentIndex(view.model().index(1, 0))
    QTest.keyClick(view, Qt.Key.Key_Up, ALT)
    assert shown(busy) == ["one", "two", "three", "four"]


def test_one_or_all_are_cancelled(busy: Desk) -> None:
    view = busy.window.queue.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, 0))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert shown(busy) == saved() == ["one", "two", "four"]
    menu = view.menu_for(view.model().index(1, 0))
    assert [action.text().replace("&", "") for action in menu.actions()] == [
        "Make it next\tAlt+Home", "Earlier\tAlt+Up", "Later\tAlt+Down", "Cancel\tDel",
    ]  # fmt: skip
    menu.actions()[-1].trigger()
    assert shown(busy) == ["one", "four"]
    QTest.keyClick(busy.window, Qt.Key.Key_Backspace, CTRL | SHIFT)
    busy.wait(lambda: not busy.studio.generation.is_running)
    busy.qtbot.wait(30)
    assert shown(busy) == saved() == [] and len(busy.host.requests) == 1


def test_what_was_taken_out_of_the_queue_comes_back_where_it_stood(busy: Desk) -> None:
    """A key too many must not cost a prompt and its seed, whichever way and in whichever order they went."""
    queue, view = busy.studio.queue, busy.window.queue.view
    before = queue.entries
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, 0))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert shown(busy) == ["one", "two"] and "One take is out of the queue." in busy.message
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Z, CTRL)
    assert queue.entries == before and saved() == ["one", "two", "three", "four"]
    assert "out of the queue" not in busy.message
    busy.window.queue.clear.click()
    assert shown(busy) == ["one"] and "3 takes are out of the queue." in busy.message
    queue_up(busy, "five")
    busy.studio.messages.accept_offer()
    assert shown(busy) == ["one", "two", "three", "four", "five"]
    queue.pause()
    queue.cancel_all()
    busy.wait(lambda: not busy.studio.generation.is_running)
    assert queue.entries == [] and not paths.queue_file().exists()
    busy.studio.undo.undo()
    assert saved() == ["two", "three", "four", "five"] and queue.is_paused


def test_ctrl_z_undoes_typing_first_and_then_what_the_window_can(busy: Desk) -> None:
    """The last one that is taken out hides the queue, and the focus goes to the search: the key works there, too."""
    busy.studio.queue.pause()
    busy.studio.generation.cancel()
    busy.wait(lambda: not busy.studio.generation.is_running)
    view, field = busy.window.queue.view, busy.window.takes.search.field
    view.setFocus()
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Delete)
    busy.wait(lambda: busy.window.queue.isHidden())
    field.setFocus()
    QTest.keyClicks(field, "harp")
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert field.text() == "" and saved() == [] and field.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert len(saved()) == 1
    box = busy.window.prompts.prompt
    box.setFocus()
    box.document().clearUndoRedoStacks()
    QTest.keyClicks(box, "x")
    before = box.toPlainText()
    QTest.keyClick(box, Qt.Key.Key_Z, CTRL)
    assert box.toPlainText() != before and len(saved()) == 1
    QTest.keyClick(box, Qt.Key.Key_Z, CTRL)
    assert len(saved()) == 2


def test_cancelling_one_goes_on_with_the_next(busy: Desk) -> None:
    busy.window.generate.button.click()
    busy.wait(lambda: len(busy.host.requests) == 2)
    assert busy.host.requests[-1].prompt == "two" and saved() == ["two", "three", "four"]
    busy.studio.queue.cancel_all()
    busy.wait(lambda: not busy.studio.generation.is_running)


def test_a_paused_queue_waits_but_a_press_makes_its_take(busy: Desk) -> None:
    busy.window.queue.hold.click()
    finish(busy)
    busy.wait(lambda: not busy.studio.generation.is_running)
    busy.qtbot.wait(30)
    assert len(busy.host.requests) == 1 and busy.window.status.queue.text() == "Queue: 3 waiting · paused"
    queue_up(busy, "at once")
    assert busy.host.requests[-1].prompt == "at once"
    finish(busy)
    busy.wait(lambda: not busy.studio.generation.is_running)
    busy.host.script = "finish"
    busy.window.queue.hold.click()
    busy.wait(lambda: len(busy.host.requests) == 5 and not busy.studio.generation.is_running)
    assert saved() == []


def test_variations_have_other_seeds_or_those_that_follow(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.window.generate.variations.setValue(4)
    queue_up(desk, "harp")
    seeds = [entry.request.seed for entry in desk.studio.queue.entries]
    assert len(seeds) == len(set(seeds)) == 4
    assert len({entry.take_id for entry in desk.studio.queue.entries}) == 4
    desk.studio.queue.cancel_waiting()
    desk.studio.take_settings.set_seed(2**32 - 2)
    desk.studio.take_settings.set_seed_locked(True)
    desk.studio.queue.generate()
    seeds = [entry.request.seed for entry in desk.studio.queue.waiting]
    assert seeds == [2**32 - 2, 2**32 - 1, 0, 1]
    desk.studio.queue.cancel_all()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_failed_ones_are_listed_and_made_again(busy: Desk) -> None:
    failed = busy.host.requests[-1]
    busy.host.fail(failed, "Out of luck.", "Try again.")
    busy.wait(lambda: len(busy.host.requests) == 2)
    assert shown(busy) == ["two", "three", "four", "one"]
    assert "Out of luck" in busy.message  # the next take does not take the message away
    assert busy.window.queue.view.model().index(3, 0).data(DETAIL_ROLE) == "Failed: Out of luck."
    assert busy.window.queue.retry.isVisible()
    busy.window.queue.retry.click()
    assert shown(busy) == ["two", "three", "four", "one"] and not busy.studio.queue.failed
    again = busy.studio.queue.waiting[-1].request
    assert (again.seed, again.prompt) == (failed.seed, "one") and again.take_id != failed.take_id
    busy.studio.queue.cancel_all()
    busy.wait(lambda: not busy.studio.generation.is_running)


@pytest.mark.parametrize(("width", "is_divided"), [(1000, False), (1000, True), (1180, True)])
@pytest.mark.parametrize(("language", "last"), [("en", "paused"), ("de", "angehalten")])
def test_the_heading_is_read_whole_beside_its_buttons(
    request: pytest.FixtureRequest, width: int, is_divided: bool, language: str, last: str
) -> None:
    if language == "de":
        request.getfixturevalue("speaking_german")
    busy: Desk = request.getfixturevalue("busy")
    busy.window.resize(width, 700)
    queue_up(busy, *(f"take {number}" for number in range(9)))
    busy.host.fail(busy.host.requests[-1], "Out of luck.", "Try again.")
    busy.wait(lambda: len(busy.host.requests) == 2)
    busy.window.queue.hold.click()
    heading, retry = busy.window.queue.count, busy.window.queue.retry
    if is_divided:  # else the list has kept the little width that it had in the first window
        busy.window.columns.divide(width)
    assert heading.text().split("· ")[-1] == last and heading.text().startswith("11")
    longest = max(heading.fontMetrics().horizontalAdvance(part.rstrip()) for part in heading.text().split("· "))
    busy.wait(lambda: retry.isVisible() and longest <= heading.width())
    busy.wait(lambda: heading.height() >= heading.heightForWidth(heading.width()) and busy.window.queue.y() == 0)
    assert not any(heading.geometry().intersects(button.geometry()) for button in (retry, busy.window.queue.clear))
    busy.studio.queue.cancel_all()
    busy.wait(lambda: not busy.studio.generation.is_running)


def test_a_lost_engine_costs_one_take_and_the_queue_goes_on(busy: Desk) -> None:
    busy.host.lose()
    busy.wait(lambda: len(busy.host.requests) == 2 and busy.studio.generation.is_running)
    assert [entry.request.prompt for entry in busy.studio.queue.failed] == ["one"]
    busy.window.message_bar.offer_button.click()  # make it again
    assert [entry.request.prompt for entry in busy.studio.queue.waiting] == ["one", "three", "four"]
    busy.host.told_frames = {busy.host.requests[-1].take_id: 0}
    busy.host.lose()  # twice in a short time
    busy.wait(lambda: busy.studio.queue.is_paused)
    busy.qtbot.wait(30)
    assert len(busy.host.requests) == 2
    assert len(busy.studio.queue.waiting) == 3


def test_an_engine_lost_with_nothing_queued_pauses_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.wait(lambda: desk.studio.engine.phase == "ready")
        desk.host.emit(EngineLost("The engine stopped.", "Try again.", 1))
        desk.wait(lambda: "The engine stopped" in desk.message)
    desk.wait(lambda: desk.studio.engine.phase == "off")
    assert not desk.studio.queue.is_paused


def test_what_plays_is_not_interrupted_by_queued_takes(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    first = desk.make_take("calm piano", 3.0)
    desk.studio.player.play()
    queue_up(desk, "two", "three")
    desk.wait(lambda: len([row for row in desk.studio.library.model.rows if row.take]) == 3)
    assert desk.studio.player.is_playing
    assert desk.studio.player.shown is not None and desk.studio.player.shown.take_id == first.take_id


def test_times_of_each_and_all_come_from_earlier_takes(desk: Desk) -> None:
    file = paths.data_folder() / "pace.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    speed = {"step_s": 0.01, "decode_s": 0.02, "latent_s": 0.05, "least": 0, "steps": 10}
    file.write_text(json.dumps({"builtin cpu int8 guided": speed}))
    desk.make_take("harp", 1.0)  # the speeds are read anew behind each take
    desk.host.script = "started"
    desk.studio.take_settings.set_duration(10.0)
    queue_up(desk, "one", "two", "three")
    each_s = 200 * (10 * 0.01 + 0.02)
    done_in_s = list(desk.studio.queue.done_in_s.values())
    assert done_in_s == pytest.approx([each_s, 2 * each_s, 3 * each_s])
    assert desk.window.status.queue.text() == "Queue: 2 waiting · 1:12 left"
    assert "done in 0:48" in desk.window.queue.view.model().index(1, 0).data(DETAIL_ROLE)
    desk.studio.queue.cancel_all()
    desk.wait(lambda: not desk.studio.generation.is_running)
