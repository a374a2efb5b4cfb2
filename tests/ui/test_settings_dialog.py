"""The settings dialog: a draft until Apply, one step to undo; keys of one's own, and damaged ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from musicapp import paths, settings
from musicapp.ui.dialogs.settings import SettingsDialog
from musicapp.ui.shortcuts import Shortcuts, normal, reason_against
from musicapp.ui.widgets.key_field import KeyField
from tests.ui.conftest import Desk
from tests.ui.test_accessibility import check

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def opened(desk: Desk) -> SettingsDialog:
    desk.window.show_settings()
    dialog = desk.window.findChildren(SettingsDialog)[-1]
    desk.wait(dialog.isVisible)
    return dialog


def pick(box: QComboBox, key: str) -> None:
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def keys_of(desk: Desk, name: str) -> list[str]:
    action = desk.window.findChild(QAction, f"action_{name}")
    assert action is not None
    return [key.toString() for key in action.shortcuts()]


def note_of(dialog: SettingsDialog, name: str = "settings_note") -> str:
    found = dialog.findChild(QLabel, name)
    assert found is not None
    return found.text()


def test_nothing_changes_before_apply_and_undo_takes_all_of_it_back(desk: Desk, tmp_path: Path) -> None:
    studio, dialog = desk.studio, opened(desk)
    before = dialog._preferences.now()
    assert not dialog.apply_button.isEnabled()
    pick(dialog.general.theme, "light")
    pick(dialog.general.auto_play, "off")
    pick(dialog.export.preset, "broadcast")
    dialog.export.folder.setText(str(tmp_path / "out"))
    dialog.export.template.setText("{seed}_{title}")
    dialog.export.new.click()
    dialog.sound.match.click()
    pick(dialog.sound.precision, "int8")
    pick(dialog.sound.output, studio.player.devices[1].name)
    dialog.keys.choose("export")
    QTest.keyClick(dialog.keys.field, Qt.Key.Key_J, CTRL)
    dialog.keys.set.click()
    assert dialog._preferences.now() == before
    dialog.apply_button.click()
    after = dialog._preferences.now()
    assert (after.theme, after.auto_play, after.precision) == ("light", "off", "int8")
    assert after.export.is_broadcast and after.export_folder == tmp_path / "out" and after.export_new
    assert after.matches_loudness and after.output and after.export_template == "{seed}_{title}"
    assert keys_of(desk, "export") == ["Ctrl+J"] and "(Ctrl+J)" in desk.window.export.button.property("usual_tooltip")
    assert studio.undo.words == "Settings" and not dialog.apply_button.isEnabled()
    dialog.reject()
    studio.undo.undo()
    assert dialog._preferences.now() == before and keys_of(desk, "export") == ["Ctrl+Shift+E"]
    studio.undo.redo()
    assert dialog._preferences.now() == after
    studio.undo.undo()


def test_ok_applies_and_cancel_does_not(desk: Desk) -> None:
    dialog = opened(desk)
    pick(dialog.general.auto_play, "always")
    dialog.reject()
    assert desk.studio.library.auto_play == "idle" and desk.studio.undo.words == ""
    dialog = opened(desk)
    pick(dialog.general.auto_play, "always")
    QTest.keyClick(dialog.general.auto_play, Qt.Key.Key_Escape)
    assert desk.studio.library.auto_play == "idle"
    dialog = opened(desk)
    pick(dialog.general.auto_play, "always")
    dialog.accept()
    assert desk.studio.library.auto_play == "idle"  # only OK itself applies
    dialog = opened(desk)
    pick(dialog.general.auto_play, "always")
    dialog.buttons.accepted.emit()
    assert desk.studio.library.auto_play == "always" and not dialog.isVisible()


def test_takes_go_into_the_folder_that_was_chosen(desk: Desk, tmp_path: Path) -> None:
    dialog, before = opened(desk), paths.takes_folder()
    dialog.general.takes.setText(str(tmp_path / "others"))
    dialog.general.takes.textEdited.emit("")
    dialog.apply_button.click()
    desk.wait(lambda: paths.takes_folder() == tmp_path / "others")
    desk.studio.undo.undo()
    desk.wait(lambda: paths.takes_folder() == before)


def test_what_is_no_folder_is_told_and_not_applied(desk: Desk) -> None:
    dialog = opened(desk)
    for text in ("", "   ", "music", "a\0b"):
        dialog.export.folder.setText(text)
        dialog.export.folder.textEdited.emit(text)
        assert "whole path" in note_of(dialog) and not dialog.apply_button.isEnabled(), text
    dialog.export.folder.setText("/music")
    dialog.export.template.setText("{nonsense}")
    dialog.export.template.textEdited.emit("")
    assert "nonsense" in note_of(dialog) and not dialog.apply_button.isEnabled()
    dialog.export.template.setText("{title}")
    dialog.export.template.textEdited.emit("")
    assert dialog.apply_button.isEnabled()


def test_what_does_not_go_together_gives_way_in_the_draft_too(desk: Desk) -> None:
    dialog = opened(desk)
    pick(dialog.export.preset, "loop")
    pick(dialog.export.form, "mp3")
    assert dialog.export.values()["export"].is_loop is False
    pick(dialog.export.rate, "96000")
    pick(dialog.export.form, "opus")
    assert dialog.export.values()["export"].sample_rate is None and dialog.export.rate.currentData() == ""


def test_a_key_in_use_is_told_and_moves(desk: Desk) -> None:
    dialog = opened(desk)
    dialog.tabs.setCurrentIndex(dialog.tabs.count() - 1)
    dialog.keys.choose("loop")
    QTest.keyClick(dialog.keys.field, Qt.Key.Key_M)
    assert note_of(dialog, "key_note") == "M is a key of “Mute”, which loses it when you use it here."
    dialog.keys.add.click()
    assert dialog.keys.keys["loop"] == ("L", "M") and dialog.keys.keys["mute"] == ()
    dialog.keys.choose("mute")
    dialog.keys.reset.click()
    assert dialog.keys.keys["mute"] == ("M",) and dialog.keys.keys["loop"] == ("L",)
    dialog.keys.remove.click()
    dialog.apply_button.click()
    assert keys_of(desk, "mute") == [] and desk.studio.settings.shortcuts == {"mute": []}
    assert desk.window.transport.volume_icon.toolTip() == "Mute"
    dialog.keys.reset_all.click()
    dialog.apply_button.click()
    assert keys_of(desk, "mute") == ["M"] and desk.studio.settings.shortcuts == {}
    assert desk.window.transport.volume_icon.toolTip() == "Mute (M)"


def test_the_field_shows_the_key_that_is_pressed(qtbot: QtBot) -> None:
    field = KeyField()
    qtbot.addWidget(field)
    for key, modifiers, shown in (
        (Qt.Key.Key_Question, SHIFT, "?"),
        (Qt.Key.Key_Q, SHIFT, "Shift+Q"),
        (Qt.Key.Key_F9, SHIFT | CTRL, "Ctrl+Shift+F9"),
        (Qt.Key.Key_Space, CTRL, "Ctrl+Space"),
    ):
        QTest.keyClick(field, key, modifiers)
        assert field.key == shown and field.text() == shown


def test_some_keys_cannot_be_chosen(desk: Desk) -> None:
    dialog = opened(desk)
    for key in ("Left", "Shift+Up", "Return", "Tab", "Alt+F", "Esc", "Backspace"):
        assert reason_against(key), key
    for key in ("Ctrl+Left", "F5", "Alt+Left", "?", "Ctrl+Return"):
        assert not reason_against(key), key
    for text in ("", "Nonsense", "Ctrl+Nonsense", "A, B", "Ctrl", "Shift"):
        assert normal(text) == "", text
    QTest.keyClick(dialog.keys.field, Qt.Key.Key_Left)
    assert "cannot be chosen" in note_of(dialog, "key_note") and not dialog.keys.set.isEnabled()


def test_keys_are_found_by_words_and_by_key(desk: Desk) -> None:
    table = opened(desk).keys
    table.search.setText("mut")
    shown = [row.words for n, row in enumerate(table._rows) if not table.table.isRowHidden(n)]
    assert shown == ["Mute"] and table.current == "mute"
    table.search.setText("ctrl+shift+e")
    assert table.current == "export"
    table.search.setText("no such words")
    assert table.current == "" and not table.set.isEnabled() and not table.remove.isEnabled()


def test_own_keys_are_there_after_a_restart_and_swapped_ones_too(home: Path, open_desk: Callable[[], Desk]) -> None:
    settings.save(settings.Settings(shortcuts={"loop": ["M"], "mute": ["L"], "play": ["P", "Ctrl+Space"]}))
    desk = open_desk()
    assert (keys_of(desk, "loop"), keys_of(desk, "mute"), keys_of(desk, "play")) == (["M"], ["L"], ["P", "Ctrl+Space"])
    assert desk.message == ""
    desk.window.stage.focus_waveform()
    QTest.keyClick(desk.window, Qt.Key.Key_M)
    assert desk.studio.player.is_looping is False  # no take: the action is not there to press
    desk.make_take()
    QTest.keyClick(desk.window, Qt.Key.Key_M)
    assert desk.studio.player.is_looping
    assert dict(desk.window.actions_.shortcut_rows())["P"] == "Play or pause"


def test_damaged_keys_are_told_when_the_window_opens(home: Path, open_desk: Callable[[], Desk]) -> None:
    settings.save(settings.Settings(shortcuts={"loop": ["M"], "dice": ["U"]}))
    desk = open_desk()
    assert "Saved keys of “Loop” cannot be used" in desk.message and "Settings, Keyboard" in desk.message
    assert (keys_of(desk, "loop"), keys_of(desk, "mute"), keys_of(desk, "dice")) == (["L"], ["M"], ["U"])


@pytest.mark.parametrize(
    ("saved", "lost"),
    [
        ({"loop": ["M"]}, ["Loop"]),  # which mute has
        ({"loop": ["Nonsense"]}, ["Loop"]),
        ({"loop": ["Left"]}, ["Loop"]),
        ({"loop": ["A", "A"]}, ["Loop"]),
        ({"loop": ["a"]}, ["Loop"]),
        ({"escape": ["A"]}, ["Leave"]),
        ({"gone": ["A"]}, ["gone"]),
        ({"loop": ["A"], "mute": ["A"]}, ["Mute"]),
        ({"loop": ["M"], "mute": ["L"]}, []),
        ({"loop": [], "mute": ["L"]}, []),
    ],
)
def test_keys_that_cannot_be_used_are_named(qapp: QApplication, saved: dict[str, list[str]], lost: list[str]) -> None:
    shortcuts = Shortcuts(settings.Settings(shortcuts=saved))
    actions = {name: QAction(words) for name, words in (("loop", "&Loop"), ("mute", "&Mute"), ("escape", "Leave"))}
    for name, keys in (("loop", "L"), ("mute", "M"), ("escape", "Esc")):
        shortcuts.add(name, actions[name], (keys,))
    told = shortcuts.restore()
    assert all(f"“{words}”" in told for words in lost) and bool(told) == bool(lost)
    taken = [key.toString() for action in actions.values() for key in action.shortcuts()]
    assert len(set(taken)) == len(taken) and "Esc" in taken


@pytest.mark.parametrize("value", [[], 7, {"loop": "M"}, {"loop": [7]}, {"loop": ["A"] * 9}, {"loop": ["A" * 99]}])
def test_shortcuts_of_the_wrong_kind_start_anew(home: Path, value: object) -> None:
    (home / "settings.json").write_text(json.dumps({"volume": 0.25, "shortcuts": value}))
    found = settings.read()
    assert found.settings.shortcuts == {} and found.settings.volume == 0.25 and "shortcuts" in found.note


def test_no_two_actions_have_one_key(desk: Desk) -> None:
    keys = [key for each in desk.window.actions_.shortcuts.usual.values() for key in each]
    assert len(set(keys)) == len(keys) > 60
    assert all(normal(key) and (not reason_against(key) or key == "Esc") for key in keys)


def test_readers_find_every_control_of_the_settings(desk: Desk) -> None:
    dialog = opened(desk)
    for number in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(number)
        assert check(dialog) > 6


def test_an_output_or_device_that_is_not_there_stays_chosen(desk: Desk) -> None:
    desk.studio.player.choose_device("Gone interface")
    desk.studio.take_settings.set_target(device="mps")
    dialog = opened(desk)
    assert dialog.sound.output.currentData() == "Gone interface" and dialog.sound.device.currentData() == "mps"
    pick(dialog.general.auto_play, "off")
    dialog.apply_button.click()
    assert desk.studio.player.device_name == "Gone interface" and desk.studio.take_settings.device == "mps"


def test_a_folder_that_takes_cannot_be_kept_in_is_told_in_front(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "song.wav").write_bytes(b"mine")
    before, dialog = paths.takes_folder(), opened(desk)
    dialog.general.takes.setText(str(tmp_path / "song.wav"))
    dialog.general.takes.textEdited.emit(str(tmp_path / "song.wav"))
    pick(dialog.general.auto_play, "always")
    dialog.apply_button.click()
    desk.wait(lambda: "Takes cannot be kept in" in note_of(dialog))
    assert "Choose another folder." in note_of(dialog) and dialog.apply_button.isEnabled()
    assert dialog.general.takes.property("problem") == "true" and paths.takes_folder() == before
    assert desk.studio.library.auto_play == "always"  # all else was applied
    dialog.general.takes.setText(str(tmp_path / "new"))
    dialog.general.takes.textEdited.emit(str(tmp_path / "new"))
    dialog.apply_button.click()
    desk.wait(lambda: paths.takes_folder() == tmp_path / "new")
    assert note_of(dialog).startswith("Applied")
    dialog.reject()
