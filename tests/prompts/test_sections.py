"""The form that the window shows is the one that the noise is laid in."""

from __future__ import annotations

import pytest
import torch

from musicapp.description.config import read_config
from musicapp.diffusion import noise
from musicapp.paths import bundled_models_folder
from musicapp.prompts.facts import read_prompt
from musicapp.prompts.sections import off_grid, rondo, section_latents, sections_of


@pytest.mark.parametrize("prompt", ["calm piano", "124 bpm house", "97 bpm waltz in 3/4", "slow ambient", "174 bpm"])
@pytest.mark.parametrize("duration_s", [100.0, 190.0, 285.0])
def test_sections_are_those_of_the_noise(prompt: str, duration_s: float) -> None:
    config = read_config(bundled_models_folder() / "builtin")
    rate, patch = config.sample_rate / config.autoencoder.downsampling_ratio, config.diffusion.dit.patch_size
    facts = read_prompt(prompt)
    sections = sections_of(config, facts, duration_s)
    told = noise.beginning_anew(
        torch.arange(round(duration_s * rate)), section_latents(config, facts), multiple=patch
    ).tolist()
    starts = [place for place, number in enumerate(told) if number == 0]
    assert [round(section.start_s * rate) for section in sections] == starts
    assert [section.letter for section in sections] == [chr(65 + noise.rondo(number)) for number in range(len(starts))]


def test_short_takes_and_models_without_a_form_have_no_sections() -> None:
    config = read_config(bundled_models_folder() / "builtin")
    assert sections_of(config, read_prompt("124 bpm"), 30.0) == ()


def test_a_rondo_comes_back_to_its_theme() -> None:
    assert "".join("ABCDE"[rondo(number)] for number in range(16)) == "ABACABADABACABAE"


@pytest.mark.parametrize(
    ("section", "multiple", "wanted"), [(516.0, 2, 0.0), (516.25, 2, 1.0), (517.0, 2, 1.0), (517.0, 1, 0.0)]
)
def test_beginnings_off_the_grid(section: float, multiple: int, wanted: float) -> None:
    assert off_grid(section, multiple=multiple) == pytest.approx(wanted)
