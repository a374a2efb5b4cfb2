"""A request is read by rule once, whatever goes by what it states."""

from __future__ import annotations

from pathlib import Path

import pytest

from musicapp.engine.engine import Engine
from musicapp.engine.events import Finished
from musicapp.engine.request_facts import read_request
from musicapp.prompts import facts
from musicapp.prompts.facts import PromptFacts
from musicapp.request import TakeRequest
from tests.making import make


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is read from now on, by whatever name a module knows `read_prompt`."""
    texts: list[str] = []
    read_key = facts.read_key

    def counting(text: str) -> tuple[int | None, tuple[int, ...] | None]:
        texts.append(text)
        return read_key(text)

    monkeypatch.setattr(facts, "read_key", counting)
    return texts


def test_a_take_of_the_builtin_model_reads_its_prompt_once(readings: list[str], tmp_path: Path) -> None:
    """This one is told of in the timeline, in its sections, and pushed from drums and towards its flute."""
    prompt, unwanted = "slow flute without drums, 90 bpm, A major", "loud, fast"
    request = TakeRequest("one", prompt, 1.0, 7, steps=2)
    engine = Engine()
    assert isinstance(list(make(engine, request, tmp_path / "a.wav"))[-1], Finished)
    assert readings == [prompt]
    guided = TakeRequest("two", prompt, 1.0, 7, unwanted, steps=2, guidance_scale=2.0)
    assert isinstance(list(make(engine, guided, tmp_path / "b.wav"))[-1], Finished)
    assert readings == [prompt, prompt, unwanted]


def test_no_negative_prompt_states_nothing(readings: list[str]) -> None:
    found = read_request(TakeRequest("one", "90 bpm, no drums", 1.0, 7))
    assert found.prompt == PromptFacts(tempo_bpm=90.0, has_drums=False)
    assert found.negative_prompt == PromptFacts() and readings == ["90 bpm, no drums"]
