"""What the form says: limits before the model is loaded, seeds, devices; messages that go when they are over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from musicapp import settings
from musicapp.engine.events import DevicesFound
from musicapp.ui import words
from tests.ui.conftest import Desk


def typed(desk: Desk, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClicks(field, text)


def seed_use(desk: Desk) -> str:
    found = desk.window.findChild(QLabel, "seed_use")
    assert found is not None
    return found.accessibleName()


def test_the_limit_is_the_models_own_before_it_is_loaded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    form = desk.studio.take_settings
    desk.wait(lambda: form.promise is not None)
    form.info = None
    form.limits_changed.emit()
    for text in ("1440:00", "71582788:16", "99999999999", "4:46", "25h"):
        typed(desk, desk.window.length.field, text)
        problem = form.duration_problem
        assert problem is not None and "1440" not in problem.message.partition(", not ")[0], text
    typed(desk, desk.window.length.field, "9:00")
    assert form.duration_problem is not None
    assert form.duration_problem.message == "Musicapp Small makes at most 4:45, not 9:00."
    cap = desk.window.findChild(QLabel, "length_cap")
    assert cap is not None
    typed(desk, desk.window.length.field, "1:00")
    assert cap.text() == "Up to 4:45: the most Musicapp Small makes"


def test_what_was_wrong_with_a_field_goes_when_it_is_mended(desk: Desk) -> None:
    bar = desk.window.message_bar
    for field, wrong, right in ((desk.window.length.field, "soon", "1:00"), (desk.window.seed.field, "lucky", "7")):
        typed(desk, field, wrong)
        QTest.keyClick(field, Qt.Key.Key_Tab)
        assert bar.isVisible() and not bar.log_button.isVisible(), wrong
        typed(desk, field, right)
        assert not bar.isVisible(), right
    desk.studio.take_settings.set_prompt("  ")
    desk.studio.generation.start()
    assert "prompt is empty" in desk.message and not bar.log_button.isVisible()
    desk.window.prompts.prompt.setFocus()
    QTest.keyClicks(desk.window.prompts.prompt, "h")
    assert desk.message == ""


def test_an_empty_seed_draws_one(desk: Desk) -> None:
    form, field = desk.studio.take_settings, desk.window.seed.field
    typed(desk, field, "4711")
    assert form.seed_is_locked
    typed(desk, field, "")
    form.set_prompt("harp")
    with desk.qtbot.waitSignal(desk.studio.open_takes.made, timeout=15_000):
        QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.host.requests[-1].seed != 4711 and not form.seed_is_locked
    assert field.text() == str(desk.host.requests[-1].seed)
    typed(desk, field, "")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == str(form.seed) != str(desk.host.requests[-1].seed) and seed_use(desk) == "of the next take"


def test_the_seed_field_says_whose_seed_it_shows(desk: Desk) -> None:
    assert seed_use(desk) == "of the next take"
    first = desk.make_take("harp")
    assert seed_use(desk).startswith("of the last take") and desk.window.seed.field.text() == str(first.request.seed)
    desk.window.seed.dice.click()
    assert seed_use(desk) == "of the next take"
    desk.make_take("harp")
    desk.window.seed.lock.click()
    assert seed_use(desk) == "of the next take"


def test_the_same_again_is_told_until_it_is_read(desk: Desk) -> None:
    desk.make_take("harp", 1.0)
    desk.window.takes.setFocus()
    QTest.keyClick(desk.window.takes, Qt.Key.Key_K)
    desk.make_take("harp", 2.0)
    assert desk.message == ""
    desk.make_take("harp", 1.0)
    assert "will sound the same. For another one roll the dice" in desk.message
    QTest.keyClick(desk.window.takes, Qt.Key.Key_D)
    desk.make_take("harp", 1.0)
    assert desk.message == ""


def test_counts_agree(desk: Desk) -> None:
    desk.studio.take_settings.set_prompt("harp  " * 500)
    count = desk.window.findChild(QLabel, "prompt_count")
    assert count is not None and count.text() == "2,499 of 2,000 characters"
    desk.studio.generation.start()
    assert "The prompt has 2,499 characters; 2,000 is the most." in desk.message


def test_only_devices_that_are_there_are_offered(home: Path, open_desk: Callable[[], Desk]) -> None:
    desk = open_desk()
    box = desk.window.advanced.device
    assert [box.itemText(row) for row in range(box.count())] == ["Automatic", "Processor"]
    desk.host.emit(DevicesFound(("cuda", "cpu")))
    desk.wait(lambda: box.count() == 3)
    assert {box.itemData(row) for row in range(box.count())} == {"auto", "cpu", "cuda"}
    desk.window.close()
    desk.studio.close()
    settings.save(settings.Settings(device="mps"))  # chosen on another machine
    again = open_desk().window.advanced.device
    assert again.currentData() == "mps" and again.count() == 3
    assert again.itemData(again.currentIndex(), Qt.ItemDataRole.ToolTipRole) == "Not found on this computer"


@pytest.mark.parametrize(
    ("key", "shown"),
    [("Bb minor", "B♭ minor"), ("Eb major", "E♭ major"), ("G# minor", "G♯ minor"), ("B minor", "B minor"), ("", "")],
)
def test_keys_are_written_with_the_signs_of_music(key: str, shown: str) -> None:
    assert words.key_name(key) == shown
