"""The quality "quick", and guidance between two noise levels: kept in the take, and the same bytes every time."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from musicapp.audio import tags, wave_io
from musicapp.engine import looking, memory
from musicapp.engine.engine import Engine
from musicapp.engine.events import Started
from musicapp.request import TakeRequest
from tests import making
from tests.tiny_model import write_tiny_model


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with several blocks, guided by default."""
    place = tmp_path_factory.mktemp("models") / "deep"
    return write_tiny_model(place, dim=32, depth=4, objective="rectified_flow", guidance_scale=3.0, max_duration_s=300)


def asked(folder: Path, **changes: object) -> TakeRequest:
    values = {"take_id": "one", "prompt": "calm piano", "duration_s": 2.0, "seed": 7, "steps": 24, **changes}
    return TakeRequest(model=str(folder), precision="fp32", **values)  # type: ignore[arg-type]


def made(engine: Engine, request: TakeRequest, path: Path) -> bytes:
    *_, started = (event for event in making.make(engine, request, path) if isinstance(event, Started))
    assert started.request.quality == request.quality
    return path.read_bytes()


def test_quick_passes_fewer_blocks_and_is_the_same_every_time(
    engine: Engine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "TOLERANCE", 0.5)
    calls = []
    full = making.prepare(engine, asked(folder))
    held = engine.models.held
    assert held is not None
    hook = held.model.dit.blocks[-1].register_forward_hook(lambda *_: calls.append(0))
    try:
        list(engine.make(full, tmp_path / "full.wav"))
        whole = len(calls)
        first = made(engine, asked(folder, quality="quick"), tmp_path / "first.wav")
        assert whole == 48 and len(calls) - whole < 40
        assert made(engine, asked(folder, quality="quick"), tmp_path / "second.wav") == first
    finally:
        hook.remove()


def test_what_stays_from_step_to_step_counts_as_memory(engine: Engine, folder: Path) -> None:
    request = making.prepare(engine, asked(folder, duration_s=280.0)).request
    held = engine.models.held
    assert held is not None
    needs = [
        memory.needs(held.model, dataclasses.replace(request, quality=quality), memory.MemoryPlan(chunk=16))["cpu"]
        for quality in ("full", "quick")
    ]
    assert needs[1] - needs[0] > 2 * 2 * 6000 * 32 * 4


def test_few_steps_are_whole_whatever_the_quality(engine: Engine, folder: Path, tmp_path: Path) -> None:
    takes = []
    for quality in ("full", "quick"):
        made(engine, asked(folder, quality=quality, steps=8), tmp_path / f"{quality}.wav")
        takes.append(wave_io.read(tmp_path / f"{quality}.wav")[0])
    assert (takes[0] == takes[1]).all()


def test_guidance_at_no_level_that_occurs_is_no_guidance(engine: Engine, folder: Path, tmp_path: Path) -> None:
    def sound(name: str, **changes: object) -> object:
        made(engine, asked(folder, steps=6, **changes), tmp_path / name)
        return wave_io.read(tmp_path / name)[0].tolist()

    none = sound("none.wav", guidance_scale=1.0)
    assert sound("nowhere.wav", guidance_low=0.0, guidance_high=1e-6) == none
    assert sound("late.wav", guidance_high=0.6) not in (none, sound("all.wav"))


def test_a_take_tells_both_and_is_recalled_with_them(engine: Engine, folder: Path, tmp_path: Path) -> None:
    request = asked(folder, quality="quick", guidance_low=0.2, guidance_high=0.75)
    made(engine, request, tmp_path / "a.wav")
    recalled = tags.recalled(wave_io.read_tags(tmp_path / "a.wav"), "again")
    assert recalled is not None and not recalled.left_out
    again = recalled.request
    assert (again.quality, again.guidance_low, again.guidance_high) == ("quick", 0.2, 0.75)
