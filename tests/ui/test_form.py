"""The left rail: widgets write the state and show it, and bad input gets a sentence and a next step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from musicapp.description import copies, precision_figures
from musicapp.description.precision_figures import Figures
from musicapp.engine.events import ModelFailed, ModelLoaded
from musicapp.request import MAX_PROMPT_CHARACTERS
from tests.tiny_model import write_tiny_model
from tests.ui.conftest import Desk
from tests.ui.fake_host import INFO


def retype(desk: Desk, name: str, text: str, *, leave: bool = False) -> None:
    field = desk.find(name)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    if leave:
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_slider_and_field_move_together(desk: Desk) -> None:
    retype(desk, "length", "1:30", leave=True)
    assert desk.window.length.slider.value() == 90
    desk.window.length.slider.setValue(45)
    assert desk.window.length.field.text() == "0:45"
    assert desk.studio.take_settings.duration_s == 45.0


def test_typing_is_not_rewritten_while_it_lasts(desk: Desk) -> None:
    retype(desk, "length", "90")
    assert desk.window.length.field.text() == "90"
    QTest.keyClick(desk.window.length.field, Qt.Key.Key_Return)
    assert desk.window.length.field.text() == "1:30"


def test_arrow_keys_step_the_length(desk: Desk) -> None:
    desk.studio.take_settings.set_duration(30.0)
    desk.window.length.field.setFocus()
    QTest.keyClick(desk.window.length.field, Qt.Key.Key_Up)
    assert desk.studio.take_settings.duration_s == 31.0


def test_bad_numbers_get_a_message_and_no_take(desk: Desk) -> None:
    desk.studio.take_settings.set_prompt("harp")
    for name, text, words in (
        ("length", "0", "at least"),
        ("length", "-3", "positive time"),
        ("length", "soon", "not a length of time"),
        ("length", "4:46", "at most 4:45"),
        ("seed", "-1", "out of range"),
        ("seed", "4294967296", "out of range"),
        ("seed", "lucky", "not a seed"),
    ):
        desk.studio.messages.dismiss()
        retype(desk, name, text)
        assert desk.find(name).property("problem") == "true", text
        QTest.keyClick(desk.find(name), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert words in desk.message, text
        assert desk.studio.messages.current is not None and desk.studio.messages.current.hint
        assert desk.host.requests == []
        retype(desk, name, "12", leave=True)
        assert desk.find(name).property("problem") == "false"


def test_an_empty_prompt_gets_an_example(desk: Desk) -> None:
    for prompt in ("", "   \n\t ", "\x00\x1b"):
        desk.studio.messages.dismiss()
        desk.studio.take_settings.set_prompt(prompt)
        desk.studio.generation.start()
        assert "empty" in desk.message and "calm piano" in desk.message
        assert desk.host.requests == []


def test_twenty_thousand_characters_are_refused_and_kept(desk: Desk) -> None:
    desk.window.prompts.prompt.setPlainText("x" * 20_000)
    assert desk.find("prompt_count").isVisible()
    desk.studio.generation.start()
    assert "20,000" in desk.message and f"{MAX_PROMPT_CHARACTERS:,}" in desk.message
    assert len(desk.window.prompts.prompt.toPlainText()) == 20_000


def test_control_characters_and_emoji_make_a_take(desk: Desk) -> None:
    take = desk.make_take("piano\x07 \U0001f3b9\u202e\n\tslow")
    assert take.request.prompt.startswith("piano \U0001f3b9")
    assert desk.studio.messages.current is None


def test_dice_and_lock(desk: Desk) -> None:
    before = desk.window.seed.field.text()
    desk.window.seed.dice.click()
    assert desk.window.seed.field.text() == str(desk.studio.take_settings.seed) != before
    desk.window.seed.lock.click()
    assert desk.studio.take_settings.seed_is_locked
    desk.studio.take_settings.set_seed_locked(False)
    assert not desk.window.seed.lock.isChecked()


def test_advanced_starts_folded_and_shows_the_models_values(desk: Desk) -> None:
    advanced = desk.window.advanced
    assert not advanced.steps.isVisible()
    advanced.heading.click()
    assert advanced.steps.isVisible()
    assert (advanced.steps.value(), advanced.guidance.value()) == (50, 6.0)
    advanced.steps.setValue(20)
    advanced.guidance.setValue(3.0)
    assert desk.studio.take_settings.steps == 20
    assert desk.studio.take_settings.guidance_scale == 3.0
    advanced.reset.click()
    assert desk.studio.take_settings.steps is None
    assert advanced.steps.value() == 50


def test_another_model_device_or_precision_is_loaded(desk: Desk) -> None:
    desk.studio.take_settings.set_target(precision="fp32")
    desk.wait(lambda: desk.host.loads[-1] == ("builtin", "auto", "fp32"))
    desk.studio.take_settings.set_target(model="/models/other", device="cpu")
    desk.wait(lambda: desk.host.loads[-1] == ("/models/other", "cpu", "fp32"))
    assert desk.window.advanced.model.currentText() == "other"


def test_each_precision_says_what_it_takes_and_changes(desk: Desk, home: Path) -> None:
    folder = write_tiny_model(home / "data" / "models" / "sketches", text_encoder="none")
    measured = [Figures("fp32", 4_000_000, None, 0.0), Figures("int8", 1_700_000, 21.46, 0.25)]
    precision_figures.write(folder, [folder / "model.safetensors"], measured)
    copies.path_of(folder, "int8").write_bytes(bytes(1_600_000))
    advanced = desk.window.advanced
    advanced.set_unfolded(True)
    assert not advanced.precision_fact.isVisible()
    desk.studio.take_settings.set_target(model="sketches", precision="int8")
    desk.wait(lambda: "1.7 MB of memory" in advanced.precision_fact.text())
    fact = advanced.precision_fact.text()
    assert advanced.precision_fact.isVisible() and advanced.precision.accessibleDescription() == fact
    assert "by −21 dB (mel distance 0.25)" in fact and "1.6 MB on disk" in fact

    def tooltip(key: str) -> str:
        box = advanced.precision
        return str(box.itemData(box.findData(key), Qt.ItemDataRole.ToolTipRole))

    assert tooltip("int8") == fact and "full precision" in tooltip("fp32") and "Not measured" in tooltip("int4")
    desk.wait(lambda: tooltip("auto") == f"Small (8 bit): {fact}")  # what the engine took
    desk.studio.take_settings.set_target(precision="int4")
    assert not advanced.precision_fact.isVisible()


def test_a_broken_model_gets_a_message_and_the_window_works_on(desk: Desk) -> None:
    desk.host.emit(ModelFailed("broken", "“broken” is not a model folder.", ""))
    desk.wait(lambda: "not a model folder" in desk.message)
    assert "Choose another model" in desk.message
    assert desk.window.status.engine.text() == "No model is loaded"
    desk.host.emit(ModelLoaded(INFO))
    desk.wait(lambda: desk.studio.engine.phase == "ready")
    desk.make_take()


def test_a_shorter_model_says_that_it_changed_the_length(desk: Desk) -> None:
    desk.studio.take_settings.set_duration(200.0)
    desk.host.emit(ModelLoaded(replace(INFO, name="Short", max_duration_s=47.0)))
    desk.wait(lambda: "0:47" in desk.message)
    assert desk.window.length.slider.maximum() == 47
    assert desk.window.length.field.text() == "0:47"


def test_a_negative_prompt_without_effect_says_why(desk: Desk) -> None:
    desk.host.emit(ModelLoaded(replace(INFO, negative_prompt=False)))
    negative = desk.window.prompts.negative_prompt
    desk.wait(lambda: not negative.isEnabled())
    assert "guidance" in negative.toolTip()


def test_an_example_fills_the_prompt(desk: Desk) -> None:
    desk.window.stage.examples[1].click()
    assert desk.window.prompts.prompt.toPlainText() == desk.window.stage.examples[1].text()
