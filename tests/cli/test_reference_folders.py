"""Every folder of the reference data makes music from the command line, as it is published: no option but the folder.

MUSICAPP_REFERENCE names the folder with all recorded models, which are too large to be kept here.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from musicapp.audio import wave_io
from musicapp.cli.main import main
from musicapp.description.config import read_config
from tests.tiny_model import write_tiny_t5gemma

pytestmark = pytest.mark.weights
DEFAULTS = {
    "sat-tiny": ("dpmpp-3m-sde", 100, 7.0),
    "diffusers-tiny": ("dpmpp-3m-sde", 100, 7.0),
    "paper-tiny": ("dpmpp-3m-sde", 100, 7.0),
    "sat-inpaint-tiny": ("dpmpp-3m-sde", 100, 7.0),
    "sat-rf-tiny": ("pingpong", 8, 1.0),
    "sa3-tiny/small": ("pingpong", 8, 1.0),
    "sa3-tiny/medium": ("euler", 50, 7.0),
}


def reference(name: str) -> Path:
    folder = Path(os.environ.get("MUSICAPP_REFERENCE", "")) / name
    if not (folder / "golden.json").is_file():
        pytest.skip("MUSICAPP_REFERENCE does not name the reference data.")
    return folder


def make(folder: Path, target: Path, *more: str) -> torch.Tensor:
    words = ["generate", "warm pad", "--model", str(folder), "--seconds", "0.8", "--seed", "5", "-o", str(target)]
    assert main([*words, "--precision", "fp32", "--device", "cpu", *more]) == 0
    return torch.from_numpy(wave_io.read(target)[0])


@pytest.mark.parametrize("name", DEFAULTS)
def test_it_makes_music_with_the_defaults_of_its_family(name: str, tmp_path: Path) -> None:
    folder = reference(name)
    config, more = read_config(folder), []
    if name.startswith("sa3"):  # comes without a text encoder
        with safe_open(folder / "model.safetensors", framework="pt") as file:
            projection = "conditioner.conditioners.prompt.proj_out.weight"
            known = projection in file.keys()  # noqa: SIM118 - not a mapping
            width = file.get_slice(projection).get_shape()[1] if known else config.conditioning.cond_dim
        more = ["--text-encoder", str(write_tiny_t5gemma(tmp_path / "t5gemma", width=width))]
    audio = make(folder, tmp_path / "take.wav", *more)
    assert audio.shape == (round(0.8 * config.sample_rate), 2)
    assert bool(torch.isfinite(audio).all()) and float(audio.abs().max()) > 1e-3
    asked = json.loads(wave_io.read_tags(tmp_path / "take.wav")["comment"])
    assert (asked["sampler"], asked["steps"], asked["guidance_scale"]) == DEFAULTS[name]


def test_the_same_weights_in_both_layouts_make_the_same_audio(tmp_path: Path) -> None:
    published = make(reference("sat-tiny"), tmp_path / "one.wav")
    other = make(reference("diffusers-tiny"), tmp_path / "other.wav")
    # The weights are the same bit by bit, but lie at other addresses, and sums over aligned memory round otherwise.
    assert float((published - other).abs().max() / published.abs().max()) < 1e-3
