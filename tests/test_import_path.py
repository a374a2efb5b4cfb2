"""A folder full of hostile modules: started there, the app and its engine run none of them."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.tiny_model import write_tiny_model

ROOT = Path(__file__).resolve().parent.parent
START = "import sys\nfrom musicapp.__main__ import main\nif __name__ == '__main__':\n    sys.exit(main())\n"


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder with a module for every name that anything here may ask for; each of them notes that it was run."""
    folder = tmp_path / "songs"
    folder.mkdir()
    installed = {name for name in metadata.packages_distributions() if name.isidentifier()}
    for name in (set(sys.stdlib_module_names) | installed) - {"musicapp"}:
        note = f"open({str(tmp_path / 'sprung')!r}, 'a').write({name!r} + ' ')\nraise ImportError('hostile')\n"
        (folder / f"{name}.py").write_text(note)
    return folder


def started(
    words: list[str], trap: Path, *, path: str = str(ROOT), python: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(python or ["-m", "musicapp"]), *words]
    environment = {**os.environ, "PYTHONPATH": path}
    environment.pop("PYTHONSAFEPATH", None)
    return subprocess.run(command, cwd=trap, env=environment, capture_output=True, text=True, check=False)


def sprung(trap: Path) -> str:
    note = trap.parent / "sprung"
    return note.read_text() if note.exists() else ""


def test_the_trap_works(trap: Path) -> None:
    assert started(["import json"], trap, python=["-c"]).returncode == 1 and "json" in sprung(trap)


def test_a_module_start_makes_a_take_beside_hostile_modules(trap: Path, tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny", text_encoder="none")
    words = ["generate", "piano", "--seconds", "1", "--steps", "1", "--model", str(model), "-o", "take.wav"]
    done = started(words, trap)
    assert (done.returncode, sprung(trap)) == (0, ""), done.stderr
    assert (trap / "take.wav").is_file()


def test_so_does_the_script_of_the_package(trap: Path, tmp_path: Path) -> None:
    """As pip writes it; its engine's process is started from the current folder all the same."""
    script = tmp_path / "bin" / "musicapp"
    script.parent.mkdir()
    script.write_text(START)
    model = write_tiny_model(tmp_path / "tiny", text_encoder="none")
    words = ["generate", "piano", "--seconds", "1", "--steps", "1", "--model", str(model), "-o", "take.wav"]
    done = started(words, trap, python=[str(script)])
    assert (done.returncode, sprung(trap)) == (0, ""), done.stderr


def test_an_empty_entry_of_the_path_is_not_handed_on(tmp_path: Path) -> None:
    """`PYTHONPATH=:/somewhere`, as many profiles write it, means the current folder."""
    code = (
        "import os, sys\nfrom musicapp import import_path\nimport_path.leave_out_current_folder()\n"
        "print([e for e in sys.path if not e or os.path.exists(e) and os.path.samefile(e, '.')])\n"
        "print(os.environ['PYTHONPATH'], os.environ['PYTHONSAFEPATH'])\n"
    )
    (tmp_path / "elsewhere").mkdir()
    words = f"{os.pathsep}{ROOT}{os.pathsep}."
    done = started([code], tmp_path / "elsewhere", path=words, python=["-c"])
    assert done.stdout == f"[]\n{ROOT} 1\n", done.stdout + done.stderr


def test_the_folder_of_the_app_itself_stays() -> None:
    code = "from musicapp import import_path\nimport_path.leave_out_current_folder()\nimport tests.tiny_model\n"
    assert started([code], ROOT, path="", python=["-c"]).returncode == 0
