"""Sounds of the user's own, dropped on the window and taken apart on the stage; their files stay as they are."""

from __future__ import annotations

import hashlib
import os
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from musicapp import paths
from musicapp.audio import source_file
from musicapp.errors import LibraryError
from musicapp.request import VERSION, TakeRequest
from musicapp.shape import Source
from musicapp.ui.state import sound
from musicapp.ui.state.sound import SoundAudio
from tests.ui.conftest import Desk
from tests.ui.dropping import drop
from tests.ui.test_drops import exported
from tests.ui.test_waveform import drag

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NAMES = ("hum.flac", "hum.mp3", "HUM ♪.AIFF")


def tune(rate: int = 44100, channels: int = 2, seconds: float = 3.0) -> np.ndarray:
    """A note for each channel, getting louder."""
    time_s = np.arange(round(seconds * rate)) / rate
    notes = [np.sin(2 * np.pi * 220 * (1 + 0.25 * number) * time_s) for number in range(channels)]
    return (np.stack(notes, axis=1) * np.linspace(0.1, 0.6, len(time_s))[:, None]).astype(np.float32)


def write(path: Path, rate: int = 44100, channels: int = 2, seconds: float = 3.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tune(rate, channels, seconds), rate)
    return path


def everything_in(*folders: Path) -> dict[Path, tuple[int, str]]:
    """Every file below some folders: when it was changed, and the checksum of what is in it."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files}


def take_apart(desk: Desk, path: Path) -> SoundAudio:
    """Drop a file on the window, and press what takes it apart; its audio when all of it is there."""
    desk.studio.messages.dismiss()
    before = desk.studio.player.shown
    assert drop(desk.window, path)
    desk.wait(lambda: desk.studio.messages.current is not None and desk.studio.messages.current.also)
    button = desk.window.message_bar.also_buttons[0]
    assert button.isVisible() and button.text() == "Take it apart"
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not (desk.studio.messages.current and desk.studio.messages.current.also), "it would hide the waveform"
    desk.wait(lambda: desk.studio.player.shown not in (None, before))
    shown = desk.studio.player.shown
    assert shown is not None and shown.title == path.name and isinstance(shown.audio, SoundAudio)
    audio = shown.audio
    desk.wait(lambda: audio.sha256)
    return audio


def press(desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    desk.waveform.setFocus()
    QTest.keyClick(desk.waveform, key, modifiers)


@pytest.fixture
def ready(desk: Desk) -> Desk:
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano", 1.0)
    desk.wait(lambda: desk.studio.looks.is_idle)  # or its sidecar would change meanwhile
    desk.studio.take_settings.set_prompt("slow strings")
    return desk


@pytest.mark.parametrize("name", NAMES)
def test_a_dropped_sound_is_shown_marked_played_and_redone_and_stays_as_it_is(
    ready: Desk, tmp_path: Path, name: str
) -> None:
    desk, path = ready, write(tmp_path / "mine" / name)
    before = everything_in(path.parent)
    desk.studio.queue.set_variations(2)
    takes = everything_in(paths.takes_folder())
    audio = take_apart(desk, path)
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    np.testing.assert_array_equal(audio.buffer.audio, samples)
    desk.wait(lambda: "LUFS" in desk.page.levels.text() and "heard" in desk.page.details.accessibleName())
    details = desk.page.details.accessibleName()
    assert "44.1 kHz · stereo" in details and "seed" not in details
    assert not desk.page.recall.isEnabled() and not desk.window.actions_.recall.isEnabled()
    drag(desk, 1.0, 2.0)
    press(desk, Qt.Key.Key_Space)
    desk.wait(lambda: desk.output.is_open)
    heard = desk.output.pump(4096)
    assert np.abs(heard).max() > 0.02
    press(desk, Qt.Key.Key_Space)
    assert everything_in(paths.takes_folder()) == takes
    made = len(desk.host.requests)
    press(desk, Qt.Key.Key_I, SHIFT)
    desk.wait(lambda: len(desk.host.requests) == made + 2)
    assert desk.studio.player.shown is not None
    sha256 = source_file.read(path, sample_rate=rate, channels=2).sha256
    for request in desk.host.requests[made:]:
        assert request.source is not None and (request.prompt, request.version) == ("slow strings", VERSION)
        (passage,) = request.source.regions
        assert passage == pytest.approx((1.0, 2.0), abs=0.02)
        assert request.source == Source(str(path), sha256, regions=(passage,))
    assert len({request.seed for request in desk.host.requests[made:]}) == 2
    assert everything_in(path.parent) == before, "nothing is written to a file of others, or beside it"


def test_it_goes_on_is_closed_to_a_loop_and_a_part_of_it_is_a_start(ready: Desk, tmp_path: Path) -> None:
    desk, path = ready, write(tmp_path / "hum.wav")
    audio, actions, reshaping = take_apart(desk, path), desk.window.actions_, desk.studio.reshaping
    made = len(desk.host.requests)
    actions.start_from_part.trigger()
    assert "no passage to start from" in desk.message and reshaping.whole is not None
    desk.host.script = "queued"
    for action in (actions.go_on, actions.come_before, actions.close_loop):
        action.trigger()
    desk.studio.player.set_region((44100, 88200))
    actions.close_loop.trigger()
    desk.wait(lambda: len(desk.studio.queue.entries) == 4)
    found = [entry.request for entry in desk.studio.queue.entries]
    own = (str(path), audio.sha256)
    assert [request.source for request in found] == [
        Source(*own, after_s=30.0),
        Source(*own, before_s=30.0),
        Source(*own, seam_s=0.75),
        Source(*own, seam_s=0.25, from_s=1.0, to_s=2.0),
    ]
    assert [request.duration_s for request in found] == [33.0, 33.0, 3.0, 1.0]
    assert len(desk.host.requests) == made + 1
    actions.start_from_part.trigger()
    form = desk.studio.take_settings
    assert form.source == Source(str(path), variation=0.5, from_s=1.0, to_s=2.0) and form.length_s == 1.0
    assert "0:01-0:02" in desk.window.source.name.accessibleName()
    desk.studio.undo.undo()
    assert form.source is None
    actions.start_from.trigger()
    assert form.source == Source(str(path), variation=0.5) and form.source_s == 3.0
    desk.studio.queue.cancel_all()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_a_part_of_it_is_exported_as_it_is_in_the_file(ready: Desk, tmp_path: Path) -> None:
    desk, path = ready, write(tmp_path / "hum.wav", 8000, 1)
    take_apart(desk, path)
    drag(desk, 1.0, 2.0)
    assert desk.studio.player.region is not None
    start, end = desk.studio.player.region
    desk.studio.exporter.set_only_region(True)
    press(desk, Qt.Key.Key_E, CTRL | SHIFT)
    desk.wait(lambda: desk.studio.exporter.last is not None and not desk.studio.exporter.is_running)
    assert desk.studio.exporter.last is not None
    written, rate = soundfile.read(desk.studio.exporter.last.path)
    assert rate == 8000 and "hum" in desk.studio.exporter.last.path.name
    np.testing.assert_allclose(written, soundfile.read(path)[0][start:end], atol=1e-6)


def test_nothing_that_changes_takes_reaches_a_sound(ready: Desk, tmp_path: Path) -> None:
    desk, path = ready, write(tmp_path / "mine" / "hum.wav")
    before = everything_in(path.parent)
    take_apart(desk, path)
    rows = len(desk.studio.library.model.rows)
    actions = desk.window.actions_.takes
    desk.window.takes.view.clearSelection()
    for action in (actions.star, actions.rename, actions.tags, actions.throw_away, actions.export_all):
        action.trigger()
    desk.window.add_to_comparison()
    desk.qtbot.wait(50)
    assert desk.studio.comparison.takes == [] and len(desk.studio.library.model.rows) == rows
    assert everything_in(path.parent) == before
    desk.window.leave()
    assert desk.studio.settings.last_take_id.startswith("sound-") is False


def test_one_comes_back_when_what_was_made_of_it_is_given_up_and_from_what_was_made(
    ready: Desk, tmp_path: Path
) -> None:
    desk, path = ready, write(tmp_path / "hum.wav")
    audio = take_apart(desk, path)
    desk.host.script = "started"
    desk.window.actions_.go_on.trigger()
    desk.wait(lambda: desk.studio.player.shown is not None and desk.studio.player.shown.is_being_made)
    desk.studio.generation.cancel()
    desk.wait(lambda: desk.studio.player.shown is not None and desk.studio.player.shown.title == "hum.wav")
    desk.host.script = "finish"
    desk.window.actions_.go_on.trigger()
    desk.wait(lambda: desk.studio.library.current is not None)
    made = desk.studio.library.current
    assert made is not None and made.request.source is not None and made.request.source.sha256 == audio.sha256
    assert desk.window.actions_.takes.origin.isEnabled()
    desk.window.actions_.takes.origin.trigger()
    desk.wait(lambda: desk.studio.player.shown is not None and desk.studio.player.shown.title == "hum.wav")


def test_the_menu_opens_any_sound_a_take_as_a_take_and_an_export_with_its_settings(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.make_take("calm piano", 1.0)
    song = exported(desk, "flac")
    desk.make_take("loud drums", 1.0)
    chosen = [first.path, song]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_more: (str(chosen.pop(0)), ""))
    desk.window.choose_sound()
    desk.wait(lambda: desk.shows(first))
    desk.window.choose_sound()
    desk.wait(lambda: desk.studio.player.shown is not None and desk.studio.player.shown.title == song.name)
    shown = desk.studio.player.shown
    assert shown is not None and shown.take is None and shown.request.prompt == "calm piano"
    desk.wait(lambda: isinstance(shown.audio, SoundAudio) and shown.audio.sha256)
    made = len(desk.host.requests)
    desk.window.actions_.go_on.trigger()
    desk.wait(lambda: len(desk.host.requests) == made + 1)
    assert desk.host.requests[-1].prompt == "calm piano" and desk.host.requests[-1].source is not None


def test_without_a_prompt_a_sound_is_not_redone_but_the_prompt_asked_for(ready: Desk, tmp_path: Path) -> None:
    desk = ready
    take_apart(desk, write(tmp_path / "hum.wav"))
    made = len(desk.host.requests)
    desk.studio.take_settings.set_prompt("")
    desk.window.actions_.go_on.trigger()
    desk.wait(lambda: "prompt is empty" in desk.message)
    assert len(desk.host.requests) == made
    shown = desk.studio.player.shown
    assert shown is not None and shown.title == "hum.wav"


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (48000, 8), (44100, 3)])
def test_odd_sounds_are_shown_and_heard_in_stereo(ready: Desk, tmp_path: Path, rate: int, channels: int) -> None:
    audio = take_apart(ready, write(tmp_path / "odd.wav", rate, channels))
    assert audio.channels == min(channels, 2) and audio.buffer.is_complete and audio.sample_rate == rate
    expected = source_file.read(audio.path, sample_rate=rate, channels=audio.channels)
    np.testing.assert_array_equal(audio.buffer.audio, expected.audio)
    assert audio.sha256 == expected.sha256
    ready.studio.spectrum.set_on(True)
    ready.wait(lambda: ready.studio.spectrum.whole is not None and ready.studio.spectrum.whole.is_complete)
    ready.wait(lambda: "LUFS" in ready.page.levels.text())


def test_what_cannot_be_taken_apart_gets_a_sentence_and_the_stage_keeps_its_take(ready: Desk, tmp_path: Path) -> None:
    desk, before = ready, ready.studio.player.shown
    with wave.open(str(tmp_path / "night.wav"), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.setnframes(4 * 3600 * 8000)
        file.writeframesraw(b"")
    header = (tmp_path / "night.wav").read_bytes()[:44]
    night = header[:4] + (36 + 4 * 3600 * 8000).to_bytes(4, "little") + header[8:40]
    (tmp_path / "night.wav").write_bytes(night + (4 * 3600 * 8000).to_bytes(4, "little"))
    os.truncate(tmp_path / "night.wav", 44 + 4 * 3600 * 8000)
    broken = write(tmp_path / "broken.flac")
    broken.write_bytes(broken.read_bytes()[:40])
    for path, words in (
        (write(tmp_path / "tick.wav", seconds=0.1), "too short"),
        (tmp_path / "night.wav", "lasts 240:00; a source may last 30:00"),
        (broken, "cannot be read"),
        (tmp_path / "gone.wav", "is gone"),
    ):
        desk.studio.messages.dismiss()
        desk.studio.sounds.take_apart(path)
        desk.wait(lambda words=words: words in desk.message)
        assert desk.studio.messages.current is not None and desk.studio.messages.current.hint
        assert desk.studio.player.shown is before
    soundfile.write(tmp_path / "still.wav", np.zeros((44100, 2), np.float32), 44100)
    take_apart(desk, tmp_path / "still.wav")
    desk.wait(lambda: "is silent" in desk.message)


def test_a_sound_that_changes_or_vanishes_while_it_is_shown_is_told_of_and_plays_on(
    ready: Desk, tmp_path: Path
) -> None:
    desk, path = ready, write(tmp_path / "hum.wav")
    audio = take_apart(desk, path)
    before = audio.buffer.audio.copy()
    write(path, seconds=2.0)
    desk.studio.exporter.export()
    desk.wait(lambda: "was changed since it was opened" in desk.message)
    made = len(desk.host.requests)
    desk.host.script = "queued"
    desk.window.actions_.go_on.trigger()
    desk.wait(lambda: len(desk.host.requests) == made + 1)
    source = desk.host.requests[-1].source
    assert source is not None and source.sha256 == audio.sha256, "the engine refuses what is another sound"
    desk.studio.generation.cancel()
    path.unlink()
    desk.studio.exporter.export()
    desk.wait(lambda: "is gone" in desk.message)
    desk.studio.player.play()
    desk.wait(lambda: desk.output.is_open)
    assert np.abs(desk.output.pump(44100)).max() > 0.05
    np.testing.assert_array_equal(audio.buffer.audio, before)
    write(path, seconds=4.0)
    again = take_apart(desk, path)
    assert again is not audio and again.duration_s == 4.0


@pytest.mark.parametrize(("rate", "channels", "seconds"), [(44100, 1, 3.0), (44100, 2, 4.0), (44100, 2, 2.0)])
def test_a_sound_that_changes_between_being_opened_and_read_is_told_of(
    tmp_path: Path, rate: int, channels: int, seconds: float
) -> None:
    opened = sound.opened(write(tmp_path / "hum.wav"))
    audio = SoundAudio(opened)
    write(opened.path, rate, channels, seconds)
    with pytest.raises(LibraryError, match="was changed since it was opened"):
        audio.whole_filler()()
    assert audio.has_failed and not audio.sha256


def test_one_that_could_not_be_read_is_read_when_its_disk_is_back(
    ready: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, path = ready, write(tmp_path / "stick" / "hum.wav")
    to_hear = source_file.to_hear

    def unplugged(found: Path, digest: source_file.Digest) -> Iterator[np.ndarray]:
        path.parent.rename(tmp_path / "pulled")
        yield from to_hear(found, digest)

    monkeypatch.setattr(source_file, "to_hear", unplugged)
    desk.studio.sounds.take_apart(path)
    desk.wait(lambda: "is gone" in desk.message)
    monkeypatch.setattr(source_file, "to_hear", to_hear)
    (tmp_path / "pulled").rename(path.parent)
    desk.studio.messages.dismiss()
    desk.studio.sounds.take_apart(path)
    desk.wait(lambda: (shown := desk.studio.player.shown) is not None and shown.audio.buffer.is_complete)
    assert not desk.message


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager to tell
def test_takes_are_starred_and_left_while_a_long_sound_is_read(
    ready: Desk, open_desk: Callable[[], Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, path = ready, write(tmp_path / "hum.wav")
    (take,) = [row.take for row in desk.studio.library.model.rows if row.take is not None]
    blocks: list[np.ndarray] = []

    def endless(_path: Path, _digest: source_file.Digest) -> Iterator[np.ndarray]:
        while len(blocks) < 6000:  # a minute
            blocks.append(np.full((16, 2), 0.1, np.float32))
            yield blocks[-1]
            time.sleep(0.01)

    monkeypatch.setattr(source_file, "to_hear", endless)
    desk.studio.sounds.take_apart(path)
    desk.wait(lambda: blocks)
    with desk.qtbot.waitSignal(desk.studio.messages.remarked) as told:
        desk.window.actions_.go_on.trigger()
    assert told.args == ["It is made as soon as all of the sound is read"]
    desk.studio.take_edits.star([take])
    desk.wait(lambda: (row := desk.studio.library.model.rows[0]).take is not None and row.take.is_starred)
    made = len(desk.host.requests)
    desk.studio.close()
    read = len(blocks)
    time.sleep(0.1)
    assert len(blocks) <= read + 1 < 6000, "it stops with the window"
    assert len(desk.host.requests) == made
    again = open_desk()
    again.wait(lambda: "One take of before waits to be made" in again.message)
    (kept,) = again.studio.queue.waiting
    assert kept.request.source == Source(str(path), after_s=30.0) and kept.request.prompt == "slow strings"


def test_a_passage_too_short_for_a_loop_is_refused(ready: Desk, tmp_path: Path) -> None:
    desk = ready
    take_apart(desk, write(tmp_path / "hum.wav"))
    made = len(desk.host.requests)
    desk.studio.player.set_region((0, 20000))
    desk.window.actions_.close_loop.trigger()
    assert "too short for a loop" in desk.message and "half a second" in desk.message
    assert len(desk.host.requests) == made and not desk.studio.queue.entries


def test_takes_of_a_part_are_made_again(desk: Desk) -> None:
    """Settings with one come back, and the form says which."""
    form = desk.studio.take_settings
    source = Source("/somewhere/hum.wav", "ab" * 32, variation=0.3, from_s=5.0, to_s=9.0)
    form.recall(TakeRequest("old", "harp", 4.0, 7, source=source))
    assert form.make_request().source == source
    assert "hum.wav, 0:05-0:09" in desk.window.source.name.accessibleName()
