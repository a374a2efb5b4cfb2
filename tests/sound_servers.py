"""Sound servers that end and come back while the window plays: `python -m tests.sound_servers [NAME ...] [--ends 20]`.

For each server that is installed here (PulseAudio, JACK, JACK through ALSA, PipeWire, PipeWire as JACK; and ALSA alone,
which has no server), in a window without a screen:
recorded   a take of ten seconds recorded at the server, once at rest and once while a thread of the window's process
           computes in Python without a pause: the worst difference from the file, and how often the card ran dry
ends       the server is ended so many times while a take plays, by SIGTERM and SIGKILL by turns, for 0 to 2 seconds;
           from the moment at which it can be played to again, how long until the take plays on (median, worst)
window     its longest pause between two of its ticks of 20 ms while servers end, what it wrote to stderr, its exit code
Prints a table; the exit code is 1 when a recording differs, the sound came back later than 2 s, or the window ended.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from musicapp.audio import wave_io
from tests import sound_devices
from tests.real_servers import RATE, SERVERS, Server

SECONDS = 10.0
RAMP = 200  # frames at the start that fade in
BACK_S = 2.0
PAUSES_S = (0.0, 0.3, 1.0, 2.0)
TOLERANCE = 1e-6
COLUMNS = (
    "server",
    "worst difference: at rest / busy",
    "ran dry",
    "ends",
    "plays on after: median / worst",
    "longest pause of the window",
    "bytes on stderr",
    "exit code",
    "",
)


class Window:
    """A window process and the last of what it told."""

    def __init__(self, environment: dict[str, str], output: str, seconds: float, complaints: Path) -> None:
        self.states: list[dict[str, Any]] = []
        self._complaints = complaints
        with complaints.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from tests.ui.sound_window import main; main()", output, str(seconds)],
                env={**environment, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(sound_devices.ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.states.append(json.loads(line))

    @property
    def now(self) -> dict[str, Any]:
        return self.states[-1]

    def say(self, *words: str) -> None:
        """Let it obey, and show that it did."""
        assert self.process.stdin is not None
        for word in words:
            self.process.stdin.write(f"{word}\n")
            self.process.stdin.flush()
            self.wait_for_states(3, f"no answer to {word}")

    def wait(self, is_true: Callable[[], object], what: str, timeout_s: float = 30) -> None:
        end = time.monotonic() + timeout_s
        while not (self.states and is_true()):
            if time.monotonic() > end or self.process.poll() is not None:
                last = self.states[-1] if self.states else {}
                raise TimeoutError(f"{what}; exit code {self.process.poll()}, last {last}")
            time.sleep(0.01)

    def wait_for_states(self, count: int, what: str) -> None:
        """As many more as it tells."""
        told = len(self.states)
        self.wait(lambda: len(self.states) >= told + count, what)

    def wait_until_it_plays(self, after_s: float) -> None:
        """The take goes on after a moment."""
        self.wait(lambda: self.plays_on_at(after_s), "it does not play")

    def plays_on_at(self, after_s: float) -> float:
        """When, after a moment, the take was first heard to go on."""
        states = [state for state in self.states if state["time"] > after_s]
        for before, state in itertools.pairwise(states):
            if state["position"] != before["position"] and not state["is_waiting"] and state["level"] > 0:
                return float(state["time"])
        return 0.0

    def longest_pause_s(self, after_s: float) -> float:
        """Between two states that it told after a moment."""
        times = [state["time"] for state in self.states if state["time"] > after_s]
        return max((b - a for a, b in itertools.pairwise(times)), default=0.0)

    def end(self) -> int:
        """Quit; the exit code, and the size of what was written to stderr."""
        if self.process.poll() is None:
            self.say("idle")
            assert self.process.stdin is not None
            self.process.stdin.close()
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._thread.join()
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    @property
    def complained_bytes(self) -> int:
        return self._complaints.stat().st_size


@dataclass
class Row:
    """What was found with one server."""

    name: str
    differences: list[float] = field(default_factory=list)  # at rest, busy; inf: not found
    dry: list[int] = field(default_factory=list)
    back_s: list[float] = field(default_factory=list)
    untrue: int = 0  # ends of which the window said nothing, or sentences that stayed
    pause_s: float = 0.0
    complained_bytes: int = 0
    exit_code: int | None = None
    trouble: str = ""

    @property
    def is_good(self) -> bool:
        return (
            not self.trouble
            and all(difference <= TOLERANCE for difference in self.differences)
            and all(back_s <= BACK_S for back_s in self.back_s)
            and not self.untrue
            and self.exit_code == 0
            and self.complained_bytes < 1_000_000
        )

    def __str__(self) -> str:
        def shown(values: list[float]) -> str:
            return " / ".join("lost" if value == np.inf else f"{value:.1e}" for value in values) or "-"

        back = f"{statistics.median(self.back_s):.2f} / {max(self.back_s):.2f} s" if self.back_s else "-"
        dry = " / ".join(map(str, self.dry)) or "-"
        pause = f"{self.pause_s * 1000:.0f} ms" if self.pause_s else "-"
        cells = [self.name, shown(self.differences), dry, f"{len(self.back_s)}", back, pause]
        cells += [f"{self.complained_bytes}", f"{self.exit_code}", "good" if self.is_good else f"BAD {self.trouble}"]
        return "| " + " | ".join(cells) + " |"


def difference(take: np.ndarray, heard: np.ndarray) -> float:
    """The worst difference of what was heard from the take behind its ramp; infinite when it is not there whole."""
    wanted = take[RAMP:]
    # The loudest frame of the start is rare in the recording, so few places have to be compared.
    loudest = int(np.abs(wanted[:RATE, 0]).argmax())
    places = np.flatnonzero(np.abs(heard[:, 0] - wanted[loudest, 0]) <= TOLERANCE) - loudest
    worst = np.inf
    for first in places[(places >= 0) & (places + len(wanted) <= len(heard))]:
        worst = min(worst, float(np.abs(heard[first : first + len(wanted)] - wanted).max()))
    return worst if worst <= TOLERANCE else np.inf


def try_recording(row: Row, server: Server, window: Window) -> None:
    """Play the take from its start to its end, once at rest and once busy."""
    take, _ = wave_io.read(Path(window.now["path"]))
    for is_busy in (False, True):
        window.say("play", *(["busy"] if is_busy else []))  # so that the ports to record from are there
        window.wait(lambda: window.now["position"] > RATE // 10, "it does not play")
        with server.recording(SECONDS + 6):
            dry = window.now["underflows"]
            window.say("stop", "play")  # at once: PortAudio takes recorders off the ports of a stream that ends
            window.wait(lambda: window.now["position"] > RATE, "it does not play")
            window.wait(lambda: not window.now["is_playing"], "it does not end")
        window.say("idle", "stop")
        row.dry.append(window.now["underflows"] - dry)
        row.differences.append(difference(take, server.read()))


def try_ends(row: Row, server: Server, window: Window, ends: int) -> None:
    """End the server again and again while the take plays in a loop."""
    began_s = time.monotonic()
    window.say("loop", "play")
    for number in range(ends):
        window.wait_until_it_plays(time.monotonic())
        time.sleep(2.0)
        server.end(signal.SIGTERM if number % 2 else signal.SIGKILL)
        ended = time.monotonic()
        time.sleep(PAUSES_S[number % len(PAUSES_S)])
        ready = server.start()

        def plays_on(ready: float = ready) -> bool:
            now = window.now
            return not now["message"] and not now["is_waiting"] and window.plays_on_at(ready) > 0

        window.wait(plays_on, "silent", 15)
        said = [state["message"] for state in window.states if state["time"] > ended]
        row.untrue += not any("went away" in message for message in said) or bool(said[-1])
        row.back_s.append(window.plays_on_at(ready) - ready)
    row.pause_s = window.longest_pause_s(began_s)


def try_server(kind: type[Server], ends: int) -> Row:
    """One row of the table."""
    row = Row(kind.name)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = kind(folder)
        server.start()
        window = Window(server.environment, server.output, SECONDS, folder / "complaints.txt")
        try:
            window.wait(lambda: window.now["path"] and window.now["outputs"], "no take or no output")
            if server.output and server.output not in window.now["outputs"]:
                raise TimeoutError(f"the output {server.output} is not among {window.now['outputs']}")
            try_recording(row, server, window)
            try_ends(row, server, window, ends)
        except (TimeoutError, AssertionError, OSError) as error:
            row.trouble = f"{type(error).__name__} {error}"
        row.exit_code = window.end()
        row.complained_bytes = window.complained_bytes
        server.end(signal.SIGTERM)
    return row


def try_alsa() -> Row:
    """ALSA's own device for files: it keeps no time and has no server, so the sound process is what ends."""
    row = Row("ALSA")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment, recording = sound_devices.alsa_file_environment(folder, rate=RATE)
        window = Window({**environment, "MUSICAPP_HOME": str(folder / "home")}, "", SECONDS, folder / "complaints.txt")
        try:
            window.wait(lambda: window.now["path"] and window.now["outputs"], "no take or no output")
            take, _ = wave_io.read(Path(window.now["path"]))
            for is_busy in (False, True):
                window.say(*(["busy"] if is_busy else []), "stop")
                os.truncate(recording, 0) if recording.exists() else None
                dry = window.now["underflows"]
                window.say("play")
                window.wait(lambda: not window.now["is_playing"], "it does not end")
                window.say("idle", "stop")
                row.dry.append(window.now["underflows"] - dry)
                row.differences.append(difference(take, sound_devices.read_recording(recording)))
        except (TimeoutError, AssertionError, OSError) as error:
            row.trouble = f"{type(error).__name__} {error}"
        row.exit_code = window.end()
        row.complained_bytes = window.complained_bytes
    return row


def main() -> int:
    """Try the servers that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="of servers; none: all")
    parser.add_argument("--ends", type=int, default=20)
    options = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
    rows = []
    if not options.names or "ALSA" in options.names:
        rows.append(try_alsa())
        print(rows[-1], flush=True)
    for kind in SERVERS:
        if options.names and kind.name not in options.names:
            continue
        if reason := kind.why_not():
            print(f"| {kind.name} | {reason} |")
            continue
        rows.append(try_server(kind, options.ends))
        print(rows[-1], flush=True)
    return 0 if all(row.is_good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
