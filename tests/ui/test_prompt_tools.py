"""Chips, presets, prompts and seeds of before, bars: what they put into the form, and that each can be undone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from musicapp import settings as saved_settings
from musicapp.library import presets
from musicapp.library.presets import BUILTIN
from musicapp.request import MAX_SEED, Lora, frames_for
from musicapp.shape import Loop
from musicapp.ui.widgets.menu_button import MenuButton
from tests.ui.conftest import Desk
from tests.ui.test_keyboard import press

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def choose(desk: Desk, button: str, words: str) -> None:
    """Open a menu by its button and take the entry that begins so."""
    place = desk.find(button)
    assert isinstance(place, MenuButton)
    place.refill()
    actions(place.opened)[words].trigger()


def actions(menu: QMenu) -> dict[str, QAction]:
    found = {}
    for action in menu.actions():
        found[action.text().replace("&", "").split("\t")[0].split(",")[0]] = action
    return found


def marked(desk: Desk, button: str) -> list[str]:
    place = desk.find(button)
    assert isinstance(place, MenuButton)
    place.refill()
    return [words for words, action in actions(place.opened).items() if action.isChecked()]


def test_chips_write_words_and_show_what_the_prompt_says(desk: Desk) -> None:
    box = desk.window.prompts.prompt
    box.setFocus()
    QTest.keyClicks(box, "calm harp")
    choose(desk, "chip_tempo", "90 bpm")
    choose(desk, "chip_key", "A minor")
    choose(desk, "chip_instruments", "Strings")
    choose(desk, "chip_bars", "in 3/4")
    assert box.toPlainText() == desk.studio.take_settings.prompt == "calm harp, 90 bpm, in A minor, strings, in 3/4"
    assert marked(desk, "chip_tempo") == ["90 bpm"] and marked(desk, "chip_key") == ["A minor"]
    assert marked(desk, "chip_instruments") == ["Strings"] and marked(desk, "chip_bars") == ["in 3/4"]
    choose(desk, "chip_tempo", "120 bpm")
    choose(desk, "chip_key", "A minor")
    assert box.toPlainText() == "calm harp, 120 bpm, strings, in 3/4"
    box.setPlainText("a waltz in 3/4 at 97 bpm")
    assert marked(desk, "chip_tempo") == ["97 bpm"] and marked(desk, "chip_bars") == ["in 3/4"]


def test_each_press_is_a_step_back_and_forth(desk: Desk) -> None:
    form, box = desk.studio.take_settings, desk.window.prompts.prompt
    form.set_prompt("harp")
    seen = [form.values()]
    for button, words in (
        ("chip_tempo", "120 bpm"),
        ("chip_bars", "8 bars"),
        ("recent_seeds", "Seed + 1"),
        ("presets", "Calm piano"),
        ("chip_instruments", "Flute"),
    ):
        choose(desk, button, words)
        seen.append(form.values())
    assert len(set(map(repr, seen))) == 6
    box.setFocus()
    for values in seen[-2::-1]:
        QTest.keyClick(box, Qt.Key.Key_Z, CTRL)
        assert form.values() == values and box.toPlainText() == values.prompt
    assert not desk.window.actions_.undo.isEnabled()
    desk.window.stage.focus_waveform()
    for values in seen[1:]:
        QTest.keyClick(desk.window, Qt.Key.Key_Z, CTRL | SHIFT)
        assert form.values() == values
    assert not desk.window.actions_.redo.isEnabled()
    assert desk.window.actions_.undo.text() == "&Undo “flute”"


@pytest.mark.parametrize(
    ("prompt", "text", "seconds"), [("piano, 90 bpm", "8 bars", 64 / 3), ("waltz, in 3/4, 100 bpm", "16 bars", 28.8)]
)
def test_a_length_in_bars_is_exact_to_the_frame(desk: Desk, prompt: str, text: str, seconds: float) -> None:
    form, field = desk.studio.take_settings, desk.window.length.field
    form.set_prompt(prompt)
    before = form.duration_s
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    assert form.duration_s == pytest.approx(seconds, abs=1e-12) and field.text() == text
    QTest.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: not field.hasFocus())
    assert form.duration_s == pytest.approx(seconds, abs=1e-12)
    desk.studio.generation.start()
    desk.wait(lambda: desk.host.requests and not desk.studio.generation.is_running)
    assert frames_for(desk.host.requests[0].duration_s, 44100) == round(seconds * 44100)
    desk.studio.form_history.undo()
    assert form.duration_s == before


def test_a_length_in_bars_follows_the_tempo_until_it_is_a_length_in_seconds(desk: Desk) -> None:
    form, field, box = desk.studio.take_settings, desk.window.length.field, desk.window.prompts.prompt
    shown = desk.find("length_cap")
    assert isinstance(shown, QLabel)
    form.set_prompt("piano, 90 bpm")
    choose(desk, "chip_bars", "8 bars")
    assert form.duration_s == pytest.approx(64 / 3) and shown.text() == "8 bars at the prompt's tempo"
    choose(desk, "chip_tempo", "120 bpm")
    assert form.duration_s == 16.0 and field.text() == "0:16" and form.bars == "8 bars"
    desk.studio.form_history.undo()
    assert (form.prompt, form.bars) == ("piano, 90 bpm", "8 bars") and form.duration_s == pytest.approx(64 / 3)
    desk.studio.form_history.redo()
    assert form.duration_s == 16.0 and form.bars == "8 bars"
    for prompt, seconds in (("a waltz in 3/4 at 90 bpm", 16.0), ("piano", 16.0), ("piano, 1", 16.0), ("60 bpm", 32.0)):
        box.setPlainText(prompt)  # as it may stand while it is typed; without a tempo the length stays
        assert form.duration_s == seconds and form.duration_problem is None, prompt
    form.set_loop(Loop())
    box.setPlainText("piano, 100 bpm")
    assert form.make_request().loop == Loop(8, 100.0) and form.make_request().duration_s == pytest.approx(19.2)
    form.set_duration_text("64 bars")
    box.setPlainText("piano, 50 bpm")  # 307 s
    assert form.duration_problem is not None and "at most 4:45" in shown.text()
    box.setPlainText("piano, 80 bpm")
    assert form.duration_problem is None and form.duration_s == 192.0 and shown.text().startswith("64 bars")
    for leave in (
        lambda: form.set_duration(20.0),
        lambda: form.set_duration_text("192"),
        lambda: form.set_duration(192),
    ):
        form.set_duration_text("64 bars")
        leave()
        is_kept = form.bars != ""
        box.setPlainText("piano, 100 bpm")
        assert form.duration_s == pytest.approx(153.6) if is_kept else form.duration_s in (20.0, 192.0)
        box.setPlainText("piano, 80 bpm")
    assert is_kept, "a length that stays what it is keeps its bars"


def test_a_tempo_that_comes_later_mends_a_length_in_bars(desk: Desk) -> None:
    form, box = desk.studio.take_settings, desk.window.prompts.prompt
    box.setPlainText("slow harp")
    desk.window.length.field.setFocus()
    desk.window.length.field.selectAll()
    QTest.keyClicks(desk.window.length.field, "8 bars")
    assert form.duration_problem is not None
    box.setFocus()
    box.setPlainText("slow harp, 60 bpm")
    assert form.duration_problem is None and form.duration_s == 32.0


def test_bars_without_a_tempo_or_too_many_are_told(desk: Desk) -> None:
    form = desk.studio.take_settings
    for prompt, text, told in (("slow harp", "8 bars", "states no tempo"), ("60 bpm", "400 bars", "at most 4:45")):
        form.set_prompt(prompt)
        form.set_duration_text(text)
        assert form.duration_problem is not None and told in form.duration_problem.message
    form.set_duration(30.0)
    form.set_prompt("slow harp")
    bars = desk.find("chip_bars")
    assert isinstance(bars, MenuButton)
    bars.refill()
    assert not actions(bars.opened)["Choose a tempo first"].isEnabled()


def test_presets_are_kept_used_replaced_and_removed(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    form = desk.studio.take_settings
    form.set_prompt("harp & rain, 70 bpm")
    form.set_duration(12.5)
    form.set_sampling(steps=9)
    form.set_loras((Lora("/a.safetensors", 0.5),))
    assert desk.studio.presets.save("  My   harp ")
    desk.window.prompts.recent.ask_for_name()
    dialog = desk.window.prompts.recent.dialog
    assert dialog is not None and dialog.isVisible()
    form.set_duration(20.0)
    dialog.setTextValue("MY HARP")
    dialog.accept()
    assert [preset.name for preset in presets.read()] == ["MY HARP"]
    assert "was there already" in desk.message
    desk.window.message_bar.offer_button.click()
    assert [(preset.name, preset.request.duration_s) for preset in presets.read()] == [("My harp", 12.5)]
    assert desk.studio.presets.save("my HARP") and desk.studio.presets.save("MY HARP")
    desk.studio.messages.dismiss()
    other = open_desk()
    form = other.studio.take_settings
    form.set_prompt("something else")
    form.set_seed(5, is_used=False)
    choose(other, "presets", "MY HARP")
    assert (form.prompt, form.duration_s, form.steps) == ("harp & rain, 70 bpm", 20.0, 9)
    assert form.loras == (Lora("/a.safetensors", 0.5),) and form.seed == 5 and not form.seed_is_locked
    assert "The preset “MY HARP” is in the form." in other.message
    other.window.message_bar.offer_button.click()
    assert form.prompt == "something else"
    other.studio.presets.remove(other.studio.presets.own[0])
    assert presets.read() == []
    other.window.message_bar.offer_button.click()
    assert [preset.name for preset in presets.read()] == ["MY HARP"]


def test_bringing_a_preset_back_costs_none_that_was_saved_meanwhile(desk: Desk) -> None:
    form, own = desk.studio.take_settings, desk.studio.presets
    for prompt in ("one", "two"):
        form.set_prompt(prompt)
        assert own.save(prompt)
    own.remove(own.own[0])
    form.set_prompt("three")
    assert own.save("three")
    desk.studio.messages.accept_offer()
    assert [preset.name for preset in presets.read()] == ["two", "three", "one"]
    own.remove(own.own[0])
    assert own.save("TWO") and desk.message == "", "the one of before cannot come back beside it"
    assert [preset.request.prompt for preset in presets.read()] == ["three", "one", "three"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_preset_needs_a_name(desk: Desk, name: str) -> None:
    desk.studio.take_settings.set_prompt("harp")
    assert not desk.studio.presets.save(name)
    assert "needs a name" in desk.message and presets.read() == []


def test_a_form_that_cannot_be_made_is_no_preset(desk: Desk) -> None:
    assert not desk.studio.presets.save("empty")
    assert "The prompt is empty" in desk.message


@pytest.mark.parametrize(
    "content", ["", "{", '{"presets": 3}', '{"presets": [1, {"name": "a"}, {"name": 3, "settings": {}}]}']
)
def test_damaged_presets_cost_nothing_else(desk: Desk, content: str) -> None:
    file = presets.presets_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    choose(desk, "presets", BUILTIN[0].name.split(",")[0])
    assert desk.studio.take_settings.prompt == BUILTIN[0].request.prompt
    desk.studio.messages.put_aside()
    assert "could not be read" in desk.message and "presets.json.bad" in desk.message
    desk.studio.presets.save("new")
    assert [preset.name for preset in presets.read()] == ["new"]
    assert json.loads(file.read_text())["version"] == 1
    assert file.with_name("presets.json.bad").read_text() == content


def test_presets_of_another_version_keep_what_this_one_does_not_know(home: Path) -> None:
    file, notes = presets.presets_file(), list[str]()
    file.parent.mkdir(parents=True, exist_ok=True)
    known = {"name": "one\u202e\x1btwo", "settings": {"prompt": "harp", "duration_s": 5, "swing": 0.6}}
    values = {"version": 7, "presets": [known, {"name": "other", "kind": "chain"}]}
    for text in (json.dumps(values), json.dumps({**values, "version": 8})):
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())  # the mark of an editor
        (found,) = presets.read(tell=notes.append)
        assert found.name == "one two"
        presets.save([found])
        assert json.loads(file.read_text())["presets"][0]["settings"]["swing"] == 0.6
    assert [
        json.loads(path.read_bytes().decode("utf-8-sig"))["version"] for path in sorted(file.parent.glob("*.bad*"))
    ] == [7, 8]
    assert len(notes) == 2 and "One preset could not be read" in notes[0] and notes[1].endswith("presets.json.bad-2.")


def test_prompts_and_seeds_of_before_come_back(desk: Desk) -> None:
    first, second = desk.make_take("one & two", 1.0), desk.make_take("three", 1.0)
    form = desk.studio.take_settings
    form.set_prompt("half a thou")
    choose(desk, "recent_prompts", "one  two")
    assert form.prompt == "one & two"
    assert desk.studio.settings.recent_prompts[0] == "half a thou"
    choose(desk, "recent_seeds", str(first.request.seed))
    assert form.seed == first.request.seed and form.seed_is_locked
    saved = desk.studio.settings
    assert saved.recent_seeds == [second.request.seed, first.request.seed]
    saved_settings.save(saved)
    assert saved_settings.load().recent_seeds == saved.recent_seeds


@pytest.mark.parametrize("seeds", [[-1], [2**32], [1.5], ["1"], [True], list(range(51)), {"a": 1}])
def test_damaged_seeds_of_before_are_forgotten(desk: Desk, seeds: object) -> None:
    file = saved_settings.paths.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"recent_seeds": seeds, "prompt": "kept"}))
    found = saved_settings.read()
    assert found.settings.recent_seeds == [] and found.settings.prompt == "kept" and found.note


def test_seed_plus_one_goes_round(desk: Desk) -> None:
    form = desk.studio.take_settings
    form.set_seed(MAX_SEED)
    desk.window.stage.focus_waveform()
    QTest.keyClick(desk.window, Qt.Key.Key_D, SHIFT)
    assert form.seed == 0 and form.seed_is_next
    choose(desk, "recent_seeds", "Seed − 1")
    assert form.seed == MAX_SEED
    QTest.keyClick(desk.window, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(desk.window, Qt.Key.Key_Z, CTRL)
    assert form.seed == MAX_SEED and not desk.window.actions_.undo.isEnabled()


def test_settings_of_a_take_come_back_whole_but_for_the_seed_or_only_that(desk: Desk) -> None:
    take = desk.make_take("calm piano", 1.0)
    form = desk.studio.take_settings
    for key, modifier, prompt, seed in (
        (Qt.Key.Key_R, SHIFT, "calm piano", 99),
        (Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, "harp", take.request.seed),
        (Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier, "calm piano", take.request.seed),
    ):
        form.set_prompt("harp")
        form.set_seed(99)
        form.set_seed_locked(False)
        desk.window.stage.focus_waveform()
        QTest.keyClick(desk.window, key, modifier)
        assert (form.prompt, form.seed) == (prompt, seed)
        QTest.keyClick(desk.window, Qt.Key.Key_Z, CTRL)
        assert (form.prompt, form.seed, form.seed_is_locked) == ("harp", 99, False)


def test_the_cursor_stands_behind_the_prompt_after_a_restart(open_desk: Callable[[], Desk]) -> None:
    desk = open_desk()
    desk.studio.take_settings.set_prompt("calm piano")
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    press(Qt.Key.Key_Space)
    QTest.keyClicks(again.find("prompt"), "solo")
    assert again.studio.take_settings.prompt == "calm piano solo"


def test_a_negative_prompt_is_not_taken_away_while_it_is_typed(desk: Desk) -> None:
    negative = desk.window.prompts.negative_prompt
    negative.setFocus()
    QTest.keyClicks(negative, "dr")
    desk.studio.take_settings.set_sampling(guidance_scale=1.0)
    QTest.keyClicks(negative, "ums")
    assert negative.toPlainText() == "drums"
    press(Qt.Key.Key_Tab)
    assert not negative.isEnabled() and "guidance" in negative.toolTip()
