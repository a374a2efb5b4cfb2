"""Real processes: a second start shows the first window and hands its files over."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from musicapp import __main__ as program
from musicapp.cli import COMMANDS
from musicapp.cli.main import build_parser
from musicapp.ui import instance

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts windows; those that are still open at the end are closed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: object, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.ui.window_process", *map(str, words)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_second_start_calls_the_first_window(start: Start, tmp_path: Path) -> None:
    song = tmp_path / "a song.wav"
    song.touch()
    first = start()
    assert next_line(first) == "shown"
    second = start(song, tmp_path)
    assert second.wait(timeout=30) == 0
    assert next_line(second) == ""  # it never showed a window
    assert next_line(first) == f"called {[str(song), str(tmp_path)]} active True minimized False"
    assert start().wait(timeout=30) == 0
    assert next_line(first).startswith("called []")
    assert first.poll() is None


def test_relative_paths_are_those_of_the_second_start(start: Start, tmp_path: Path) -> None:
    first = start()
    assert next_line(first) == "shown"
    here = os.path.relpath(tmp_path)
    assert start(here).wait(timeout=30) == 0
    called = next_line(first)
    assert called.startswith("called ['/") and str(tmp_path.name) in called


def test_after_a_kill_the_next_start_takes_over(start: Start) -> None:
    first = start()
    assert next_line(first) == "shown"
    first.kill()
    first.wait()
    second = start()
    assert next_line(second) == "shown"
    assert start().wait(timeout=30) == 0
    assert next_line(second).startswith("called")


def test_a_start_while_the_first_is_being_closed_opens_a_window(start: Start, tmp_path: Path) -> None:
    (tmp_path / "quit").touch()
    first = start()
    assert next_line(first) == "shown"
    assert start(tmp_path / "quit").wait(timeout=30) == 0
    second = start()
    assert next_line(second) == "shown"
    assert first.wait(timeout=30) == 0


def test_another_library_is_another_instance(start: Start, tmp_path: Path) -> None:
    first = start()
    assert next_line(first) == "shown"
    second = start(MUSICAPP_HOME=str(tmp_path / "other"))
    assert next_line(second) == "shown"


def test_the_first_start_takes_its_files_in(start: Start, tmp_path: Path, home: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    first = start(tmp_path / "notes.txt")
    assert next_line(first) == "shown"
    log = home / "logs" / "window.log"
    for _ in range(200):
        if "notes.txt” is nothing that Musicapp can use" in log.read_text(encoding="utf-8"):
            break
        instance.time.sleep(0.05)
    else:
        raise AssertionError(log.read_text(encoding="utf-8"))


def test_calls_that_make_no_sense_are_survived(start: Start, tmp_path: Path) -> None:
    first = start()
    assert next_line(first) == "shown"
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or Path(tempfile.gettempdir()) / f"musicapp-{os.getuid()}")
    key = instance.hashlib.sha256(f"{os.getuid()}\n{instance.paths.takes_folder().absolute()}".encode()).hexdigest()
    address = folder / f"musicapp-{key[:16]}"
    assert stat.S_IMODE(address.lstat().st_mode) & 0o077 == 0
    for words in (b"\n", b"{}\n", b'{"files": 3, "token": []}\n', b"[" * 5000 + b"\n", b"\xff\xfe\n", b""):
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(address))
            caller.sendall(words)
            if words:
                assert next_line(first).startswith("called []")
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(address))
        with pytest.raises(OSError):
            for _ in range(64):
                caller.sendall(b"x" * 65536)
    assert start(tmp_path).wait(timeout=30) == 0
    assert next_line(first).startswith(f"called ['{tmp_path}']")


@pytest.mark.skipif(sys.platform == "win32", reason="Pipes lie in no folder on Windows.")
def test_a_folder_of_others_is_not_trusted(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    assert not instance._is_ours(open_to_all)
    (tmp_path / "link").symlink_to(tmp_path)
    assert not instance._is_ours(tmp_path / "link")
    assert instance._is_ours(tmp_path / "own")


def test_a_folder_that_cannot_be_written_opens_a_window_all_the_same(home: Path) -> None:
    (home / "data").write_text("a file where the folder should be")
    first = instance.claim([])
    assert first is not None
    first.close()


def test_files_and_commands_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "song.wav").touch()
    assert program._files([]) == []
    assert program._files(["models", "list"]) == []
    assert program._files(["--version"]) == []
    assert program._files(["nothing.wav"]) == []
    assert program._files(["./models"]) == [Path("models")]
    assert program._files(["song.wav", "gone.wav"]) == [Path("song.wav"), Path("gone.wav")]


def test_the_commands_are_those_of_the_parser() -> None:
    choices = next(
        action.choices for action in build_parser()._actions if action.dest == "==SUPPRESS==" or action.choices
    )
    assert tuple(choices or ()) == COMMANDS
