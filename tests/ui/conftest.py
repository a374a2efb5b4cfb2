"""A whole window over a fake engine and a fake sound card."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from musicapp import settings
from musicapp.library.takes import Take
from musicapp.playback.host import OutputDevice
from musicapp.ui import words
from musicapp.ui.main_window import MainWindow
from musicapp.ui.state import player
from musicapp.ui.state.background import Lane
from musicapp.ui.studio import Studio
from musicapp.ui.theme import Theme
from musicapp.ui.widgets.take_page import TakePage
from musicapp.ui.widgets.waveform import Waveform
from tests.ui import library_desk, queue_desk
from tests.ui.fake_host import FakeHost
from tests.ui.fake_output import DEVICES, FakeOutput

LANE_PATIENCE_S = 60.0  # the app itself gives a lane 2 s; on a busy machine its work takes longer


@dataclass
class Desk:
    """What a test of the window works with."""

    qtbot: QtBot
    window: MainWindow
    studio: Studio
    host: FakeHost
    output: FakeOutput
    theme: Theme

    def find(self, name: str) -> QWidget:
        """A control by its object name."""
        found = self.window.findChild(QWidget, name)
        assert found is not None, f"there is no {name}"
        return found

    def wait(self, condition: Callable[[], object], timeout_ms: int = 15000) -> None:
        """Run the event loop until the condition holds."""

        def check() -> None:
            assert condition()

        self.qtbot.waitUntil(check, timeout=timeout_ms)

    def settle(self, lane: Lane | None = None) -> None:
        """Wait until all that a lane was given, usually that of the files, is done and told."""
        told: list[object] = []
        (lane or self.studio.files).run(lambda: None, told.append)
        self.wait(lambda: told)

    def make_take(self, prompt: str = "calm piano", duration_s: float = 1.0) -> Take:
        """Make a short take through the form."""
        self.studio.take_settings.set_prompt(prompt)
        self.studio.take_settings.set_duration(duration_s)
        with self.qtbot.waitSignal(self.studio.open_takes.made, timeout=15000) as made:
            self.studio.generation.start()
        take: Take = made.args[0]
        shown = self.studio.player.shown
        if shown is not None and shown.take_id == take.take_id:
            self.wait(lambda: shown.audio.buffer.is_complete)
        return take

    def shows(self, take: Take) -> bool:
        """Whether this take is on the stage, the same in all but what was heard of it meanwhile."""
        now = self.studio.library.current
        return now is not None and replace(now, measured=take.measured) == take

    @property
    def page(self) -> TakePage:
        """The page for takes."""
        assert self.window.stage.page is not None
        return self.window.stage.page

    @property
    def waveform(self) -> Waveform:
        """The main waveform."""
        return self.page.waveform

    @property
    def message(self) -> str:
        """The text of the shown message, with its hint."""
        message = self.studio.messages.current
        return f"{message.text} {message.hint}" if message else ""


def end(window: MainWindow, studio: Studio) -> None:
    """Close a window and what is below it; nothing of them reaches the next test."""
    window.leave()
    studio.close()
    for lane in studio.findChildren(Lane):
        lane.close(LANE_PATIENCE_S)
    delete(window, studio)
    gc.enable()  # which the studio kept from looking, as does what it froze
    gc.unfreeze()


def delete(*objects: QObject) -> None:
    """Delete now: `deleteLater` alone waits for an event loop, which only the next test runs."""
    for each in objects:
        each.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


@pytest.fixture(autouse=True, scope="session")
def clipboard() -> Iterator[None]:
    """Without a screen the clipboard is let go of after Python, which ends the process if Python made what is on it."""
    yield
    if QApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> list[OutputDevice]:
    """The outputs that will be found; a test may change the list."""
    found = list(DEVICES)
    monkeypatch.setattr(FakeOutput, "found", found)
    monkeypatch.setattr(player, "PlaybackHost", FakeOutput)
    return found


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The dark theme, taken off again afterwards."""
    made = Theme(qapp, "dark")
    yield made
    delete(made)


@pytest.fixture
def open_desk(qtbot: QtBot, theme: Theme, outputs: list[OutputDevice], home: Path) -> Iterator[Callable[[], Desk]]:
    """Opens windows with the saved settings; the test may close them itself."""
    desks: list[Desk] = []

    def make() -> Desk:
        studio = Studio(FakeHost, settings.load())
        with studio.export_history.paused():  # nothing to undo yet
            studio.exporter.set_folder(home / "exports")
        window = MainWindow(studio, theme)
        window.show()
        host = studio.bridge.host
        assert isinstance(host, FakeHost)
        desk = Desk(qtbot, window, studio, host, FakeOutput.latest, theme)
        desks.append(desk)
        desk.wait(
            lambda: (
                window.stage.page
                and studio.library.is_read
                and studio.engine.phase == "ready"
                and studio.player.devices_known
            )
        )
        return desk

    yield make
    for desk in desks:
        end(desk.window, desk.studio)


@pytest.fixture
def desk(open_desk: Callable[[], Desk]) -> Desk:
    """An open window whose engine is ready."""
    return open_desk()


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """One take is being made and does not end; three wait."""
    desk.host.script = "denoising"
    queue_desk.queue_up(desk, "one", "two", "three", "four")
    return desk


@pytest.fixture
def made(home: Path) -> list[Take]:
    return [library_desk.write(home / "takes", number, prompt) for number, prompt in enumerate(library_desk.PROMPTS)]


@pytest.fixture
def library(made: list[Take], open_desk: Callable[[], Desk]) -> Desk:
    desk = open_desk()
    desk.window.resize(1200, 800)
    desk.window.stage.focus_waveform()
    desk.wait(
        lambda: desk.studio.search.text == "" and len(desk.studio.library.model.lines) == len(library_desk.PROMPTS)
    )
    return desk


@pytest.fixture
def speaking_german(qapp: object) -> Iterator[None]:
    """German for one test."""
    before = QLocale()
    words.use("de")
    yield
    words.use("en")
    QLocale.setDefault(before)
