"""Steps that are pushed: from drums that a prompt refuses, towards instruments that it names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.engine.request_facts import read_request
from musicapp.engine.steering import Prompts, Timing, steer
from musicapp.nn.timeline import DRUMS
from musicapp.prompts.facts import read_prompt
from musicapp.request import TakeRequest
from tests.tiny_model import LATENT_DIM, write_tiny_model


def with_and_without(folder: Path, **push: Any) -> tuple[LoadedModel, LoadedModel]:
    """The same tiny model without and with a push in its description."""
    plain, pushed = (
        load_model(write_tiny_model(folder / name, timeline=True, objective="rectified_flow", **scales))
        for name, scales in (("plain", {}), ("pushed", push))
    )
    return plain, pushed


def velocity(model: LoadedModel, prompt: str, level: float, beside: torch.Tensor | None = None) -> torch.Tensor:
    """What a model says of fixed noise at a noise level; told `beside` in place of the prompt's own timeline."""
    asked = TakeRequest(take_id="t", prompt=prompt, duration_s=1.0, seed=1, guidance_scale=1.0)
    prompts = Prompts(model.conditioner, model.device)
    if beside is not None:
        kept = prompts.encode(prompt, read_prompt(prompt), Timing(0.0, 1.0), 22)
        prompts._kept[(prompt, read_prompt(prompt), Timing(0.0, 1.0), 22)] = replace(kept, input_concat=beside)
    x = torch.randn(1, LATENT_DIM, 22, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        return steer(model, prompts, asked, read_request(asked), 22)(x, torch.full((1,), level))


def test_a_prompt_that_refuses_drums_is_pushed_away_from_them_in_the_noisy_steps_alone(tmp_path: Path) -> None:
    plain, pushed = with_and_without(tmp_path, refusal_scale=6.0)
    refusing = "techno, no drums"
    refused = (
        Prompts(plain.conditioner, plain.device)
        .encode(refusing, read_prompt(refusing), Timing(0.0, 1.0), 22)
        .input_concat
    )
    assert refused is not None and refused[0, DRUMS, 0].tolist() == [0.0, 1.0]
    wanted = refused.clone()
    wanted[:, DRUMS.start], wanted[:, DRUMS.start + 1] = 1.0, 0.0
    ours, theirs = (velocity(plain, "techno, no drums", 0.95, beside) for beside in (refused, wanted))
    torch.testing.assert_close(
        velocity(pushed, "techno, no drums", 0.95), ours + 6.0 * (ours - theirs), atol=1e-4, rtol=1e-4
    )
    assert not torch.allclose(ours, theirs)
    for prompt, level in (("techno, no drums", 0.8), ("techno, drums", 0.95), ("techno", 0.95)):
        torch.testing.assert_close(velocity(pushed, prompt, level), velocity(plain, prompt, level), atol=0, rtol=0)


def test_a_prompt_is_pushed_towards_the_instruments_that_it_names_in_the_middle_steps(tmp_path: Path) -> None:
    plain, pushed = with_and_without(tmp_path, instrument_scale=4.0)
    prompt = "slow, piano, in C"
    ours, fewer = velocity(plain, prompt, 0.5), velocity(plain, "slow, in C", 0.5)
    assert not torch.allclose(ours, fewer)
    torch.testing.assert_close(velocity(pushed, prompt, 0.5), ours + 4.0 * (ours - fewer), atol=1e-4, rtol=1e-4)
    # The last one has nothing left to be pushed away from.
    for asked, level in ((prompt, 0.9), (prompt, 0.3), ("slow, in C", 0.5), ("slow, no piano", 0.5), ("piano", 0.5)):
        torch.testing.assert_close(velocity(pushed, asked, level), velocity(plain, asked, level), atol=0, rtol=0)


@pytest.mark.parametrize(
    ("push", "asked", "pushed_at", "plain_at"),
    [
        ({"refusal_scale": 6.0, "levels": {"refusal_above": 0.5}}, "techno, no drums", (0.5, 0.95), (0.45,)),
        ({"instrument_scale": 4.0, "levels": {"instrument_levels": [0.2, 0.3]}}, "slow, piano", (0.2,), (0.3, 0.5)),
        ({"instrument_scale": 4.0, "levels": {"instrument_levels": [0.8, 1.0]}}, "slow, piano", (0.8, 1.0), (0.7,)),
    ],
)
def test_a_model_says_in_which_steps_it_is_pushed(
    tmp_path: Path, push: dict[str, Any], asked: str, pushed_at: tuple[float, ...], plain_at: tuple[float, ...]
) -> None:
    plain, pushed = with_and_without(tmp_path, **push)
    for level in pushed_at:
        assert not torch.allclose(velocity(pushed, asked, level), velocity(plain, asked, level))
    for level in plain_at:
        torch.testing.assert_close(velocity(pushed, asked, level), velocity(plain, asked, level), atol=0, rtol=0)
