"""What was heard of a take outlives cancel, a killed engine, a killed window and an engine that stands still."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from musicapp.audio import growing, riff, tags
from musicapp.engine import host as host_module
from musicapp.engine.events import (
    AudioChunk,
    Cancelled,
    EngineAnswers,
    EngineLost,
    EngineSilent,
    Failed,
    Finished,
    ModelLoaded,
    Progress,
    TakeEvent,
)
from musicapp.engine.host import EngineHost
from tests.engine.conftest import CLOSING, Listener
from tests.engine.test_host import take

needs_signal_9 = pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that kills.")
LONG_S = 285.0


def whole_frames(path: Path) -> int:
    """Frames of a WAV that every program opens: its header promises what is there, and libsndfile agrees."""
    layout = riff.read_layout(path)
    assert layout is not None and layout.is_complete
    audio, _ = soundfile.read(path)
    assert len(audio) == layout.frames and np.isfinite(audio).all()
    recalled = tags.recalled(layout.tags, path.stem)
    assert recalled is not None and recalled.request.prompt == "piano"
    return layout.frames


def until_sound(host: EngineHost, listener: Listener, model: Path, path: Path, **changes: object) -> AudioChunk:
    """Start a long take and wait for its first sound."""
    host.generate(take(model, "one", steps=1, duration_s=LONG_S, **changes), path, keep_part=True)
    chunk = listener.wait(AudioChunk, take_id="one")
    assert isinstance(chunk, AudioChunk)
    return chunk


def test_cancel_keeps_what_was_written(host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    until_sound(host, listener, wordless, path)
    host.cancel("one")
    closing = listener.wait(*CLOSING, take_id="one")
    assert isinstance(closing, Cancelled) and closing.kept_frames > 0
    assert growing.wait_until_free(path, 5.0)
    assert whole_frames(path) >= closing.kept_frames
    assert not growing.lock_of(path).exists()


def test_cancel_before_the_first_sound_leaves_nothing(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path
) -> None:
    host.generate(take(wordless, "one", steps=1000, duration_s=LONG_S), tmp_path / "one.wav", keep_part=True)
    listener.wait(Progress)
    host.cancel("one")
    assert listener.wait(*CLOSING, take_id="one") == Cancelled("one", 0)
    host.generate(take(wordless, "two"), tmp_path / "two.wav", keep_part=True)
    assert isinstance(listener.wait(*CLOSING, take_id="two"), Finished)
    assert [found.name for found in tmp_path.glob("*.wav")] == ["two.wav"]


@needs_signal_9
def test_a_killed_engine_leaves_what_was_heard(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.wav"
    until_sound(host, listener, wordless, path)
    assert host.pid is not None
    os.kill(host.pid, signal.SIGKILL)
    closing, lost = listener.wait(*CLOSING, take_id="one"), listener.wait(EngineLost)
    assert isinstance(closing, Failed) and closing.is_lost and closing.kept_frames > 0
    assert isinstance(lost, EngineLost) and lost.message == closing.message
    assert "restart" not in lost.message and "the system" in lost.message
    assert growing.was_left(path)  # nobody writes it any more
    layout = riff.close_gap(path)
    assert layout is not None and whole_frames(path) >= closing.kept_frames


PARENT = """
import sys, time
from pathlib import Path
from musicapp.engine.host import EngineHost
from musicapp.request import TakeRequest
if __name__ == "__main__":
    host = EngineHost(lambda event: print(type(event).__name__, host.pid, flush=True))
    request = TakeRequest("one", "piano", 285.0, 7, steps=1, model=sys.argv[1], precision="fp32")
    host.generate(request, Path(sys.argv[2]), keep_part=True)
    time.sleep(600)
"""


@needs_signal_9
def test_a_killed_window_leaves_what_was_heard(wordless: Path, tmp_path: Path) -> None:
    script, path = tmp_path / "parent.py", tmp_path / "take.wav"
    script.write_text(PARENT)
    with subprocess.Popen(
        [sys.executable, str(script), str(wordless), str(path)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        words: list[str] = next(line.split() for line in parent.stdout if line.startswith("AudioChunk"))
        assert growing.is_held(path)
        parent.kill()
    deadline = time.monotonic() + 10
    while psutil.pid_exists(int(words[1])) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(int(words[1]))
    assert whole_frames(path) > 0 and not growing.lock_of(path).exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that stops a process.")
def test_an_engine_that_stands_still_is_told_of_and_can_be_ended(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_module, "PING_EVERY_S", 0.1)
    monkeypatch.setattr(host_module, "SILENT_AFTER_S", 1.0)
    host.load(str(wordless), precision="fp32")
    listener.wait(ModelLoaded)
    assert host.pid is not None
    child = psutil.Process(host.pid)
    child.suspend()
    began_s = time.monotonic()
    silent = listener.wait(EngineSilent)
    assert isinstance(silent, EngineSilent) and 0.9 < silent.silent_s < 5 and time.monotonic() - began_s < 5
    for number in range(200):  # far more than a pipe holds
        host.generate(take(wordless, f"t{number}", prompt="piano " * 300), tmp_path / f"{number}.wav")
        host.cancel(f"t{number}")
    assert time.monotonic() - began_s < 8
    child.resume()
    listener.wait(EngineAnswers)
    child.suspend()
    listener.wait(EngineSilent)
    host.restart()
    lost = listener.wait(EngineLost)
    assert isinstance(lost, EngineLost) and "did not answer" in lost.message
    host.generate(take(wordless, "next"), tmp_path / "next.wav")
    closing = listener.wait(*CLOSING, take_id="next")
    assert isinstance(closing, Finished) and isinstance(closing, TakeEvent)


def test_closing_while_the_engine_stands_still_does_not_take_long(
    host: EngineHost, listener: Listener, wordless: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.wav"
    until_sound(host, listener, wordless, path)
    assert host.pid is not None
    psutil.Process(host.pid).suspend()
    began_s = time.monotonic()
    host.close(1.0)
    assert time.monotonic() - began_s < 4 and not host.is_alive
    closing = listener.wait(*CLOSING, take_id="one")
    assert isinstance(closing, Cancelled) and closing.kept_frames > 0 and path.exists()
