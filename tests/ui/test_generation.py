"""From Generate to the listed take: progress, cancel, failures, and a lost engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from musicapp.engine.events import AudioChunk, EngineLost, Failed, Finished, Progress, Remarked
from musicapp.ui.state import open_takes
from tests.ui.conftest import Desk


def test_generate_makes_a_take_that_is_on_disk_before_it_is_shown_as_done(desk: Desk) -> None:
    on_disk: list[bool] = []
    desk.studio.open_takes.made.connect(
        lambda take: on_disk.append(take.path.is_file() and take.path.with_suffix(".json").is_file())
    )
    take = desk.make_take("calm piano", 1.0)
    assert on_disk == [True]
    assert take.frames == 44100
    sidecar = json.loads(take.path.with_suffix(".json").read_text())
    assert sidecar["request"]["prompt"] == "calm piano"
    assert desk.studio.library.current is not None
    assert desk.studio.library.model.rows[0].take_id == take.take_id


def test_ctrl_enter_generates_from_the_prompt_box_and_the_button_becomes_cancel(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.window.prompts.prompt.setFocus()
    QTest.keyClicks(desk.window.prompts.prompt, "harp")
    QTest.keyClick(desk.window.prompts.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    button = desk.window.generate.button
    assert button.text() == "Cancel"
    desk.wait(lambda: "Step 2 of 4" in desk.window.generate.text.text())
    assert "left" in desk.window.generate.text.text()
    assert desk.window.generate.bar.maximum() > 0
    assert "Step 2 of 4" in desk.page.note.text()
    button.click()
    desk.wait(lambda: button.text() == "Generate")
    assert desk.studio.library.model.rows == []
    assert desk.studio.player.shown is None


def test_title_bar_and_row_go_by_the_same_time(desk: Desk) -> None:
    desk.host.script = "started"
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.generation.start()
    request = desk.host.requests[-1]
    desk.wait(lambda: desk.studio.generation.run and desk.studio.generation.run.phase == "denoising")
    for step, left_s in ((1, 60.0), (3, 0.3), (2, 90.0)):
        desk.qtbot.wait(60)
        desk.host.emit(Progress(request.take_id, "denoising", step, 4, left_s))
        desk.wait(lambda: desk.studio.generation.run and desk.studio.generation.run.step == step)  # noqa: B023
        share = desk.studio.generation.fraction
        assert share is not None and 0 < share < 1
        row = desk.studio.library.model.find(request.take_id)
        assert row is not None and row.fraction == share
        assert desk.window.generate.bar.value() == round(1000 * share)
        assert desk.window.windowTitle().startswith(f"{round(100 * share)} %")
    desk.host.cancel(request.take_id)
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_a_second_press_queues_the_next_take(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.generation.start()
    desk.studio.generation.start()
    assert len(desk.host.requests) == 1
    (waiting,) = desk.studio.queue.waiting
    assert waiting.request.seed == desk.studio.take_settings.seed != desk.host.requests[0].seed
    desk.studio.generation.cancel()
    desk.wait(lambda: len(desk.host.requests) == 2)
    assert desk.host.requests[1] == waiting.request
    desk.studio.generation.cancel()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_phases_are_told(desk: Desk) -> None:
    desk.host.script = "queued"
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.generation.start()
    assert "Waiting" in desk.studio.generation.progress_text
    desk.host.load("builtin")
    desk.wait(lambda: "Loading" in desk.studio.generation.progress_text)
    assert desk.window.generate.bar.maximum() == 0  # moving to and fro
    request = desk.host.requests[0]
    desk.host.begin(request)
    desk.host.emit(Progress(request.take_id, "decoding", 1, 3, 2.0))
    desk.wait(lambda: "Making sound" in desk.studio.generation.progress_text)
    desk.studio.generation.cancel()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_the_waveform_fills_while_chunks_arrive(desk: Desk) -> None:
    desk.host.script = "chunk"
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.take_settings.set_duration(3.0)
    desk.studio.generation.start()
    desk.wait(lambda: desk.studio.player.shown and desk.studio.player.shown.audio.available_s >= 2.0)
    desk.wait(lambda: not desk.page.note.isVisible())
    assert desk.studio.library.current is None  # not done yet, so not to be exported
    assert not desk.window.export.button.isEnabled()
    request = desk.host.requests[0]
    desk.host.script = "finish"
    desk.host.write(request, 3)
    desk.host.finish(request)
    desk.wait(lambda: desk.studio.library.current)
    assert desk.window.export.button.isEnabled()


def test_a_failure_is_told_and_the_take_before_comes_back(desk: Desk) -> None:
    kept = desk.make_take()
    desk.host.script = "denoising"
    desk.studio.generation.start()
    desk.wait(lambda: desk.studio.open_takes.being_made)
    desk.host.fail(desk.host.requests[-1], "Not enough memory.", "Ask for less.")
    desk.wait(lambda: "Not enough memory. Ask for less." in desk.message)
    assert [row.take_id for row in desk.studio.library.model.rows] == [kept.take_id]
    assert desk.studio.player.shown is not None and desk.studio.player.shown.take_id == kept.take_id


def test_a_length_that_does_not_fit_is_offered_shorter_by_a_button(desk: Desk) -> None:
    desk.host.script = "queued"
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.take_settings.set_duration(285.0)
    desk.studio.generation.start()
    refused = desk.host.requests[-1]
    desk.host.emit(
        Failed(refused.take_id, "4:45 needs about 9.1 GB of memory, 4.0 GB are free.", "1:10 would fit.", 70.0)
    )
    desk.wait(lambda: "4:45 needs about 9.1 GB" in desk.message and "1:10 would fit." in desk.message)
    button = desk.window.message_bar.offer_button
    assert button.isVisible() and button.text() == button.accessibleName() == "Make 1:10 instead"
    assert not desk.window.message_bar.log_button.isVisible()
    desk.host.script = "finish"
    with desk.qtbot.waitSignal(desk.studio.open_takes.made, timeout=15_000):
        button.click()
    made = desk.host.requests[-1]
    assert (made.duration_s, made.seed, made.prompt) == (70.0, refused.seed, "harp")
    assert desk.studio.take_settings.duration_s == 70.0 and desk.studio.messages.current is None
    desk.studio.messages.post("error", "Something else.")
    assert not button.isVisible() and desk.window.message_bar.log_button.isVisible()


def test_a_remark_of_the_engine_is_in_the_status_line(desk: Desk) -> None:
    desk.host.emit(Remarked("Every load takes its time"))
    desk.wait(lambda: desk.window.status.message.toolTip().startswith("Every load takes its time"))
    assert desk.studio.messages.current is None


def test_what_the_engine_did_not_read_stands_there_after_the_take(desk: Desk) -> None:
    desk.host.script = "denoising"
    QTest.keyClicks(desk.find("prompt"), "harp")
    QTest.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: desk.studio.generation.run)
    desk.host.emit(Remarked("The prompt is longer than this model reads. Not heard is: “happy. Very.”.", True))
    desk.wait(lambda: desk.message)
    desk.studio.messages.remark("Take saved")
    message = desk.studio.messages.current
    assert message is not None and message.kind == "notice" and message.text.endswith("than this model reads.")
    assert message.hint == "Not heard is: “happy. Very.”."


def test_a_lost_engine_is_restarted_and_makes_the_same_take_again(desk: Desk) -> None:
    kept = desk.make_take()
    desk.host.script = "denoising"
    desk.studio.generation.start()
    loads, lost = len(desk.host.loads), desk.host.requests[-1]
    desk.host.lose("The engine was ended by the system or by another program.", "Systems do that.")
    desk.wait(lambda: "ended by the system" in desk.message)
    assert "restart" not in desk.message
    assert len(desk.host.loads) == loads + 1
    button = desk.window.message_bar.offer_button
    assert button.text() == "Make it again"
    desk.host.script = "finish"
    desk.studio.take_settings.set_prompt("something else")
    desk.studio.take_settings.set_seed(1)
    with desk.qtbot.waitSignal(desk.studio.open_takes.made, timeout=15_000):
        button.click()
    again = desk.host.requests[-1]
    assert (again.prompt, again.seed, again.duration_s) == (lost.prompt, lost.seed, lost.duration_s)
    assert again.take_id != lost.take_id and desk.studio.take_settings.prompt == "something else"
    assert {row.take_id for row in desk.studio.library.model.rows} == {kept.take_id, again.take_id}


def test_an_engine_that_dies_again_at_once_is_not_restarted_for_ever(desk: Desk) -> None:
    for _ in range(2):
        desk.wait(lambda: desk.studio.engine.phase == "ready")
        desk.host.emit(EngineLost("The engine stopped.", "Try again.", 1))
        desk.wait(lambda: "The engine stopped" in desk.message)
    desk.wait(lambda: desk.studio.engine.phase == "off")
    loads = len(desk.host.loads)
    desk.qtbot.wait(50)
    assert len(desk.host.loads) == loads


def test_events_of_other_takes_are_ignored(desk: Desk) -> None:
    desk.host.emit(Progress("stranger", "denoising", 1, 2, 1.0))
    desk.host.emit(AudioChunk("stranger", 0, 100))
    desk.host.emit(Finished("stranger", str(Path("nowhere.wav")), 100, 0.5, 1.0, 1.0, 1.0))
    desk.qtbot.wait(50)
    assert not desk.studio.generation.is_running
    assert desk.studio.library.model.rows == []


def test_a_take_that_cannot_be_saved_is_told(desk: Desk, home: Path) -> None:
    desk.host.script = "chunk"
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.generation.start()
    request = desk.host.requests[0]
    desk.wait(lambda: desk.studio.open_takes.being_made)
    sidecar = desk.host.paths[request.take_id].with_suffix(".json")
    sidecar.mkdir()  # a folder where the file should go
    desk.host.finish(request)
    desk.wait(lambda: "could not be saved" in desk.message)
    assert not desk.studio.generation.is_running


@pytest.mark.parametrize("script", ["denoising", "finish"])
def test_a_take_whose_audio_finds_no_room_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    def full(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(open_takes, "TakeAudio", full)
    desk.host.script = script
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.generation.start()
    desk.wait(lambda: not desk.studio.generation.is_running)
    assert "not enough memory to open" in desk.message
    assert desk.studio.library.model.rows == [] and desk.studio.player.shown is None
