"""Memory that loading let go of goes back to the system."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from musicapp.checkpoints import heap, reading
from musicapp.checkpoints.load import load_model
from tests.measure_memory import MB, status
from tests.tiny_model import write_tiny_model


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux’s malloc keeps blocks that were let go of.")
def test_holes_between_what_is_kept_go_back_to_the_system() -> None:
    """As when a model is rounded: a large block of floats each time, and behind it a small one that stays."""
    del (first := [torch.ones(8 << 20)])[0]  # 32 MB: from now on malloc keeps blocks up to that size
    assert not first
    heap.give_back()
    before, kept = status("VmRSS"), []
    holes = []
    for _ in range(20):
        holes.append(torch.ones(2 << 20))
        kept.append(torch.ones(1 << 16))
    assert status("VmRSS") - before > 150 * MB
    holes.clear()
    heap.give_back()
    assert status("VmRSS") - before < 60 * MB
    assert all(bool(part.all()) for part in kept)


def test_without_that_word_in_the_systems_library_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "_trim", lambda: None)
    heap.give_back()


@pytest.mark.parametrize("precision", ["fp32", "int8", "int4"])
def test_loading_gives_back_all_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision: str) -> None:
    folder, calls = write_tiny_model(tmp_path / "tiny", text_encoder="none"), [0]
    whole = load_model(folder, precision=precision).networks.state_dict()
    monkeypatch.setattr(reading, "GIVEN_BACK", 1 << 16)
    monkeypatch.setattr(heap, "give_back", lambda: calls.append(0))
    again = load_model(folder, precision=precision).networks.state_dict()
    assert len(calls) > 5
    assert all(torch.equal(whole[name], again[name]) for name in whole)
