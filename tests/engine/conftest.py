"""Tiny model folders for all tests of the engine, and one thread: on a busy machine more wait for each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.tiny_model import write_tiny_model


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with a text encoder, any length up to 5 minutes."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny", max_duration_s=300)


@pytest.fixture(scope="session")
def with_phases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that decodes waveforms, phases too: of two near takes of the spectral one only the spectra are near."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "oobleck", autoencoder="oobleck", max_duration_s=300)


@pytest.fixture(scope="session")
def wordless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model without a text encoder: loads at once, for tests of the engine's process."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "wordless", text_encoder="none", max_duration_s=300)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine takes as many threads as the user's OMP_NUM_THREADS says."""
    before = torch.get_num_threads()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
