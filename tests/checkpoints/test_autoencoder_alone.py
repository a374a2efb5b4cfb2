"""An autoencoder in a folder of its own: the same network as inside a model, and no model of its own."""

from __future__ import annotations

import json
import math

import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp.checkpoints.autoencoder_alone import PREFIX, load_autoencoder
from musicapp.checkpoints.load import load_model
from musicapp.cli.main import main
from musicapp.description import catalogue
from musicapp.errors import CheckpointError
from musicapp.nn.autoencoder import build_autoencoder
from tests import full_size
from tests.checkpoints import tiny_model
from tests.checkpoints.test_stable_audio_3 import folder as stable_audio_3

__all__ = ["stable_audio_3"]  # the fixture: a small model


def alone(model, folder):
    """A model's autoencoder in a folder of its own, as SAME is published."""
    values = json.loads((model / "model_config.json").read_text(encoding="utf-8"))
    values |= {"model_type": "autoencoder", "model": values["model"]["pretransform"]["config"]}
    values.pop("musicapp", None)
    folder.mkdir()
    (folder / "model_config.json").write_text(json.dumps(values), encoding="utf-8")
    weights = load_file(model / "model.safetensors")
    named = {name.removeprefix(PREFIX): tensor for name, tensor in weights.items() if name.startswith(PREFIX)}
    save_file(named, folder / "model.safetensors")
    return folder


@pytest.fixture(params=["same", "oobleck"])
def model(request, tmp_path):
    return request.getfixturevalue("stable_audio_3") if request.param == "same" else tiny_model.write(tmp_path / "m")


def test_it_is_the_network_inside_the_model(model, tmp_path):
    inside, outside = load_model(model).autoencoder, load_autoencoder(alone(model, tmp_path / "alone"))
    ours, theirs = outside.state_dict(), inside.state_dict()
    assert ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)
    torch.manual_seed(0)
    audio = torch.randn(1, 2, 5 * inside.downsampling_ratio)
    with torch.inference_mode():
        latents = outside.encode(audio)
        assert torch.equal(latents, inside.encode(audio)) and latents.shape[-1] >= 5
        assert torch.equal(outside.decode(latents), inside.decode(latents))


def test_it_makes_no_music_and_says_so(model, tmp_path, capsys):
    folder = alone(model, tmp_path / "alone")
    with pytest.raises(CheckpointError, match="no transformer") as caught:
        load_model(folder)
    assert caught.value.hint
    assert catalogue.autoencoder_alone(model) is None
    assert main(["models", "info", str(folder)]) == 0
    assert "no transformer" in capsys.readouterr().out


def test_a_whole_model_or_other_weights_are_refused(model, tmp_path):
    with pytest.raises(CheckpointError, match="model_type"):
        load_autoencoder(model)
    folder = alone(model, tmp_path / "alone")
    weights = load_file(folder / "model.safetensors")
    lost = weights.pop(next(name for name in weights if name.startswith("decoder.") and name.endswith("bias")))
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match="missing"):
        load_autoencoder(folder)
    save_file({**weights, "surprise": lost}, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match=r"missing|does not use"):
        load_autoencoder(folder)


@pytest.mark.parametrize(
    ("sizes", "decoder", "parameters"),
    [
        (full_size.SAME_S, {"conv_mapping": True, "mask_noise": 0.01}, 108_244_529),
        (full_size.SAME_L, {"sinusoidal_blocks": [8], "mask_noise": 0.1}, 852_127_073),
    ],
)
def test_both_published_sizes_have_as_many_weights_as_published(tmp_path, sizes, decoder, parameters):
    section = full_size.same_autoencoder(sizes, decoder)
    values = {"model_type": "autoencoder", "sample_size": 1, "sample_rate": 44100, "audio_channels": 2}
    (tmp_path / "model_config.json").write_text(json.dumps({**values, "model": section}), encoding="utf-8")
    described = catalogue.autoencoder_alone(tmp_path)
    with torch.device("meta"):
        network = build_autoencoder(described.autoencoder)
    count = sum(math.prod(t.shape) for t in network.state_dict().values())
    convolutions = sum(m.weight.shape[0] for m in network.modules() if isinstance(m, torch.nn.Conv1d))
    assert count + convolutions == parameters  # published with a length for each row of a convolution
