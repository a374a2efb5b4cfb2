"""`--compile` where there is no compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from musicapp.errors import MusicAppError
from musicapp.training import compiling
from tests.sound_devices import ROOT

CHECK = """
import torch
from musicapp.errors import MusicAppError
from musicapp.training import compiling
try:
    compiling.check(torch.device("cpu"))
except MusicAppError as error:
    print(error.message, error.hint, sep="\\n")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows finds its compiler without the path too.")
def test_without_a_compiler_one_sentence_says_so(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "cache")}
    environment.pop("CXX", None)
    done = subprocess.run(
        [sys.executable, "-c", CHECK], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    sentence, hint = done.stdout.splitlines()
    assert sentence == "--compile needs a C++ compiler, and none that works was found."
    assert "without --compile" in hint


def test_the_built_app_says_that_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(MusicAppError, match="built app cannot"):
        compiling.check(torch.device("cpu"))
