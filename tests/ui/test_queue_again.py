"""The queue at the next start: what was left of it goes on, whatever became of its file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from musicapp import paths
from musicapp.library import takes
from tests.ui.conftest import Desk
from tests.ui.queue_desk import gone, queue_up, saved, shown

# The offscreen platform has no window manager to tell.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


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
