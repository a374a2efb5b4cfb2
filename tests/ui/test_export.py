"""Export from the window: a safe free name, never over an existing file, and a sentence when it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QDrag, QGuiApplication
from PySide6.QtTest import QTest

from musicapp.audio import tags, wave_io
from musicapp.audio.loudness import loudness_lufs
from musicapp.errors import ExportError
from musicapp.handover import exporting, material, naming
from musicapp.ui.dialogs.export_options import ExportOptions
from tests.ui.conftest import Desk

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")


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


def test_what_is_written_on_the_take_meanwhile_is_exported_but_a_typed_name_stays(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    take, library, edits = desk.make_take("calm piano", 4.0), desk.studio.library, desk.studio.take_edits
    exporter = desk.studio.exporter
    exporter.set_template("{title} {key}")
    desk.wait(lambda: library.current is not None and library.current.measured)
    assert library.current is not None
    heard = naming.values_of(material.of_take(library.current), None)["key"]
    assert heard and exporter.name == f"calm-piano {heard}"
    edits.rename(take, "My song")
    desk.wait(lambda: exporter.name == f"My-song {heard}")
    assert export(desk).stem == f"My-song {heard}"
    exporter.set_name("demo")
    edits.star([take])
    desk.wait(lambda: library.current is not None and library.current.is_starred)
    assert desk.window.export.name.text() == "demo" == export(desk).stem


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


def test_what_is_told_of_a_taken_name_is_the_name_that_was_asked_for(desk: Desk) -> None:
    """Also where another name was suggested while the first was looked at."""
    ready_to_export(desk)
    taken = export(desk).stem
    desk.studio.exporter.name = taken
    desk.studio.exporter.export()
    desk.studio.exporter.name = "other"
    desk.wait(lambda: "is there already" in desk.message)
    assert f"“{taken}.wav” is there already" in desk.message and f"“{taken} (2).wav”" in desk.message


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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses a file as a folder in other words.")
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
        patch.setattr(exporting, "export", full)
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


def options_of(desk: Desk) -> ExportOptions:
    desk.window.export.options.click()
    dialog = desk.window.export.options_dialog
    assert dialog is not None
    return dialog


def test_the_options_are_what_is_written(desk: Desk) -> None:
    ready_to_export(desk)
    take = desk.studio.library.current
    assert take is not None
    desk.studio.player.set_region((10_000, 32_050))
    dialog = options_of(desk)
    dialog.only_region.click()
    dialog.rate.setCurrentIndex(dialog.rate.findData(48000))
    dialog.rate.activated.emit(dialog.rate.currentIndex())
    dialog.with_loudness.click()
    dialog.loudness.setValue(-25.0)
    dialog.fade_out.setValue(0.1)
    assert "−25 LUFS · 48 kHz · with fades" in desk.window.export.target.toolTip()
    audio, rate = wave_io.read(export(desk))
    assert (len(audio), rate) == (24_000, 48_000)
    assert loudness_lufs(audio, rate) == pytest.approx(-25.0, abs=0.2)
    assert np.abs(audio[-1]).max() < 1e-3


def test_what_does_not_go_together_gives_way_to_what_was_chosen_last(desk: Desk) -> None:
    ready_to_export(desk)
    dialog, exporter = options_of(desk), desk.studio.exporter
    dialog.fade_in.setValue(0.5)
    dialog.is_loop.click()
    assert exporter.settings.is_loop and exporter.settings.fade_in_s == 0 == dialog.fade_in.value()
    dialog.form.setCurrentIndex(dialog.form.findData("mp3"))
    dialog.form.activated.emit(0)
    assert not exporter.settings.is_loop and not dialog.is_loop.isEnabled() and dialog.is_loop.toolTip()
    dialog.rate.setCurrentIndex(dialog.rate.findData(96000))
    dialog.rate.activated.emit(0)
    assert exporter.settings.sample_rate is None
    for key in exporting.PRESETS:
        dialog.preset.setCurrentIndex(dialog.preset.findData(key))
        dialog.preset.activated.emit(0)
        assert exporter.preset == key == dialog.preset.currentData()


def test_a_name_is_looked_at_while_it_is_typed(desk: Desk) -> None:
    ready_to_export(desk)
    taken = export(desk)
    field = desk.window.export.name
    field.selectAll()
    QTest.keyClicks(field, "a/b")
    assert desk.window.export.target.toolTip() == "/ cannot stand in the name of a file."
    field.selectAll()
    QTest.keyClicks(field, taken.stem)
    desk.wait(lambda: "is there already" in desk.window.export.target.toolTip())


def test_the_template_shows_the_name_at_once(desk: Desk) -> None:
    ready_to_export(desk, "piano, 96 bpm, F minor")
    dialog = options_of(desk)
    dialog.template.selectAll()
    QTest.keyClicks(dialog.template, "{key} {bpm}")
    assert dialog.preview.text() == "Fmin 96.wav"
    QTest.keyClicks(dialog.template, "{what}")
    assert "knows no “{what}”" in dialog.preview.text() and desk.studio.exporter.template == "{key} {bpm}"
    assert export(desk).name == "Fmin 96.wav"


def test_several_takes_get_names_and_numbers(desk: Desk) -> None:
    takes = [desk.make_take(prompt, 1.0) for prompt in ("one", "two")]
    takes[1].path.unlink()
    exporter = desk.studio.exporter
    exporter.set_template("{n} {title}")
    exporter.export_all([takes[0], takes[1], takes[0]])
    desk.wait(lambda: not exporter.is_running)
    assert sorted(path.name for path in exporter.folder.glob("*.wav")) == ["01 one.wav", "03 one.wav"]
    assert "1 of the takes could not be exported" in desk.message


def test_the_options_are_there_again_after_a_restart(desk: Desk) -> None:
    from musicapp.settings import Settings

    exporter, saved = desk.studio.exporter, Settings()
    exporter.use_preset("broadcast")
    exporter.change(fade_in_s=0.25)
    exporter.set_template("{n} {title}")
    exporter.set_only_region(True)
    exporter.remember(saved)
    wanted = exporter.settings
    exporter.use_preset("cd")
    exporter.set_template("x")
    exporter.restore(saved)
    assert exporter.settings == wanted and exporter.template == "{n} {title}" and exporter.only_region


def test_a_click_on_the_handle_copies_a_whole_file(desk: Desk) -> None:
    ready_to_export(desk)
    desk.window.export.handle.click()
    clipboard = QGuiApplication.clipboard()
    desk.wait(lambda: clipboard.mimeData() is not None and clipboard.mimeData().hasUrls())
    path = Path(clipboard.mimeData().urls()[0].toLocalFile())
    assert path.parent.name == "Handed over" and len(wave_io.read(path)[0]) == 44100
    clipboard.clear()
    desk.window.export.handle.copy()
    assert Path(clipboard.mimeData().urls()[0].toLocalFile()) == path  # no second one of the same


def test_a_drag_begins_when_the_file_is_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_to_export(desk)
    dragged: list[tuple[Path, int, Qt.DropAction]] = []

    def run(drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        path = Path(drag.mimeData().urls()[0].toLocalFile())
        dragged.append((path, len(wave_io.read(path)[0]), actions))
        return actions

    monkeypatch.setattr(QDrag, "exec", run)
    desk.studio.player.set_region((1000, 23_050))
    desk.studio.exporter.set_only_region(True)
    handle = desk.window.export.handle
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(handle, QPoint(60, 5))
    assert not dragged  # it is still being written
    desk.wait(lambda: dragged)
    assert dragged[0][1:] == (22_050, Qt.DropAction.CopyAction)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert len(dragged) == 1 and QGuiApplication.clipboard().mimeData().urls()


def test_a_handle_that_is_let_go_too_early_drops_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_to_export(desk)
    monkeypatch.setattr(QDrag, "exec", lambda *_words: pytest.fail("it was let go"))
    handle, waiting = desk.window.export.handle, []
    monkeypatch.setattr(desk.studio.exporter, "hand_over", waiting.append)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(handle, QPoint(60, 5))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(60, 5))
    assert len(waiting) == 1
    waiting[0](Path("/nowhere.wav"))


def test_every_new_take_comes_into_the_watched_folder_while_that_is_on(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    folder = desk.studio.exporter.folder / "New takes"
    desk.make_take("before", 1.0)
    action = desk.window.findChild(QAction, "action_export_new")
    assert isinstance(action, QAction)
    action.trigger()
    assert action.isChecked()
    desk.studio.exporter.use_preset("cd")
    for prompt in ("one", "two"):
        desk.make_take(prompt, 1.0)
    desk.wait(lambda: len(list(folder.glob("*.wav"))) == 2)
    assert all(len(wave_io.read(path)[0]) == 44100 for path in folder.glob("*.wav"))
    action.trigger()
    desk.make_take("after", 1.0)
    export(desk)  # in the same lane: all before it is done
    assert sorted(path.name[:3] for path in folder.iterdir()) == ["one", "two"] and not action.isChecked()
