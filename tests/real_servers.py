"""Real sound servers with an output that plays into nothing, in real time, at 44,100 Hz: started, ended, recorded from.

Everything of theirs lies in one folder, and none of them is the user's own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from tests import sound_devices

RATE = 44100
CONTROL = "ctl.!default { type null }\n"
LIBRARIES = [
    Path("/usr/lib/x86_64-linux-gnu"),
    Path("/usr/lib/aarch64-linux-gnu"),
    Path("/usr/lib64"),
    Path("/usr/lib"),
]
PULSE = """
load-module module-native-protocol-unix
load-module module-null-sink sink_name=nullout rate=44100 channels=2 format=float32le norewinds=true
set-default-sink nullout
"""
PIPEWIRE = """
context.properties = {
    core.daemon = true
    core.name = pipewire-0
    default.clock.rate = 44100
    default.clock.allowed-rates = [ 44100 ]
    default.clock.quantum = 512
}
context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert  support.* = support/libspa-support }
context.modules = [
    { name = libpipewire-module-rt args = { nice.level = -11  rt.prio = 88 } flags = [ ifexists nofail ] }
    { name = libpipewire-module-protocol-native }
    { name = libpipewire-module-metadata }
    { name = libpipewire-module-spa-node-factory }
    { name = libpipewire-module-client-node }
    { name = libpipewire-module-access args = {} }
    { name = libpipewire-module-adapter }
    { name = libpipewire-module-link-factory }
    { name = libpipewire-module-session-manager }
]
context.objects = [
    { factory = spa-node-factory args = {
        factory.name = support.node.driver  node.name = Dummy-Driver  node.group = pipewire.dummy
        priority.driver = 20000 } }
    { factory = adapter args = {
        factory.name = support.null-audio-sink  node.name = nullout  node.description = nullout
        media.class = Audio/Sink  audio.position = [ FL FR ]  audio.rate = 44100  object.linger = true } }
]
"""


class Server:
    """One kind of server. `output` is the name that the window chooses, "" the system's own."""

    name = ""
    programs: tuple[str, ...] = ()
    alsa = "pcm.!default { type hw card 99 }\nctl.!default { type null }\n"  # what ALSA offers beside it: nothing
    output = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        (folder / "asound.conf").write_text(self.alsa)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("PULSE_SERVER", "DISPLAY")},
            "XDG_RUNTIME_DIR": str(runtime),
            "HOME": str(folder),
            "MUSICAPP_HOME": str(folder / "home"),
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "JACK_NO_START_SERVER": "1",
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    @classmethod
    def why_not(cls) -> str:
        """What is missing on this machine, empty when it can be tried."""
        missing = [program for program in cls.programs if shutil.which(program) is None]
        return f"not installed: {', '.join(missing)}" if missing else ""

    def commands(self) -> list[list[str]]:
        """What is started, one after the other."""
        return []

    def is_ready(self) -> bool:
        """Whether it can be played to."""
        return True

    def start(self) -> float:
        """Start it; the time at which it could be played to."""
        for command in self.commands():
            self._processes.append(self._run(command))
            time.sleep(0.1)
        sound_devices.wait_until(self.is_ready, f"{self.name} did not start")
        return time.monotonic()

    def end(self, by: signal.Signals) -> None:
        """End it as it was told to, and all that hangs on it."""
        for process in self._processes:
            process.send_signal(by)
            by = signal.SIGKILL
        for process in self._processes:
            process.wait(10)
        self._processes.clear()

    @contextlib.contextmanager
    def recording(self, seconds: float) -> Iterator[None]:
        """Record what its output plays while the block runs, of at most so many seconds."""
        with self._run(self.record_command(seconds)) as recorder:
            try:
                time.sleep(1.0)
                yield
                time.sleep(0.5)
            finally:
                recorder.send_signal(signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    recorder.wait(5)
                recorder.kill()

    def record_command(self, seconds: float) -> list[str]:
        """A program that records to `heard`."""
        raise NotImplementedError

    @property
    def heard(self) -> Path:
        """What was recorded."""
        return self.folder / "heard.wav"

    def read(self) -> np.ndarray:
        """What was recorded, `(frames, 2)` float32."""
        return soundfile.read(self.heard, dtype="float32", always_2d=True)[0]

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _says(self, command: list[str], word: str = "") -> bool:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=10)
        return done.returncode == 0 and word in done.stdout


class PulseAudio(Server):
    """Through ALSA's plug-in for it."""

    name, programs = "PulseAudio", ("pulseaudio", "pactl", "parec")
    alsa = 'pcm_type.pulse { lib "libasound_module_pcm_pulse.so" }\npcm.!default { type pulse }\n' + CONTROL

    def commands(self) -> list[list[str]]:
        (self.folder / "server.pa").write_text(PULSE)
        return [["pulseaudio", "-n", "-F", str(self.folder / "server.pa"), "--daemonize=no", "--exit-idle-time=-1"]]

    def is_ready(self) -> bool:
        return self._says(["pactl", "list", "short", "sinks"], "nullout")

    def record_command(self, seconds: float) -> list[str]:
        how = ["--format=float32le", f"--rate={RATE}", "--channels=2", "--file-format=wav", "--latency-msec=200"]
        return ["parec", "-d", "nullout.monitor", *how, str(self.heard)]


class Jack(Server):
    """Through PortAudio's own interface for it."""

    name, programs, output = "JACK", ("jackd", "jack_lsp", "jack_rec"), "system"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server = f"musicapp-{os.getpid()}"
        self.environment["JACK_DEFAULT_SERVER"] = self._server

    def commands(self) -> list[list[str]]:
        return [["jackd", "-n", self._server, "-d", "dummy", "-r", str(RATE), "-p", "256"]]

    def is_ready(self) -> bool:
        return self._says(["jack_lsp"], "playback_2")

    def record_command(self, seconds: float) -> list[str]:
        listed = subprocess.run(["jack_lsp"], env=self.environment, capture_output=True, text=True, check=True).stdout
        ports = [port for port in listed.split("\n") if "out" in port and not port.startswith("system")][:2]
        length = ["-d", str(int(seconds) + 3)]
        return ["jack_rec", "-f", str(self.heard), *length, "-b", "32", "-B", "262144", *ports]


class JackThroughAlsa(Jack):
    """Through ALSA's plug-in for JACK."""

    name, output = "JACK through ALSA", "jack"
    alsa = """
pcm_type.jack { lib "libasound_module_pcm_jack.so" }
pcm.jack {
    type plug
    slave.pcm { type jack  playback_ports { 0 system:playback_1  1 system:playback_2 } }
    hint { show on  description "JACK" }
}
pcm.!default { type hw card 99 }
ctl.!default { type null }
"""


class PipeWire(Server):
    """Through ALSA's plug-in for it."""

    name, programs = "PipeWire", ("pipewire", "wireplumber", "dbus-run-session", "pw-cli", "pw-record", "wpctl")
    alsa = 'pcm_type.pipewire { lib "libasound_module_pcm_pipewire.so" }\npcm.!default { type pipewire }\n' + CONTROL

    @classmethod
    def why_not(cls) -> str:
        plugin = any((folder / "alsa-lib/libasound_module_pcm_pipewire.so").exists() for folder in LIBRARIES)
        return super().why_not() or ("" if plugin else "not installed: pipewire-alsa")

    def commands(self) -> list[list[str]]:
        (self.folder / "pipewire.conf").write_text(PIPEWIRE)
        return [["pipewire", "-c", str(self.folder / "pipewire.conf")], ["dbus-run-session", "--", "wireplumber"]]

    def is_ready(self) -> bool:
        return self._says(["wpctl", "status"], "WirePlumber") and self._says(
            ["wpctl", "inspect", "@DEFAULT_AUDIO_SINK@"]
        )

    def record_command(self, seconds: float) -> list[str]:
        how = ["--format", "f32", "--rate", str(RATE), "--channels", "2", "-P", "{ stream.capture.sink=true }"]
        return ["pw-record", *how, "--target", "nullout", str(self.heard)]


class PipeWireAsJack(PipeWire):
    """Through its own library in the place of JACK's."""

    name, output, alsa = "PipeWire as JACK", "nullout", Server.alsa

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment["LD_LIBRARY_PATH"] = str(self._library())

    @classmethod
    def why_not(cls) -> str:
        return super().why_not() or ("" if cls._library() else "not installed: pipewire-jack")

    @classmethod
    def _library(cls) -> Path | None:
        folders = [folder / "pipewire-0.3/jack" for folder in LIBRARIES]
        return next((folder for folder in folders if (folder / "libjack.so.0").exists()), None)


SERVERS: list[type[Server]] = [PulseAudio, Jack, JackThroughAlsa, PipeWire, PipeWireAsJack]
