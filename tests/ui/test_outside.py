"""Title, taskbar and notices: what is seen of a take while other windows are in front."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from musicapp.engine.events import Progress
from tests.ui.conftest import Desk


def test_the_title_tells_how_far_a_take_is(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.studio.take_settings.set_prompt("slow ambient pads that go on and on and never seem to end at all")
    desk.studio.generation.start()
    request = desk.host.requests[-1]
    seen = []
    for step, left_s in ((1, 60.0), (2, 0.4), (3, 30.0)):
        desk.host.emit(Progress(request.take_id, "denoising", step, 4, left_s))
        desk.wait(lambda: desk.studio.generation.run and desk.studio.generation.run.step == step)  # noqa: B023
        seen.append(desk.window.windowTitle())
    assert all(" % · Slow ambient pads" in title and title.endswith("… – Musicapp") for title in seen)
    shares = [int(title.split(" %")[0]) for title in seen]
    assert shares == sorted(shares) and shares[-1] <= 99
    desk.host.cancel(request.take_id)
    desk.wait(lambda: desk.window.windowTitle() == "Musicapp")


@pytest.mark.parametrize(("seconds", "is_told"), [(60.0, True), (2.0, False)])
def test_a_long_take_that_is_done_is_told_while_the_window_is_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, seconds: float, is_told: bool
) -> None:
    alerted: list[object] = []
    monkeypatch.setattr(QApplication, "alert", lambda window, *_: alerted.append(window))
    monkeypatch.setattr(desk.window, "isActiveWindow", lambda: False)
    take = replace(desk.make_take("calm piano", 1.0), seconds_taken=seconds)
    alerted.clear()
    desk.studio.open_takes.made.emit(take)
    assert alerted == ([desk.window] if is_told else [])
    assert ("Calm piano" in desk.window.outside.last_notice) == is_told


def test_nobody_who_looks_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.window, "isActiveWindow", lambda: True)
    take = replace(desk.make_take("calm piano", 1.0), seconds_taken=60.0)
    desk.studio.open_takes.made.emit(take)
    assert not desk.window.outside.last_notice


@pytest.mark.skipif(sys.platform != "linux", reason="Only desktops of Linux have this protocol.")
def test_the_taskbar_is_told_over_the_session_bus() -> None:
    """In a bus of its own: another process listens."""
    script = """
import subprocess, sys, time
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from musicapp.ui import outside
rule = f"interface='{outside.LAUNCHER_INTERFACE}'"
listener = subprocess.Popen(["dbus-monitor", rule], stdout=subprocess.PIPE, text=True)
time.sleep(0.5)
outside._tell_taskbar(0.25)
outside._tell_taskbar(None)
time.sleep(0.5)
listener.terminate()
print(listener.communicate()[0])
"""
    try:
        told = subprocess.run(
            ["dbus-run-session", "--", sys.executable, "-c", script],
            capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, check=True,
        ).stdout  # fmt: skip
    except FileNotFoundError:
        pytest.skip("dbus-run-session is not installed, so there is no session bus.")
    assert "application://musicapp.desktop" in told
    assert "double 0.25" in told and told.count("progress-visible") == 2


def test_the_stage_says_that_it_reads_and_what_a_first_take_waits_for(desk: Desk) -> None:
    title = desk.window.stage.empty._title
    assert title.text() == "Make some music"
    desk.host.script = "queued"
    desk.studio.take_settings.set_prompt("calm piano")
    desk.studio.generation.start()
    desk.wait(desk.window.stage.waiting.isVisible)
    assert desk.window.stage.waiting.note.text()
    desk.host.cancel(desk.host.requests[-1].take_id)
    desk.wait(lambda: not desk.window.stage.waiting.isVisible())
    assert title.isVisible()


def test_playing_before_there_is_sound_says_what_it_waits_for(desk: Desk) -> None:
    desk.host.script = "denoising"
    desk.studio.take_settings.set_prompt("calm piano")
    desk.studio.generation.start()
    desk.wait(lambda: desk.studio.player.shown is not None)
    desk.studio.player.play()
    desk.window.resize(1180, 760)
    desk.wait(lambda: desk.window.transport.total.text() == "waiting for sound")
    assert "as soon as there is sound" in desk.window.transport.total.toolTip()
    desk.host.cancel(desk.host.requests[-1].take_id)


def test_nothing_in_the_middle_moves_when_notes_messages_and_results_come(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano, 90 bpm", 1.0)
    window = desk.window
    window.resize(1180, 760)
    desk.qtbot.wait(600)  # the note under the prompt
    watched: list[QWidget] = [
        desk.page.waveform,
        desk.page.overview,
        window.export.button,
        window.prompts.negative_prompt,
        window.seed,
    ]

    def places() -> list[tuple[int, int, int, int]]:
        return [
            (*widget.mapTo(window, widget.rect().topLeft()).toTuple(), *widget.size().toTuple()) for widget in watched
        ]

    before = places()
    desk.studio.messages.post("error", "Something went wrong.", "Try again.")
    desk.qtbot.wait(50)
    assert places() == before
    desk.studio.messages.dismiss()
    with desk.qtbot.waitSignal(desk.studio.exporter.exported, timeout=10_000):
        desk.studio.exporter.export()
    desk.qtbot.wait(50)
    assert places() == before
    for prompt in ("", "flibber, 90 bpm, C minor, drums, gloop"):
        desk.studio.take_settings.set_prompt(prompt)
        desk.qtbot.wait(800)
        assert places() == before, prompt
    desk.studio.player.set_region((100, 20_000))
    desk.qtbot.wait(50)
    assert places() == before
