"""A request is checked, placed and completed once; what comes of it does not keep the model."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from musicapp.engine import devices, engine, held_model
from musicapp.engine.engine import Engine
from musicapp.engine.events import Finished
from musicapp.errors import EngineError
from musicapp.request import TakeRequest
from tests.making import make, prepare


def request(model: Path, **changes: object) -> TakeRequest:
    return replace(TakeRequest("one", " piano ", 1.0, 7, model=str(model), precision="fp32"), **changes)  # type: ignore[arg-type]


def test_a_take_climbs_every_step_once(wordless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: Counter[str] = Counter()

    def count(module: object, name: str) -> None:
        step = getattr(module, name)

        def counting(*args: object, **options: object) -> object:
            steps[name] += 1
            return step(*args, **options)

        monkeypatch.setattr(module, name, counting)

    for module, name in (
        (engine, "checked"),
        (engine, "_completed"),
        (engine, "read_request"),
        (engine, "check_duration"),
        (devices, "place"),
        (held_model, "find_model"),
    ):
        count(module, name)
    assert isinstance(list(make(Engine(), request(wordless), tmp_path / "take.wav"))[-1], Finished)
    assert set(steps.values()) == {1} and len(steps) == 6


def test_what_is_prepared_is_clean_complete_and_can_be_made_twice(wordless: Path, tmp_path: Path) -> None:
    maker = Engine()
    prepared = prepare(maker, request(wordless))
    done = prepared.request
    assert (done.prompt, done.steps, done.guidance_scale, done.sampler) == ("piano", 4, 3.0, "dpmpp-3m-sde")
    for name in ("a.wav", "b.wav"):
        assert isinstance(list(maker.make(prepared, tmp_path / name))[-1], Finished)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_what_is_prepared_lets_its_model_go_and_is_refused_without_it(wordless: Path, tmp_path: Path) -> None:
    maker = Engine()
    prepared = prepare(maker, request(wordless))
    assert maker.models.held is not None
    old = weakref.ref(maker.models.held.model.dit)
    prepare(maker, request(wordless, precision="int8"))
    gc.collect()
    assert old() is None
    with pytest.raises(EngineError, match="no longer in memory") as caught:
        list(maker.make(prepared, tmp_path / "take.wav"))
    assert caught.value.hint and not (tmp_path / "take.wav").exists()
    prepare(maker, request(wordless))
    assert isinstance(list(maker.make(prepared, tmp_path / "take.wav"))[-1], Finished)
