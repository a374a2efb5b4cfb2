"""Use settings can be undone; prompts of before come back with Up and Down; loop marks stay with their take."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from musicapp.request import Lora
from tests.ui.conftest import Desk


def press(desk: Desk, key: Qt.Key, *, control: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    target = desk.window.focusWidget()
    assert target is not None
    QTest.keyClick(target, key, modifier)


def half_written(desk: Desk, text: str = "slow strings, half a thou") -> None:
    desk.window.prompts.prompt.setFocus()
    desk.window.prompts.prompt.clear()
    QTest.keyClicks(desk.window.prompts.prompt, text)


def test_use_settings_is_undone_by_the_button_with_everything(desk: Desk) -> None:
    desk.make_take("calm piano", 1.0)
    form = desk.studio.take_settings
    half_written(desk)
    form.set_duration(77.0)
    form.set_seed(5)
    form.set_seed_locked(False)
    form.set_sampling(steps=9, guidance_scale=2.5)
    form.set_loras((Lora("/a.safetensors", 0.5),))
    before = form.values()
    desk.window.stage.focus_waveform()
    press(desk, Qt.Key.Key_R)
    assert form.prompt == "calm piano" and form.duration_s == 1.0 and form.seed_is_locked and form.loras == ()
    assert desk.studio.settings.recent_prompts == ["slow strings, half a thou", "calm piano"]
    button = desk.window.message_bar.offer_button
    assert button.isVisible() and button.text() == "Undo"
    button.click()
    assert form.values() == before and form.loras == (Lora("/a.safetensors", 0.5),)
    assert desk.window.prompts.prompt.toPlainText() == "slow strings, half a thou"
    assert not desk.window.actions_.undo.isEnabled() and desk.message == ""


def test_use_settings_is_undone_by_ctrl_z_inside_and_outside_of_the_prompt(desk: Desk) -> None:
    desk.make_take("calm piano", 1.0)
    box, form = desk.window.prompts.prompt, desk.studio.take_settings
    for inside in (True, False):
        half_written(desk)
        desk.window.stage.recall_settings()
        assert form.prompt == "calm piano"
        if inside:
            box.setFocus()
            QTest.keyClicks(box, " and")
            press(desk, Qt.Key.Key_Z, control=True)  # first what was typed since
            assert form.prompt == "calm piano"
        else:
            desk.window.stage.focus_waveform()
        press(desk, Qt.Key.Key_Z, control=True)
        assert form.prompt == box.toPlainText() == "slow strings, half a thou"


def test_up_and_down_walk_through_the_prompts_of_before(desk: Desk) -> None:
    for prompt in ("calm piano", "fast drums"):
        desk.make_take(prompt, 1.0)
    half_written(desk, "harp")
    box = desk.window.prompts.prompt
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        press(desk, key)
        seen.append(box.toPlainText())
    assert seen == ["fast drums", "calm piano", "calm piano", "fast drums", "harp", "harp"]
    assert desk.studio.settings.recent_prompts == ["fast drums", "calm piano"]
    press(desk, Qt.Key.Key_Up)
    QTest.keyClicks(box, "!")
    assert desk.studio.take_settings.prompt == "fast drums!"
    assert desk.studio.settings.recent_prompts[0] == "harp"  # what was being written is not lost


def test_up_and_down_first_move_within_a_long_prompt(desk: Desk) -> None:
    desk.make_take("calm piano", 1.0)
    half_written(desk, "slow warm strings with a long melody that goes on and on over many bars and lines of text")
    box = desk.window.prompts.prompt
    press(desk, Qt.Key.Key_Up)
    assert box.toPlainText().startswith("slow warm")
    for _ in range(8):
        press(desk, Qt.Key.Key_Up)
    assert box.toPlainText() == "calm piano"


def test_loop_marks_stay_with_their_take_and_over_a_restart(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    first, second = desk.make_take("calm piano", 2.0), desk.make_take("harp", 2.0)
    player = desk.studio.player
    desk.studio.library.open(first.take_id)
    player.set_region((4410, 44100))
    desk.studio.library.open(second.take_id)
    assert player.region is None
    desk.studio.library.open(first.take_id)
    assert player.region == (4410, 44100)
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    again.wait(lambda: again.studio.library.model.find(first.take_id))
    again.studio.library.open(first.take_id)
    assert again.studio.player.region == (4410, 44100)
    again.studio.player.clear_loop()
    again.studio.library.open(second.take_id)
    again.studio.library.open(first.take_id)
    assert again.studio.player.region is None
