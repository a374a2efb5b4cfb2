"""Tiny model folders for all tests of the engine, and one thread: on a busy machine more wait for each other."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from musicapp.engine.events import Cancelled, Event, Failed, Finished
from musicapp.engine.host import EngineHost
from tests.tiny_model import write_tiny_model

LIMIT_S = 60.0
CLOSING = (Finished, Failed, Cancelled)


class Listener:
    """Collects events and waits for some of them."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._queue: queue.Queue[Event] = queue.Queue()

    def receive(self, event: Event) -> None:
        self.all.append(event)
        self._queue.put(event)

    def wait(self, *kinds: type, take_id: str = "") -> Event:
        """The next event of one of these kinds (and of one take, if named)."""
        deadline = time.monotonic() + LIMIT_S
        while True:
            event = self._queue.get(timeout=max(0.01, deadline - time.monotonic()))
            if isinstance(event, kinds) and (not take_id or getattr(event, "take_id", "") == take_id):
                return event

    def closings(self, take_id: str) -> list[Event]:
        return [event for event in self.all if isinstance(event, CLOSING) and event.take_id == take_id]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def host(listener: Listener) -> Iterator[EngineHost]:
    """A host whose child is gone after the test."""
    engine_host = EngineHost(listener.receive)
    yield engine_host
    engine_host.close()
    assert not engine_host.is_alive


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
