"""Stable Audio 3 as a diffusers folder: the same networks as from the published layout, or one sentence."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from musicapp.audio import wave_io
from musicapp.checkpoints import diffusers_sa3_keymap, keymap
from musicapp.checkpoints.load import check_model, load_model
from musicapp.description import catalogue
from musicapp.description.config import parse_config
from musicapp.engine.engine import Engine
from musicapp.errors import CheckpointError
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.conditioners import NumberConditioner
from musicapp.nn.dit import DiffusionTransformer
from musicapp.request import TakeRequest
from tests.checkpoints import test_stable_audio_3
from tests.checkpoints.test_stable_audio_3 import PROMPT
from tests.checkpoints.test_stable_audio_3 import folder as small
from tests.making import make

__all__ = ["small"]  # the fixture, for its text encoder

PART_FILE = "diffusion_pytorch_model.safetensors"
DIM, WIDTH, STRIDE, PATCH, DEPTH = 128, 64, 4, 8, 3


def description(*, differential: bool = True) -> dict[str, Any]:
    """The kind of model that diffusers has: sliding windows, no noise in decoding."""
    values = test_stable_audio_3.description()
    values["sample_size"] = 4096 * STRIDE * PATCH
    half = {"channels": 16, "c_mults": [4], "strides": [STRIDE], "transformer_depths": [DEPTH], "latent_dim": 6}
    half |= {"dim_heads": 32, "differential": differential, "variable_stride": True, "sliding_window": [1, 1]}
    coder = values["model"]["pretransform"]["config"]
    coder["encoder"]["config"] = {**half, "in_channels": 2 * PATCH}
    coder["decoder"]["config"] = {**half, "out_channels": 2 * PATCH, "sinusoidal_blocks": [2]}
    coder["bottleneck"]["config"]["noise_regularize"] = False
    coder["downsampling_ratio"] = STRIDE * PATCH
    dit = values["model"]["diffusion"]["config"]
    dit |= {"embed_dim": DIM, "attn_kwargs": {"qk_norm": "rms", "differential": differential}}
    del values["model"]["diffusion"]["distribution_shift_options"]
    values["model"]["conditioning"]["configs"][0]["config"]["max_length"] = 256
    return values


def random_weights(values: dict[str, Any]) -> dict[str, torch.Tensor]:
    config = parse_config(values)
    number = NumberConditioner(32, 0, 384, expo=True)
    parts = {"dit": DiffusionTransformer(config.diffusion.dit), "autoencoder": build_autoencoder(config.autoencoder)}
    conditioner = nn.ModuleDict({"conditioners": nn.ModuleDict({"seconds_total": number})})
    networks = nn.ModuleDict({**parts, "conditioner": conditioner})
    torch.manual_seed(0)
    state = {
        keymap.to_published(name): torch.randn_like(t) * (0.2 if name.startswith("autoencoder.") else 0.1)
        for name, t in networks.state_dict().items()
    }
    return {**state, PROMPT: torch.randn(32)}


def place_of(name: str) -> tuple[str, str]:
    """Part and name of a published weight in a diffusers folder, written down from that library's own modules."""
    if name == PROMPT:
        return "transformer", "prompt_padding_embedding"
    if name.startswith("conditioner."):
        return "duration_embedder", "linear." + name.rpartition(".")[2]
    if name.startswith("model.model."):
        inner = name.removeprefix("model.model.")
        inner = re.sub(r"^transformer\.layers\.", "transformer_blocks.", inner).removeprefix("transformer.")
        inner = re.sub(r"^project_(in|out)\.", r"proj_\1.", inner)
        return "transformer", inner.replace("ff.ff.0.proj.", "ff.proj_in.").replace("ff.ff.2.", "ff.proj_out.")
    inner = name.removeprefix("pretransform.model.").replace("scaling_factor", "scale")
    for theirs, other in (
        ("encoder.layers.0", "encoder.blocks.0"),
        ("encoder.layers.2", "encoder.proj"),
        ("decoder.layers.3", "decoder.blocks.0"),
        ("decoder.layers.1", "decoder.proj"),
        (".pre_norm.", ".norm_attn."),
        (".ff_norm.", ".norm_ff."),
        (".self_attn.", ".attn."),
        ("ff.ff.0.proj.", "ff.proj_in."),
        ("ff.ff.2.", "ff.proj_out."),
    ):
        inner = inner.replace(theirs, other)
    return "vae", inner


def reordered(name: str, weight: torch.Tensor, *, differential: bool) -> torch.Tensor:
    """q, k, v, q2, k2 as q, q2, k, k2, v, of self-attention alone."""
    if not (differential and name.endswith("self_attn.to_qkv.weight")):
        return weight
    q, k, v, q2, k2 = weight.chunk(5)
    return torch.cat((q, q2, k, k2, v))


def write(place: Path, values: dict[str, Any], weights: dict[str, torch.Tensor], encoder: Path) -> Path:
    differential = values["model"]["diffusion"]["config"]["attn_kwargs"]["differential"]
    parts: dict[str, dict[str, torch.Tensor]] = {"transformer": {}, "vae": {}, "duration_embedder": {}}
    for name, weight in weights.items():
        if name.endswith("noise_scaling_factor"):
            continue
        part, inner = place_of(name)
        parts[part][inner] = reordered(name, weight, differential=differential).contiguous()
    parts["duration_embedder"]["freqs"] = torch.ones(128)
    parts["transformer"]["rotary_pos_emb.inv_freq"] = 10000.0 ** (-torch.arange(16) / 16)
    dit = values["model"]["diffusion"]["config"]
    configs: dict[str, dict[str, Any]] = {
        "transformer": {"_class_name": "StableAudio3DiTModel", "patch_size": 1, "timestep_features_dim": 256}
        | {"ff_mult": 4.0, "use_differential_attention": differential}
        | {key: dit[key] for key in ("io_channels", "embed_dim", "depth", "num_heads", "cond_token_dim")}
        | {key: dit[key] for key in ("global_cond_dim", "local_add_cond_dim", "num_memory_tokens")},
        "vae": {"_class_name": "AutoencoderSAME", "audio_channels": 2, "patch_size": PATCH, "encoder_channels": 16}
        | {"encoder_c_mults": [4], "encoder_strides": [STRIDE], "encoder_transformer_depths": [DEPTH], "latent_dim": 6}
        | {"use_differential_attention": differential, "dim_heads": 32, "ff_mult": 3, "sliding_window": 1}
        | {"encoder_sinusoidal_blocks": [0], "decoder_sinusoidal_blocks": [2], "sampling_rate": 44100},
        "duration_embedder": {"_class_name": "StableAudio3DurationEmbedder", "output_dim": 32, "fourier_dim": 256}
        | {"min_val": 0.0, "max_val": 384.0, "min_freq": 0.5, "max_freq": 10000.0},
    }
    place.mkdir()
    for part, state in parts.items():
        (place / part).mkdir()
        save_file(state, place / part / PART_FILE)
        (place / part / "config.json").write_text(json.dumps({**configs[part], "_diffusers_version": "0.42.1"}))
    (place / "scheduler").mkdir()
    scheduler = {"_class_name": "FlowMatchEulerDiscreteScheduler", "stochastic_sampling": True, "shift": 1.0}
    (place / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler))
    (place / "model_index.json").write_text(json.dumps({"_class_name": "StableAudio3Pipeline"}))
    shutil.copytree(encoder, place / "text_encoder", ignore=shutil.ignore_patterns("tokenizer*"))
    shutil.copytree(encoder, place / "tokenizer", ignore=shutil.ignore_patterns("*.safetensors", "config.json"))
    return place


@pytest.fixture(params=[True, False], ids=["differential", "plain"])
def folders(request: pytest.FixtureRequest, small: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The same model in both layouts."""
    values = description(differential=request.param)
    weights, encoder = random_weights(values), small / "t5gemma-b-b-ul2"
    published = tmp_path / "published"
    published.mkdir()
    (published / "model_config.json").write_text(json.dumps(values))
    save_file(weights, published / "model.safetensors")
    shutil.copytree(encoder, published / "t5gemma-b-b-ul2")
    return published, write(tmp_path / "diffusers", values, weights, encoder)


def test_both_layouts_are_the_same_networks_and_the_same_music(folders: tuple[Path, Path], tmp_path: Path) -> None:
    published, folder = (load_model(place) for place in folders)
    one, other = published.networks.state_dict(), folder.networks.state_dict()
    assert one.keys() == other.keys()
    assert [name for name, weight in one.items() if not torch.equal(weight, other[name])] == []
    assert published.config.sample_size == folder.config.sample_size
    assert published.config.app.sampler == folder.config.app.sampler == "pingpong"
    engine, audio = Engine(), []
    for place in folders:
        wanted = TakeRequest("t", "calm piano", 0.6, 7, model=str(place), steps=2, precision="fp32", device="cpu")
        for _ in make(engine, wanted, tmp_path / f"{place.name}.wav"):
            pass
        audio.append(torch.from_numpy(wave_io.read(tmp_path / f"{place.name}.wav")[0]))
    assert audio[0].abs().max() > 1e-6
    torch.testing.assert_close(audio[0], audio[1], atol=1e-5, rtol=1e-4)


def test_the_folder_is_a_model_like_any_other(folders: tuple[Path, Path]) -> None:
    folder = folders[1]
    check_model(folder)
    assert catalogue.max_duration_s(folder) == 4096 * STRIDE * PATCH / 44100
    for path in list(folder.rglob("*.safetensors")):
        path.rename(path.with_name(f"{path.stem}.fp16.safetensors"))
    check_model(folder)


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("transformer", "patch_size", 2),
        ("transformer", "num_heads", 4),
        ("transformer", "_class_name", "StableAudioDiTModel"),
        ("transformer", "use_rotary", False),
        ("vae", "sliding_window", 2000),
        ("vae", "encoder_strides", [4, 4]),
        ("duration_embedder", "max_freq", 100.0),
        ("duration_embedder", "output_dim", 64),
        ("scheduler", "shift", 3.0),
        ("scheduler", "use_dynamic_shifting", True),
    ],
)
def test_options_that_are_not_built_are_refused_by_name(
    folders: tuple[Path, Path], part: str, key: str, value: object
) -> None:
    path = folders[1] / part / ("scheduler_config.json" if part == "scheduler" else "config.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(CheckpointError) as caught:
        check_model(folders[1])
    assert caught.value.hint


def test_a_weight_of_nothing_is_named(folders: tuple[Path, Path]) -> None:
    save_file({"linear.weight": torch.ones(1), "extra": torch.ones(1)}, folders[1] / "duration_embedder" / PART_FILE)
    with pytest.raises(CheckpointError, match="duration_embedder has a weight “extra”"):
        check_model(folders[1])


NAMES = {  # of the library's own modules
    "transformer": "prompt_padding_embedding memory_tokens to_timestep_embed.0.weight to_cond_embed.2.weight "
    "to_global_embed.0.weight global_cond_embedder.2.bias preprocess_conv.weight proj_in.weight proj_out.weight "
    "rotary_pos_emb.inv_freq transformer_blocks.0.to_scale_shift_gate transformer_blocks.0.pre_norm.gamma "
    "transformer_blocks.0.self_attn.to_qkv.weight transformer_blocks.0.cross_attend_norm.gamma "
    "transformer_blocks.0.cross_attn.k_norm.gamma transformer_blocks.0.ff.proj_out.bias "
    "transformer_blocks.0.to_local_embed.2.bias",
    "vae": "encoder.blocks.0.new_tokens encoder.blocks.0.mapping.weight_g encoder.proj.bias bottleneck.scale "
    "encoder.blocks.0.transformers.0.norm_attn.alpha encoder.blocks.0.transformers.0.attn.to_qkv.weight "
    "encoder.blocks.0.transformers.0.attn.q_norm.beta encoder.blocks.0.transformers.0.norm_ff.gamma "
    "encoder.blocks.0.transformers.0.ff.proj_in.weight bottleneck.running_std decoder.proj.weight "
    "decoder.blocks.0.mapping.weight_v",
    "duration_embedder": "linear.weight linear.bias",
}


@pytest.mark.parametrize("part", NAMES)
def test_names_come_back(part: str) -> None:
    for name in NAMES[part].split():
        published = diffusers_sa3_keymap.published(part, name)
        assert published is not None and place_of(published) == (part, name)
