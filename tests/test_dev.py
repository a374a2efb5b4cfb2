"""The set-up script: what it looks for, when it may skip work, and what it says when it cannot go on."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINKER_CACHE = "2 libs found in cache\n\tlibGL.so.1 (libc6,x86-64) => /lib/libGL.so.1\n"


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module whose clone is an empty folder with the two files that it hashes."""
    module = ModuleType("dev")
    module.__file__ = str(ROOT / "dev")
    exec(compile((ROOT / "dev").read_text(encoding="utf-8"), "dev", "exec"), module.__dict__)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text(name)
    python = tmp_path / ".venv" / "python"
    python.parent.mkdir()
    python.touch()
    for name, value in {"ROOT": tmp_path, "VENV": python.parent, "PYTHON": python}.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(module, "STAMP", python.parent / "set-up")
    monkeypatch.setattr(module, "_make_venv", lambda venv: None)
    return module


@pytest.fixture
def installed(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What would have been handed to pip."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "_pip", lambda *words: calls.append(words))
    return calls


def test_repeated_it_installs_nothing(dev: ModuleType, installed: list[tuple[str, ...]]) -> None:
    dev._install("test")
    assert installed == [("-e", ".[dev]"), ("--no-deps", "tinysoundfont")]
    dev._install("test")
    dev._install("run")
    assert len(installed) == 2


def test_the_tests_need_more_than_the_app(dev: ModuleType, installed: list[tuple[str, ...]]) -> None:
    dev._install("run")
    assert installed == [("-e", ".")]
    dev._install("test")
    assert ("-e", ".[dev]") in installed


def test_a_changed_version_installs_again_and_keeps_the_tools(
    dev: ModuleType, installed: list[tuple[str, ...]], tmp_path: Path
) -> None:
    dev._install("test")
    (tmp_path / "constraints.txt").write_text("torch==99")
    installed.clear()
    dev._install("run")
    assert installed[0] == ("-e", ".[dev]")


def test_an_interrupted_installation_is_not_taken_for_done(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*words: str) -> None:
        raise SystemExit("no network")

    monkeypatch.setattr(dev, "_pip", give_up)
    with pytest.raises(SystemExit):
        dev._install("run")
    assert not dev.STAMP.exists()


def test_it_sees_libraries_files_and_commands(dev: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "plugin.so").touch()
    assert dev._is_there("libGL.so.1", LINKER_CACHE)
    assert not dev._is_there("libGL.so", LINKER_CACHE)
    assert dev._is_there(f"{tmp_path}/*.so", LINKER_CACHE)
    assert not dev._is_there(f"{tmp_path}/*.dll", LINKER_CACHE)
    assert not dev._is_there("no-such-command", LINKER_CACHE)


def test_without_rights_it_says_what_to_install(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    dev._apt_install(["libgl1", "libgl1", "libegl1"], "The system lacks libGL.so.1.")
    words = capsys.readouterr().out
    assert "not root and there is no sudo" in words
    assert "apt-get install libgl1 libegl1\n" in words


def test_packages_with_64_bit_time_are_found(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = {"libgl1", "libglib2.0-0t64"}
    monkeypatch.setattr(dev, "_captured", lambda words: (0, "Version: 1" if words[-1] in offered else ""))
    assert [dev._current_name(name) for name in ("libgl1", "libglib2.0-0")] == ["libgl1", "libglib2.0-0t64"]


@pytest.mark.parametrize(("platform", "without"), [("linux", False), ("darwin", True), ("win32", True)])
def test_a_screen_is_x11_or_wayland_where_it_is_not_always_there(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, platform: str, without: bool
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert dev._has_screen() == without
    for name, screen in (("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")):
        with monkeypatch.context() as patch:
            patch.setenv(name, screen)
            assert dev._has_screen()


def test_an_old_python_is_told_so(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file must still parse there, or its words never appear."""
    ast.parse((ROOT / "dev").read_text(encoding="utf-8"), feature_version=(3, 8))
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        dev._find_python()


def test_wrong_words_show_the_usage() -> None:
    done = subprocess.run([sys.executable, ROOT / "dev", "tset"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "./dev test" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Files have no executable bit on Windows.")
@pytest.mark.parametrize("name", ["dev", ".ci/run"])
def test_scripts_can_be_started(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
