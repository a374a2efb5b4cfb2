"""Words in, exit code and sentences out: what needs no engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp import __version__, paths
from musicapp.cli.main import main
from musicapp.request import BUILTIN_MODEL
from tests.tiny_model import write_tiny_model

HEAVY = ("torch", "transformers", "numpy", "PySide6", "soundfile", "safetensors", "scipy")


@pytest.mark.parametrize("words", [["--help"], ["generate", "--help"], ["models", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys; from musicapp.__main__ import main\n"
        f"sys.argv[1:] = {words!r}; code = main()\n"
        f"print(code, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"musicapp {__version__}\n"


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["generate", "x", "y"], ["generate", "x", "--format", "doc"], ["models"]]
)
def test_wrong_usage_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--seconds", "0"], "at least 0.5 seconds"),
        (["--seconds", "-3"], "positive time, from 0.5 seconds up"),
        (["--seconds", "9999"], "makes at most"),
        (["--seconds", "nan"], "not a length"),
        (["--seconds", "inf"], "not a length"),
        (["--seconds", "long"], "not a length"),
        (["--seconds", "1:75"], "not a length"),
        (["--seed", "-1"], "out of range"),
        (["--seed", "4294967296"], "out of range"),
        (["--seed", "1.5"], "not a whole number"),
        (["--seed", "seven"], "not a whole number"),
        (["--steps", "0"], "0 steps"),
        (["--steps", "-5"], "-5 steps"),
        (["--steps", "many"], "not a whole number"),
        (["--guidance", "nan"], "guidance"),
        (["--guidance", "-1"], "guidance"),
        (["--guidance", "strict"], "not a number"),
        (["--device", "toaster"], "not a device"),
        (["--precision", "int2"], "not a precision"),
        (["-o", "music.doc"], "no format"),
        (["-o", "music.flac", "--subtype", "16"], "WAV"),
    ],
)
def test_each_bad_value_gets_one_clear_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["generate", "piano", *words]) == 2
    printed = capsys.readouterr()
    first, *rest = printed.err.strip().splitlines()
    assert sentence in first and first.endswith(".") and len(rest) == 1 and printed.out == ""


TOO_LONG = "a" * 300  # more than any of the usual file systems takes


@pytest.mark.parametrize(
    "words",
    [
        ["generate", "piano", "-o", f"{TOO_LONG}.wav"],
        ["generate", "piano", "--init-audio", f"{TOO_LONG}.wav", "-o", "x.wav"],
        ["comp", f"{TOO_LONG}.wav", "b.wav", "--pick", "2@1", "-o", "x.wav"],
        ["recall", TOO_LONG],
        ["analyse", TOO_LONG],
        ["export", TOO_LONG],
        ["models", "folder", TOO_LONG],
        ["models", "add", TOO_LONG],
        ["takes", "folder", TOO_LONG],
        ["takes", "show", TOO_LONG],
        ["batch", TOO_LONG, "-o", "takes"],
    ],
    ids=lambda words: " ".join(words[:2])[:20],
)
def test_paths_that_the_system_does_not_take_get_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) in (1, 2)
    printed = capsys.readouterr()
    assert printed.err.startswith("musicapp: ") and "Traceback" not in printed.err and printed.out == ""


def test_a_path_that_is_refused_costs_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "noise.wav", np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    for words in (["analyse"], ["export", "--folder", str(tmp_path), "--name", "copy"]):
        assert main([*words, TOO_LONG, str(tmp_path / "noise.wav")]) == 1
        printed = capsys.readouterr()
        assert "too long" in printed.err and str(tmp_path) in printed.out


@pytest.mark.parametrize(
    "words",
    [
        ["models", "folder", ""],
        ["takes", "folder", " "],
        ["batch", "songs.csv", "-o", ""],
        ["export", "take.wav", "--folder", ""],
        ["generate", "piano", "-o", ""],
        ["recall", ""],
        ["analyse", ""],
    ],
)
def test_an_empty_path_is_not_the_current_folder(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert "the path is empty" in capsys.readouterr().err
    assert paths.user_models_folder() != tmp_path and paths.takes_folder() != tmp_path


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("gone.wav", "There is no file “gone.wav”."),
        (os.path.join("no", "folder"), "There is no file “no"),  # noqa: PTH118 - with the system's own separator
        (f"{TOO_LONG}.wav", "There is no file"),
        ("nonsense", "usage:"),
    ],
)
def test_a_file_for_the_window_that_is_not_there_is_told_as_that(word: str, said: str) -> None:
    code = "import sys; from musicapp.__main__ import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, word], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Only Linux has a file that is always full.")
def test_a_full_disk_behind_the_output_is_told_once(home: Path) -> None:
    code = "import sys; from musicapp.cli.main import main; sys.exit(main(sys.argv[1:]))"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "takes", "list", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1 and "No space left" in done.stderr and "Exception" not in done.stderr


@pytest.mark.parametrize("prompt", ["", "   ", "\t\n\x00", "x" * 20000])
def test_prompts_that_cannot_be_used(prompt: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", prompt]) == 2
    assert "prompt" in capsys.readouterr().err


def test_output_is_checked_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("musicapp.cli.generate._make", lambda *args: pytest.fail("the engine was asked"))
    there = tmp_path / "there.wav"
    there.write_bytes(b"precious")
    for target, words in (
        (there, "already is a file"),
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "folder.wav", "no folder"),
        (there / "below.wav", "no folder"),
        (Path("/proc/take.wav"), "Nothing can be written"),
    ):
        if str(target).startswith("/proc") and sys.platform != "linux":
            continue
        assert main(["generate", "piano", "--format", "wav", "-o", str(target)]) == 1
        assert words in capsys.readouterr().err
    assert there.read_bytes() == b"precious" and sorted(p.name for p in tmp_path.iterdir()) == ["home", "there.wav"]


def test_a_model_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_tiny_model(
        home / "data" / "models" / "my-tiny", name="My Tiny", text_encoder="none", max_duration_s=90
    )
    assert main(["models", "info", "my-tiny"]) == 0
    shown = capsys.readouterr().out
    assert "My Tiny" in shown and str(folder) in shown and "1:30" in shown
    assert main(["models", "info", "my-tinny"]) == 1
    assert "Did you mean “my-tiny”?" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="A pipe that nobody reads is another error on Windows.")
def test_a_reader_that_has_gone_gets_no_stack() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "musicapp", "models", "list"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_builtin_is_the_default_model() -> None:
    from musicapp.cli.main import build_parser

    assert build_parser().parse_args(["generate", "x"]).model == BUILTIN_MODEL


def test_interrupted_before_a_command_has_begun_it_says_nothing() -> None:
    code = (
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'musicapp.cli.main':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from musicapp.__main__ import main\n"
        "sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code, "takes", "list"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "")
