"""What happens is written down, and a missing folder stops nobody."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from musicapp import logs

log = logging.getLogger("musicapp.test")


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    logs.shut_down()
    logging.getLogger().setLevel(level)


def test_lines_go_to_the_file_and_warnings_to_the_console_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = logs.set_up("window")
    assert path == home / "logs" / "window.log"
    log.info("a small thing")
    token = logs.current_take.set("take7")
    log.warning("a large thing: ピアノ")
    logs.current_take.reset(token)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 and " - musicapp.test: a small thing" in lines[0]
    assert " take7 musicapp.test: a large thing: ピアノ" in lines[1]
    assert capsys.readouterr().err == "WARNING: a large thing: ピアノ\n"


def test_setting_up_again_writes_no_line_twice(home: Path) -> None:
    logs.set_up("window")
    path = logs.set_up("window")
    assert path is not None
    log.info("once")
    assert path.read_text().count("once") == 1


def test_files_do_not_grow_without_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2000)
    logs.set_up("window")
    for number in range(200):
        log.info("line %d %s", number, "x" * 50)
    files = sorted((home / "logs").glob("window.log*"))
    assert len(files) == 1 + logs.OLD_FILES and all(path.stat().st_size <= 2000 for path in files)


def test_without_a_folder_there_is_still_the_console(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "logs").touch()
    assert logs.set_up("window") is None
    log.error("still heard")
    assert "still heard" in capsys.readouterr().err


def test_a_crash_of_the_interpreter_leaves_its_stack(home: Path) -> None:
    code = "import ctypes\nfrom musicapp import logs\nlogs.set_up('engine')\nctypes.string_at(0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "string_at" in (home / "logs" / "engine-crash.log").read_text()
