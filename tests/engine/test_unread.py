"""The end of a prompt that does not fit into a text encoder is named, and really is what was not read."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.description.catalogue import find_model
from musicapp.engine.engine import Engine
from musicapp.engine.events import Remarked
from musicapp.engine.remarks import LONGEST_SHOWN, about_unread
from musicapp.prompts.facts import read_prompt
from musicapp.request import TakeRequest
from tests import making

LONG = "calm piano over warm pads, ninety bpm, in C minor, " * 9 + "and at last a trumpet solo"


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load_model(find_model("builtin"), device="cpu", precision="fp32")


def test_what_is_named_changes_nothing_and_what_comes_before_does(model: LoadedModel) -> None:
    end = model.conditioner.unread(LONG)
    assert LONG.endswith(end) and "trumpet solo" in end
    start = LONG[: -len(end)]

    def cross(prompt: str) -> torch.Tensor:
        item = {"prompt": prompt, "seconds_start": 0.0, "seconds_total": 10.0, "facts": read_prompt(prompt)}
        found = model.conditioner.encode([item], 8).cross
        assert found is not None
        return found

    assert torch.equal(cross(LONG), cross(f"{start}{end} and then the sea"))
    assert not torch.equal(cross(LONG), cross(f"{start[:-30]}{end}"))


@pytest.mark.parametrize("letters", range(5))
def test_what_is_named_begins_with_a_whole_word(model: LoadedModel, letters: int) -> None:
    words = [f"{'x' * letters}shuffled", "kaleidoscopic", "glockenspiels", "reverberating", "dulcimers"] * 40
    end = model.conditioner.unread(" ".join(words))
    assert end and end.split()[0] in words


def test_short_prompts_are_read_whole(model: LoadedModel) -> None:
    assert model.conditioner.unread("") == ""
    assert model.conditioner.unread("calm piano, 90 bpm") == ""


def test_the_take_says_what_is_not_heard(tmp_path: Path) -> None:
    engine = Engine()

    def remarks(prompt: str, name: str) -> list[str]:
        request = TakeRequest(take_id=name, prompt=prompt, duration_s=2.0, seed=1)
        events = making.make(engine, request, tmp_path / f"{name}.wav")
        return [event.text for event in events if isinstance(event, Remarked) and event.is_to_do]

    found = remarks(LONG, "a")
    assert len(found) == 1 and "Not heard is" in found[0]
    assert remarks("short", "b") == []


def test_only_the_beginning_of_a_very_long_end_is_shown() -> None:
    text = about_unread("word " * 1000)
    assert len(text) < LONGEST_SHOWN + 120 and text.count("…") == 1
