"""The queue in the window: order, pause, failures, Live, and what a killed window leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView

from musicapp import paths
from musicapp.engine.events import EngineLost
from musicapp.library import takes
from musicapp.queueing.entries import MAKING
from musicapp.ui.state.queue_list_model import DETAIL_ROLE, TAKE_ID_ROLE
from tests.ui.conftest import Desk

# The offscreen platform has no window manager to tell.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def queue_up(desk: Desk, *prompts: str) -> None:
    """Type prompts and press Ctrl+Enter behind each."""
    box = desk.window.prompts.prompt
    box.setFocus()
    for prompt in prompts:
        box.selectAll()
        QTest.keyClicks(box, prompt)
        QTest.keyClick(box, Qt.Key.Key_Return, CTRL)


def shown(desk: Desk) -> list[str]:
    """The prompts in the panel, from the top."""
    model = desk.window.queue.view.model()
    return [model.index(row, 0).data().lower() for row in range(model.rowCount())]


def saved() -> list[str]:
    if not paths.queue_file().exists():
        return []
    return [take["request"]["prompt"] for take in json.loads(paths.queue_file().read_text())["takes"]]


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """One take is being made and does not end; three wait."""
    desk.host.script = "denoising"
    queue_up(desk, "one", "two", "three", "four")
    return desk


def gone(desk: Desk) -> None:
    """The window ends without a question."""
    desk.window.leave()
    desk.studio.close()


def finish(desk: Desk, count: int = 1) -> None:
    """Let the running take and the next ones end well."""
    for _ in range(count):
        made = len(desk.studio.library.model.rows)
        request = desk.host.requests[-1]
        desk.wait(lambda: desk.studio.open_takes.being_made)
        desk.host.write(request, 3)
        desk.host.finish(request)
        desk.wait(lambda: len([row for row in desk.studio.library.model.rows if row.take]) >= made)  # noqa: B023


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


@pytest.mark.parametrize("when", ["before a sound", "whole, without a sidecar", "with a sidecar"])
def test_the_next_window_goes_on_without_making_anything_twice(
    busy: Desk, open_desk: Callable[[], Desk], when: str
) -> None:
    """The first window is gone in the middle of "one"; how far its engine came differs."""
    request = busy.host.requests[0]
    left = paths.queue_file().read_bytes()
    if when != "before a sound":
        busy.host.write(request, 3)
    gone(busy)
    paths.queue_file().write_bytes(left)
    if when == "whole, without a sidecar":
        busy.host.paths[request.take_id].with_suffix(".json").unlink()
    desk = open_desk()
    waits = ["one", "two", "three", "four"] if when == "before a sound" else ["two", "three", "four"]
    desk.wait(lambda: "wait to be made" in desk.message)
    assert [entry.request.prompt for entry in desk.studio.queue.waiting] == waits == saved()
    assert not desk.host.requests and desk.studio.queue.is_paused
    desk.window.message_bar.offer_button.click()
    desk.wait(lambda: len(desk.host.requests) == len(waits) and not desk.studio.generation.is_running)
    whole = [take.request.prompt for take in takes.list_takes(paths.takes_folder()) if take.is_finished]
    assert sorted(whole) == ["four", "one", "three", "two"]
    assert saved() == []


def test_who_does_not_go_on_can_work_as_ever(busy: Desk, open_desk: Callable[[], Desk]) -> None:
    gone(busy)
    desk = open_desk()
    desk.wait(lambda: "4 takes of before wait" in desk.message)
    queue_up(desk, "something new")
    desk.wait(lambda: [row.request.prompt for row in desk.studio.library.model.rows if row.take] == ["something new"])
    assert [entry.request.prompt for entry in desk.studio.queue.waiting] == ["one", "two", "three", "four"]
    desk.window.queue.clear.click()
    assert not desk.studio.queue.is_paused and "of before" not in desk.message
    desk.host.script = "denoising"
    queue_up(desk, "five", "six")
    desk.studio.generation.cancel()
    desk.wait(lambda: desk.host.requests[-1].prompt == "six")
    desk.studio.queue.cancel_all()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_a_normal_end_keeps_what_waits_but_not_what_was_decided(busy: Desk, open_desk: Callable[[], Desk]) -> None:
    busy.window.close()
    question = busy.window.question
    assert question is not None and "3 more wait" in question.text.text()
    question.throw_away.click()
    busy.studio.close()
    assert saved() == ["two", "three", "four"]
    desk = open_desk()
    desk.wait(lambda: "3 takes of before wait to be made" in desk.message)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"takes": 3}', b"\xff\xfe", b'{"takes": ' + b"[" * 100_000])
def test_a_damaged_queue_is_set_aside(home: Path, open_desk: Callable[[], Desk], content: bytes) -> None:
    file = paths.queue_file()
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    desk = open_desk()
    desk.wait(lambda: "queue of before could not be read" in desk.message)
    assert file.with_name("queue.json.bad").read_bytes() == content
    assert desk.studio.queue.entries == []


def test_one_damaged_entry_costs_no_other(busy: Desk, open_desk: Callable[[], Desk]) -> None:
    gone(busy)
    values = json.loads(paths.queue_file().read_text())
    values["takes"][1]["request"]["seed"] = -4
    values["takes"][2]["request"]["a setting of later"] = 7
    values["takes"].append({"state": "waiting", "request": {**values["takes"][3]["request"], "take_id": "../../evil"}})
    paths.queue_file().write_text(json.dumps(values))
    desk = open_desk()
    desk.wait(lambda: [entry.request.prompt for entry in desk.studio.queue.waiting] == ["one", "three", "four"])
    assert json.loads(paths.queue_file().with_name("queue.json.bad").read_text()) == values
    (kept,) = [
        take for take in json.loads(paths.queue_file().read_text())["takes"] if "a setting of later" in take["request"]
    ]
    assert kept["request"]["a setting of later"] == 7


def test_a_folder_that_cannot_be_written_is_said_once_and_the_queue_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(paths, "replace_file", refuse)
    desk.host.script = "denoising"
    queue_up(desk, "one", "two", "three")
    assert "The queue could not be saved" in desk.message
    assert shown(desk) == ["one", "two", "three"]
    desk.studio.queue.cancel_all()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_live_makes_the_newest_wish_and_gives_the_one_before_up(desk: Desk) -> None:
    desk.host.script = "chunk"
    form, queue = desk.studio.take_settings, desk.studio.queue
    desk.window.generate.live.click()
    seed = form.seed
    form.set_prompt("harp")
    desk.wait(lambda: len(desk.host.requests) == 1)
    desk.wait(lambda: desk.studio.open_takes.being_made)
    old = desk.host.paths[desk.host.requests[0].take_id]
    for words in ("harp, slow", "harp, slow, dark"):
        form.set_prompt(words)
    desk.wait(lambda: len(desk.host.requests) == 2)
    assert desk.host.requests[1].prompt == "harp, slow, dark"
    assert [request.seed for request in desk.host.requests] == [seed, seed]
    assert "can be kept" not in desk.message and saved() == []
    desk.wait(lambda: not old.exists())
    assert desk.window.queue.isHidden()
    desk.studio.live.set_on(False)
    form.set_prompt("no wish")
    desk.qtbot.wait(700)
    assert len(desk.host.requests) == 2
    queue.cancel_all()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_live_is_heard_in_the_place_of_the_wish_before_but_of_nothing_else(desk: Desk) -> None:
    form, player, shown = desk.studio.take_settings, desk.studio.player, desk.studio.open_takes
    queue_up(desk, "by a press")
    desk.wait(lambda: player.is_playing and not desk.studio.generation.is_running)
    desk.studio.live.set_on(True)
    heard = []
    for words in ("wish one", "wish two"):
        form.set_prompt(words)
        desk.wait(lambda: desk.host.requests[-1].prompt == words and not desk.studio.generation.is_running)  # noqa: B023
        assert shown.shown is not None
        heard.append(shown.shown.request.prompt)
    assert heard == ["by a press"] * 2, "never interrupted"
    player.stop()
    for words in ("wish three", "wish four"):
        form.set_prompt(words)
        desk.wait(lambda: desk.host.requests[-1].prompt == words and not desk.studio.generation.is_running)  # noqa: B023
        desk.wait(lambda: player.is_playing)
        assert shown.shown is not None and shown.shown.request.prompt == words
    desk.studio.live.set_on(False)
    queue_up(desk, "by a press again")
    desk.wait(lambda: len(desk.host.requests) == 6 and not desk.studio.generation.is_running)
    assert shown.shown is not None and shown.shown.request.prompt == "wish four"


def test_live_leaves_takes_alone_that_were_asked_for(busy: Desk) -> None:
    busy.studio.live.set_on(True)
    busy.studio.take_settings.set_prompt("a wish")
    busy.wait(lambda: len(busy.studio.queue.waiting) == 4)
    busy.studio.take_settings.set_prompt("another wish")
    busy.wait(lambda: busy.studio.queue.waiting[0].request.prompt == "another wish")
    assert len(busy.studio.queue.waiting) == 4 and busy.studio.queue.entries[0].state == MAKING
    finish(busy)
    busy.wait(lambda: len(busy.host.requests) == 2)
    assert busy.host.requests[1].prompt == "another wish"
    busy.studio.queue.cancel_all()
    busy.wait(lambda: not busy.studio.generation.is_running)


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
