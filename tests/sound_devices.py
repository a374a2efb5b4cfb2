"""Sound outputs for tests on machines without a sound card: one that records into a file, one that keeps time.

Both are chosen through environment variables that ALSA and PulseAudio read at their start, so what plays on them runs
in a process of its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
# No alsa.conf is included: its PulseAudio drop-in would take the place of our default.
ALSA_FILE = """
pcm.!default {{
    type plug
    slave {{
        pcm {{ type file  slave.pcm {{ type null }}  file "{path}"  format "raw" }}
        format {format}
        rate {rate}
        channels {channels}
    }}
}}
ctl.!default {{ type null }}
"""
ALSA_PULSE = """
pcm_type.pulse { lib "libasound_module_pcm_pulse.so" }
pcm.!default { type pulse }
"""
PULSE_SERVER = """
load-module module-native-protocol-unix
load-module module-null-sink sink_name=nullout rate=48000 channels=2 format=float32le norewinds=true
set-default-sink nullout
"""


def why_no_portaudio() -> str:
    """Empty when PortAudio is there, else the reason to skip."""
    try:
        import sounddevice  # noqa: F401
    except OSError as error:
        return f"PortAudio cannot be loaded: {error}."
    return "" if sys.platform == "linux" else "These devices need ALSA, which only Linux has."


def why_no_pulseaudio() -> str:
    """Empty when a private PulseAudio server can be started, else the reason to skip."""
    missing = [name for name in ("pulseaudio", "pactl", "parec") if shutil.which(name) is None]
    return f"Not all of PulseAudio is installed: {', '.join(missing)}." if missing else why_no_portaudio()


def alsa_file_environment(folder: Path, *, rate: int = 44100, channels: int = 2) -> tuple[dict[str, str], Path]:
    """Environment whose default output writes float32 into a raw file as fast as it can, and that file.

    It does not keep time: a stream left open fills the disk. Close it as soon as the test has what it needs.
    """
    recording, config = folder / "played.raw", folder / "asound.conf"
    config.write_text(ALSA_FILE.format(path=recording, format="FLOAT_LE", rate=rate, channels=channels))
    return {**os.environ, "ALSA_CONFIG_PATH": str(config)}, recording


def read_recording(path: Path, channels: int = 2) -> np.ndarray:
    """What arrived at the device, `(frames, channels)` float32."""
    samples = np.fromfile(path, "<f4")
    return samples[: len(samples) // channels * channels].reshape(-1, channels)


@dataclass
class NullSink:
    """A private PulseAudio server with one output that plays into nothing, in real time."""

    environment: dict[str, str]
    command: list[str]
    server: subprocess.Popen[bytes]

    def start(self) -> None:
        """It is plugged in again; returns when it can be played to."""
        self.server = _start_server(self.command, self.environment)

    def kill(self) -> None:
        """The sound card is pulled out."""
        self.server.send_signal(signal.SIGKILL)
        self.server.wait(10)

    @contextmanager
    def recording(self, path: Path) -> Iterator[None]:
        """Record what the output plays, 48 kHz stereo float32, while the block runs."""
        options = ["-d", "nullout.monitor", "--format=float32le", "--rate=48000", "--channels=2", "--latency-msec=50"]
        with path.open("wb") as file:
            recorder = subprocess.Popen(["parec", *options], env=self.environment, stdout=file)
            try:
                wait_until(lambda: path.stat().st_size > 0, "the recorder did not start")
                yield
            finally:
                recorder.terminate()
                recorder.wait(10)


@contextmanager
def null_sink(folder: Path) -> Iterator[NullSink]:
    """Start a `NullSink` whose files lie in `folder`, and end it."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    (folder / "server.pa").write_text(PULSE_SERVER)
    (folder / "asound.conf").write_text(ALSA_PULSE)
    environment = {
        **os.environ,
        "XDG_RUNTIME_DIR": str(runtime),
        "HOME": str(folder),
        "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
    }
    environment.pop("PULSE_SERVER", None)
    command = ["pulseaudio", "-n", "-F", str(folder / "server.pa"), "--daemonize=no", "--exit-idle-time=-1"]
    sink = NullSink(environment, command, _start_server(command, environment))
    try:
        yield sink
    finally:
        sink.server.terminate()
        sink.server.wait(10)


def _start_server(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)

    def has_its_output() -> bool:
        """It answers before it has loaded all that it was told to."""
        told = subprocess.run(["pactl", "info"], env=environment, capture_output=True, text=True, check=False)
        return told.returncode == 0 and "nullout" in told.stdout

    wait_until(has_its_output, "PulseAudio did not start")
    return server


def run_python(code: str | Path, *arguments: object, env: dict[str, str], timeout_s: float = 60) -> str:
    """Run code, or a file with code, in a new interpreter that finds this source tree; its standard output."""
    done = subprocess.run(
        [sys.executable, *([str(code)] if isinstance(code, Path) else ["-c", code]), *map(str, arguments)],
        env={**env, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def start_of(needle: np.ndarray, hay: np.ndarray) -> int:
    """The first frame of `hay` where `needle` begins, bit for bit; -1 when it is not there."""
    for first in np.flatnonzero((hay[: len(hay) - len(needle) + 1] == needle[0]).all(axis=1)):
        if np.array_equal(hay[first : first + len(needle)], needle):
            return int(first)
    return -1


def wait_until(is_true: object, complaint: str, timeout_s: float = 15) -> None:
    """Fails with the complaint when it does not become true in time."""
    assert callable(is_true)
    end = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < end, complaint
        time.sleep(0.05)
