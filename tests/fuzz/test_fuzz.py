"""A small slice of the fuzzing, and every case that once came out wrong."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fuzz import cases
from tests.fuzz.mutations import Source, damaged
from tests.fuzz.targets import TARGETS, bases

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="The cases have pipes and links, which Windows has not."
)
CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))
CHEAP = [name for name, target in TARGETS.items() if target.share > 1 and name != "pipeline"]  # whose base takes long


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_once_came_out_wrong_does_not_any_more(path: Path) -> None:
    find = cases.from_json(path.read_text(encoding="utf-8"))
    assert cases.judge(find.target, find.files) is None, find.where


@pytest.mark.parametrize("target", CHEAP)
def test_damaged_files_give_success_or_a_sentence(target: str) -> None:
    chosen = random.Random(target)
    for _ in range(TARGETS[target].share * 2):
        data = chosen.randbytes(96)
        found = cases.judge(target, cases.files_of(target, data))
        assert found is None, (found.where, data.hex())


def test_the_good_files_are_read_and_the_same_bytes_do_the_same_damage() -> None:
    for target in CHEAP:
        for files in bases(target):
            assert cases.judge(target, files) is None
    files, data = bases("header")[0], random.Random(1).randbytes(96)
    assert damaged(files, Source(data)) == damaged(files, Source(data)) != files


def test_a_find_can_be_kept() -> None:
    find = cases.Find("header", "somewhere", {"a": b"\xff", "b": b'{"\xc3\xbc": 1}', "c": "pipe"})
    assert cases.from_json(cases.to_json(find)) == find


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["plain", "hypothesis"])
def test_the_command_runs_every_target(engine: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--cases", "300", "--engine", engine, "--finds", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0 and "0 finds" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["plain", "hypothesis"])
def test_slow_targets_stop_in_time(engine: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--target", "model", "--cases", "100000", "--minutes", "0.05"]
    began = time.monotonic()
    command += ["--engine", engine, "--finds", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0 and time.monotonic() - began < 45, done.stdout + done.stderr  # imports included
    assert 1 <= int(done.stdout.splitlines()[0].split()[1].replace(",", "")) < 2000


@pytest.mark.slow
@pytest.mark.parametrize("case", ["time.sleep(1000)", "[None for _ in iter(int, 1)]"])
def test_a_reader_that_hangs_is_found_busy_or_not(case: str, tmp_path: Path) -> None:
    program = (
        "import argparse, pathlib, sys, time\n"
        "from tests.fuzz import __main__ as fuzz, targets\n"
        "fuzz.PATIENCE_S, fuzz.IDLE_ROUNDS = 1.0, 4\n"
        f"targets.TARGETS['hangs'] = targets.Target((targets._few,), lambda folder: {case}, 1)\n"
        "args = argparse.Namespace(engine='plain', finds=pathlib.Path(sys.argv[1]))\n"
        "print(fuzz._batch('hangs', 5, '1', time.monotonic() + 60, args))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.stdout.splitlines()[-1].startswith("(1, ['hangs: the process hung"), done.stdout + done.stderr
