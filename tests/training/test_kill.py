"""A training that is killed at any moment goes on from its last whole checkpoint, with other noise than before."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest
import torch

from musicapp.training.progress import Run

# One weight counts the steps, as a network would; it is saved at every step, so that most kills fall into a save.
LOOP = """
import sys, torch
from pathlib import Path
from musicapp.training.progress import Run
torch.manual_seed(0)
run = Run(Path(sys.argv[1]), minutes=10, save_every_s=0, log_every_s=0)
state = run.resume() or {"weight": torch.zeros(1_000_000), "drawn": []}
weight, drawn = state["weight"], list(state["drawn"])
print("up", flush=True)
while True:
    weight += 1
    drawn.append(float(torch.rand(())))
    run.note(loss=1.0)
    run.save({"weight": weight, "drawn": drawn})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal 9")
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
    assert step > 4
