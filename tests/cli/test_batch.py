"""`musicapp batch` with the real engine and a tiny model: results, resuming, faults, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.cli.main import main
from musicapp.queueing.batch_folder import BatchFolder, checksum
from tests.queueing import batch_kills
from tests.sound_devices import ROOT
from tests.tiny_model import write_tiny_model

HEAD = "prompt,seconds,seed,model\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("models") / "quick", text_encoder="none", max_duration_s=300)


def results(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_batch_is_made_once_and_again_only_where_something_is_missing(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "a.csv", tmp_path / "out"
    file.write_text(f"{HEAD}harp,1,7,{model}\npad,0.6,,{model}\nchoir,400,1,{model}\n")
    assert main(["batch", str(file), "-o", str(out), "--json"]) == 2  # 400 s are too long: nothing is made
    assert not out.exists() and results(capsys)[0]["line"] == 4
    file.write_text(f"{HEAD}harp,1,7,{model}\npad,0.6,,{model}\n")
    command = ["batch", str(file), "-o", str(out), "--json"]
    assert main(command) == 0
    first = results(capsys)
    assert [(each["line"], each["status"]) for each in first] == [(2, "made"), (3, "made")]
    path = Path(str(first[0]["file"]))
    assert path.parent == out and soundfile.info(path).frames == 44100 and checksum(path) == first[0]["sha256"]
    assert main(command) == 0
    assert [each["status"] for each in results(capsys)] == ["there", "there"]
    path.write_bytes(path.read_bytes()[:-4])  # somebody changed it: it is made anew and left as it is
    Path(str(first[1]["file"])).unlink()
    file.write_text(f"{HEAD}new,0.6,,{model}\nharp,1,7,{model}\npad,0.6,,{model}\n")
    assert main(command) == 0
    again = results(capsys)
    assert [(each["line"], each["status"]) for each in again] == [(2, "made"), (3, "made"), (4, "made")]
    assert again[1]["sha256"] == first[0]["sha256"] and again[1]["file"] == str(out / f"{path.stem} (2).wav")
    assert again[2] | {"line": 3, "seconds": 0} == first[1] | {"seconds": 0}
    assert main([*command, "--check"]) == 0
    assert results(capsys) == [{"rows": 3, "there": 3, "to_make": 0}]
    assert not [each for each in out.iterdir() if each.name.startswith(".writing")]


def test_a_row_may_state_by_which_rules_it_is_made(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.jsonl"
    row = {"prompt": "harp", "seconds": 0.6, "seed": 3, "model": str(model)}
    rows = [row | {"name": "new"}, row | {"name": "old", "version": 1}]
    file.write_text("\n".join(json.dumps(each) for each in rows))
    assert main(["batch", str(file), "-o", str(tmp_path / "out")]) == 0
    new, old = (soundfile.read(tmp_path / "out" / f"{each['name']}.wav")[0] for each in rows)
    assert new.shape == old.shape and np.abs(new - old).max() > 0.01
    file.write_text(json.dumps(row | {"version": 7}))
    assert main(["batch", str(file), "-o", str(tmp_path / "out")]) != 0
    assert "version 7" in "".join(capsys.readouterr())


def test_the_bytes_are_those_of_generate(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"prompt": "harp", "seconds": 0.6, "seed": 3, "model": str(model), "name": "one"}))
    assert main(["batch", str(file), "-o", str(tmp_path / "out"), "--format", "flac"]) == 0
    alone = tmp_path / "alone.flac"
    assert main(["generate", "harp", "--seconds", "0.6", "--seed", "3", "--model", str(model), "-o", str(alone)]) == 0
    assert (tmp_path / "out" / "one.flac").read_bytes() == alone.read_bytes()
    assert "line 1  made" in capsys.readouterr().out


def test_one_that_fails_costs_no_other_and_the_exit_code_tells(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = write_tiny_model(tmp_path / "broken", text_encoder="none", max_duration_s=300)
    (broken / "model.safetensors").write_bytes(b"nothing")
    file = tmp_path / "a.csv"
    file.write_text(f"{HEAD}harp,0.6,1,{broken}\npad,0.6,2,{model}\n")
    assert main(["batch", str(file), "-o", str(tmp_path / "out"), "--json"]) == 1
    failed, made = results(capsys)
    assert (failed["line"], failed["status"], made["status"]) == (2, "failed", "made")
    assert failed["message"] and failed["hint"]


def test_files_that_are_not_there_are_named_before_anything_is_made(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out, sound = tmp_path / "a.jsonl", tmp_path / "out", tmp_path / "tone.wav"
    soundfile.write(sound, 0.3 * np.sin(np.arange(48000) / 20), 48000)
    here = {"prompt": "harp", "seconds": 0.6, "model": str(model), "source": {"path": str(sound), "variation": 0.5}}
    gone = {
        "lora": str(tmp_path / "gone.safetensors"),
        "text_encoder": str(tmp_path / "gone"),
        "source": {"path": str(tmp_path / "gone.wav"), "variation": 0.5},
        "name": "a" * 300,
    }
    rows = [here, *({**here, "prompt": f"pad {column}", column: value} for column, value in gone.items())]
    file.write_text("\n".join(map(json.dumps, rows)))
    assert main(["batch", str(file), "-o", str(out), "--json"]) == 2
    found = {row["line"]: row["message"] for row in results(capsys)}
    assert found == {
        2: f"There is no adapter “{gone['lora']}”.",
        3: f"There is no text encoder “{gone['text_encoder']}”.",
        4: f"There is no source “{tmp_path / 'gone.wav'}”.",
        5: f"“{'a' * 40}…” is too long to name a file.",
    }
    assert not out.exists()
    # A take that is there needs its source no more.
    file.write_text(json.dumps(here))
    assert main(["batch", str(file), "-o", str(out)]) == 0
    sound.unlink()
    assert main(["batch", str(file), "-o", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["status"] == "there"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--workers", "2"], "--workers goes with --ray"),
        (["--format", "mp3", "--subtype", "16"], "--subtype is for WAV"),
        ([], "has no rows"),
    ],
)
def test_wrong_use_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    (tmp_path / "a.csv").write_text(HEAD)
    assert main(["batch", str(tmp_path / "a.csv"), "-o", str(tmp_path / "out"), *options]) == 2
    assert told in capsys.readouterr().err


def test_a_folder_that_another_batch_holds(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "a.csv", tmp_path / "out"
    file.write_text(f"{HEAD}harp,0.6,1,{model}\n")
    with BatchFolder(out):
        assert main(["batch", str(file), "-o", str(out)]) == 2
    assert "Another batch is writing" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals that ask a process to end.")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_it_says_how_to_go_on_and_leaves_nothing_half(
    model: Path, tmp_path: Path, home: Path, number: signal.Signals, code: int
) -> None:
    file, out = batch_kills.write_rows(tmp_path, model, 200), tmp_path / "out"
    command = [sys.executable, "-m", "musicapp", "batch", str(file), "-o", str(out)]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while len(list(out.glob("*.wav"))) < 2 and run.poll() is None:
        time.sleep(0.02)
    run.send_signal(number)
    _, told = run.communicate(timeout=60)
    assert run.returncode == code and "Start it again to go on" in told
    assert not list(out.glob(".writing*")) and "Traceback" not in told


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that kills.")
def test_a_killed_batch_makes_nothing_twice(model: Path, tmp_path: Path, home: Path) -> None:
    """One kill; `python -m tests.queueing.batch_kills` does 20."""
    verdict = batch_kills.kill_and_go_on(batch_kills.write_rows(tmp_path, model, 8), tmp_path / "out", [0.05])
    assert not verdict.missing and not verdict.twice and verdict.kept
