"""`musicapp --self-test`: says what works and what does not, and its exit code means it."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from musicapp.cli import self_test
from musicapp.engine.events import EngineLost, Event, Finished
from musicapp.errors import EngineError
from musicapp.request import TakeRequest
from tests.sound_devices import ROOT


def lines_of(text: str) -> dict[str, str]:
    """The mark of each part."""
    marked = [line.partition(": ")[0].split(None, 1) for line in text.splitlines() if line[:6].strip() in MARKS]
    return {name: mark for mark, name in (words for words in marked if len(words) == 2)}


MARKS = ("ok", "note", "FAILED")
PARTS = {
    "takes folder",
    "data folder",
    "settings",
    "logs",
    "window",
    "sound output",
    "engine",
    "model",
    "take",
    "export",
}


def test_a_good_installation_passes_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "MUSICAPP_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "temporary")}
    done = subprocess.run(
        [sys.executable, "-m", "musicapp", "--self-test"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    marks = lines_of(done.stdout)
    assert marks.keys() == PARTS and "FAILED" not in marks.values(), done.stdout + done.stderr
    assert done.returncode == 0 and done.stdout.endswith("Everything works.\n")
    assert not list((tmp_path / "temporary").iterdir()) and not (tmp_path / "home" / "takes").exists()


def test_what_is_wrong_is_named_and_fails(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "takes").write_text("a file where the folder should be")

    def no_library() -> str:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file")

    monkeypatch.setattr(self_test, "_try_engine", lambda folder: ["engine"])
    assert self_test.run(no_library) == 1
    shown = capsys.readouterr().out
    marks = lines_of(shown)
    assert marks["takes folder"] == marks["window"] == "FAILED" and marks["data folder"] == "ok"
    assert "libxcb-cursor.so.0" in shown and shown.endswith("FAILED: takes folder, window, engine.\n")


def test_a_lost_engine_is_told_with_its_reason() -> None:
    events: queue.Queue[Event] = queue.Queue()
    events.put(EngineLost("The engine crashed.", "Try again.", -11))
    with pytest.raises(EngineError, match="crashed"):
        self_test._wait(events, Finished)


@pytest.mark.parametrize("audio", [np.zeros((100, 2)), np.full((100, 2), 1e6), np.full((90, 2), 0.1)])
def test_a_silent_wild_or_short_take_fails(audio: np.ndarray, tmp_path: Path) -> None:
    path, events = tmp_path / "take.wav", queue.Queue[Event]()
    soundfile.write(path, audio, 44100, "FLOAT")
    events.put(Finished("a", str(path), 100, 1.0, 0.1, 0.1, 0.1))
    host = SimpleNamespace(generate=lambda request, path: None)
    with pytest.raises(EngineError, match="broken or silent"):
        self_test._made(host, events, TakeRequest("a", "piano", 1.0, 1), path)  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", ["other sound", "no settings"])
def test_an_encoder_that_does_not_keep_the_sound_or_the_settings_fails(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from musicapp.audio import wave_io

    take = tmp_path / "take.wav"
    soundfile.write(take, np.sin(np.arange(88200).reshape(-1, 2) ** 1.2 / 50) / 4, 44100, "FLOAT")
    request = TakeRequest("a", "piano", 1.0, 1)
    assert "FLAC" in self_test._exported(take, request)
    real = wave_io.export
    changed: dict[str, object] = {"tags": {}} if fault == "no settings" else {}

    def wrong(source: Path, *args: object, **words: object) -> object:
        if fault == "other sound":
            audio, rate = soundfile.read(source, always_2d=True)
            soundfile.write(source.with_name("other.wav"), audio[::-1], rate, "FLOAT")
            source = source.with_name("other.wav")
        return real(source, *args, **words | changed)  # type: ignore[arg-type]

    monkeypatch.setattr(wave_io, "export", wrong)
    with pytest.raises(EngineError, match="does not"):
        self_test._exported(take, request)
