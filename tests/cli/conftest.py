"""What commands that start from sounds are given: a small model, and humming."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.tiny_model import write_tiny_model

RATE = 44100


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of one that reads no words."""
    folder = tmp_path_factory.mktemp("models") / "wordless"
    return str(write_tiny_model(folder, text_encoder="none", max_duration_s=60, objective="rf_denoiser"))


def write_hum(path: Path, left: float = 440.0) -> Path:
    """Two seconds of a sine in each channel; `left` in radians a second."""
    time = np.arange(2 * RATE) / RATE
    soundfile.write(path, np.stack([np.sin(left * time), np.cos(300 * time)], axis=1) * 0.2, RATE, subtype="FLOAT")
    return path
