"""Two real processes train one model: averaged gradients, other batches, one writer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
import torch

from musicapp.errors import MusicAppError
from musicapp.training import stages, tables
from musicapp.training.distributed import Team
from tests.training.test_kill import builtin_work, tiny_work

pytest.importorskip("accelerate", reason="the extra “train” is not installed")

# Each process has its own input; both print what they share and what they do not.
TWO = """
import sys, torch
from pathlib import Path
from musicapp.training.progress import Run
from musicapp.training.distributed import Team
torch.manual_seed(0)
team = Team("cpu")
layer = torch.nn.Linear(3, 1)
shared = team.share(layer)
run = Run(Path(sys.argv[1]), 10, seed=1, rank=team.rank)
run.resume()
run.step = 1
shared(torch.full((1, 3), 1.0 + team.rank)).sum().backward()
run.save({})
line = [team.rank, layer.weight.grad.tolist()[0], team.agree(5.0 + team.rank), run.rng.random(), float(torch.rand(()))]
Path(sys.argv[1], f"said-{team.rank}").write_text(repr(line))
team.close()
"""


def launch(words, **more):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-addr", "127.0.0.1"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*command, "--master-port", str(port), *words], capture_output=True, text=True, env=environment, **more
    )


@pytest.mark.slow
def test_gradients_and_clocks_are_shared_and_random_numbers_are_not(tmp_path):
    script = tmp_path / "two.py"
    script.write_text(TWO)
    done = launch([str(script), str(tmp_path)], timeout=200)
    assert done.returncode == 0, done.stderr
    one, other = (eval((tmp_path / f"said-{rank}").read_text()) for rank in (0, 1))
    assert one[1] == other[1] == [1.5, 1.5, 1.5]
    assert one[2] == other[2] == 5.0
    assert one[3] != other[3] and one[4] != other[4]


@pytest.mark.slow
@pytest.mark.parametrize("prepare", [builtin_work, tiny_work])
def test_the_diffusion_stage_trains_in_two_processes_and_goes_on_in_one(tmp_path, prepare):
    words = ["-m", "musicapp", "train", "diffusion", "--work", str(tmp_path), "--device", "cpu", *prepare(tmp_path)]
    done = launch([*words, "--minutes", "0.1"], timeout=280)
    assert done.returncode == 0, done.stderr
    run = tmp_path / "diffusion"
    first = torch.load(run / "checkpoint.pt", weights_only=True)
    assert first["step"] > 0 and all(weight.isfinite().all() for weight in first["model"].values())
    assert tables.read(run / "held_out.csv")["step"] == [first["step"]]
    minutes = str(first["elapsed_s"] / 60 + 0.01)
    alone = subprocess.run([sys.executable, *words, "--minutes", minutes], capture_output=True, text=True, timeout=200)
    assert alone.returncode == 0 and f"going on at step {first['step']} " in alone.stderr, alone.stderr


def test_alone_nothing_is_shared():
    team, layer = Team("cpu"), torch.nn.Linear(2, 2)
    assert team.is_main and team.share(layer) is layer and team.agree(0.25) == 0.25
    team.close()
    assert not torch.distributed.is_initialized()


def test_other_stages_refuse_to_run_twice_at_once(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(MusicAppError, match="autoencoder runs in one process"):
        stages.run("autoencoder", None)
