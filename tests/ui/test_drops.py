"""Files dropped anywhere on the window: copied from, never typed, and taken in by what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from safetensors.numpy import save_file

from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.request import Lora
from musicapp.ui.dialogs.models import ModelsDialog
from tests.ui.conftest import Desk
from tests.ui.dropping import drop, drop_data
from tests.ui.test_adapters import write
from tests.ui.test_models import Models

COPY = Qt.DropAction.CopyAction


def files(*paths: Path) -> QMimeData:
    """As a file manager offers them: their addresses, and as text, too."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(path.as_uri() for path in paths))
    return data


def exported(desk: Desk, form: str) -> Path:
    """A file that the app has just exported."""
    desk.studio.exporter.set_format(form)
    desk.studio.exporter.export()
    desk.wait(lambda: not desk.studio.exporter.is_running and desk.studio.exporter.last is not None)
    assert desk.studio.exporter.last is not None
    return desk.studio.exporter.last.path


def text_fields(window: QWidget) -> list[QWidget]:
    kinds = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
    found = [field for kind in kinds for field in window.findChildren(kind)]
    inner = [field.viewport() for field in found if isinstance(field, QPlainTextEdit | QTextEdit)]
    return [*found, *inner]


def words_in(field: QWidget) -> str:
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else getattr(field, "text", str)()


@pytest.mark.parametrize("name", ["window", "models"])
def test_text_fields_refuse_files_and_the_window_gets_them(desk: Desk, tmp_path: Path, name: str) -> None:
    desk.make_take()
    desk.window.advanced.set_unfolded(True)
    desk.studio.adapters.add([write(tmp_path / "warm.safetensors")])
    desk.wait(lambda: desk.window.advanced.adapters.rows)
    window: QWidget = desk.window
    if name == "models":
        dialog = Models(desk)
        dialog.choose("stable-audio-3-medium")
        window = dialog.dialog
    note = tmp_path / "list.txt"
    note.write_text("words")
    fields = [field for field in text_fields(window) if field.isVisible()]
    assert len(fields) >= (1 if name == "models" else 10)
    messages = desk.studio.shelf.messages if name == "models" else desk.studio.messages
    for field in fields:
        before = words_in(field)
        messages.dismiss()
        assert drop_data(field, files(note)) == COPY, field.objectName()
        assert words_in(field) == before, f"{field.objectName()} took the file as text"
        desk.wait(lambda: messages.current is not None)  # the window got it, and says what it thinks of it
    if name == "window":
        for other in (desk.waveform.viewport(), desk.find("takes"), desk.find("export"), desk.find("generate")):
            assert drop_data(other, files(note)) == COPY, other.objectName()


def test_text_can_still_be_dropped_on_the_prompt(desk: Desk) -> None:
    data = QMimeData()
    data.setText("slow strings")
    assert drop_data(desk.window.prompts.prompt.viewport(), data) is not None
    assert desk.studio.take_settings.prompt == "slow strings"
    assert drop_data(desk.window, data) is None


@pytest.mark.parametrize("form", sorted(EXPORT_FORMATS))
def test_an_exported_file_brings_its_settings_back(desk: Desk, form: str) -> None:
    take = desk.make_take("calm piano, Björk’s 🎹", 2.0)
    path = exported(desk, form)
    settings = desk.studio.take_settings
    settings.set_prompt("half written")
    settings.set_duration(77.0)
    settings.set_seed(5)
    assert drop_data(desk.waveform.viewport(), files(path)) == COPY
    desk.wait(lambda: settings.prompt == take.request.prompt)
    assert (settings.duration_s, settings.seed, settings.seed_is_locked) == (2.0, take.request.seed, True)
    assert path.is_file()
    message = desk.studio.messages.current
    assert message is not None and message.offer is not None and message.offer[0] == "Undo"
    desk.window.message_bar.offer_button.click()
    assert (settings.prompt, settings.duration_s, settings.seed) == ("half written", 77.0, 5)


def test_music_of_others_gets_a_sentence_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.make_take("calm piano")
    for name in ("song.wav", "song.flac", "song.ogg", "song.mp3", "SONG.WAV", "loop.aiff"):
        soundfile.write(tmp_path / name, np.zeros((4410, 2), np.float32), 44100, format=None)
        assert drop(desk.window, tmp_path / name)
        desk.wait(lambda name=name: f"“{name}” was not made by Musicapp" in desk.message)
        assert "stays as it is" in desk.message
    assert desk.studio.take_settings.prompt == "calm piano"


def test_music_that_cannot_be_read_is_only_offered_to_be_played(desk: Desk, tmp_path: Path) -> None:
    messages = desk.studio.messages
    for name in ("song.m4a", "tune.mid"):
        (tmp_path / name).write_bytes(b"\0\0\0\x18ftypM4A " + bytes(500))
        assert drop(desk.window, tmp_path / name)
        desk.wait(lambda name=name: f"“{name}” is of a kind that Musicapp does not read" in desk.message)
        assert messages.current is not None and "Convert it to WAV" in messages.current.hint
        assert (
            messages.current.offer is not None and messages.current.offer[0] == "Play it" and not messages.current.also
        )
        messages.dismiss()


def test_several_sounds_of_others_say_that_one_is_taken_at_a_time(desk: Desk, tmp_path: Path) -> None:
    sounds = [tmp_path / name for name in ("one.wav", "two.flac")]
    for sound in sounds:
        soundfile.write(sound, np.zeros((4410, 2), np.float32), 44100)
    assert drop_data(desk.window, files(*sounds)) == COPY
    desk.wait(lambda: "“one.wav” and “two.flac” were not made by Musicapp" in desk.message)
    assert "Drop one of them alone" in desk.message


def test_what_is_no_music_or_damaged_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    (tmp_path / "cut.wav").write_bytes(b"RIFF\x04")
    (tmp_path / "empty.flac").touch()
    for name, words in (
        ("notes.txt", "is nothing that Musicapp can use. Drop music,"),
        ("cut.wav", "cannot be read"),
        ("empty.flac", "cannot be read"),
        ("gone.wav", "There is no file"),
    ):
        desk.studio.messages.dismiss()
        assert drop(desk.window, tmp_path / name)
        desk.wait(lambda words=words: words in desk.message)
        assert desk.studio.messages.current is not None and desk.studio.messages.current.hint


def test_several_files_are_taken_in_their_order(desk: Desk, tmp_path: Path) -> None:
    first, second = write(tmp_path / "b-warm.safetensors"), write(tmp_path / "a-cold.safetensors")
    assert drop_data(desk.window, files(first, second)) == COPY
    expected = (Lora(str(first)), Lora(str(second)))
    desk.wait(lambda: desk.studio.take_settings.loras == expected)


def test_an_adapter_dropped_behind_a_song_is_added_to_its_settings(desk: Desk, tmp_path: Path) -> None:
    desk.make_take("calm piano")
    song = exported(desk, "flac")
    desk.studio.take_settings.set_prompt("something else")
    warm = write(tmp_path / "warm.safetensors")
    drop_data(desk.window, files(song, warm))
    desk.wait(lambda: desk.studio.take_settings.loras)
    assert desk.studio.take_settings.prompt == "calm piano"
    desk.studio.take_settings.set_prompt("something else")
    drop_data(desk.window, files(warm, song))
    desk.wait(lambda: desk.studio.take_settings.prompt == "calm piano")
    assert desk.studio.take_settings.loras == ()  # the song was made without one, and came last


def test_several_that_cannot_be_used_are_named_in_one_message(desk: Desk, tmp_path: Path) -> None:
    names = [f"note{number}.txt" for number in range(5)]
    for name in names:
        (tmp_path / name).write_text("words")
    drop_data(desk.window, files(*(tmp_path / name for name in names)))
    desk.wait(lambda: "“note0.txt”, “note1.txt”, “note2.txt” and 2 more are nothing" in desk.message)


def test_a_take_of_the_library_comes_on_the_stage(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    first = desk.make_take("calm piano")
    desk.make_take("loud drums")
    assert drop(desk.window, first.path)
    desk.wait(lambda: desk.shows(first))
    assert desk.studio.take_settings.prompt == "calm piano"


def test_models_take_only_models(desk: Desk, tmp_path: Path) -> None:
    dialog = Models(desk)
    assert isinstance(dialog.dialog, ModelsDialog)
    soundfile.write(tmp_path / "song.wav", np.zeros((441, 2), np.float32), 44100)
    assert drop_data(dialog.dialog, files(tmp_path / "song.wav")) == COPY
    assert dialog.text("models_message_text") == "“song.wav” is no model."
    save_file({"model.weight": np.zeros(2, np.float32)}, tmp_path / "one.safetensors")
    drop_data(dialog.dialog, files(tmp_path / "one.safetensors", tmp_path / "song.wav"))
    assert dialog.text("models_message_text") == "“song.wav” is no model."
