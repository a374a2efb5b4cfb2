"""A training that is killed at any moment goes on from its last whole checkpoint, with other noise than before."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from musicapp.description.catalogue import find_model
from musicapp.training import tables
from musicapp.training.builtin.warm_start import start_from
from musicapp.training.progress import Run
from tests.tiny_model import write_tiny_model
from tests.training.data import write_latent_shard

needs_signal_9 = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that kills.")

# One weight counts the steps, as a network would; it is saved at every step, so that most kills fall into a save.
LOOP = """
import sys, torch
from pathlib import Path
from musicapp.training.progress import Run
torch.manual_seed(0)
run = Run(Path(sys.argv[1]), minutes=10, save_every_s=0, log_every_s=0)
state = run.resume() or {"weight": torch.zeros(1_000_000), "drawn": [], "picked": []}
weight, drawn, picked = state["weight"], list(state["drawn"]), list(state["picked"])
print("up", flush=True)
while True:
    weight += 1
    drawn.append(float(torch.rand(())))
    picked.append(run.rng.random())
    run.note(loss=1.0)
    run.measured(loss=1.0)
    run.save({"weight": weight, "drawn": drawn, "picked": picked})
"""


@needs_signal_9
def test_a_kill_at_any_moment_leaves_a_checkpoint_to_go_on_from(tmp_path):
    rng, step = random.Random(1), 0
    for _ in range(4):
        child = subprocess.Popen([sys.executable, "-c", LOOP, str(tmp_path)], stdout=subprocess.PIPE)
        assert child.stdout is not None and child.stdout.readline() == b"up\n"
        until = time.monotonic() + 60
        while not (tmp_path / "checkpoint.pt").exists() and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(rng.uniform(0.05, 0.4))
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
        child.stdout.close()
        run = Run(tmp_path, minutes=10)
        state = run.resume()
        assert state is not None and run.step >= max(1, step)
        step = run.step
        assert torch.equal(state["weight"], torch.full((1_000_000,), float(step)))
        assert len(set(state["drawn"])) == step
        unbroken = random.Random(0)
        assert state["picked"] == [unbroken.random() for _ in range(step)]
        for name in ("losses.csv", "held_out.csv"):
            assert tables.read(tmp_path / name)["step"] == list(range(1, step + 1))
    assert step > 4


def builtin_work(work: Path) -> list[str]:
    """A work folder for the built-in recipe; gives the command's further words."""
    start_from(find_model("builtin"), work)
    for name in ("latents", "latents-held-out"):
        write_latent_shard(work / name, [40, 44, 48])
    return []


def tiny_work(work: Path) -> list[str]:
    """A work folder for the published recipe."""
    folder = write_tiny_model(work / "tiny", autoencoder="oobleck")
    for name in ("latents", "latents-held-out"):
        write_latent_shard(work / name, [40, 44, 90], channels=8)
    words = ["--batch", "2", "--window", "16"]
    return ["--config", str(folder / "model_config.json"), "--text-encoder", str(folder / "clap_text"), *words]


@pytest.mark.slow
@needs_signal_9
@pytest.mark.parametrize("prepare", [builtin_work, tiny_work])
def test_the_diffusion_stage_goes_on_after_kills_to_its_end(tmp_path, prepare):
    words = [sys.executable, "-m", "musicapp", "train", "diffusion", "--work", str(tmp_path), "--device", "cpu"]
    words += [*prepare(tmp_path), "--save-every", "0", "--minutes"]
    run, rng, step = tmp_path / "diffusion", random.Random(2), 0
    for _ in range(3):
        child = subprocess.Popen([*words, "1000"], stderr=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while saved_step(run) < step + 2 and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(rng.uniform(0, 0.4))  # into a step, a save, or between
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
        assert saved_step(run) >= step + 2
        step = saved_step(run)
    spent = torch.load(run / "checkpoint.pt", weights_only=True)["elapsed_s"] / 60
    for minutes in (spent + 0.02, 0.0):  # to its end; then there is nothing left to do
        done = subprocess.run([*words, str(minutes)], capture_output=True, text=True, timeout=200)
        assert done.returncode == 0 and f"going on at step {step} " in done.stderr, done.stderr
        found = torch.load(run / "checkpoint.pt", weights_only=True)
        assert found["step"] > step if minutes else found["step"] == step
        step = found["step"]
        assert all(weight.isfinite().all() for weight in found["model"].values())
        assert tables.read(run / "held_out.csv")["step"] == [step]


def saved_step(run: Path) -> int:
    """The step of the checkpoint; it is whole whenever it is there."""
    path = run / "checkpoint.pt"
    return torch.load(path, weights_only=True)["step"] if path.exists() else 0
