"""The window fits its screen, and what one works with can be seen: small laptops, large screens, large text."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from musicapp.ui import screen_room, theme
from tests.ui.conftest import Desk

SCREENS = [
    ("1366x768", 1.0, 1.0),
    ("1366x768", 1.25, 1.0),
    ("1366x768", 1.5, 1.0),
    ("1366x768", 2.0, 1.0),
    ("1280x800", 1.0, 1.5),
    ("1024x700", 1.0, 1.0),
    ("1024x700", 1.0, 1.5),
    ("1920x1080", 1.5, 1.0),
    ("1920x1080", 2.0, 1.5),
    ("2560x1440", 2.0, 1.0),
    ("3840x2160", 2.0, 1.0),
    ("3840x2160", 1.0, 1.0),
]
SMALL = ("1000x700", 1.0, 1.0)


@pytest.mark.parametrize(("size", "factor", "text"), SCREENS, ids=lambda value: str(value))
def test_the_first_window_is_on_the_screen_with_all_that_is_needed(size: str, factor: float, text: float) -> None:
    command = [sys.executable, "-m", "tests.ui.screen_probe", size, str(factor), str(text)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    window, screen = QRect(*found["window"]), QRect(*found["available"])
    assert screen.contains(window), (window, screen)
    inside = QRect(0, 0, window.width(), window.height())
    for name in ("generate", "play", "export"):
        seen, (width, height) = QRect(*found["seen"][name]), found["needs"][name]
        assert seen.width() >= width and seen.height() >= height, f"{name} is cut: {seen}"
        assert inside.contains(seen)
    assert QRect(*found["seen"]["prompt"]).height() > 30
    if window.width() > 840:
        assert QRect(*found["seen"]["takes"]).width() >= 180


@pytest.mark.parametrize(("size", "factor", "text"), [SCREENS[3], SCREENS[6], SMALL], ids=lambda value: str(value))
def test_german_fits_where_english_does(size: str, factor: float, text: float) -> None:
    command = [sys.executable, "-m", "tests.ui.screen_probe", size, str(factor), str(text), "de"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["cut"] == [] and {"Erzeugen", "Exportieren", "Tonart"} <= set(found["texts"])
    assert QRect(*found["available"]).contains(QRect(*found["window"]))
    for name in ("generate", "play", "export"):
        assert QRect(*found["seen"][name]).width() >= found["needs"][name][0], f"{name} is cut"
    if (size, factor, text) == SMALL:
        assert QRect(*found["seen"]["export_name"]).width() >= 64  # there is more to see of a name than one letter


def test_a_large_screen_gives_every_column_more() -> None:
    usual, largest = QSize(1180, 760), QSize(1760, 1100)
    assert screen_room.first_size(QSize(911, 512), usual, largest) == QSize(899, 468)
    assert screen_room.first_size(QSize(1920, 1040), usual, largest) == QSize(1651, 894)
    assert screen_room.first_size(QSize(5120, 2880), usual, largest) == largest


def test_a_window_outside_its_screen_comes_back(desk: Desk) -> None:
    """As when a second screen was taken away."""
    room = desk.window.screen().availableGeometry()
    desk.window.resize(room.width() + 400, room.height() + 300)
    desk.window.move(room.width() - 100, -50)
    desk.qtbot.wait(20)
    screen_room.keep_inside(desk.window)
    desk.qtbot.wait(20)
    assert room.contains(desk.window.frameGeometry())


def test_a_narrow_window_shows_settings_or_takes(desk: Desk) -> None:
    desk.make_take()
    parts, window = desk.window.parts, desk.window
    window.resize(1100, 700)
    desk.wait(lambda: not window.columns.is_narrow)
    assert window.takes.isVisible() and window.prompts.isVisible() and not parts.switch.isVisible()
    window.resize(600, 400)
    desk.wait(lambda: window.columns.is_narrow)
    assert window.prompts.isVisible() and not window.takes.isVisible() and parts.switch.isVisible()
    parts.switch.click()
    assert window.takes.isVisible() and window.takes.view.hasFocus() and not window.prompts.isVisible()
    assert window.generate.isVisible() is False and parts.switch.text() == "Settings"
    assert parts.switch.width() > parts.switch.fontMetrics().horizontalAdvance("Settings")
    assert window.rect().contains(parts.switch.mapTo(window, parts.switch.rect().bottomRight()))
    parts.go_to_prompt()
    assert window.prompts.prompt.hasFocus() and not window.takes.isVisible()
    window.resize(1100, 700)
    desk.wait(lambda: window.takes.isVisible() and window.prompts.isVisible())


@pytest.mark.parametrize("is_chosen", [False, True])
def test_a_narrow_first_window_gives_its_columns_more_with_more_room(desk: Desk, is_chosen: bool) -> None:
    """Unless somebody chose their widths."""
    window, columns = desk.window, desk.window.columns
    window.resize(900, 700)
    columns.divide(900)
    desk.wait(lambda: columns.width() < 900 and columns.sizes()[0] < theme.RAIL_WIDTH)
    assert columns.sizes()[2] < theme.LIST_WIDTH
    if is_chosen:
        handle = columns.handle(1)
        QTest.mousePress(handle, Qt.MouseButton.LeftButton)
        QTest.mouseMove(handle, handle.rect().center() + QPoint(20, 0))
        QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    chosen = columns.sizes()
    window.resize(1400, 800)
    desk.wait(lambda: columns.width() > 1300)
    rail, _, takes = columns.sizes()
    if is_chosen:
        assert (rail, takes) == (chosen[0], chosen[2])
    else:
        assert rail >= theme.RAIL_WIDTH and takes >= theme.LIST_WIDTH


def test_widths_of_a_wider_window_leave_the_stage_its_room(desk: Desk) -> None:
    """Those that were saved in one, and those that were dragged: the name of an export can be read."""
    window, columns = desk.window, desk.window.columns
    window.resize(1600, 800)
    desk.wait(lambda: columns.width() > 1500)
    columns.setSizes([theme.RAIL_MAX_WIDTH, 640, 480])
    saved = columns.state()
    window.resize(1000, 700)
    desk.wait(lambda: columns.width() < 1000 and columns.sizes()[1] >= theme.CENTRE_LEAST_WIDTH)
    columns.restore(saved)
    desk.wait(lambda: columns.sizes()[1] >= theme.CENTRE_LEAST_WIDTH)
    columns.setSizes([theme.RAIL_MAX_WIDTH, 100, theme.LIST_MAX_WIDTH])
    rail, stage, takes = columns.sizes()
    assert stage >= theme.CENTRE_LEAST_WIDTH and rail >= theme.RAIL_MIN_WIDTH and takes >= theme.LIST_MIN_WIDTH
    assert window.export.name.width() >= 64
    window.resize(800, 700)  # three are still shown, each with its least
    desk.wait(lambda: columns.width() < 800 and all(width > 0 for width in columns.sizes()))
    assert not columns.is_narrow
    window.resize(700, 700)
    desk.wait(lambda: columns.is_narrow and columns.width() < 700)
    desk.wait(lambda: window.export.name.width() >= 64)


@pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
@pytest.mark.parametrize("name", ["settings", "models", "compare", "export_options", "shortcuts", "about", "report"])
def test_dialogs_fit_on_a_small_screen_at_twice_the_size(desk: Desk, name: str) -> None:
    """1366 x 768 at a scale of 2: what a dialog needs at least, its frame beside it."""
    action = desk.window.findChild(QAction, f"action_{name}")
    assert action is not None
    action.trigger()
    dialog = next(each for each in desk.window.findChildren(QDialog) if each.isVisible())
    least, room = dialog.minimumSizeHint(), QSize(683, 384) - screen_room.FRAME
    assert least.width() <= room.width() and least.height() <= room.height(), least
    dialog.close()


def test_a_long_message_is_read_to_its_end_on_a_low_stage(desk: Desk) -> None:
    window = desk.window
    window.resize(680, 340)
    hint = "Connect its disk and read the folder again, or choose the folder where they were moved to. " * 3
    desk.studio.messages.post("warning", "The folder is not there.", hint, offer=("Use it", lambda: None))
    bar = window.message_bar

    def is_whole() -> bool:
        return bar.hint.height() >= bar.hint.heightForWidth(bar.hint.width()) > 4 * bar.hint.fontMetrics().height()

    desk.wait(is_whole)
    assert bar.offer_button.height() >= bar.offer_button.minimumSizeHint().height()
    assert bar.parentWidget().rect().contains(bar.geometry())  # type: ignore[union-attr]


def test_a_message_moves_nothing(desk: Desk) -> None:
    desk.make_take()
    desk.wait(lambda: desk.find("variations").y() == 0)  # the progress above it is gone
    desk.qtbot.wait(50)
    places = [desk.find(name).geometry() for name in ("take_title", "waveform", "export", "generate")]
    desk.studio.messages.post("error", "That did not work. " * 5, "Try something else. " * 8)
    desk.wait(desk.window.message_bar.isVisible)
    desk.qtbot.wait(20)
    assert [desk.find(name).geometry() for name in ("take_title", "waveform", "export", "generate")] == places
    bar, text = desk.window.message_bar, desk.window.message_bar.text
    assert bar.height() >= text.heightForWidth(text.width()) + bar.hint.heightForWidth(bar.hint.width())


@pytest.mark.parametrize("size", [(1600, 900), (1000, 700), (700, 600), (500, 420)], ids=str)
def test_what_a_message_offers_is_read_at_every_width(desk: Desk, size: tuple[int, int]) -> None:
    """In the longest words that a question has, which are German."""
    desk.window.resize(*size)
    desk.studio.messages.post(
        "warning",
        "„Aufnahme.wav“ stammt nicht von Musicapp und hat keine Einstellungen zum Zurückholen.",
        "Die Datei bleibt, wie sie ist, was auch immer daraus gemacht wird.",
        offer=("Damit beginnen", lambda: None),
        also=(("Abspielen", lambda: None), ("Zerlegen", lambda: None)),
    )
    bar = desk.window.message_bar
    desk.wait(bar.isVisible)
    desk.qtbot.wait(50)
    buttons = [bar.offer_button, *bar.also_buttons]
    for button in buttons:
        assert button.width() >= button.minimumSizeHint().width() and bar.rect().contains(button.geometry())
    assert bar.text.width() >= 22 * bar.fontMetrics().averageCharWidth()
    assert not any(bar.text.geometry().intersects(button.geometry()) for button in buttons)


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager to tell
def test_dialogs_fit_a_small_screen(desk: Desk) -> None:
    for name in ("action_shortcuts", "action_about", "action_models"):
        action = next(a for a in desk.window.actions_._all if a.objectName() == name)
        action.trigger()
    from PySide6.QtWidgets import QDialog

    dialogs = desk.window.findChildren(QDialog)
    assert len(dialogs) == 3
    for dialog in dialogs:
        assert dialog.minimumSizeHint().expandedTo(dialog.minimumSize()).height() <= 340, dialog.objectName()
        assert dialog.minimumSizeHint().expandedTo(dialog.minimumSize()).width() <= 660, dialog.objectName()
        dialog.close()
