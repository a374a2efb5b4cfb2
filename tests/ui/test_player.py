"""Playback in the window: what is heard is the take, nothing interrupts it, and devices may come and go."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from musicapp.errors import AudioDeviceError
from musicapp.playback.host import OutputDevice
from tests.ui.conftest import Desk
from tests.ui.fake_output import DEVICES


def quiet(desk: Desk) -> None:
    """New takes do not play by themselves in this test."""
    desk.studio.library.auto_play = "off"


def start(desk: Desk) -> None:
    desk.studio.player.play()
    desk.wait(lambda: desk.output.is_open)


def test_what_is_heard_is_the_take_times_the_volume(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    player = desk.studio.player
    assert player.shown is not None
    player.set_volume(-20.0)
    start(desk)
    desk.output.pump(4096)  # ramps of play and volume
    heard = desk.output.pump(4096)
    np.testing.assert_allclose(heard, player.shown.audio.buffer.audio[4096:8192] * 0.1, atol=1e-6)
    desk.wait(lambda: desk.window.transport.position.text() != "0:00.000")


def test_space_plays_and_pauses_but_types_in_a_field(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    desk.window.prompts.prompt.setFocus()
    QTest.keyClick(desk.window.prompts.prompt, Qt.Key.Key_Space)
    assert not desk.studio.player.is_playing
    desk.waveform.setFocus()
    QTest.keyClick(desk.waveform, Qt.Key.Key_Space)
    assert desk.studio.player.is_playing
    QTest.keyClick(desk.waveform, Qt.Key.Key_Space)
    assert not desk.studio.player.is_playing


def test_a_new_take_plays_by_itself_when_nothing_else_does(desk: Desk) -> None:
    desk.make_take()
    desk.wait(lambda: desk.studio.player.is_playing)


def test_a_new_take_never_interrupts_what_plays(desk: Desk) -> None:
    first = desk.make_take()
    desk.wait(lambda: desk.studio.player.is_playing)
    desk.output.pump(1000)
    second = desk.make_take("another")
    assert desk.studio.player.shown is not None and desk.studio.player.shown.take_id == first.take_id
    assert desk.studio.player.is_playing
    assert desk.studio.player.position >= 1000
    assert desk.studio.library.model.rows[0].take_id == second.take_id


def test_the_end_stops_and_the_next_play_begins_anew(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    start(desk)
    desk.output.pump(44100 + 44100 // 2)
    desk.wait(lambda: not desk.studio.player.is_playing)
    desk.wait(lambda: not desk.output.is_open)  # given back soon after the end
    start(desk)
    assert desk.studio.player.is_playing
    desk.output.pump(1000)
    assert desk.studio.player.position == 1000


def test_a_marked_part_repeats_sample_exactly(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    player = desk.studio.player
    player.set_volume(0.0)
    player.set_region((10_000, 14_000))
    player.set_looping(True)
    player.seek(10_000)
    start(desk)
    desk.output.pump(4000)
    assert player.shown is not None
    part = player.shown.audio.buffer.audio[10_000:14_000]
    for _ in range(5):
        np.testing.assert_array_equal(desk.output.pump(4000), part)


def test_without_an_output_everything_else_works(open_desk: Callable[[], Desk], outputs: list[OutputDevice]) -> None:
    outputs.clear()
    desk = open_desk()
    desk.make_take()
    assert not desk.window.transport.play.isEnabled()
    assert "No audio output" in desk.window.transport.play.toolTip()
    assert desk.studio.messages.current is None
    outputs.extend(DEVICES)
    desk.studio.player.refresh_devices()
    desk.wait(lambda: desk.window.transport.play.isEnabled())


def test_a_device_that_goes_away_keeps_the_position_and_plays_on_when_it_is_back(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    start(desk)
    player = desk.studio.player
    desk.output.pump(20_000)
    desk.output.lose()
    desk.wait(lambda: "went away" in desk.message and "goes on" in desk.message)
    assert player.is_playing and player.is_waiting and player.position == 20_000
    desk.output.come_back()
    desk.wait(lambda: not desk.message)
    assert player.is_playing and not player.is_waiting
    desk.output.pump(1000)
    assert player.position == 21_000


def test_a_device_that_does_not_come_back_pauses_and_says_what_to_do(desk: Desk, outputs: list[OutputDevice]) -> None:
    quiet(desk)
    desk.make_take()
    start(desk)
    desk.output.pump(20_000)
    outputs.pop()
    desk.output.lose()
    desk.output.give_up()
    desk.wait(lambda: "press play" in desk.message)
    assert not desk.studio.player.is_playing
    assert desk.studio.player.position == 20_000
    desk.wait(lambda: len(desk.studio.player.devices) == 1)
    start(desk)
    desk.wait(lambda: not desk.message)
    desk.output.pump(1000)
    assert desk.studio.player.position == 21_000


def test_pausing_while_the_device_is_away_takes_the_sentence_back(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    start(desk)
    desk.output.pump(5000)
    desk.output.lose()
    desk.wait(lambda: "went away" in desk.message)
    desk.studio.player.pause()
    assert not desk.message and not desk.studio.player.is_playing and desk.studio.player.position == 5000
    start(desk)
    assert desk.studio.player.is_playing


def test_outputs_that_are_gone_are_looked_for_until_one_is_back(desk: Desk, outputs: list[OutputDevice]) -> None:
    quiet(desk)
    desk.make_take()
    everything = list(outputs)
    outputs.clear()
    desk.studio.player.refresh_devices()
    desk.wait(lambda: not desk.window.transport.play.isEnabled())
    desk.studio.player.play()
    desk.wait(lambda: "No audio output" in desk.message)
    outputs.extend(everything)
    desk.wait(lambda: desk.window.transport.play.isEnabled())
    assert not desk.message


def test_an_output_that_cannot_be_opened_is_told(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    desk.output.open_error = AudioDeviceError("The sound output cannot be opened.", hint="Choose another output.")
    desk.studio.player.play()
    desk.wait(lambda: "cannot be opened" in desk.message)
    assert not desk.studio.player.is_playing


def test_another_output_goes_on_at_the_same_place(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    start(desk)
    desk.output.pump(8000)
    box = desk.window.transport.device
    box.setCurrentIndex(box.findData("USB Interface 4x4"))
    box.activated.emit(box.currentIndex())
    desk.wait(lambda: desk.output.opened[-1] == ("USB Interface 4x4", 44100))
    assert desk.studio.player.is_playing
    assert desk.studio.player.position == 8000


def test_meter_and_mute(desk: Desk) -> None:
    quiet(desk)
    desk.make_take()
    transport = desk.window.transport
    start(desk)
    desk.output.pump(8000)
    desk.wait(lambda: max(transport.meter._level_db) > -40)
    transport.volume_icon.click()
    assert desk.studio.player.gain == 0.0
    transport.volume_icon.click()
    assert round(desk.studio.player.volume_db) == -6
    desk.studio.player.stop()
    assert desk.studio.player.position == 0
    assert max(transport.meter._level_db) == -60.0


def test_playing_follows_audio_that_is_still_being_made(desk: Desk) -> None:
    desk.host.script = "chunk"
    desk.studio.take_settings.set_prompt("harp")
    desk.studio.take_settings.set_duration(3.0)
    desk.studio.generation.start()
    desk.wait(lambda: desk.studio.player.is_playing)  # before the last chunk is there
    assert desk.studio.generation.is_running
    desk.wait(lambda: desk.studio.player.shown and desk.studio.player.shown.audio.available_s >= 2.0)
    desk.output.pump(44100)
    assert desk.studio.player.position == 44100
    desk.studio.generation.cancel()
    desk.wait(lambda: not desk.studio.generation.is_running)
    assert not desk.studio.player.is_playing
