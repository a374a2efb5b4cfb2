"""Diffusers folders and weights in several files: the same model as one published file, or a sentence why not."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp import paths
from musicapp.audio import wave_io
from musicapp.checkpoints.load import load_model
from musicapp.description import catalogue
from musicapp.description.config import read_config
from musicapp.engine.engine import Engine
from musicapp.errors import CheckpointError
from musicapp.request import TakeRequest
from tests import diffusers_folder, full_size
from tests.making import make
from tests.tiny_model import write_tiny_text_encoder

LAYERS = "transformer/diffusion_pytorch_model.safetensors"
TO_K = "transformer_blocks.0.attn1.to_k.weight"


def write_published(folder):
    """A small model of the kind of Stable Audio Open 1.0 as it is published; its text is narrower than its tokens."""
    values = full_size.open_1_0()
    values["sample_size"] = 12 * 2048
    model = values["model"]
    model["io_channels"] = 8
    coder = model["pretransform"]["config"]
    coder["latent_dim"], narrow = 8, {"channels": 16, "c_mults": [1, 1, 2, 2, 2]}
    coder["encoder"]["config"] |= {**narrow, "latent_dim": 16}
    coder["decoder"]["config"] |= {**narrow, "channels": 4, "latent_dim": 8}
    model["conditioning"]["cond_dim"] = 64
    model["conditioning"]["configs"][0]["config"]["max_length"] = 16
    sizes = {"embed_dim": 128, "depth": 2, "num_heads": 2, "cond_token_dim": 64, "global_cond_dim": 128}
    model["diffusion"]["config"] |= {**sizes, "io_channels": 8}
    (folder / "model_config.json").write_text(json.dumps(values), encoding="utf-8")
    prompt = "conditioner.conditioners.prompt.proj_out."
    shapes = full_size.published_shapes(values) | {prompt + "weight": (64, 32), prompt + "bias": (64,)}
    full_size.write_weights(
        folder / "model.safetensors", shapes, lambda name: full_size.random_weight(name, shapes[name])
    )
    write_tiny_text_encoder(folder / "t5", kind="t5")
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return write_published(tmp_path_factory.mktemp("published"))


@pytest.fixture
def folder(published, tmp_path):
    """The same model as a diffusers folder."""
    return diffusers_folder.write(published, tmp_path / "pipeline")


def edited(path, change):
    """A JSON file with its values changed by a function of them."""
    values = json.loads(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")


def reweighed(path, change):
    weights = load_file(path)
    change(weights)
    save_file(weights, path)


def split(path, count=3):
    """The file as several, with the index that names them."""
    weights = load_file(path)
    names, index = sorted(weights), {}
    for number in range(count):
        file = f"{path.stem}-{number + 1:05}-of-{count:05}.safetensors"
        part = {name: weights[name] for name in names[number::count]}
        save_file(part, path.with_name(file))
        index |= dict.fromkeys(part, file)
    path.unlink()
    path.with_name(path.name + ".index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


def assert_same_model(model, other):
    for part in ("dit", "autoencoder", "conditioner"):
        ours, theirs = getattr(model, part).state_dict(), getattr(other, part).state_dict()
        assert ours.keys() == theirs.keys()
        assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == []


def test_both_layouts_are_the_same_model(published, folder):
    assert_same_model(load_model(folder), load_model(published))
    one, other = read_config(folder), read_config(published)
    assert (one.autoencoder, one.diffusion, one.sample_size) == (other.autoencoder, other.diffusion, other.sample_size)
    assert one.conditioning == other.conditioning and one.app.sampler == "dpmpp-3m-sde" and one.app.steps == 100


def test_both_layouts_make_the_same_audio(published, folder, tmp_path):
    engine, made = Engine(), []
    for place in (published, folder):
        request = TakeRequest("t", "calm piano", 0.5, 7, model=str(place), steps=2, precision="fp32", device="cpu")
        path = tmp_path / f"{place.name}.wav"
        for _ in make(engine, request, path):
            pass
        made.append(wave_io.read(path)[0])
    # Bit by bit the same weights, but at other addresses, and sums over aligned memory round otherwise.
    assert np.abs(made[0] - made[1]).max() < 1e-4 * np.abs(made[0]).max()


def test_weights_in_several_files_are_the_same_model(published, folder, tmp_path):
    expected = load_model(published)
    split(folder / LAYERS)
    split(folder / "vae/diffusion_pytorch_model.safetensors", 2)
    assert_same_model(load_model(folder), expected)
    one = tmp_path / "one"
    one.mkdir()
    for name in ("model_config.json", "model.safetensors"):
        (one / name).write_bytes((published / name).read_bytes())
    split(one / "model.safetensors")
    assert_same_model(load_model(one, text_encoder_folder=published / "t5"), expected)


def test_lower_precisions_read_it_too(published, folder):
    one, other = load_model(folder, precision="bf16"), load_model(published, precision="bf16")
    assert_same_model(one, other)
    assert_same_model(load_model(folder, precision="int8"), load_model(published, precision="int8"))


def test_it_is_listed_and_described(folder, monkeypatch):
    monkeypatch.setattr(paths, "user_models_folder", lambda: folder.parent)
    assert "pipeline" in [entry.key for entry in catalogue.list_models()]
    assert catalogue.find_model("pipeline") == folder
    assert catalogue.max_duration_s(folder) == pytest.approx(12 * 2048 / 44100)


CONFIGS = [
    ("model_index.json", lambda v: v.update(_class_name="StableDiffusionPipeline"), "StableDiffusionPipeline"),
    ("transformer/config.json", lambda v: v.update(_class_name="Other"), "transformer._class_name"),
    ("transformer/config.json", lambda v: v.update(attention_head_dim=32), "attention_head_dim"),
    ("transformer/config.json", lambda v: v.update(num_key_value_attention_heads=2), "num_key_value"),
    ("transformer/config.json", lambda v: v.update(cross_attention_dim=192), "num_key_value|cross_attention_dim"),
    ("transformer/config.json", lambda v: v.update(surprise=1), "surprise"),
    ("transformer/config.json", lambda v: v.pop("num_layers"), "num_layers"),
    ("transformer/config.json", lambda v: v.update(num_layers=10**9), "depth"),
    ("transformer/config.json", lambda v: v.update(num_layers=3), "layers.2.*missing"),
    ("vae/config.json", lambda v: v.update(encoder_hidden_size=12), "latent_dim"),
    ("vae/config.json", lambda v: v.update(downsampling_ratios=[2, 4, 4, 8, 0]), "ratio|strides"),
    ("scheduler/scheduler_config.json", lambda v: v.update(prediction_type="epsilon"), "prediction_type"),
    ("scheduler/scheduler_config.json", lambda v: v.update(sigma_schedule="karras"), "sigma_schedule"),
    ("tokenizer/tokenizer_config.json", lambda v: v.update(model_max_length=10**30), "tokenizer"),
]


@pytest.mark.parametrize(("name", "change", "named"), CONFIGS)
def test_a_description_that_is_not_ours_to_play_is_refused(folder, name, change, named):
    edited(folder / name, change)
    with pytest.raises(CheckpointError, match=named) as caught:
        load_model(folder)
    assert caught.value.hint


def take_out(name):
    return lambda weights: weights.pop(name)


WEIGHTS = [
    (take_out(TO_K), "self_attn.to_qkv.*in part"),
    (take_out("transformer_blocks.1.ff.net.2.bias"), "ff.ff.2.bias.*missing"),
    (lambda w: w.update(surprise=torch.zeros(1)), "surprise"),
    (lambda w: w.update({"transformer_blocks.0.attn3.to_q.weight": torch.zeros(1)}), "attn3"),
    (lambda w: w.update({TO_K: torch.zeros(128, 64)}), "do not fit together"),
    (lambda w: w.update({TO_K: torch.zeros(())}), "do not fit together"),
    (lambda w: w.update({TO_K: torch.zeros(128, 128).half()}), "do not fit together"),
    (lambda w: w.update({"proj_in.weight": torch.zeros(64, 8)}), "project_in.*shape"),
    (lambda w: w.update({"proj_in.weight": torch.full((128, 8), float("nan"))}), "not finite"),
]


@pytest.mark.parametrize(("change", "named"), WEIGHTS)
def test_weights_that_do_not_make_the_model_are_refused(folder, change, named):
    reweighed(folder / LAYERS, change)
    with pytest.raises(CheckpointError, match=named) as caught:
        load_model(folder)
    assert caught.value.hint


def test_a_weight_told_twice_or_of_an_absurd_block_is_refused(folder):
    path = folder / "vae/diffusion_pytorch_model.safetensors"
    reweighed(path, lambda w: w.update({"decoder.block.00.conv_t1.bias": w["decoder.block.0.conv_t1.bias"].clone()}))
    with pytest.raises(CheckpointError, match="there twice"):
        load_model(folder)
    reweighed(path, lambda w: w.update({f"decoder.block.{'9' * 5000}.conv_t1.bias": torch.zeros(1)}))
    with pytest.raises(CheckpointError, match="no part of the model uses"):
        load_model(folder)


def test_a_missing_part_and_a_pickle_are_named(folder):
    (folder / LAYERS).rename(folder / "transformer/diffusion_pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"diffusion_pytorch_model\.bin, a kind of file that can run programs"):
        load_model(folder)
    (folder / "vae/config.json").unlink()
    with pytest.raises(CheckpointError, match=r"no config\.json"):
        load_model(folder)


INDEXES = [
    (lambda v: v["weight_map"].update({TO_K: "../outside.safetensors"}), "no file beside it"),
    (lambda v: v["weight_map"].update({TO_K: 7}), "no file beside it"),
    (lambda v: v["weight_map"].update({TO_K: "diffusion_pytorch_model.bin"}), "no file beside it"),
    (lambda v: v["weight_map"].update({TO_K: "gone.safetensors"}), r"no gone\.safetensors"),
    (lambda v: v["weight_map"].pop(TO_K), "differ in the weight"),
    (lambda v: v["weight_map"].update(ghost=v["weight_map"][TO_K]), "differ in the weight “ghost”"),
    (lambda v: v.pop("weight_map"), "does not say"),
]


@pytest.mark.parametrize(("change", "named"), INDEXES)
def test_an_index_that_lies_is_refused(folder, change, named):
    split(folder / LAYERS)
    edited(folder / (LAYERS + ".index.json"), change)
    with pytest.raises(CheckpointError, match=named) as caught:
        load_model(folder)
    assert caught.value.hint
