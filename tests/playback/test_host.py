"""The sound process: what it plays is the take, and it may be lost at any moment without loss.

Each player is a process of its own, as the sound outputs of a machine are chosen by its environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from musicapp.audio.wave_io import WaveWriter
from tests import sound_devices
from tests.playback.test_output import needs_pulseaudio, noise, play_in_real_time

pytestmark = pytest.mark.skipif(bool(sound_devices.why_no_portaudio()), reason=sound_devices.why_no_portaudio())

# spawn starts the child from a file: the players' code is one.
PLAYER = """
import json, logging, os, sys, threading, time
from pathlib import Path
import numpy as np
from musicapp.errors import AudioDeviceError
from musicapp.playback.host import PlaybackHost
from musicapp.playback.transport import TakeBuffer

def report(**values):
    print(json.dumps(values), flush=True)

def wait_until(is_true, seconds=15):
    end = time.monotonic() + seconds
    while not is_true() and time.monotonic() < end:
        time.sleep(0.002)
    return bool(is_true())

if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    lost, back, given_up = [], [], []
    host = PlaybackHost(lost.append, lambda: back.append(1), given_up.append)
    transport = host.transport
"""


def player(folder: Path, code: str) -> Path:
    """A script whose body is `code`, indented by four."""
    path = folder / "player.py"
    path.write_text(PLAYER + code + "    host.shut()\n")
    return path


@contextlib.contextmanager
def running(script: Path, environment: dict[str, str], *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A player in the background; it must end by itself with exit code 0 once the block is through."""
    process = subprocess.Popen(
        [sys.executable, str(script), *map(str, arguments)],
        env={**environment, "PYTHONPATH": str(sound_devices.ROOT), "MUSICAPP_HOME": str(script.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
            _, errors = process.communicate(timeout=40)
            assert process.returncode == 0 and not errors, errors
        except AssertionError:
            process.kill()
            print(process.communicate()[1])
            raise
        finally:
            process.kill()


def told(stream: IO[str] | None) -> dict[str, Any]:
    assert stream is not None
    values: dict[str, Any] = json.loads(stream.readline() or "{}")
    return values


def say(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go on\n")
    process.stdin.flush()


def write_wave(path: Path, audio: np.ndarray, rate: int) -> None:
    with WaveWriter(path, rate, audio.shape[1], len(audio)) as writer:
        writer.write(audio)


@needs_pulseaudio
def test_the_server_gets_the_file_while_python_is_busy_in_the_window(tmp_path: Path) -> None:
    rate = 48000
    take = noise(3 * rate)
    write_wave(tmp_path / "take.wav", take, rate)
    code = """
    path = Path(sys.argv[1])
    source = TakeBuffer(3 * 48000, 2, 48000, path)
    source.available = source.total_frames  # its samples are in the file alone
    transport.set_source(source)
    transport.volume = 0.5
    host.open(None, 48000)
    done = threading.Event()
    def work():
        while not done.is_set():
            sum(range(300))
    threading.Thread(target=work, daemon=True).start()
    began = time.monotonic()
    transport.play()
    ended = wait_until(lambda: transport.ended)
    took = time.monotonic() - began
    peak = transport.levels()
    done.set()
    time.sleep(0.3)
    host.close()
    report(ended=ended, took=took, lost=len(lost), underruns=transport.underruns, underflows=host.underflows,
           position=transport.position, is_there="sounddevice" in sys.modules, peak=peak)
"""
    script = player(tmp_path, code)
    result, recording = play_in_real_time(script, tmp_path, tmp_path / "take.wav")
    assert result["ended"] and result["lost"] == result["underruns"] == result["underflows"] == 0
    assert result["position"] == len(take) and 3.0 < result["took"] < 8
    assert not result["is_there"], "PortAudio lives in the child alone"
    heard, ramp = sound_devices.read_recording(recording), 200
    expected = take[ramp:] * np.float32(0.5)
    first = sound_devices.start_of(expected[:500], heard)
    assert first >= 0
    np.testing.assert_array_equal(heard[first : first + len(expected)], expected)


def test_a_growing_take_one_in_memory_and_one_whose_file_goes_away_are_all_heard(tmp_path: Path) -> None:
    growing, in_memory, gone = noise(30_000), noise(20_000) / 2, noise(25_000) / 3
    for name, audio in (("growing", growing), ("memory", in_memory), ("gone", gone)):
        np.save(tmp_path / f"{name}.npy", audio)
    code = """
    from musicapp.audio.wave_io import WaveWriter
    folder = Path(sys.argv[1])
    growing, memory, gone = (np.load(folder / f"{name}.npy") for name in ("growing", "memory", "gone"))
    host.open(None, 44100)
    rounds = []
    def play(source):
        transport.set_source(source)
        transport.play()
    source = TakeBuffer(len(growing), 2, 44100, folder / "growing.wav")
    play(source)
    rounds.append(wait_until(lambda: transport.is_waiting))
    with WaveWriter(folder / "growing.wav", 44100, 2, len(growing)) as writer:
        for first in range(0, len(growing), 6000):
            writer.write(growing[first : first + 6000])
            writer.flush()
            source.write(first, growing[first : first + 6000])
    rounds.append(wait_until(lambda: transport.ended))
    play(TakeBuffer.of(memory, 44100))
    rounds.append(wait_until(lambda: transport.ended))
    play(TakeBuffer.of(gone, 44100, folder / "nobody wrote it.wav"))
    rounds.append(wait_until(lambda: transport.ended))
    host.close()
    report(rounds=rounds, lost=len(lost), is_open=host.is_open)
"""
    environment, recording = sound_devices.alsa_file_environment(tmp_path)
    with running(player(tmp_path, code), environment, tmp_path) as process:
        assert told(process.stdout) == {"rounds": [True] * 4, "lost": 0, "is_open": False}
    heard, ramp = sound_devices.read_recording(recording), 200
    for take in (in_memory, gone):
        first = sound_devices.start_of(take[ramp : ramp + 500], heard)
        assert first >= 0 and np.array_equal(heard[first : first + len(take) - ramp], take[ramp:])
    # This device asks as fast as it can, so the growing take has gaps; what is heard of it is all there, in order.
    assert sound_devices.start_of(growing[2000:2400], heard) >= 0
    assert sound_devices.start_of(growing[-2000:-400], heard) >= 0


LOSING = """
    source = TakeBuffer.of(np.zeros((48000 * 60, 2), np.float32), 48000)
    transport.set_source(source)
    host.open(None, 48000)
    transport.play()
    def moves():
        before = transport.position
        return wait_until(lambda: transport.position > before + 4800)
    wait_until(lambda: transport.position > 24000)
    report(pid=host.pid)
    noticed = wait_until(lambda: lost)
    position = transport.position
    report(noticed=noticed, message=lost[0].message, hint=lost[0].hint, position=position,
           is_playing=transport.is_playing, is_open=host.is_open, is_recovering=host.is_recovering)
"""


@needs_pulseaudio
def test_a_server_that_ends_is_noticed_and_sound_goes_on_when_it_is_back(tmp_path: Path) -> None:
    code = LOSING + (
        """
    sys.stdin.readline()
    came_back = wait_until(lambda: back, 30)
    report(back=came_back, moves=moves(), went_on=transport.position >= position, is_open=host.is_open,
           times=[len(lost), len(back), len(given_up)], is_recovering=host.is_recovering)
"""
    )
    with sound_devices.null_sink(tmp_path) as sink, running(player(tmp_path, code), sink.environment) as process:
        first = told(process.stdout)["pid"]
        sink.kill()
        after = told(process.stdout)
        assert after["noticed"] and after["message"] == "The sound output went away while playing."
        assert "by itself" in after["hint"] and after["position"] > 24000
        assert after["is_playing"] and after["is_recovering"] and not after["is_open"]
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)
        sink.start()
        say(process)
        assert told(process.stdout) == {
            "back": True,
            "moves": True,
            "went_on": True,
            "is_open": True,
            "times": [1, 1, 0],
            "is_recovering": False,
        }


@needs_pulseaudio
def test_a_server_that_freezes_or_a_process_that_is_killed_costs_a_moment(tmp_path: Path) -> None:
    code = LOSING + (
        """
    came_back = wait_until(lambda: len(back) == 1, 30)
    report(back=came_back, moves=moves(), pid=host.pid)
    came_back = wait_until(lambda: len(back) == 2, 30)
    report(back=came_back, moves=moves(), went_on=transport.position >= position)
"""
    )
    with sound_devices.null_sink(tmp_path) as sink, running(player(tmp_path, code), sink.environment) as process:
        assert told(process.stdout)["pid"]
        sink.server.send_signal(signal.SIGSTOP)
        after = told(process.stdout)
        assert after["noticed"] and after["is_playing"]
        sink.server.send_signal(signal.SIGCONT)
        again = told(process.stdout)
        assert again["back"] and again["moves"]
        os.kill(again["pid"], signal.SIGKILL)
        assert told(process.stdout) == {"back": True, "moves": True, "went_on": True}


@needs_pulseaudio
def test_pausing_ends_the_wait_and_play_says_that_it_is_not_there(tmp_path: Path) -> None:
    code = LOSING + (
        """
    transport.pause()
    wait_until(lambda: not host.is_recovering)
    messages = []
    for device in (None, "Headphones of somebody else"):
        try:
            host.open(device, 48000)
        except AudioDeviceError as error:
            messages.append(error.message)
    report(messages=messages, kept=transport.position == position, times=[len(lost), len(back), len(given_up)])
    sys.stdin.readline()
    host.open(None, 48000)
    transport.play()
    report(moves=moves(), went_on=transport.position >= position)
"""
    )
    with sound_devices.null_sink(tmp_path) as sink, running(player(tmp_path, code), sink.environment) as process:
        told(process.stdout)
        sink.kill()
        assert told(process.stdout)["noticed"]
        paused = told(process.stdout)
        assert paused["kept"] and paused["times"] == [1, 0, 0]
        known, foreign = paused["messages"]
        assert known in ("No sound output was found.", "The sound output cannot be opened.")
        assert foreign in ("No sound output was found.", "The output “Headphones of somebody else” is not connected.")
        sink.start()
        say(process)
        assert told(process.stdout) == {"moves": True, "went_on": True}


def test_the_process_goes_with_its_window_even_when_that_is_killed(tmp_path: Path) -> None:
    code = """
    host.list_devices()
    report(pid=host.pid)
    time.sleep(60)
"""
    environment, _ = sound_devices.alsa_file_environment(tmp_path)
    with pytest.raises(AssertionError), running(player(tmp_path, code), environment) as process:
        pid = told(process.stdout)["pid"]
        os.kill(pid, 0)
        process.kill()
    sound_devices.wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the sound process outlives its window")


def test_devices_are_listed_again_after_the_process_has_died(tmp_path: Path) -> None:
    code = """
    before, pid = host.list_devices(), host.pid
    os.kill(pid, 9)
    after = host.list_devices()
    host.open(after[0].name, 44100)
    report(same=before == after, names=[device.name for device in after], another=host.pid != pid,
           device=host.device_name, latency=host.latency_s)
"""
    environment, _ = sound_devices.alsa_file_environment(tmp_path)
    with running(player(tmp_path, code), environment) as process:
        result = told(process.stdout)
    assert 0.01 < result.pop("latency") < 0.5
    assert result == {"same": True, "names": ["default"], "another": True, "device": "default"}
