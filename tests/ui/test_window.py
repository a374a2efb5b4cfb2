"""The window as a whole: every control named and reachable, keys, messages, closing, and what it never imports."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QSlider, QSpinBox, QWidget

from musicapp.engine.events import ModelLoaded, ModelLoading
from musicapp.ui.widgets import message_bar
from tests.ui.conftest import Desk

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QSlider, QSpinBox)


def controls_of(window: QWidget) -> list[QWidget]:
    """Everything that a user can operate, without the inner parts of Qt's own widgets."""
    found = [widget for kind in CONTROLS for widget in window.findChildren(kind)]
    return [widget for widget in found if not widget.objectName().startswith("qt_") and not is_inner(widget)]


def is_inner(widget: QWidget) -> bool:
    return widget.focusPolicy() == Qt.FocusPolicy.NoFocus and not widget.objectName()


def test_every_control_has_a_name_a_label_and_a_tooltip(desk: Desk) -> None:
    desk.make_take()
    desk.window.advanced.set_unfolded(True)
    controls = controls_of(desk.window)
    assert len(controls) > 30
    for control in controls:
        assert control.objectName(), f"{control} has no object name"
        assert control.accessibleName(), f"{control.objectName()} has no accessible name"
        assert control.toolTip(), f"{control.objectName()} has no tooltip"
    names = [control.objectName() for control in controls]
    assert len(names) == len(set(names)), "object names are unique"


def test_every_disabled_control_says_why(desk: Desk) -> None:
    disabled = [control for control in controls_of(desk.window) if not control.isEnabled()]
    assert disabled
    for control in disabled:
        assert control.toolTip() != control.property("usual_tooltip"), f"{control.objectName()} gives no reason"
        assert control.accessibleDescription()


def test_tab_reaches_the_main_controls(desk: Desk) -> None:
    desk.make_take()
    reached = set()
    widget: QWidget = desk.window.prompts.prompt
    for _ in range(400):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(desk.window):
            reached.add(widget.objectName())
        widget = widget.nextInFocusChain()
    for name in ("prompt", "negative_prompt", "length", "seed", "dice", "generate", "play", "loop", "export", "takes"):
        assert name in reached


def test_no_two_actions_share_a_key(desk: Desk) -> None:
    keys = [key.toString() for action in desk.window.findChildren(QAction) for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    assert {"Ctrl+Return", "Esc", "Space", "Home", "L", "D", "K", "Ctrl+Shift+E"} <= set(keys)


def test_the_shortcut_sheet_lists_every_key(desk: Desk) -> None:
    rows = dict(desk.window.actions_.shortcut_rows())
    for action in desk.window.findChildren(QAction):
        if not action.shortcut().isEmpty():
            assert action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) in rows


def test_escape_leaves_the_field_then_cancels_the_run(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.studio.take_settings.set_prompt("harp")
    desk.window.prompts.prompt.setFocus()
    desk.studio.generation.start()
    QTest.keyClick(desk.window.prompts.prompt, Qt.Key.Key_Escape)
    assert not desk.window.prompts.prompt.hasFocus()
    assert desk.studio.generation.is_running
    for _ in range(2):
        QTest.keyClick(desk.window, Qt.Key.Key_Escape)
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_single_keys(desk: Desk) -> None:
    seed = desk.studio.take_settings.seed
    desk.window.stage.focus_waveform()
    QTest.keyClick(desk.window, Qt.Key.Key_D)
    QTest.keyClick(desk.window, Qt.Key.Key_K)
    assert desk.studio.take_settings.seed != seed
    assert desk.studio.take_settings.seed_is_locked


def test_a_message_is_shown_until_it_is_dismissed(desk: Desk) -> None:
    bar = desk.window.message_bar
    assert not bar.isVisible()
    desk.studio.messages.post("error", "That did not work.", "Try something else.")
    assert bar.isVisible()
    assert (bar.text.text(), bar.hint.text()) == ("That did not work.", "Try something else.")
    assert desk.window.status.message.text() == ""  # one place at a time
    bar.close_button.click()
    assert not bar.isVisible()
    assert desk.window.status.message.text() == ""  # closed is closed


def test_a_message_that_is_over_leaves_nothing_behind(desk: Desk) -> None:
    desk.studio.messages.post("error", "That did not work.")
    desk.make_take("calm piano")
    assert not desk.window.message_bar.isVisible()
    assert desk.window.status.message.text() != "That did not work."


def test_an_unexpected_exception_is_told(desk: Desk) -> None:
    desk.studio.report_crash("Details are in the log.")
    desk.wait(lambda: "Something unexpected" in desk.message)


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager to tell
@pytest.mark.parametrize("name", ["action_shortcuts", "action_about"])
def test_dialogs_open_and_close(desk: Desk, name: str) -> None:
    action = desk.window.findChild(QAction, name)
    assert action is not None
    action.trigger()
    dialog = desk.window.findChild(QDialog)
    assert dialog is not None and dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_status_bar_tells_model_device_and_precision(desk: Desk) -> None:
    assert desk.window.status.engine.text() == "Musicapp Small ready"
    assert desk.window.status.engine.toolTip() == "CPU, 2 cores · int8"


def test_the_status_bar_tells_what_the_engine_waits_for_and_how_long(desk: Desk) -> None:
    """A bar that runs to and fro at first; with the time of the last load one that fills, and the time left."""
    status, engine, key = desk.window.status, desk.studio.engine, desk.studio.take_settings.model
    assert not status.bar.isVisible()
    desk.host.emit(ModelLoading("", key))
    desk.wait(lambda: engine.phase == "loading")
    assert status.engine.text().startswith("Reading Musicapp Small")
    assert status.bar.isVisible()
    engine.load_times[key] = 20.0
    desk.wait(lambda: status.bar.maximum() > 0 and status.bar.value() > 0)
    assert "about 0:" in status.engine.text() and status.bar.value() < status.bar.maximum() / 2
    desk.host.emit(ModelLoaded(replace(desk.host.info, key=key)))
    desk.wait(lambda: engine.phase == "ready")
    assert not status.bar.isVisible() and status.engine.text() == "Musicapp Small ready"


def test_closing_ends_the_engine_and_playback_and_saves(open_desk: Callable[[], Desk], home: Path) -> None:
    desk = open_desk()
    desk.make_take()
    desk.studio.player.play()
    desk.studio.take_settings.set_prompt("last words")
    desk.window.close()
    desk.studio.close()
    assert desk.host.closed
    assert not desk.output.is_open
    assert "last words" in (home / "settings.json").read_text()


def test_the_window_fits_into_its_smallest_size(desk: Desk) -> None:
    desk.make_take("a very long prompt " * 20)
    desk.studio.messages.post("error", "A long sentence about what happened. " * 4, "And a long hint. " * 6)
    desk.window.resize(900, 600)
    desk.qtbot.wait(20)
    assert (desk.window.width(), desk.window.height()) == (900, 600)
    for name in ("generate", "play", "output_device", "waveform", "export", "takes", "message_dismiss"):
        widget = desk.find(name)
        corner = widget.mapTo(desk.window, widget.rect().bottomRight())
        assert corner.x() <= 900 and corner.y() <= 600, f"{name} reaches out of the window"


def test_a_window_run_imports_no_torch_and_ends_quietly(home: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from musicapp.ui import app, main_window\n"
        "class Window(main_window.MainWindow):\n"
        "    def show(self):\n"
        "        super().show()\n"
        "        QTimer.singleShot(1500, lambda: os.kill(os.getpid(), signal.SIGTERM))\n"
        "app.MainWindow = Window\n"
        "if __name__ == '__main__':\n"
        "    code = app.run(['musicapp'])\n"
        "    heavy = {'torch', 'transformers', 'scipy', 'pyloudnorm'} & set(sys.modules)\n"
        "    print(code, sorted(heavy))\n"
    )
    script = home / "open_window.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "0 []", done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert (home / "logs" / "window.log").is_file()


def test_a_takes_folder_that_cannot_be_made_is_told(desk: Desk, home: Path) -> None:
    folder = home / "takes"
    if folder.exists():
        shutil.rmtree(folder)
    folder.write_text("a file where the folder should be")
    desk.window.open_takes_folder()
    assert "cannot be made" in desk.message


def test_a_log_folder_that_cannot_be_made_breaks_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(message_bar.paths, "log_folder", lambda: tmp_path / "file" / "logs")
    opened: list[object] = []
    monkeypatch.setattr(message_bar.QDesktopServices, "openUrl", opened.append)
    desk.window.message_bar.log_button.click()
    assert len(opened) == 1
