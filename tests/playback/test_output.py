"""The real way to a sound card: PortAudio, ALSA and PulseAudio, each test's player in a process of its own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

from musicapp.errors import AudioDeviceError
from musicapp.playback.devices import list_devices
from tests import sound_devices

pytestmark = pytest.mark.skipif(bool(sound_devices.why_no_portaudio()), reason=sound_devices.why_no_portaudio())
needs_pulseaudio = pytest.mark.skipif(bool(sound_devices.why_no_pulseaudio()), reason=sound_devices.why_no_pulseaudio())

PLAYER = """
import json, sys, time
import numpy as np
from musicapp.playback import devices
from musicapp.playback.devices import list_devices, look_again
from musicapp.playback.output import Output
from musicapp.playback.transport import TakeBuffer, Transport

def report(**values):
    print(json.dumps(values), flush=True)

def wait_until(is_true, seconds=10):
    end = time.monotonic() + seconds
    while not is_true() and time.monotonic() < end:
        time.sleep(0.002)
    return bool(is_true())

lost = []
transport = Transport()
output = Output(transport.link, lost.append)
"""


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.9, 0.9, (frames, channels)).astype(np.float32)


def play_in_real_time(code: str | Path, folder: Path, *arguments: Path) -> tuple[dict[str, Any], Path]:
    """The report of a player on a null sink, and what the sink played.

    A machine so busy that the player's process stood still for 0.1 s says nothing about the player: up to three tries.
    """
    for attempt in range(3):
        place = folder / f"try{attempt}"
        place.mkdir()
        recording = place / "heard.raw"
        with sound_devices.null_sink(place) as sink, sink.recording(recording):
            result = json.loads(sound_devices.run_python(code, *arguments, env=sink.environment))
        if not (result["underflows"] or result["lost"]):
            return result, recording
    pytest.skip("This machine is too busy for sound in real time.")


def test_the_device_gets_the_samples_of_the_take_across_100_loop_wraps(tmp_path: Path) -> None:
    take, (start, end), repeats, volume = noise(22050), (3000, 12345), 100, np.float32(0.3)
    np.save(tmp_path / "take.npy", take)
    code = (
        PLAYER
        + """
take, wraps = np.load(sys.argv[1]), 0
render, last = transport.link.render, [0]
def counting(out, *when):
    global wraps
    render(out, *when)
    wraps += transport.position < last[0]
    last[0] = transport.position
    if wraps == 100:
        transport.set_loop(None)
transport.link.render = counting
transport.set_source(TakeBuffer.of(take, 44100))
transport.set_loop((3000, 12345))
transport.volume = 0.3
output.open(None, 44100)
transport.play()
ended = wait_until(lambda: transport.ended)
output.close()
report(ended=ended, lost=len(lost), underruns=transport.underruns, rate=output.sample_rate)
"""
    )
    environment, recording = sound_devices.alsa_file_environment(tmp_path)
    result = json.loads(sound_devices.run_python(code, tmp_path / "take.npy", env=environment))
    assert result == {"ended": True, "lost": 0, "underruns": 0, "rate": 44100}
    heard = np.concatenate([take[:end], *[take[start:end]] * (repeats - 1), take[start:]]) * volume
    played = sound_devices.read_recording(recording)
    ramp = 200  # frames: the first 4 ms fade in
    first = sound_devices.start_of(heard[ramp : ramp + 500], played)
    assert first >= ramp
    received = played[first : first + len(heard) - ramp]
    np.testing.assert_array_equal(received, heard[ramp:])
    assert not played[first + len(heard) - ramp :].any()  # then silence


def test_playing_stops_by_itself_starts_again_and_keeps_its_position_on_another_output(tmp_path: Path) -> None:
    code = (
        PLAYER
        + """
take = np.full((8820, 2), 0.25, np.float32)
output.open(None, 44100)
rounds = []
for _ in range(3):  # the stream ends by itself each time
    transport.set_source(TakeBuffer.of(take, 44100))
    transport.play()
    rounds.append(wait_until(lambda: transport.ended) and wait_until(lambda: not output._stream.active))
transport.play()
wait_until(lambda: transport.position > 0)
transport.pause()
time.sleep(0.1)  # a block that was on its way when it was paused
held = transport.position
output.open(None, 22050)  # the device knows only 44100: this one is converted
report(rounds=rounds, held=held == transport.position, rate=output.sample_rate, lost=len(lost),
       latency=output.latency_s)
output.close()
output.close()
report(is_open=output.is_open, latency=output.latency_s)
"""
    )
    environment, _ = sound_devices.alsa_file_environment(tmp_path)
    running, closed = map(json.loads, sound_devices.run_python(code, env=environment).splitlines())
    assert running["rounds"] == [True, True, True]
    assert running["rate"] == 44100 and running["lost"] == 0 and running["held"]
    assert 0.01 < running["latency"] < 0.5
    assert closed == {"is_open": False, "latency": 0.0}


def test_without_any_device_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    code = (
        PLAYER
        + """
from musicapp.errors import AudioDeviceError
found = list_devices()
try:
    output.open(None, 44100)
except AudioDeviceError as error:
    report(found=found, message=error.message, hint=error.hint, is_open=output.is_open)
transport.set_source(TakeBuffer.of(np.zeros((100, 2), np.float32), 44100))
transport.play()
transport.pause()
output.close()
"""
    )
    no_card = tmp_path / "asound.conf"
    no_card.write_text("pcm.!default { type hw card 99 }\nctl.!default { type null }\n")
    result = json.loads(sound_devices.run_python(code, env={**os.environ, "ALSA_CONFIG_PATH": str(no_card)}))
    assert result["found"] == [] and not result["is_open"]
    assert result["message"] == "No sound output was found." and "Connect" in result["hint"]


def test_where_nothing_was_found_just_now_something_may_be_there_now(tmp_path: Path) -> None:
    code = (
        PLAYER
        + """
import os, pathlib
found = [len(list_devices())]
config = pathlib.Path(os.environ["ALSA_CONFIG_PATH"])
config.write_text(config.with_suffix(".next").read_text())
devices._loaded_s = time.monotonic()  # the computer is busy, and this one is quick
look_again()
found.append(len(list_devices()))
report(found=found)
"""
    )
    environment, _ = sound_devices.alsa_file_environment(tmp_path)
    config = tmp_path / "asound.conf"
    config.rename(config.with_suffix(".next"))
    config.write_text("pcm.!default { type hw card 99 }\nctl.!default { type null }\n")
    assert json.loads(sound_devices.run_python(code, env=environment)) == {"found": [0, 1]}


def test_devices_are_listed_and_an_unknown_name_is_refused(tmp_path: Path) -> None:
    code = (
        PLAYER
        + """
from musicapp.errors import AudioDeviceError
found = list_devices()
devices.JUST_NOW_S = 0
look_again()
again = list_devices()
output.open(found[0].name, 44100)
name = output.device_name
while_open = list_devices()
messages = []
for wanted in ("Headphones of somebody else", 99):
    try:
        output.open(wanted, 44100)
    except AudioDeviceError as error:
        messages.append(error.message)
report(names=[d.name for d in found], same=found == again == while_open, name=name, messages=messages,
       defaults=sum(d.is_default for d in found), api=found[0].host_api)
"""
    )
    environment, _ = sound_devices.alsa_file_environment(tmp_path)
    result = json.loads(sound_devices.run_python(code, env=environment))
    assert result["same"] and result["name"] == result["names"][0] == "default"
    assert result["defaults"] == 1 and result["api"] == "ALSA"
    assert result["messages"] == [
        "The output “Headphones of somebody else” is not connected.",
        "This output is not there any more.",
    ]


def test_a_missing_portaudio_library_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(AudioDeviceError, match="PortAudio") as caught:
        list_devices()
    assert "libportaudio2" in caught.value.hint


@needs_pulseaudio
def test_a_take_at_a_rate_that_the_device_does_not_know_is_converted(tmp_path: Path) -> None:
    take = noise(44100) / 2  # the converter overshoots on noise
    np.save(tmp_path / "take.npy", take)
    code = (
        PLAYER
        + """
import sounddevice
from musicapp.playback import devices, output as output_module
real_find, real_check = devices.find_device, sounddevice.check_output_settings
devices.find_device = lambda device, only: {**real_find(device, only), "default_samplerate": 48000.0}
def check(**settings):  # the null sink itself takes any rate
    if settings["samplerate"] != 48000:
        raise sounddevice.PortAudioError("Invalid sample rate")
sounddevice.check_output_settings = check
render, rendered = transport.link.render, []
def keep(out, *when):
    render(out, *when)
    rendered.append(out.copy())
transport.link.render = keep
transport.set_source(TakeBuffer.of(np.load(sys.argv[1]), 44100))
output.open(None, 44100)
transport.play()
ended = wait_until(lambda: transport.ended and output._feed.is_idle)
time.sleep(0.3)
shortages = transport.link.board.underflows
output.close()
np.save(sys.argv[2], np.concatenate(rendered))
report(ended=ended, rate=output.sample_rate, lost=len(lost), underruns=transport.underruns,
       underflows=shortages)
"""
    )
    result, recording = play_in_real_time(code, tmp_path, tmp_path / "take.npy", tmp_path / "rendered.npy")
    assert result == {"ended": True, "rate": 48000, "lost": 0, "underruns": 0, "underflows": 0}
    rendered, ramp = np.load(tmp_path / "rendered.npy"), 200
    first = sound_devices.start_of(take[ramp : ramp + 500], rendered)
    np.testing.assert_array_equal(rendered[first : first + len(take) - ramp], take[ramp:])
    expected = soxr.resample(rendered, 44100, 48000, quality="VHQ")[: 48000 * (first + 44100) // 44100]
    loud = np.flatnonzero(expected.any(axis=1))[0] + 100  # the silence before is found everywhere
    heard = sound_devices.read_recording(recording)
    first = sound_devices.start_of(expected[loud : loud + 500], heard)
    assert first >= 0
    np.testing.assert_array_equal(heard[first : first + len(expected) - loud], expected[loud:])


@needs_pulseaudio
def test_in_real_time_nothing_is_lost_or_late(tmp_path: Path) -> None:
    rate = 48000
    take = noise(3 * rate)
    np.save(tmp_path / "take.npy", take)
    code = (
        PLAYER
        + """
transport.set_source(TakeBuffer.of(np.load(sys.argv[1]), 48000))
transport.volume = 0.5
output.open(None, 48000)
began = time.monotonic()
transport.play()
ended = wait_until(lambda: transport.ended)
took = time.monotonic() - began
time.sleep(0.3)
output.close()
report(ended=ended, took=took, lost=len(lost), underruns=transport.underruns,
       underflows=transport.link.board.underflows)
"""
    )
    result, recording = play_in_real_time(code, tmp_path, tmp_path / "take.npy")
    assert result["ended"] and result["lost"] == result["underruns"] == result["underflows"] == 0
    assert 3.0 < result["took"] < 8
    heard, ramp = sound_devices.read_recording(recording), 200
    expected = take[ramp:] * np.float32(0.5)
    first = sound_devices.start_of(expected[:500], heard)
    assert first >= 0
    np.testing.assert_array_equal(heard[first : first + len(expected)], expected)
