"""Every process of ours waits without spinning, as the threads of torch themselves say."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

STARTS = {
    "the command line": "import musicapp.cli.main",
    "the engine's process": "import musicapp.engine.worker",
    "the engine called directly": "import musicapp.engine.engine",
    "training": "import musicapp.training.loop",
    "evaluation": "import musicapp.evaluation.options",
}


def policy(start: str, **given: str) -> str:
    """What OpenMP took for its way to wait."""
    clean = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", f"{start}; import torch"],
        env={**clean, "OMP_DISPLAY_ENV": "TRUE", **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if "OMP_WAIT_POLICY" in line]
    if not lines:
        pytest.skip("The OpenMP of this system does not tell its settings.")
    return lines[0].partition("'")[2].rstrip("'")


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_threads_sleep_while_they_wait(start: str) -> None:
    assert policy(start) == "PASSIVE"


def test_a_users_own_setting_stays() -> None:
    assert policy("import musicapp", OMP_WAIT_POLICY="ACTIVE") == "ACTIVE"
