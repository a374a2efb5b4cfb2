"""Everything by keys: the focused control gets its own first, and nothing is left to the mouse alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QLabel, QMenu, QPushButton, QWidget
from safetensors.numpy import save_file

from musicapp.audio import wave_io
from musicapp.ui.dialogs.models import ModelsDialog
from musicapp.ui.state.player import QUIETEST_DB
from tests.tiny_model import write_tiny_model
from tests.ui.conftest import Desk

# The offscreen platform has no window manager to tell.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
PLAIN = Qt.TextFormat.PlainText
KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """A take on the stage, everything unfolded, nothing playing."""
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano", 4.0)
    desk.window.advanced.set_unfolded(True)
    desk.qtbot.wait(20)
    return desk


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key on whatever has the focus."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)


def tab_to(desk: Desk, name: str) -> QWidget:
    for _ in range(80):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused.objectName() == name:
            return focused
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {name}")


def buttons_of(window: QWidget) -> list[QAbstractButton]:
    found = [b for b in window.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
    return [b for b in found if b.focusPolicy() & Qt.FocusPolicy.TabFocus]


def watch_and_press(buttons: list[QAbstractButton], key: Qt.Key) -> None:
    """Press each by a key; every one must be clicked exactly once. What they do is tried elsewhere."""
    pressed: list[QAbstractButton] = []
    for button in buttons:
        button.clicked.connect(button.update)  # so that there is something to disconnect
        button.clicked.disconnect()
        button.clicked.connect(lambda _checked=False, button=button: pressed.append(button))
    for button in buttons:
        button.setFocus()
        press(key)
        assert pressed[-1:] == [button], f"{button.objectName()} {button.text()}"
    assert pressed == buttons


def add_adapter(desk: Desk, folder: Path) -> None:
    layer = "model.transformer.layers.0.self_attn.to_out.parametrizations.weight.0."
    weights = {layer + "lora_A": np.zeros((1, 8), np.float32), layer + "lora_B": np.zeros((8, 1), np.float32)}
    save_file(weights, folder / "warm.safetensors")
    desk.studio.adapters.add([folder / "warm.safetensors"])
    desk.wait(lambda: desk.window.advanced.adapters.rows)


@pytest.mark.parametrize("key", KEYS, ids=["space", "return", "enter"])
def test_keys_press_every_focused_button(ready: Desk, key: Qt.Key, tmp_path: Path) -> None:
    add_adapter(ready, tmp_path)
    buttons = buttons_of(ready.window)
    assert len(buttons) > 15
    watch_and_press(buttons, key)
    assert not ready.studio.player.is_playing, "a button lost its key to the window"


@pytest.mark.parametrize("action", ["shortcuts", "about", "models"])
@pytest.mark.parametrize("key", KEYS, ids=["space", "return", "enter"])
def test_keys_press_every_focused_button_of_the_dialogs(ready: Desk, action: str, key: Qt.Key) -> None:
    find_action(ready, action).trigger()
    dialog = ready.window.findChild(QDialog)
    assert dialog is not None
    dialog.activateWindow()
    ready.wait(dialog.isActiveWindow)
    if isinstance(dialog, ModelsDialog):
        ready.wait(lambda: ready.studio.shelf.items)
    buttons = [button for button in buttons_of(dialog) if not (isinstance(button, QPushButton) and button.menu())]
    assert buttons
    watch_and_press(buttons, key)
    assert not ready.studio.player.is_playing
    dialog.close()


def find_action(desk: Desk, name: str) -> QAction:
    found = desk.window.findChild(QAction, f"action_{name}")
    assert found is not None
    return found


def test_space_plays_where_nothing_claims_it(ready: Desk) -> None:
    for name in ("waveform", "takes", "volume", "length_slider"):
        ready.find(name).setFocus()
        press(Qt.Key.Key_Space)
        assert ready.studio.player.is_playing, name
        press(Qt.Key.Key_Space)
        assert not ready.studio.player.is_playing, name
    ready.find("prompt").setFocus()
    press(Qt.Key.Key_Space)
    assert not ready.studio.player.is_playing
    assert ready.window.prompts.prompt.toPlainText() == "calm piano "


@pytest.mark.parametrize("key", KEYS, ids=["space", "return", "enter"])
def test_keys_open_every_box_of_choices(ready: Desk, key: Qt.Key) -> None:
    for box in ready.window.findChildren(QComboBox):
        box.setFocus()
        press(key)
        assert box.view().isVisible(), box.objectName()
        box.hidePopup()
    assert not ready.studio.player.is_playing


def test_home_and_end_stay_with_the_focused_control(ready: Desk) -> None:
    ready.studio.player.seek(1000)
    for name in ("volume", "length_slider"):
        slider = ready.find(name)
        slider.setFocus()
        press(Qt.Key.Key_Home)
        assert slider.value() == slider.minimum()  # type: ignore[attr-defined]
        press(Qt.Key.Key_End)
        assert slider.value() == slider.maximum()  # type: ignore[attr-defined]
    assert ready.studio.player.position == 1000
    ready.waveform.setFocus()
    press(Qt.Key.Key_Home)
    assert ready.studio.player.position == 0


def test_return_keeps_what_was_typed_and_leaves_the_field(ready: Desk) -> None:
    ready.find("length").setFocus()
    press(Qt.Key.Key_A, CTRL)
    QTest.keyClicks(ready.find("length"), "1:30")
    press(Qt.Key.Key_Return)
    ready.wait(ready.waveform.hasFocus)
    press(Qt.Key.Key_K)
    assert ready.window.length.field.text() == "1:30"
    assert ready.studio.take_settings.seed_is_locked
    for name in ("seed", "steps", "guidance"):
        ready.find(name).setFocus()
        press(Qt.Key.Key_Return)
        ready.wait(ready.waveform.hasFocus)


def test_return_stays_in_a_field_that_cannot_be_used(ready: Desk) -> None:
    field = ready.find("length")
    field.setFocus()
    press(Qt.Key.Key_A, CTRL)
    QTest.keyClicks(field, "soon")
    press(Qt.Key.Key_Return)
    ready.qtbot.wait(20)
    assert field.hasFocus()


def test_return_in_the_prompt_begins_a_line(ready: Desk) -> None:
    ready.find("prompt").setFocus()
    press(Qt.Key.Key_Return)
    assert ready.window.prompts.prompt.toPlainText() == "calm piano\n"
    assert len(ready.host.requests) == 1


def test_loop_marks_by_keys(ready: Desk) -> None:
    player = ready.studio.player
    rate = 44100
    ready.waveform.setFocus()
    for keys in (("[", "]"), ("i", "o")):
        player.clear_loop()
        for second, key in ((1, keys[0]), (3, keys[1])):
            player.seek(second * rate)
            QTest.keyClicks(ready.waveform, key)
        assert player.region == (rate, 3 * rate) and player.is_looping, keys
    press(Qt.Key.Key_L, SHIFT)
    assert player.region is None and not player.is_looping
    player.seek(rate)
    for _ in range(3):
        press(Qt.Key.Key_Right, SHIFT)
    assert player.region == (rate, player.position) and player.position > rate
    press(Qt.Key.Key_Left, SHIFT)
    assert player.region == (rate, player.position)


def test_the_waveform_shows_its_focus(ready: Desk) -> None:
    ready.find("play").setFocus()
    frame = ready.waveform.parentWidget()
    assert frame is not None
    before = frame.grab().toImage()
    ready.waveform.setFocus()
    assert frame.grab().toImage() != before
    edge = frame.grab().toImage().pixelColor(frame.width() // 2, frame.height() - 1)
    assert edge.name() == ready.theme.colours.accent


@pytest.mark.parametrize("theme_name", ["dark", "light"])
def test_every_button_shows_its_focus_also_while_it_is_down(ready: Desk, theme_name: str) -> None:
    ready.theme.choose(theme_name)
    for action in ("compare_add", "compare"):
        find_action(ready, action).trigger()
    dialog = ready.window.compare
    assert dialog is not None
    ready.make_take("calm flute", 4.0)
    ready.studio.comparison.add(ready.studio.library.current)
    shown: list[QAbstractButton] = []
    for window in (dialog, ready.window):
        window.activateWindow()
        ready.wait(window.isActiveWindow)
        for button in (button for button in buttons_of(window) if button.window() is window):
            for is_down in {False, button.isCheckable()}:
                with QSignalBlocker(button):  # what they do is tried elsewhere
                    button.setChecked(is_down)
                button.clearFocus()
                before = button.grab().toImage()
                button.setFocus(Qt.FocusReason.TabFocusReason)
                assert button.grab().toImage() != before, f"{button.objectName()} {button.text()}, down: {is_down}"
                shown += [button] * is_down
    assert {"seed_lock", "compare_A"} <= {button.objectName() for button in shown}


def test_tab_stops_at_links_of_a_model_alone_and_shows_it(ready: Desk, home: Path) -> None:
    """What is no link is text, whatever stands in it."""
    folder = write_tiny_model(home / "data" / "models" / "R&D", name="<b>Mine</b>", text_encoder="none")
    find_action(ready, "models").trigger()
    dialog = ready.window.findChild(ModelsDialog)
    assert dialog is not None
    dialog.activateWindow()
    ready.wait(lambda: dialog.isActiveWindow() and ready.studio.shelf.find("R&D") is not None)
    for key, links in (("R&D", 0), ("stable-audio-3-medium", 1)):
        dialog.list.choose(key)
        labels = [label for label in dialog.details.findChildren(QLabel) if label.isVisible()]
        stops = [label for label in labels if label.focusPolicy() & Qt.FocusPolicy.TabFocus]
        assert len(stops) == links, [label.text() for label in stops]
        if key == "R&D":
            assert any(label.text() == str(folder) for label in labels)
            assert all(label.textFormat() == PLAIN for label in labels), "names out of files are in them"
        for label in stops:
            before = label.grab().toImage()
            label.setFocus(Qt.FocusReason.TabFocusReason)
            assert label.grab().toImage() != before
    dialog.close()


def test_mute_volume_and_zoom_have_keys(ready: Desk) -> None:
    player = ready.studio.player
    usual = player.volume_db
    ready.waveform.setFocus()
    press(Qt.Key.Key_M)
    assert player.volume_db == QUIETEST_DB and ready.window.transport.volume_icon.isChecked()
    press(Qt.Key.Key_M)
    assert player.volume_db == usual and not ready.window.transport.volume_icon.isChecked()
    press(Qt.Key.Key_Down, CTRL)
    assert player.volume_db == pytest.approx(usual - 3)
    press(Qt.Key.Key_Up, CTRL)
    assert player.volume_db == pytest.approx(usual)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        ready.waveform.fit()
        press(key, CTRL)
        left, right = ready.waveform.visible_s
        assert right - left < 3.9
    press(Qt.Key.Key_Minus, CTRL)
    assert ready.waveform.visible_s == (0.0, 4.0)


def test_f6_walks_through_the_parts_of_the_window(ready: Desk) -> None:
    ready.window.prompts.prompt.setFocus()
    walked = []
    for _ in range(5):
        press(Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        assert focused is not None
        walked.append(focused.objectName())
    assert walked == ["waveform", "export_format", "takes", "play", "prompt"]
    press(Qt.Key.Key_F6, SHIFT)
    assert ready.window.transport.play.hasFocus()


def test_every_function_has_a_menu_entry(ready: Desk) -> None:
    """Boxes of choices and the folded settings can be used without a pointer and without unfolding anything."""
    for name, box_name in (
        ("model", "model"),
        ("sampler", "sampler"),
        ("device", "device"),
        ("precision", "precision"),
        ("output", "output_device"),
        ("export_format", "export_format"),
    ):
        menu, box = ready.window.findChild(QMenu, f"menu_{name}"), ready.find(box_name)
        assert isinstance(menu, QMenu) and isinstance(box, QComboBox)
        menu.aboutToShow.emit()
        assert [action.text() for action in menu.actions()] == [
            box.itemText(row) for row in range(box.count()) if box.itemText(row)
        ]
        assert [action.isChecked() for action in menu.actions()].index(True) == box.currentIndex()
    menu = ready.window.findChild(QMenu, "menu_precision")
    assert isinstance(menu, QMenu)
    menu.actions()[1].trigger()
    assert ready.studio.take_settings.precision == "fp32"
    for action in ready.window.findChildren(QAction):
        if action.objectName().startswith("action_") and action.data() is None:
            assert "&" in action.text() or not action.shortcut().isEmpty(), f"{action.text()} has no letter"


def test_advanced_unfolds_by_key_and_takes_the_focus(desk: Desk) -> None:
    press(Qt.Key.Key_Comma, CTRL)
    assert desk.window.advanced.heading.isChecked() and desk.window.advanced.model.hasFocus()
    press(Qt.Key.Key_Comma, CTRL)
    assert not desk.window.advanced.heading.isChecked() and desk.window.advanced.heading.hasFocus()


def test_a_closed_message_leaves_the_focus_where_no_key_changes_anything(ready: Desk) -> None:
    ready.studio.messages.post("error", "That did not work.")
    ready.find("message_log").setFocus()
    press(Qt.Key.Key_Escape)
    assert not ready.window.message_bar.isVisible() and ready.waveform.hasFocus()


def test_the_whole_way_without_a_mouse(desk: Desk, home: Path) -> None:
    """Type, generate, listen, loop, compare settings, export, Advanced, another model, quit."""
    desk.studio.library.auto_play = "off"
    player = desk.studio.player
    assert desk.window.prompts.prompt.hasFocus()
    QTest.keyClicks(desk.find("prompt"), "calm piano, 90 bpm")
    tab_to(desk, "length")
    press(Qt.Key.Key_A, CTRL)
    QTest.keyClicks(desk.find("length"), "4")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, CTRL)
    desk.wait(lambda: desk.studio.library.current)
    tab_to(desk, "play")
    press(Qt.Key.Key_Return)
    assert player.is_playing
    press(Qt.Key.Key_Space)
    assert not player.is_playing
    tab_to(desk, "waveform")
    press(Qt.Key.Key_Right)
    QTest.keyClicks(desk.waveform, "[")
    press(Qt.Key.Key_End)
    QTest.keyClicks(desk.waveform, "]")
    assert player.is_looping and player.region is not None and player.region[0] > 0
    first = desk.studio.library.current
    assert first is not None
    QTest.keyClicks(desk.waveform, "d")
    press(Qt.Key.Key_Return, CTRL)
    desk.wait(lambda: desk.studio.library.current not in (None, first))
    tab_to(desk, "takes")
    press(Qt.Key.Key_End)
    press(Qt.Key.Key_Return)
    desk.wait(lambda: desk.shows(first))
    QTest.keyClicks(desk.find("takes"), "r")
    assert desk.studio.take_settings.seed == first.request.seed
    tab_to(desk, "export_format")
    press(Qt.Key.Key_Home)
    tab_to(desk, "export")
    press(Qt.Key.Key_Return)
    desk.wait(lambda: desk.studio.exporter.last)
    exported = desk.studio.exporter.last
    assert exported is not None and wave_io.read(exported.path)[0].shape == (4 * 44100, 2)
    press(Qt.Key.Key_Comma, CTRL)
    (home / "data" / "models").mkdir(parents=True, exist_ok=True)
    desk.studio.models.add("/models/other")
    press(Qt.Key.Key_Down)
    desk.wait(lambda: desk.host.loads[-1][0] == "/models/other")
    press(Qt.Key.Key_Q, CTRL)
    desk.wait(lambda: not desk.window.isVisible())
