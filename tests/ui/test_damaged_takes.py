"""Takes that other programs changed or broke: the window lives, plays what it can and says the rest."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from musicapp import paths
from musicapp.description import catalogue
from musicapp.request import BUILTIN_MODEL
from tests.audio import wave_files
from tests.ui.conftest import Desk

OLD = 1_700_000_000


def put(folder: Path, name: str, content: bytes, **sidecar: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (OLD, OLD))
    if sidecar:
        path.with_suffix(".json").write_text(json.dumps(sidecar))
    return path


def good_sidecar(take_id: str) -> dict[str, object]:
    request = {**wave_files.REQUEST.as_dict(), "take_id": take_id}
    return {
        "version": 1,
        "take_id": take_id,
        "created": "2026-11-22T10:00:00+00:00",
        "peak": 0.5,
        "model_name": "Built-in",
        "seconds_taken": 1.0,
        "is_finished": True,
        "request": request,
    }


def test_damaged_takes_are_counted_named_and_set_aside(open_desk: Callable[[], Desk], home: Path) -> None:
    folder, parts = paths.takes_folder(), wave_files.base(home)
    good = wave_files.riff_of(parts)
    put(folder, "good.wav", good, **good_sidecar("good"))
    put(folder, "rate.wav", wave_files.NOT_READABLE["rate_0"][0](parts), **good_sidecar("rate"))
    put(folder, "date.wav", good, **{**good_sidecar("date"), "created": "9999-12-31T23:59:59-23:59"})
    put(folder, "peak.wav", good, **{**good_sidecar("peak"), "peak": 10**401})
    put(folder, "cut.wav", good[:20])
    desk = open_desk()
    desk.wait(lambda: desk.studio.messages.current)
    assert {row.take_id for row in desk.studio.library.model.rows} == {"good", "date", "peak"}
    message = desk.studio.messages.current
    assert message is not None and message.text.startswith("2 files in the folder of takes could not be read.")
    assert "“rate.wav”" in message.hint and "“cut.wav”" in message.hint and str(folder) in message.hint
    button = desk.find("message_offer")
    assert isinstance(button, QPushButton) and button.text() == "Set aside"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.wait(lambda: "set aside" in desk.message)
    assert sorted(path.name for path in (folder / "Set aside").iterdir()) == ["cut.wav", "rate.json", "rate.wav"]
    desk.studio.messages.dismiss()
    with desk.qtbot.waitSignal(desk.studio.library.loaded):
        desk.studio.library.load()
    assert desk.studio.messages.current is None and len(desk.studio.library.model.rows) == 3


def test_a_take_without_its_sidecar_names_the_model_as_people_know_it(
    open_desk: Callable[[], Desk], home: Path
) -> None:
    path = put(paths.takes_folder(), "lone.wav", wave_files.riff_of(wave_files.base(home)))
    desk = open_desk()
    desk.wait(lambda: desk.studio.library.model.rows)
    take = desk.studio.library.model.rows[0].take
    assert take is not None and take.request.model == BUILTIN_MODEL
    assert take.model_name == catalogue.name_of(catalogue.find_model(BUILTIN_MODEL)) != BUILTIN_MODEL
    assert json.loads(path.with_suffix(".json").read_text())["model_name"] == take.model_name


@pytest.mark.parametrize("name", ["pcm24", "pcm16", "pcm8", "float64", "pcm32_extensible", "rf64", "list_behind_data"])
def test_what_is_heard_of_a_take_that_was_saved_over_is_its_sound(
    open_desk: Callable[[], Desk], home: Path, name: str
) -> None:
    put(paths.takes_folder(), "a.WAV", wave_files.READABLE[name](wave_files.base(home)))
    desk = open_desk()
    desk.studio.library.auto_play = "off"
    desk.wait(lambda: desk.studio.player.shown and desk.studio.player.shown.audio.buffer.is_complete)
    shown = desk.studio.player.shown
    assert shown is not None and shown.audio.buffer.available == wave_files.FRAMES
    assert np.abs(shown.audio.buffer.audio).max() == pytest.approx(0.5, abs=0.01)
    desk.studio.player.play()
    desk.wait(lambda: desk.studio.player.is_playing)
    desk.output.heard.clear()
    for _ in range(6):
        desk.output.pump(1024)
    heard = np.concatenate(desk.output.heard)
    assert np.isfinite(heard).all() and 0.1 < np.abs(heard).max() <= 0.51


def test_a_take_that_loses_its_sound_while_the_window_is_open_says_so(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    first, second = desk.make_take("calm piano"), desk.make_take("warm pads")
    desk.studio.library.open(second.take_id)
    first.path.write_bytes(b"no sound")
    desk.studio.library.open(first.take_id)
    desk.wait(lambda: first.path.name in desk.message)
    assert "no WAV file" in desk.message or "header" in desk.message
