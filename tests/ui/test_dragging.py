"""Real drags between two processes under a virtual screen: a file out of the window, and the same file back into it."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.earlier_takes import PROMPTS, fill_library
from tests.sound_devices import ROOT
from tests.ui.foreign_window import TITLE

TOOLS = ("Xvfb", "openbox", "xdotool")
MISSING = [name for name in TOOLS if shutil.which(name) is None]
PATIENCE_S = 40.0
REST_S = 0.6  # for two programs and the window manager to answer each other on a busy machine
RATE = 44100

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"Not all of a virtual screen is installed: {', '.join(MISSING)}."
)


class Program:
    """A process and the lines of JSON that it prints."""

    def __init__(self, module: str, *arguments: str, env: dict[str, str]) -> None:
        command = [sys.executable, "-m", module, *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
        )
        self._lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="lines", daemon=True)
        self._reader.start()
        self.last: dict[str, Any] = {}

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                self._lines.put(json.loads(line))

    def says(self, what: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The next line that this is true of."""
        end_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.last = self._lines.get(timeout=max(end_s - time.monotonic(), 0.01))
            except queue.Empty:
                raise AssertionError(f"it said last: {self.last}") from None
            if what(self.last):
                return self.last

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self._reader.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


class Screen:
    """A virtual screen with our window on the left and another program's on the right."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        reader, writer = os.pipe()
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x900x24", "-nolisten", "tcp"]
        server = subprocess.Popen(command, pass_fds=[writer], **quiet)
        stack.callback(_end, server)
        os.close(writer)
        with os.fdopen(reader) as answer:
            display = f":{answer.readline().strip()}"
        self._env = {**os.environ, "DISPLAY": display, "MUSICAPP_HOME": str(home), "QT_QPA_PLATFORM": "xcb"}
        self._env.pop("QT_SCALE_FACTOR", None)
        manager = subprocess.Popen(["openbox"], env=self._env, **quiet)
        stack.callback(_end, manager)
        self._places = home / "places.json"
        self.ours = Program("tests.ui.dragging_window", str(self._places), env=self._env)
        stack.callback(self.ours.end)
        self.other = Program("tests.ui.foreign_window", env=self._env)
        stack.callback(self.other.end)

    def xdotool(self, *words: str) -> str:
        done = subprocess.run(["xdotool", *words], env=self._env, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def put(self, title: str, x: int, y: int) -> str:
        """Move a window there, as soon as it is seen."""
        end_s = time.monotonic() + PATIENCE_S
        while not (found := self.xdotool("search", "--onlyvisible", "--name", title).split("\n")[0]):
            assert time.monotonic() < end_s, f"there is no window “{title}”"
            time.sleep(0.05)
        self.xdotool("windowmove", "--sync", found, str(x), str(y))
        return found

    def place(self, name: str) -> tuple[int, int]:
        """The middle of one of our controls."""
        end_s = time.monotonic() + PATIENCE_S
        while name not in (places := json.loads(self._places.read_text()) if self._places.exists() else {}):
            assert time.monotonic() < end_s, f"there is no {name}"
            time.sleep(0.05)
        x, y = places[name]
        return x, y

    def middle_of(self, window: str) -> tuple[int, int]:
        told = dict(line.split("=") for line in self.xdotool("getwindowgeometry", "--shell", window).split("\n"))
        return int(told["X"]) + int(told["WIDTH"]) // 2, int(told["Y"]) + int(told["HEIGHT"]) // 2

    def drag(self, start: tuple[int, int], end: tuple[int, int], ready: Callable[[], object] = lambda: True) -> None:
        """The left button down at one place and up at another, there when it is ready."""
        self.xdotool("mousemove", *map(str, start), "mousedown", "1")
        self.xdotool("mousemove", str(start[0] + 8), str(start[1] + 8), "mousemove", str(start[0] + 30), str(start[1]))
        end_s = time.monotonic() + PATIENCE_S
        while not ready() and time.monotonic() < end_s:
            time.sleep(0.02)
        time.sleep(REST_S)
        for part in range(1, 9):
            now = [round(a + (b - a) * part / 8) for a, b in zip(start, end, strict=True)]
            self.xdotool("mousemove", *map(str, now))
            time.sleep(0.05)
        time.sleep(REST_S)
        self.xdotool("mousemove", str(end[0] + 2), str(end[1]), "mouseup", "1")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


@contextmanager
def screen(home: Path) -> Iterator[Screen]:
    with ExitStack() as stack:
        yield Screen(home, stack)


def test_a_file_is_dragged_into_another_process_whole_and_dropped_back_with_its_settings(tmp_path: Path) -> None:
    fill_library(tmp_path / "takes")
    prompt, duration_s, seed, _ = PROMPTS[0]

    def written() -> list[Path]:
        return [path for path in tmp_path.rglob("Handed over/*.wav") if not path.name.startswith(".")]

    with screen(tmp_path) as desk:
        ours, other = desk.ours, desk.other
        window = desk.put("Musicapp$", 0, 0)
        shelf = desk.middle_of(desk.put(TITLE, 1300, 300))
        ours.says(lambda told: told["frames"] == round(duration_s * RATE))  # the newest take, all of it
        time.sleep(1.0)  # the window manager hands over the focus
        desk.drag(desk.place("export_drag"), shelf, lambda: len(written()) == 1)
        got = other.says(lambda told: "dropped" in told)
        path = Path(got["dropped"])
        assert got["frames"] == got["told"] == round(duration_s * RATE) and got["action"] == "CopyAction"
        assert path.parent.name == "Handed over"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == got["sha256"], "it was written on after the drop"

        desk.xdotool("windowactivate", "--sync", window)
        desk.xdotool("key", "--delay", "20", "ctrl+p", "ctrl+a")
        desk.xdotool("type", "--delay", "4", "half written")
        ours.says(lambda told: told["prompt"] == "half written")
        desk.drag(shelf, desk.place("waveform"))
        back = ours.says(lambda told: told["prompt"] == prompt)
        assert (back["duration_s"], back["seed"]) == (duration_s, seed)
        assert other.says(lambda told: "dragged" in told)["dragged"] == "CopyAction"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == got["sha256"]

        ours.tell("44100 88200")
        ours.says(lambda told: told["region"] == [44100, 88200])
        desk.xdotool("windowactivate", "--sync", window)
        desk.xdotool("key", "--delay", "20", "Escape", "Escape")  # leave the prompt, then the message above the handle
        desk.drag(desk.place("export_drag"), shelf, lambda: len(written()) == 2)
        part = other.says(lambda told: "dropped" in told)
        assert part["frames"] == part["told"] == 44100 and part["dropped"] != str(path)
