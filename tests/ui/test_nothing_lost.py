"""Nothing that was heard or written is thrown away unasked: Esc, quit, a lost engine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from musicapp.engine.events import EngineAnswers, EngineSilent, Failed
from musicapp.library import takes
from musicapp.library.takes import Take
from musicapp.request import TakeRequest
from musicapp.ui.dialogs.leave import LeaveQuestion
from musicapp.ui.state import generation
from tests.ui.conftest import Desk


def sound_of(desk: Desk, script: str = "chunk") -> TakeRequest:
    """Begin a take of which two seconds of three can be heard."""
    desk.host.script = script
    desk.studio.take_settings.set_prompt("harp in the rain")
    desk.studio.take_settings.set_duration(3.0)
    desk.studio.generation.start()
    if script == "chunk":
        desk.wait(lambda: desk.studio.generation.heard == "0:02")  # the file is read in two pieces
    return desk.host.requests[-1]


def escape(desk: Desk) -> None:
    desk.window.stage.focus_waveform()
    QTest.keyClick(desk.window, Qt.Key.Key_Escape)


def test_one_esc_warns_and_two_within_a_second_cancel(desk: Desk) -> None:
    sound_of(desk, "denoising")
    escape(desk)
    assert desk.window.generate.text.text() == "Press Esc again to cancel"
    assert desk.studio.generation.is_running
    escape(desk)
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_two_slow_esc_do_not_cancel(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "TWICE_S", 0.05)
    sound_of(desk, "denoising")
    for _ in range(3):
        escape(desk)
        desk.qtbot.wait(150)
    assert desk.studio.generation.is_running
    desk.studio.generation.cancel()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_esc_closes_a_message_before_anything_else(desk: Desk) -> None:
    sound_of(desk, "denoising")
    desk.studio.messages.post("error", "Something else.")
    escape(desk)
    assert desk.studio.messages.current is None and desk.studio.generation.is_running
    assert "Esc" not in desk.window.generate.text.text()
    desk.studio.generation.cancel()
    desk.wait(lambda: not desk.studio.generation.is_running)


def part_on_disk(desk: Desk, request: TakeRequest) -> Take:
    """The kept part, read again from the disk as the next start does; every program opens it."""
    path = desk.host.paths[request.take_id]
    audio, _ = soundfile.read(path)
    take = takes.load(path)
    assert take is not None and take.is_finished and take.frames == len(audio) == 2 * 44100
    assert (take.request.prompt, take.request.seed) == ("harp in the rain", request.seed)
    assert take.path.with_suffix(".json").is_file()
    return take


def test_a_cancelled_take_can_be_kept_played_and_exported(desk: Desk) -> None:
    request = sound_of(desk)
    desk.studio.generation.cancel()
    desk.wait(lambda: "Cancelled. 0:02 of the take can be kept." in desk.message)
    assert desk.studio.library.model.rows == []
    button = desk.window.message_bar.offer_button
    assert button.text() == "Keep 0:02"
    button.click()
    desk.wait(lambda: desk.studio.library.current)
    desk.wait(lambda: desk.studio.looks.is_idle)  # or what is heard of it would be on the disk and not yet in the list
    take = part_on_disk(desk, request)
    assert desk.studio.library.model.rows[0].take == take
    desk.studio.player.play()
    assert desk.studio.player.is_playing
    desk.studio.player.pause()
    desk.studio.exporter.export()
    desk.wait(lambda: list((desk.studio.exporter.folder).glob("*.wav")))


def test_a_cancelled_take_that_nobody_wants_goes(desk: Desk) -> None:
    request = sound_of(desk)
    desk.studio.generation.cancel()
    desk.wait(lambda: "can be kept" in desk.message)
    desk.window.message_bar.close_button.click()
    desk.wait(lambda: not desk.host.paths[request.take_id].exists())
    assert desk.studio.library.model.rows == [] and desk.message == ""


def test_the_offer_outlives_the_next_take_and_its_troubles(desk: Desk) -> None:
    first = sound_of(desk)
    desk.studio.generation.cancel()
    desk.wait(lambda: "can be kept" in desk.message)
    desk.host.script = "finish"
    desk.make_take("calm piano", 1.0)
    desk.studio.messages.post("error", "An export failed.")
    assert desk.message.startswith("An export failed.")
    desk.studio.messages.put_aside()
    assert "can be kept" in desk.message
    desk.studio.messages.accept_offer()
    desk.wait(lambda: desk.studio.library.model.find(first.take_id))


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager to tell
@pytest.mark.parametrize("answer", ["keep", "throw_away", "stay"])
def test_quitting_while_a_take_is_made_asks(desk: Desk, open_desk: Callable[[], Desk], answer: str) -> None:
    made = sound_of(desk)
    left: list[bool] = []
    desk.window.closing.connect(lambda: left.append(True))
    QTest.keyClick(desk.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    question = desk.window.findChild(LeaveQuestion)
    assert question is not None and question.isVisible() and not left and desk.window.isVisible()
    button = question.findChild(QPushButton, f"leave_{answer}")
    assert button is not None and button.isVisible()
    if answer == "keep":
        assert button.text() == "Keep 0:02 and quit"
    button.click()
    if answer == "stay":
        QApplication.processEvents()
        assert not left and desk.window.isVisible() and desk.studio.generation.is_running
        desk.host.finish(made)
        desk.wait(lambda: not desk.studio.generation.is_running)
        return
    assert left
    desk.studio.close()
    if answer == "keep":
        part_on_disk(desk, made)
        again = open_desk()
        again.wait(lambda: again.studio.library.model.find(made.take_id))
    else:
        assert not desk.host.paths[made.take_id].exists()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_the_question_goes_when_the_take_is_done(desk: Desk) -> None:
    made = sound_of(desk)
    left: list[bool] = []
    desk.window.closing.connect(lambda: left.append(True))
    QTest.keyClick(desk.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    question = desk.window.findChild(LeaveQuestion)
    assert question is not None and "when the take is done, it is saved and Musicapp quits" in question.text.text()
    desk.host.write(made, 3)
    desk.host.finish(made)
    desk.wait(lambda: left)
    desk.studio.close()
    take = takes.load(desk.host.paths[made.take_id])
    assert take is not None and take.frames == 3 * 44100


def test_what_a_lost_engine_was_making_becomes_a_shorter_take(desk: Desk) -> None:
    request = sound_of(desk)
    desk.host.lose()
    desk.wait(lambda: "The engine crashed." in desk.message)
    desk.wait(lambda: "0:02, is kept in the list" in desk.message)
    desk.wait(lambda: desk.studio.library.current)
    part_on_disk(desk, request)
    assert desk.window.message_bar.offer_button.text() == "Make it again"


def test_an_offer_that_nobody_answered_is_kept_at_the_end(desk: Desk) -> None:
    request = sound_of(desk)
    desk.studio.generation.cancel()
    desk.wait(lambda: "can be kept" in desk.message)
    desk.window.close()
    desk.studio.close()
    part_on_disk(desk, request)


def test_a_silent_engine_is_told_of_and_restarted_by_a_button(desk: Desk) -> None:
    desk.host.emit(EngineSilent(10.0))
    desk.wait(lambda: "has not answered for 10 seconds" in desk.message)
    assert desk.studio.engine.text == "The engine does not answer"
    desk.host.emit(EngineAnswers())
    desk.wait(lambda: desk.message == "")
    assert desk.studio.engine.phase == "ready"
    desk.host.emit(EngineSilent(10.0))
    desk.wait(lambda: desk.message)
    desk.window.message_bar.offer_button.click()
    desk.wait(lambda: desk.studio.engine.phase == "ready")
    assert desk.host.restarts == 1


def test_a_folder_that_goes_while_a_take_is_made_is_told_before_what_follows(desk: Desk) -> None:
    kept = desk.make_take()
    request = sound_of(desk)
    folder = desk.host.paths[request.take_id].parent
    folder.rename(folder.with_name("elsewhere"))
    desk.host.emit(Failed(request.take_id, f"The folder “{folder}” is gone.", "Bring it back.", kept_frames=88200))
    desk.wait(lambda: not desk.studio.generation.is_running)
    desk.qtbot.wait(300)
    assert desk.message == f"The folder “{folder}” is gone. Bring it back."  # and nothing of a part that is kept
    assert desk.studio.library.model.find(kept.take_id) is not None
