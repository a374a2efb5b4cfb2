"""A download that is killed five times, by signal 9, and taken up again: the same bytes, hardly one of them twice."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from tests.store.hub_server import TOKEN, Hub

REPOSITORY, KEY, WEIGHTS = "stabilityai/stable-audio-open-small", "stable-audio-open-small", "model.safetensors"
FILE = f"{REPOSITORY}//{WEIGHTS}"
SIZE, RATE, KILLS = 12_000_000, 12_000_000, 5
CHUNK_BYTES = 1 << 20  # what may come twice at each kill: bytes on their way when the process died


def start(hub: Hub, home: Path) -> subprocess.Popen[str]:
    """`musicapp models get` in a process of its own."""
    environment = {
        **os.environ,
        "MUSICAPP_HOME": str(home),
        "HF_ENDPOINT": hub.address,
        "HF_TOKEN": TOKEN,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    command = [sys.executable, "-m", "musicapp", "models", "get", KEY]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signal that kills.")
def test_killed_five_times_and_still_the_same_bytes(hub: Hub, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = save({"noise": np.random.default_rng(0).integers(0, 256, SIZE, dtype=np.uint8)})
    hub.repositories[REPOSITORY].files[WEIGHTS] = data
    hub.rate = RATE
    for number in range(1, KILLS + 1):
        process = start(hub, home)
        deadline_s = time.monotonic() + 60
        while hub.sent_of(FILE) < number * len(data) // (KILLS + 1) and time.monotonic() < deadline_s:
            time.sleep(0.005)
        process.kill()
        process.communicate()
        assert process.returncode == -9
    hub.rate = 0
    process = start(hub, home)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    here = home / "data" / "models" / KEY / WEIGHTS
    assert out.strip() == str(here.parent)
    assert hashlib.sha256(here.read_bytes()).digest() == hashlib.sha256(data).digest()

    bodies = hub.bodies(FILE)
    twice = [before.start + before.sent - after.start for before, after in itertools.pairwise(bodies)]
    assert len(bodies) == KILLS + 1 and all(0 <= bytes_ <= CHUNK_BYTES for bytes_ in twice)
    assert hub.sent_of(FILE) == len(data) + sum(twice)
    assert re.search(r"fetching, .* of 12 MB", err)
    with capsys.disabled():
        print(f"\nkilled at {[b.start + b.sent for b in bodies[:-1]]} of {len(data)}, came twice: {twice} bytes")
