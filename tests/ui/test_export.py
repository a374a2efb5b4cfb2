"""Export from the window: a safe free name, never over an existing file, and a sentence when it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from musicapp.audio import tags, wave_io
from musicapp.errors import ExportError
from tests.ui.conftest import Desk


def ready_to_export(desk: Desk, prompt: str = "calm piano") -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take(prompt)
    desk.wait(lambda: desk.window.export.button.isEnabled())


def export(desk: Desk) -> Path:
    with desk.qtbot.waitSignal(desk.studio.exporter.exported, timeout=10_000) as done:
        desk.window.export.button.click()
    path: Path = done.args[0].path
    return path


def test_the_export_is_the_take_with_its_settings_inside(desk: Desk, home: Path) -> None:
    ready_to_export(desk)
    take = desk.studio.library.current
    assert take is not None
    path = export(desk)
    assert path == home / "exports" / f"calm-piano_{take.request.seed}.wav"
    audio, rate = wave_io.read(path)
    original, _ = wave_io.read(take.path)
    assert rate == 44100
    np.testing.assert_allclose(audio, original, atol=2e-7)
    settings = tags.settings_of(wave_io.read_tags(path))
    assert settings is not None and settings["seed"] == take.request.seed and settings["prompt"] == "calm piano"
    assert desk.find("export_result").text() == f"Saved {path.name}"
    assert desk.find("export_show").isVisible()


def test_every_format_of_the_list_is_written(desk: Desk) -> None:
    ready_to_export(desk)
    box = desk.window.export.format
    for row, (name, form) in enumerate(wave_io.EXPORT_FORMATS.items()):
        box.setCurrentIndex(box.findData(name))
        box.activated.emit(box.currentIndex())
        desk.studio.exporter.set_name(f"song {row}")
        path = export(desk)
        assert path.name == f"song {row}{form.suffix}"
        audio, rate = wave_io.read(path)
        assert len(audio) / rate == pytest.approx(1.0, abs=0.01), name


def test_an_existing_file_is_left_alone_and_another_name_is_offered(desk: Desk) -> None:
    ready_to_export(desk)
    first = export(desk)
    before = first.read_bytes()
    desk.window.export.button.click()
    desk.wait(lambda: "is there already" in desk.message)
    offered = desk.window.export.name.text()
    assert offered == f"{first.stem} (2)" and offered in desk.message
    second = export(desk)
    assert second.stem == offered
    assert first.read_bytes() == before


def test_a_name_in_use_is_not_suggested(desk: Desk) -> None:
    ready_to_export(desk)
    first = export(desk)
    desk.studio.exporter.suggest()
    desk.wait(lambda: desk.window.export.name.text() == f"{first.stem} (2)")


def test_names_that_some_system_refuses_are_refused(desk: Desk) -> None:
    ready_to_export(desk)
    for name in ("", "  ", "a/b", "con", "what?", "../up"):
        desk.studio.messages.dismiss()
        desk.studio.exporter.set_name(name)
        desk.studio.exporter.export()
        assert desk.studio.messages.current is not None and desk.studio.messages.current.hint, name
        assert not desk.studio.exporter.is_running


def test_a_name_may_be_typed_and_enter_exports(desk: Desk) -> None:
    ready_to_export(desk)
    field = desk.window.export.name
    field.selectAll()
    QTest.keyClicks(field, "My song 1")
    with desk.qtbot.waitSignal(desk.studio.exporter.exported, timeout=15_000) as done:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert done.args[0].path.name == "My song 1.wav"


@pytest.mark.skipif(sys.platform == "win32", reason="a file as folder is refused in other words there")
def test_an_impossible_folder_gets_a_message(desk: Desk, home: Path) -> None:
    ready_to_export(desk)
    (home / "file").write_text("in the way")
    desk.studio.exporter.set_folder(home / "file" / "folder")
    desk.studio.exporter.export()
    desk.wait(lambda: "cannot be made" in desk.message)
    assert "Choose another folder" in desk.message
    assert desk.window.export.button.isEnabled()


def test_a_full_disk_gets_a_message_and_the_window_works_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_to_export(desk)

    def full(*_arguments: object, **_options: object) -> None:
        raise ExportError("The disk is full.", hint="Free some space or choose another folder.")

    with monkeypatch.context() as patch:
        patch.setattr(wave_io, "export", full)
        desk.studio.exporter.export()
        desk.wait(lambda: "The disk is full. Free some space" in desk.message)
    desk.studio.messages.dismiss()
    assert export(desk).is_file()


def test_a_loud_take_is_lowered_and_that_is_said(desk: Desk) -> None:
    ready_to_export(desk)
    take = desk.studio.library.current
    assert take is not None
    with wave_io.WaveWriter(take.path, 44100, 2, 44100, tags=tags.request_tags(take.request)) as writer:
        writer.write(np.full((44100, 2), 2.0, np.float32))
    export(desk)
    assert "lowered by 6.0 dB" in desk.find("export_result").text()


def test_nothing_to_export_says_so(desk: Desk) -> None:
    assert not desk.window.export.button.isEnabled()
    assert "no finished take" in desk.window.export.button.toolTip()


def test_a_long_name_shows_its_start_and_its_end(desk: Desk) -> None:
    desk.make_take("calm piano")
    field = desk.window.export.name
    field.resize(120, field.height())
    field.setText("a" * 60 + "WWWW")
    field.clearFocus()
    at_rest = field.grab().toImage()
    field.setText("a" * 60 + "iiii")
    assert field.grab().toImage() != at_rest  # the end is what differs


@pytest.mark.parametrize("width", [788, 1180])
def test_the_sentence_is_never_cut_at_its_number(desk: Desk, width: int) -> None:
    desk.window.resize(width, 760)
    ready_to_export(desk)
    take = desk.studio.library.current
    assert take is not None
    with wave_io.WaveWriter(take.path, 44100, 2, 44100, tags=tags.request_tags(take.request)) as writer:
        writer.write(np.full((44100, 2), 2.0, np.float32))
    desk.studio.exporter.set_name("a-very-long-name-of-a-take-that-goes-on-and-on-" * 2)
    path = export(desk)
    text = desk.window.export.result.text()
    assert text.startswith("Saved, lowered by 6.0 dB: a") and text.endswith(".wav")
    assert str(path) in desk.window.export.result.toolTip()
    assert desk.window.export.result.fontMetrics().horizontalAdvance(text) <= desk.window.export.result.width()


def test_before_an_export_it_says_where_to(desk: Desk) -> None:
    ready_to_export(desk)
    assert desk.window.export.target.toolTip() == f"To {desk.studio.exporter.folder}"
