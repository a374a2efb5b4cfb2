"""Sections that return: how long they are, and what the timeline says in them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from musicapp.checkpoints.load import load_model
from musicapp.engine.request_facts import read_request
from musicapp.engine.steering import Prompts, steer
from musicapp.nn.timeline import BEATS
from musicapp.prompts.facts import read_prompt
from musicapp.prompts.sections import section_latents
from musicapp.request import TakeRequest
from tests.tiny_model import LATENT_DIM, write_tiny_model


def test_sections_that_return_are_whole_bars_of_a_stated_tempo(tmp_path: Path) -> None:
    model = load_model(write_tiny_model(tmp_path / "model", section_s=24.0, text_encoder="none"))
    latents_a_second = 44100 / 2048

    def seconds(prompt: str) -> float:
        return section_latents(model.config, read_prompt(prompt)) / latents_a_second

    assert seconds("calm piano") == pytest.approx(517 / latents_a_second)  # 24 s are 516.8
    assert seconds("120 bpm") == pytest.approx(24.0)  # 12 bars of 2 s
    assert seconds("120.011 bpm") == pytest.approx(32.0, abs=0.01)  # 689.00 latents; 8 and 12 bars fall between them
    assert seconds("100 bpm, 3/4") == pytest.approx(21.6)  # 12 bars of 1.8 s
    assert seconds("30 bpm") == pytest.approx(32.0)


def test_beats_of_returning_sections_begin_where_the_section_does(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "model", timeline=True, section_s=24.0)
    model = load_model(folder)
    told: list[torch.Tensor] = []

    def spy(_: torch.nn.Module, args: tuple[object, ...], cond: dict[str, torch.Tensor]) -> None:
        told.append(cond["input_concat"])

    model.dit.register_forward_pre_hook(spy, with_kwargs=True)
    asked = TakeRequest(take_id="t", prompt="113 bpm", duration_s=120.0, seed=1, guidance_scale=1.0)
    section = section_latents(model.config, read_prompt(asked.prompt))
    network = steer(model, Prompts(model.conditioner, model.device), asked, read_request(asked), 2600, section=section)
    with torch.inference_mode():
        network(torch.zeros(1, LATENT_DIM, 2600), torch.ones(1))
    beats = told[0][0, BEATS]
    patch = model.config.diffusion.dit.patch_size
    for number in range(1, 3):
        start = patch * round(number * section / patch)
        torch.testing.assert_close(beats[:, start : start + 300], beats[:, :300], atol=0, rtol=0)
    assert beats[1].max() > 0.9 and beats[1].min() < -0.9
