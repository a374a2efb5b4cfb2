"""Starts a window to be tried (`sitting`), gives it orders, hears what it showed, and looks at the disk afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import soundfile

from musicapp.library import takes

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0
GONE_S = 30.0  # that an engine may take to notice that its window is gone, on a busy machine
SAVED_S = 1.5  # after which what was typed is on the disk: the pause of the autosave, and a busy disk
Fact = dict[str, Any]


class Failed(AssertionError):  # noqa: N818 - the name in the table
    """Something did not come that had to."""


@dataclass
class Home:
    """A user's folders. `saved` and `exported` are what any window here has shown as done, by path.

    seed  of the moments and actions that are drawn
    """

    folder: Path
    model: Path
    seed: int = 0
    saved: dict[str, int] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def takes(self) -> Path:
        return self.folder / "takes"

    @property
    def exports(self) -> Path:
        return self.folder / "exports"

    def processes(self) -> list[psutil.Process]:
        """Every process that works in this home."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("MUSICAPP_HOME") == str(self.folder)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


class Sitting:
    """One window process and all that it has told so far."""

    def __init__(self, home: Home, **environment: str) -> None:
        home.exports.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.facts: list[Fact] = []
        self._news = threading.Condition()
        self.errors = (home.folder.parent / f"{home.folder.name}-errors.txt").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sitting", str(home.model), str(home.exports)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env={
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "OMP_NUM_THREADS": "1",
                "SITTING_SILENT": "no sound here",
                "MUSICAPP_HOME": str(home.folder),
                **home.environment,
                **environment,
            },
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def do(self, what: str, **words: object) -> None:
        """Give an order; it is done when the window comes to it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": what, **words}).encode() + b"\n")
        self.process.stdin.flush()

    def wait(self, what: str, *, after: int = 0, patience_s: float = PATIENCE_S, **like: object) -> Fact:
        """The first fact of a kind behind the first `after` facts. Raises Failed when it does not come."""
        end_s = time.monotonic() + patience_s
        with self._news:
            while True:
                for fact in self.facts[after:]:
                    if fact["what"] == what and all(fact.get(name) == value for name, value in like.items()):
                        return fact
                left_s = end_s - time.monotonic()
                if left_s <= 0 or self._is_over():
                    said = [fact["text"] for fact in self.facts if fact["what"] == "said"]
                    shown = f"“{said[-1]}”" if said else "nothing"
                    raise Failed(f"“{what}” did not come; said was {shown}, exit code {self.process.poll()}")
                self._news.wait(min(left_s, 1.0))

    def all(self, what: str) -> list[Fact]:
        """Every fact of a kind so far."""
        with self._news:
            return [fact for fact in self.facts if fact["what"] == what]

    @property
    def said(self) -> str:
        """The last message that was shown."""
        said = self.all("said")
        return str(said[-1]["text"]) if said else "nothing"

    def engine(self) -> int:
        """The process of the engine that was told last."""
        with self._news:
            pids = [fact["engine"] for fact in self.facts if fact.get("engine")]
        return int(pids[-1])

    def kill(self) -> None:
        """Kill -9, unless it has ended, and take in what it had said before."""
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def quit(self, patience_s: float = PATIENCE_S) -> int:
        """Close the window as a person does; its exit code."""
        self.do("quit")
        try:
            code = self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed("the window did not close") from None
        finally:
            self._end()
        return code

    def _end(self) -> None:
        self.process.wait()
        self._reader.join(10)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdout.close()
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.errors.close()

    def _is_over(self) -> bool:
        return self.process.poll() is not None and not self._reader.is_alive()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                fact = json.loads(line)
            except ValueError:  # cut by the kill
                continue
            if fact["what"] == "saved":
                self.home.saved[fact["path"]] = fact["frames"]
            elif fact["what"] == "exported":
                self.home.exported.add(fact["path"])
            with self._news:
                self.facts.append(fact)
                self._news.notify_all()


@contextmanager
def sitting(home: Home, **environment: str) -> Iterator[Sitting]:
    """A window that is ready; it and whatever it started is ended with the block."""
    window = Sitting(home, **environment)
    try:
        window.wait("ready")
        yield window
    finally:
        if window.process.poll() is None:
            window.kill()
        for process in home.processes():
            process.kill()


def losses(home: Home) -> list[str]:
    """What of that which was shown as saved or exported is not whole on the disk, and what is half there."""
    found = takes.survey(home.takes)
    listed = {str(take.path): take.frames for take in found.takes if take.is_finished}
    lost = [f"take {Path(path).name} is not listed" for path in home.saved if path not in listed]
    lost += [f"{unreadable.path.name}: {unreadable.reason}" for unreadable in found.unreadable]
    for path, frames in home.saved.items():
        if path in listed and not _has(Path(path), frames):
            lost.append(f"take {Path(path).name} is not whole")
    lost += [f"export {Path(path).name} is not whole" for path in home.exported if not _has(Path(path), None)]
    lost += [
        f"{path.name} has no sound" for path in home.takes.rglob("*.json") if not path.with_suffix(".wav").exists()
    ]
    try:
        json.loads((home.folder / "settings.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        pass
    except ValueError as error:
        lost.append(f"settings.json: {error}")
    lost += [f"{path.name} was put aside" for path in home.folder.glob("*.bad*")]
    return lost


def leftovers(home: Home) -> list[str]:
    """What nobody writes any more and nobody needs: parts of files, and locks beside takes."""
    names = (path for path in home.folder.rglob(".*") if ".part" in path.name or path.name.endswith(".making"))
    return [path.relative_to(home.folder).as_posix() for path in names]


def typed_is_saved(window: Sitting, killed_s: float) -> list[str]:
    """Whether the prompt in the settings is what was typed last, or since the last moment when it must be saved."""
    typed = window.all("typed")
    due = [fact for fact in typed if fact["at"] < killed_s - SAVED_S]
    if not due:
        return []
    allowed = {fact["text"] for fact in typed if fact["at"] >= due[-1]["at"]}
    saved = json.loads((window.home.folder / "settings.json").read_text(encoding="utf-8")).get("prompt")
    return [] if saved in allowed else [f"typed “{due[-1]['text'][:40]}” is gone, saved is “{str(saved)[:40]}”"]


def heard_without_end(window: Sitting) -> list[Fact]:
    """The takes that could be heard and were neither saved nor given up when the window was lost."""
    heard: list[Fact] = []
    for fact in window.facts:
        if fact["what"] == "heard":
            heard.append(fact)
        elif fact["what"] in ("ended", "saved"):
            heard.clear()
    return heard


def wait_until(what: str, is_true: Callable[[], object], patience_s: float = GONE_S) -> None:
    """Raises Failed when something does not become true."""
    end_s = time.monotonic() + patience_s
    while not is_true():
        if time.monotonic() > end_s:
            raise Failed(what)
        time.sleep(0.05)


def _has(path: Path, frames: int | None) -> bool:
    try:
        audio, _ = soundfile.read(path, dtype="float32")
    except (OSError, soundfile.LibsndfileError):
        return False
    return len(audio) == frames if frames is not None else len(audio) > 0
