"""The engine's process: its events, its death, its parent's death, and how fast it gives up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from musicapp import part_files, paths
from musicapp.engine.events import (
    AudioChunk,
    Cancelled,
    DevicesFound,
    EngineLost,
    EngineReady,
    Failed,
    Finished,
    ModelFailed,
    ModelLoaded,
    ModelLoading,
    Preview,
    Progress,
    Queued,
    Started,
    TakeEvent,
)
from musicapp.engine.host import EngineHost
from musicapp.request import TakeRequest
from tests.engine.conftest import CLOSING, Listener


def take(model: Path, take_id: str, **changes: object) -> TakeRequest:
    values = {"prompt": "piano", "duration_s": 3.0, "seed": 7, "precision": "fp32", **changes}
    return TakeRequest(take_id=take_id, model=str(model), **values)  # type: ignore[arg-type]


def test_two_takes_their_events_and_a_cancel_while_waiting(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path
) -> None:
    host.start()
    host.load(str(wordless), precision="fp32")
    for name in ("one", "two", "three"):
        host.generate(take(wordless, name), tmp_path / "new" / f"{name}.wav")
    listener.wait(Queued, take_id="three")
    host.cancel("two")
    listener.wait(Finished, take_id="three")
    kinds = [type(event) for event in listener.all if not isinstance(event, TakeEvent)]
    assert kinds == [EngineReady, DevicesFound, ModelLoading, ModelLoaded]
    of_one = [type(e) for e in listener.all if isinstance(e, TakeEvent) and e.take_id == "one"]
    assert of_one[:2] == [Queued, Started] and of_one[-1] is Finished and {Progress, AudioChunk} <= set(of_one)
    assert [type(e) for e in listener.all if isinstance(e, TakeEvent) and e.take_id == "two"] == [Queued, Cancelled]
    assert [event.ahead for event in listener.all if isinstance(event, Queued)] == [0, 1, 2]
    one, three = (tmp_path / "new" / f"{name}.wav" for name in ("one", "three"))
    assert one.read_bytes() == three.read_bytes() and not (tmp_path / "new" / "two.wav").exists()


def test_who_listens_hears_a_take_form_at_the_place_that_was_named(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path
) -> None:
    host.listen("one", 0)  # of which nobody knows
    host.generate(take(wordless, "one", steps=150, duration_s=40.0), tmp_path / "one.wav")
    listener.wait(Started)
    host.listen("one", 20 * 44100)
    heard = listener.wait(Preview, take_id="one")
    assert isinstance(heard, Preview)
    seconds = len(heard.samples) / 8 / 44100
    assert 18 * 44100 < heard.first_frame <= 20 * 44100 and 1.5 <= seconds <= 6.1
    host.cancel("one")
    listener.wait(Cancelled)


def test_killed_engine_closes_its_takes_and_the_next_request_starts_another(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "one.wav", tmp_path / "two.wav"
    host.generate(take(wordless, "one", steps=1000, duration_s=60.0), first)
    host.generate(take(wordless, "two"), second)
    listener.wait(Started)
    killed = host.pid
    assert killed is not None and first.exists()
    os.kill(killed, signal.SIGKILL)
    lost = listener.wait(EngineLost)
    assert isinstance(lost, EngineLost) and lost.exit_code == -signal.SIGKILL and lost.message and lost.hint
    for take_id in ("one", "two"):
        (closing,) = listener.closings(take_id)
        assert isinstance(closing, Failed) and closing.message and closing.hint
    assert not first.exists() and not host.is_alive and host.pid is None
    left = part_files.beside(paths.data_folder() / "pace.json")
    left = left.with_name(left.name.replace(f"-{os.getpid()}-", f"-{killed}-"))
    paths.data_folder().mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"{")  # half of what it would have written
    host.generate(take(wordless, "three"), tmp_path / "three.wav")
    assert isinstance(listener.wait(*CLOSING, take_id="three"), Finished) and host.pid != killed
    assert not left.exists()


def test_cancel_is_answered_at_once_wherever_the_engine_is(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path
) -> None:
    """Loading, before the first step, between steps, and decoding; then what fails; and the engine goes on living."""
    waited_s: dict[str, float] = {}

    def cancel_at(name: str, kind: type, phase: str, changes: dict[str, object]) -> None:
        path = tmp_path / f"{name}.wav"
        host.generate(take(wordless, name, duration_s=285.0, **changes), path)
        while True:
            event = listener.wait(kind, take_id=name)
            if not isinstance(event, Progress) or event.phase == phase:
                break
        began = time.monotonic()
        host.cancel(name)
        closing = listener.wait(*CLOSING, take_id=name)
        waited_s[name] = time.monotonic() - began
        assert isinstance(closing, Cancelled) and not path.exists(), name

    cancel_at("loading", ModelLoading, "", {"steps": 200})
    cancel_at("first", Started, "", {"steps": 200})
    cancel_at("middle", Progress, "denoising", {"steps": 200})
    cancel_at("decoding", Progress, "decoding", {"steps": 1})
    assert max(waited_s.values()) < 0.5, waited_s
    assert all(len(listener.closings(name)) == 1 for name in waited_s)

    (tmp_path / "file").write_text("x")
    host.load("no-such-model")
    failed = listener.wait(ModelFailed)
    assert isinstance(failed, ModelFailed) and "no-such-model" in failed.message
    host.generate(take(wordless, "blocked"), tmp_path / "file" / "take.wav")
    host.generate(take(wordless, "endless", duration_s=4000.0), tmp_path / "endless.wav")
    host.generate(take(wordless, "last"), tmp_path / "last.wav")
    for name, words in (("blocked", "could not be written"), ("endless", "at most 5:00")):
        closing = listener.wait(*CLOSING, take_id=name)
        assert isinstance(closing, Failed) and words in closing.message
    assert isinstance(listener.wait(*CLOSING, take_id="last"), Finished)


def test_closing_cancels_what_runs_ends_the_process_and_leaves_a_log(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    host.generate(take(wordless, "one", duration_s=285.0, steps=1000), tmp_path / "one.wav")
    listener.wait(Started)
    pid = host.pid
    assert pid is not None
    host.close()
    assert not psutil.pid_exists(pid) and not (tmp_path / "one.wav").exists()
    assert isinstance(listener.closings("one")[0], Cancelled)
    assert not any(isinstance(event, EngineLost) for event in listener.all)
    host.close()  # again: nothing to do
    assert "loaded" in (home / "logs" / "engine.log").read_text()
    assert capfd.readouterr() == ("", "")


def test_answer_does_not_wait_for_a_child_that_is_busy(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path
) -> None:
    """A stopped process stands for one in a long computation: it hears nothing, and comes back later."""
    path = tmp_path / "one.wav"
    host.generate(take(wordless, "one", duration_s=60.0, steps=1000), path)
    listener.wait(Started)
    assert host.pid is not None
    child = psutil.Process(host.pid)
    child.suspend()
    began = time.monotonic()
    host.cancel("one")
    listener.wait(Cancelled)
    assert time.monotonic() - began < 0.5 and not path.exists()
    child.resume()
    host.generate(take(wordless, "two"), tmp_path / "two.wav")
    assert isinstance(listener.wait(*CLOSING, take_id="two"), Finished)
    after = listener.all[listener.all.index(Cancelled("one")) + 1 :]
    assert not any(isinstance(event, TakeEvent) and event.take_id == "one" for event in after)
    assert [path.name for path in tmp_path.glob("*.wav")] == ["two.wav"]


PARENT = """
import sys, time
from pathlib import Path
from musicapp.engine.host import EngineHost
from musicapp.request import TakeRequest
if __name__ == "__main__":
    host = EngineHost(lambda event: print(type(event).__name__, host.pid, flush=True))
    request = TakeRequest("one", "piano", 285.0, 7, steps=1000, model=sys.argv[1], precision="fp32")
    host.generate(request, Path(sys.argv[2]))
    time.sleep(600)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that kills.")
def test_no_engine_outlives_a_killed_parent(wordless: Path, tmp_path: Path) -> None:
    script, path = tmp_path / "parent.py", tmp_path / "take.wav"
    script.write_text(PARENT)
    words = [sys.executable, str(script), str(wordless), str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = 0
        for line in parent.stdout:
            name, number = line.split()
            pid = int(number)
            if name == "Progress":
                break
        assert psutil.pid_exists(pid) and path.exists()
        parent.kill()
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(pid) and not path.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders.")
@pytest.mark.parametrize("kind", ["no folder", "folders", "pipes", "links to nothing"])
def test_logs_that_cannot_be_written_do_not_stop_the_engine(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path, home: Path, kind: str
) -> None:
    logs = home / "logs"
    if kind == "no folder":
        logs.write_text("in the way")
    else:
        logs.mkdir()
    for name in ("engine-output.log", "engine.log", "engine-crash.log"):
        if kind == "folders":
            (logs / name).mkdir()
        elif kind == "pipes":
            os.mkfifo(logs / name)
        elif kind == "links to nothing":
            (logs / name).symlink_to(home / "away" / name)
    host.generate(take(wordless, "one"), tmp_path / "one.wav")
    assert isinstance(listener.wait(*CLOSING, take_id="one"), Finished)
