"""Chunks that are begun ahead and copied through a ring: the same takes, and none before what it is made from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from musicapp.engine import decode, sound, transfers
from musicapp.engine.engine import Engine
from musicapp.request import TakeRequest
from tests import making
from tests.tiny_model import write_tiny_model


def chunks_of(sizes: list[int], begun: list[int]) -> Iterator[torch.Tensor]:
    for number, size in enumerate(sizes):
        begun.append(number)
        yield (torch.arange(2 * size, dtype=torch.float32) + 1000 * number).view(2, size).T


SIZES = [3, 8, 8, 20, 20, 20, 5, 40]


@pytest.mark.parametrize("overlaps", [False, True])
def test_every_chunk_arrives_once_in_its_order_and_stays_what_it_was(overlaps: bool) -> None:
    begun: list[int] = []
    found = list(transfers.arriving(chunks_of(SIZES, begun), lambda number: True, overlaps=overlaps))
    wanted = [chunk.numpy() for chunk in chunks_of(SIZES, [])]
    assert len(found) == len(SIZES) == len(begun)
    assert all(np.array_equal(*pair) for pair in zip(found, wanted, strict=True))


def test_the_first_chunk_is_given_alone_and_later_ones_have_the_next_begun() -> None:
    begun: list[int] = []
    ahead = []
    for number, _ in enumerate(transfers.arriving(chunks_of(SIZES, begun), lambda number: True, overlaps=True)):
        ahead.append(len(begun) - number - 1)
    assert ahead == [0, 1, 1, 1, 1, 1, 1, 0]


def test_no_chunk_is_begun_before_what_it_is_made_from_is_there() -> None:
    begun: list[int] = []
    there = 0
    arriving = transfers.arriving(chunks_of(SIZES, begun), lambda number: number < there, overlaps=True)
    for number, there in enumerate([1, 2, 3, 3, 5, 8, 8, 8]):  # never less than what is asked for, minus one
        there = max(there, number + 1)
        next(arriving)
        assert len(begun) <= max(there, number + 1)
    assert next(arriving, None) is None


@pytest.mark.parametrize("duration_s", [3.0, 34.0])
def test_takes_have_the_same_bytes_when_chunks_overlap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, duration_s: float
) -> None:
    """Of one window and of two, whose later chunks wait for the second; with a small plan of many chunks."""
    folder = write_tiny_model(
        tmp_path / "tiny", text_encoder="none", section_s=16.0, timeline=True, max_duration_s=60, dim=32, depth=1
    )
    monkeypatch.setattr(decode, "FIRST", 4)
    engine = Engine()
    request = TakeRequest("one", "piano", duration_s, 7, model=str(folder), precision="fp32", steps=2)
    list(making.make(engine, request, tmp_path / "plain.wav"))
    rings: list[int] = []

    class Counted(transfers.Ring):
        def send(self, chunk: torch.Tensor):  # type: ignore[no-untyped-def]
            rings.append(len(chunk))
            return super().send(chunk)

    monkeypatch.setattr(sound, "overlaps", lambda device: True)
    monkeypatch.setattr(transfers, "Ring", Counted)
    list(making.make(engine, request, tmp_path / "ahead.wav"))
    assert len(rings) > 2
    assert (tmp_path / "ahead.wav").read_bytes() == (tmp_path / "plain.wav").read_bytes()


def test_without_pinned_memory_chunks_are_copied_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = torch.empty

    def refused(*size: int, pin_memory: bool | None = None) -> torch.Tensor:
        if pin_memory is not None:
            raise RuntimeError("CUDA error: out of memory")
        return empty(*size)

    monkeypatch.setattr(torch, "empty", refused)
    found = list(transfers.arriving(chunks_of(SIZES, []), lambda number: True, overlaps=True))
    monkeypatch.undo()
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(found, chunks_of(SIZES, []), strict=True))
