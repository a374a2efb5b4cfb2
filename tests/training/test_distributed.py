"""Two real processes train one model: averaged gradients, other batches, one writer."""

from __future__ import annotations

import json
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

pytest.importorskip("accelerate", reason="The extra “train” is not installed.")

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


# Both ways from the same weights and batches: what is learnt must be the same to rounding.
SPREAD = """
import json, sys, torch
from pathlib import Path
from musicapp.description.config import parse_config
from musicapp.training.published import transformer as recipe
work, sharded = Path(sys.argv[1]), sys.argv[2] == "sharded"
config = parse_config(recipe.read_description(work / "tiny" / "model_config.json"))
options = recipe.TransformerOptions(
    run=work / sys.argv[3], minutes=100, latents=work / "latents", held_out=work / "latents-held-out",
    text_encoder=work / "tiny" / "clap_text", batch=2, window=16, sharded=sharded, checkpointing=True,
    learning_rate=0.01,
)
stage = recipe._TransformerStage(options, config)
for _ in range(3):
    turn = next(stage.turns(0.0))
    norm = turn.learner.learn(turn.loss)
    stage.run.note(loss=float(turn.noted["loss"].detach()))
stage.save()
stage.look()
stage.team.agree(0.0)  # the others wait until the main one has written
held = sum(w.to_local().numel() if sharded else w.numel() for w in stage.model.parameters())
(work / f"{sys.argv[3]}-{stage.team.rank}.json").write_text(json.dumps([held, norm, stage.team.is_spread]))
again = recipe._TransformerStage(options, config)
assert again.run.step == 3
for weight, other in zip(stage.model.parameters(), again.model.parameters()):
    torch.testing.assert_close(*(w.full_tensor() if sharded else w for w in (weight, other)))
turn = next(again.turns(0.0))
again.learners[0].learn(turn.loss)  # the optimiser's own state has come back in parts too
stage.team.close()
"""


@pytest.mark.slow
def test_spread_weights_learn_what_shared_ones_do_and_their_checkpoint_is_whole(tmp_path):
    tiny_work(tmp_path)
    script = tmp_path / "spread.py"
    script.write_text(SPREAD)
    for mode in ("sharded", "shared"):
        done = launch([str(script), str(tmp_path), mode, mode], timeout=280)
        assert done.returncode == 0, done.stderr
    spread, shared = (
        [json.loads((tmp_path / f"{m}-{r}.json").read_text()) for r in (0, 1)] for m in ("sharded", "shared")
    )
    assert spread[0][2] and not shared[0][2]
    assert max(one[0] for one in spread) < 0.6 * shared[0][0]
    assert spread[0][1] == pytest.approx(shared[0][1], rel=1e-3)
    first, second = (torch.load(tmp_path / m / "checkpoint.pt", weights_only=True) for m in ("sharded", "shared"))
    for part in (lambda c: c["model"], lambda c: c["average"]["weights"]):
        ours, theirs = part(first), part(second)
        assert set(ours) == set(theirs)
        for name, weight in ours.items():
            torch.testing.assert_close(weight, theirs[name], atol=2e-4, rtol=1e-3)
    moved = torch.load(tmp_path / "shared" / "checkpoint.pt", weights_only=True)["optimisers"][0]["state"]
    assert moved.keys() == first["optimisers"][0]["state"].keys()


@pytest.mark.slow
def test_the_stage_trains_spread_and_goes_on_in_one_process(tmp_path):
    words = ["-m", "musicapp", "train", "diffusion", "--work", str(tmp_path), "--device", "cpu", *tiny_work(tmp_path)]
    done = launch([*words, "--sharded", "--minutes", "0.05", "--save-every", "1"], timeout=280)
    assert done.returncode == 0, done.stderr
    first = torch.load(tmp_path / "diffusion" / "checkpoint.pt", weights_only=True)
    assert first["step"] > 0 and all(weight.isfinite().all() for weight in first["model"].values())
    minutes = str(first["elapsed_s"] / 60 + 0.01)
    alone = subprocess.run([sys.executable, *words, "--minutes", minutes], capture_output=True, text=True, timeout=200)
    assert alone.returncode == 0 and f"going on at step {first['step']} " in alone.stderr, alone.stderr


@pytest.mark.parametrize("name", ["ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED"])
def test_weights_that_accelerate_would_spread_get_a_sentence(name, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv(name, "true")
    with pytest.raises(MusicAppError, match="spread the weights by itself") as caught:
        Team("cpu")
    assert "--sharded" in caught.value.hint


def test_alone_nothing_is_shared():
    team, layer = Team("cpu"), torch.nn.Linear(2, 2)
    assert team.is_main and team.share(layer) is layer and team.agree(0.25) == 0.25
    team.close()
    assert not torch.distributed.is_initialized()


def test_other_stages_refuse_to_run_twice_at_once(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(MusicAppError, match="autoencoder runs in one process"):
        stages.run("autoencoder", None)
