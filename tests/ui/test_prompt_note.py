"""The quiet line under the prompt: it comes and goes with the words, and never stops a take."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from musicapp.ui.widgets.prompt_fields import NOTE_LINES
from tests.tiny_model import write_tiny_model
from tests.ui.conftest import Desk


def test_the_line_comes_and_goes_with_the_words(desk: Desk) -> None:
    line = desk.find("prompt_note")
    assert isinstance(line, QLabel) and not line.isVisible()
    QTest.keyClicks(desk.find("prompt"), "calm theremin")
    desk.wait(line.isVisible)
    assert line.text() == "This model does not know: theremin. Near: saw lead, whistle."
    desk.studio.take_settings.set_prompt("calm piano")
    desk.wait(lambda: not line.isVisible())


def test_a_long_note_takes_no_room_from_the_fields(desk: Desk) -> None:
    desk.window.resize(1180, 760)
    advanced = desk.window.advanced
    advanced.heading.click()
    fields = (desk.window.prompts.prompt, advanced.model, advanced.adapters.add, advanced.steps, advanced.guidance)

    def rooms() -> list[int]:
        return [field.height() for field in fields] + [
            below.y() - above.y() for above, below in pairwise(fields[1:])
        ]  # how high they are, and how far the rows are from each other

    desk.qtbot.wait(50)
    before = rooms()
    QTest.keyClicks(desk.find("prompt"), "slow theremin, oud, shoegaze, vinyl crackle, hurdy gurdy, bagpipes, kazoo")
    line = desk.find("prompt_note")
    assert isinstance(line, QLabel)
    desk.wait(line.isVisible)
    desk.qtbot.wait(50)
    assert line.height() > NOTE_LINES * line.fontMetrics().lineSpacing() and line.height() >= line.heightForWidth(
        line.width()
    )
    assert rooms() == before


def test_a_text_that_fits_shows_no_scroll_bar(desk: Desk) -> None:
    desk.window.resize(1180, 760)
    desk.window.advanced.heading.click()  # both boxes are as low as they may be
    QTest.keyClicks(desk.find("prompt"), "two lines of a prompt that just fit in here, harp")
    desk.qtbot.wait(50)
    for box, lines in ((desk.window.prompts.prompt, 2), (desk.window.prompts.negative_prompt, 1)):
        assert box.height() == box.minimumSizeHint().height() and round(box.document().size().height()) == lines
        assert not box.verticalScrollBar().isVisible()


def test_what_the_model_follows_is_read_back(desk: Desk) -> None:
    note = desk.studio.prompt_note
    desk.studio.take_settings.set_prompt("calm piano, 92 bpm, Bbm, drumless")
    desk.wait(lambda: note.text == "Read as: 92 bpm, A♯/B♭ minor, no drums")
    desk.studio.take_settings.set_prompt("slow theremin")
    desk.wait(lambda: note.text.startswith("Read as: slow (72 bpm)\nThis model does not know: theremin."))
    desk.studio.take_settings.set_prompt("adagio for piano, lose the drums")  # words of rules need not be learnt
    desk.wait(lambda: note.text == "Read as: slow (72 bpm), no drums")
    desk.studio.take_settings.set_prompt("calm piano")
    desk.wait(lambda: not note.text)


def test_a_drop_behind_the_end_is_told_until_the_length_reaches_it(desk: Desk) -> None:
    line, length = desk.find("prompt_note"), desk.find("length")
    assert isinstance(line, QLabel)
    QTest.keyClicks(desk.find("prompt"), "calm piano, 120 bpm, starts quiet, drop at 0:30")
    desk.wait(lambda: line.text() == "Read as: 120 bpm, quiet start, full at 0:30 (after the end)")
    length.setFocus()
    QTest.keyClick(length, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(length, "0:45")
    QTest.keyClick(length, Qt.Key.Key_Return)
    desk.wait(lambda: line.text() == "Read as: 120 bpm, quiet start, full at 0:30")


def test_an_unknown_word_makes_a_take_all_the_same(desk: Desk) -> None:
    assert desk.make_take("theremin").request.prompt == "theremin"
    assert desk.studio.messages.current is None


def test_a_model_without_a_list_says_nothing(desk: Desk, tmp_path: Path) -> None:
    note = desk.studio.prompt_note
    desk.studio.take_settings.set_prompt("theremin")
    desk.wait(lambda: note.text)
    desk.studio.take_settings.set_prompt("theremin, 90 bpm")
    desk.studio.take_settings.set_target(model=str(write_tiny_model(tmp_path / "public", text_encoder="none")))
    desk.wait(lambda: not note.text)
    desk.studio.take_settings.set_target(model=str(tmp_path / "gone"))
    desk.studio.take_settings.set_prompt("oud")
    with desk.qtbot.assertNotEmitted(note.changed, wait=700):
        pass


def test_a_saved_prompt_is_looked_up_at_the_start(desk: Desk, open_desk) -> None:
    desk.studio.take_settings.set_prompt("oud")
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    again.wait(again.find("prompt_note").isVisible)
