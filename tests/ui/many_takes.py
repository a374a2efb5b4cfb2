"""Forty takes by real keys: `python -m tests.ui.many_takes`, prints what happened, ends with 0 if all is well.

The real program in a window of a virtual screen (Xvfb, openbox, xdotool), the real engine, a small model with random
weights. Forty prompts are typed and queued, moved by keys and by the mouse, some are cancelled, one is made next; then
the queue goes on, and the takes must have come in the order that the window showed. One is searched, tagged, thrown
away and brought back.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from musicapp.library import takes
from tests.sound_devices import ROOT
from tests.tiny_model import write_tiny_model

COUNT, DURATION_S = 40, 4.0
STEPS = 250  # so many that the first take outlasts the typing on a quick machine with nothing else to do
SIZE = "1440x900x24"
PATIENCE_S = 240.0
TOOLS = ("Xvfb", "openbox", "xdotool")


class Desk:
    """A screen, the program on it, and its keyboard and mouse."""

    def __init__(self, home: Path) -> None:
        reader, writer = os.pipe()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SIZE, "-nolisten", "tcp"]
        self._server = subprocess.Popen(command, pass_fds=[writer], **quiet)  # type: ignore[call-overload]
        os.close(writer)
        with os.fdopen(reader) as answer:
            display = f":{answer.readline().strip()}"
        self._environment = {**os.environ, "DISPLAY": display, "MUSICAPP_HOME": str(home), "QT_QPA_PLATFORM": "xcb"}
        self._manager = subprocess.Popen(["openbox"], env=self._environment, **quiet)  # type: ignore[call-overload]
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.placed_window", str(home / "places.json")],
            cwd=ROOT,
            env=self._environment,
            **quiet,  # type: ignore[call-overload]
        )
        self.home = home

    def xdotool(self, *words: str) -> str:
        done = subprocess.run(["xdotool", *words], env=self._environment, capture_output=True, text=True)
        return done.stdout.strip()

    def key(self, *names: str) -> None:
        self.xdotool("key", "--delay", "20", *names)

    def window(self) -> str:
        return self.xdotool("search", "--onlyvisible", "--name", "Musicapp$").split("\n")[0]

    def place(self, name: str) -> tuple[int, int]:
        """The middle of a control on the screen, as it is by now."""
        time.sleep(0.5)
        x, y = json.loads((self.home / "places.json").read_text())[name]
        return x, y

    def click(self, name: str, times: int = 1) -> None:
        """The left button on a control."""
        x, y = self.place(name)
        self.xdotool("mousemove", str(x), str(y), "click", "--repeat", str(times), "--delay", "60", "1")

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """The left button down at one place of the screen and up at another."""
        self.xdotool("mousemove", *map(str, start), "mousedown", "1")
        for part in range(1, 11):
            now = [round(a + (b - a) * part / 10) for a, b in zip(start, end, strict=True)]
            self.xdotool("mousemove", *map(str, now))
            time.sleep(0.03)
        time.sleep(0.3)
        self.xdotool("mouseup", "1")

    def queue(self) -> list[str]:
        """What waits, by the file that a crash would leave."""
        file = self.home / "data" / "queue.json"
        if not file.exists():
            return []
        entries = json.loads(file.read_text())["takes"]
        return [entry["request"]["prompt"] for entry in entries if entry["state"] == "waiting"]

    def made(self) -> list[str]:
        """What is made, oldest first."""
        folder = self.home / "takes"
        found = takes.list_takes(folder) if folder.is_dir() else []
        return [take.request.prompt for take in reversed(found) if take.path.with_suffix(".json").exists()]

    def tags(self, prompt: str) -> list[str]:
        """Of the take of this prompt, [] without one."""
        found = takes.list_takes(self.home / "takes")
        return next((list(take.tags) for take in found if take.request.prompt == prompt), [])

    def wait(self, what: str, ready: Callable[[], object]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > end_s or self.program.poll() is not None:
                raise AssertionError(f"no {what}; queue {self.queue()}, made {self.made()}")
            time.sleep(0.05)

    def close(self) -> None:
        for process in (self.program, self._manager, self._server):
            process.terminate()
            process.wait(30)


def sit_down(desk: Desk) -> None:
    """The whole visit."""
    desk.wait("window", desk.window)
    time.sleep(2.0)  # the window manager hands over the focus
    desk.key("ctrl+shift+p")  # a first take is made at once all the same; it is long, and the others wait
    prompts = [f"song number {number}" for number in range(COUNT)]
    began_s = time.monotonic()
    for number, prompt in enumerate(prompts):
        desk.key("ctrl+p", "ctrl+a")
        desk.xdotool("type", "--delay", "4", prompt)
        desk.key("ctrl+Return")
        if number == 0:
            desk.click("length", 3)
            desk.xdotool("type", f"{DURATION_S:g}")
            desk.key("Return")
    desk.wait("queue of all", lambda: desk.queue() == prompts[1:])
    expected = prompts[1:]
    print(f"{COUNT} prompts typed and queued in {time.monotonic() - began_s:.1f} s")

    desk.key("ctrl+shift+t", "End", "alt+Home")
    expected.insert(0, expected.pop())
    desk.wait("last one made next", lambda: desk.queue() == expected)
    desk.key("Home", "Down", "Down", "alt+Down", "alt+Down")
    expected.insert(3, expected.pop(1))
    desk.wait("one moved by keys", lambda: desk.queue() == expected)
    desk.key("Home", "Down", "Delete", "End", "Delete")
    expected = expected[1:-1]
    desk.wait("two cancelled", lambda: desk.queue() == expected)
    desk.key("Home")
    top, dragged = desk.place("queue 1"), desk.place("queue 4")
    desk.drag(dragged, (top[0], top[1] - 12))
    expected.insert(0, expected.pop(3))
    desk.wait("one dragged to the top", lambda: desk.queue() == expected)
    print("moved by keys and by the mouse, two cancelled")

    desk.click("generate")  # the long one is given up; what can be heard of it is offered, and let go
    desk.wait("end of the first take", lambda: not (desk.home / "data" / "queue.json").read_text().count("making"))
    desk.key("ctrl+p", "ctrl+a")
    desk.xdotool("type", "--delay", "4", "at once")
    desk.key("ctrl+Return")  # paused: made at once
    desk.wait("take at once", lambda: "at once" in desk.made())
    began_s = time.monotonic()
    desk.key("ctrl+shift+p")
    time.sleep(0.5)
    desk.key("ctrl+p", "ctrl+a")
    desk.xdotool("type", "--delay", "4", "before all others")
    desk.key("ctrl+shift+Return")
    desk.wait("end of the queue", lambda: set(desk.made()) >= {*expected, "before all others"})
    print(f"{len(expected) + 1} takes made in {time.monotonic() - began_s:.1f} s")
    made = [prompt for prompt in desk.made() if prompt not in ("at once", prompts[0])]
    place = made.index("before all others")
    assert made[:place] + made[place + 1 :] == expected, made
    assert place < len(expected) - 1, "it was put behind the others"
    tidy(desk)
    desk.key("ctrl+q")
    assert desk.program.wait(60) == 0


def tidy(desk: Desk) -> None:
    """Search one, tag it, find it by its tag, throw it away, and have it back."""
    desk.key("ctrl+f", "ctrl+a")
    desk.xdotool("type", "--delay", "20", "before all")
    time.sleep(1.0)  # the search follows the last key
    desk.key("ctrl+t", "ctrl+a", "t")
    time.sleep(0.7)
    desk.xdotool("type", "--delay", "20", "keeper")
    desk.key("Return")
    desk.wait("tag", lambda: desk.tags("before all others") == ["keeper"])
    desk.key("ctrl+f", "ctrl+a")
    desk.xdotool("type", "--delay", "20", "keeper")
    time.sleep(1.0)
    others = set(desk.made()) - {"before all others"}
    desk.key("ctrl+t", "ctrl+a", "Delete")
    desk.wait("one in the trash", lambda: set(desk.made()) == others)
    desk.key("ctrl+z")
    desk.wait("it is back", lambda: desk.tags("before all others") == ["keeper"])
    print("searched, tagged, found by its tag, thrown away and brought back")


def main() -> int:
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        print(f"not tried: {', '.join(missing)} not installed")
        return 2
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        model = write_tiny_model(home / "models" / "tiny", text_encoder="none", max_duration_s=300)
        choices = {"model": str(model), "device": "cpu", "precision": "fp32", "duration_s": 285.0}
        (home / "settings.json").write_text(json.dumps({**choices, "auto_play": "off", "steps": STEPS}))
        desk = Desk(home)
        try:
            sit_down(desk)
        except AssertionError as error:
            print(f"FAILED: {error}")
            return 1
        finally:
            desk.close()
    print("all is well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
