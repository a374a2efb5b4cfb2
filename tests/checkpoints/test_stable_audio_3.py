"""Model folders of Stable Audio 3: described, loaded strictly, steered by T5Gemma, measured in lengths."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from musicapp.checkpoints import keymap, text_encoders, tokenizer_file
from musicapp.checkpoints.load import load_model
from musicapp.description.config import parse_config
from musicapp.description.lengths import Lengths, lengths_for
from musicapp.errors import CheckpointError
from musicapp.nn import native
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.conditioners import NumberConditioner
from musicapp.nn.dit import DiffusionTransformer

TOKENIZER = Path(__file__).parents[1] / "reference" / "sat-rf-tiny" / "t5"
PROMPT = "conditioner.conditioners.prompt.padding_embedding"


def description():
    """The model_config.json of a small Stable Audio 3."""
    half = {"channels": 16, "c_mults": [2], "strides": [16], "transformer_depths": [2], "latent_dim": 6}
    half |= {"dim_heads": 16, "differential": True, "variable_stride": True, "use_flash": True}
    half |= {"chunk_size": 32, "chunk_midpoint_shift": True}
    inner = {
        "encoder": {"type": "same", "config": {**half, "in_channels": 16}},
        "decoder": {"type": "same", "config": {**half, "out_channels": 16, "conv_mapping": True, "mask_noise": 0.01}},
        "bottleneck": {"type": "softnorm", "config": {"dim": 6, "auto_scale": True, "noise_regularize": True}},
        "pretransform": {"type": "patched", "config": {"channels": 2, "patch_size": 8}},
        "latent_dim": 6,
        "downsampling_ratio": 128,
        "io_channels": 2,
    }
    prompt = {"max_length": 8, "padding_mode": "learned", "repo_id": "a/b", "subfolder": "t5gemma-b-b-ul2"}
    seconds = {"min_val": 0, "max_val": 384, "fourier_features_type": "expo"}
    dit = {"io_channels": 6, "embed_dim": 64, "depth": 2, "num_heads": 2, "cond_token_dim": 32, "global_cond_dim": 32}
    dit |= {"local_add_cond_dim": 7, "global_cond_type": "adaLN", "timestep_features_type": "expo"}
    dit |= {"norm_type": "rms_norm", "attn_kwargs": {"qk_norm": "rms", "differential": True}, "num_memory_tokens": 3}
    return {
        "model_type": "diffusion_cond_inpaint",
        "sample_size": 128 * 400,
        "sample_rate": 44100,
        "audio_channels": 2,
        "model": {
            "pretransform": {"type": "autoencoder", "chunked": True, "config": inner},
            "conditioning": {
                "configs": [
                    {"id": "prompt", "type": "t5gemma", "config": prompt},
                    {"id": "seconds_total", "type": "number", "config": seconds},
                ],
                "cond_dim": 32,
            },
            "diffusion": {
                "type": "dit",
                "diffusion_objective": "rf_denoiser",
                "cross_attention_cond_ids": ["prompt", "seconds_total"],
                "global_cond_ids": ["seconds_total"],
                "local_add_cond_ids": ["inpaint_mask", "inpaint_masked_input"],
                "distribution_shift_options": {"type": "full", "base_shift": 0.5, "max_shift": 1.15},
                "sampling_distribution_shift_options": None,
                "config": dit,
            },
            "io_channels": 6,
        },
    }


def random_weights():
    """Random weights of it under their published names."""
    config = parse_config(description())
    number = NumberConditioner(32, 0, 384, expo=True)
    networks = nn.ModuleDict(
        {
            "dit": DiffusionTransformer(config.diffusion.dit),
            "autoencoder": build_autoencoder(config.autoencoder),
            "conditioner": nn.ModuleDict({"conditioners": nn.ModuleDict({"seconds_total": number})}),
        }
    )
    torch.manual_seed(0)
    state = {keymap.to_published(name): torch.randn_like(t) * 0.2 for name, t in networks.state_dict().items()}
    return {**state, PROMPT: torch.randn(32)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("sa3"))


def write_model(folder):
    """The model's files with a small T5Gemma beside them."""
    from transformers import T5GemmaConfig, T5GemmaEncoderModel

    (folder / "model_config.json").write_text(json.dumps(description()), encoding="utf-8")
    save_file(random_weights(), folder / "model.safetensors")
    vocabulary = json.loads((TOKENIZER / "config.json").read_text(encoding="utf-8"))["vocab_size"]
    half = {"vocab_size": vocabulary, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    half |= {"num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 16, "query_pre_attn_scalar": 16}
    config = T5GemmaConfig(encoder=dict(half), decoder=dict(half), vocab_size=vocabulary, is_encoder_decoder=False)
    torch.manual_seed(0)
    place = folder / "t5gemma-b-b-ul2"
    with text_encoders._quiet():
        T5GemmaEncoderModel(config).save_pretrained(place)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(TOKENIZER / name, place / name)
    return folder


def test_the_description_is_read_whole():
    config = parse_config(description())
    assert config.is_stable_audio_3 and config.app.variable_length
    assert (config.autoencoder.encoder.width, config.autoencoder.decoder.mask_noise) == (32, 0.01)
    assert (config.app.sampler, config.app.steps, config.app.guidance_scale) == ("pingpong", 8, 1.0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("pretransform.config.encoder.config.causal", True),
        ("pretransform.config.encoder.config.dyt", False),
        ("pretransform.config.encoder.config.mask_noise", 0.1),
        ("pretransform.config.encoder.config.strides", [4, 4]),
        ("pretransform.config.encoder.config.chunk_size", 16),
        ("pretransform.config.encoder.config.sliding_window", [1, 1]),
        ("pretransform.config.encoder.config.in_channels", 32),
        ("pretransform.config.decoder.config.oversampling", 2),
        ("pretransform.config.decoder.type", "oobleck"),
        ("pretransform.config.bottleneck", {"type": "vae"}),
        ("pretransform.config.bottleneck.config.auto_scale", False),
        ("pretransform.config.pretransform", None),
        ("pretransform.config.pretransform.config.patch_size", 16),
        ("conditioning.configs.0.config.padding_mode", "repeat"),
        ("conditioning.configs.1.config.fourier_features_type", "sine"),
        ("diffusion.local_add_cond_ids", ["inpaint_mask"]),
        ("diffusion.distribution_shift_options", {"type": "cosine"}),
        ("diffusion.modular_local_cond_configs", [{}]),
    ],
)
def test_what_is_not_built_or_contradicts_itself_is_refused(path, value):
    values = description()
    *outer, last = path.split(".")
    section = values["model"]
    for key in outer:
        section = section[int(key)] if key.isdigit() else section[key]
    section[last] = value
    with pytest.raises(CheckpointError) as caught:
        parse_config(values)
    assert caught.value.hint


def test_every_name_comes_back():
    names = {name: keymap.to_ours(name) for name in random_weights()}
    assert all(keymap.to_published(ours) == name for name, ours in names.items())
    block = "pretransform.model.decoder.layers.3.transformers.1.ff.ff.0.proj.weight"
    assert names[block] == "autoencoder.decoder.trunk.blocks.1.ff.to_gated.weight"


@torch.inference_mode()
def test_a_folder_makes_latents_and_audio(folder):
    model = load_model(folder)
    cond = model.conditioner.encode([{"prompt": "warm pad", "seconds_total": 1.0}])
    assert cond.cross.shape == (1, 9, 32) and cond.global_cond.shape == (1, 32)
    valid = torch.arange(10)[None] < 8
    velocity = model.dit(
        torch.randn(1, 6, 10), torch.tensor([0.5]), cross=cond.cross, global_cond=cond.global_cond, valid=valid
    )
    assert velocity.shape == (1, 6, 10) and torch.isfinite(velocity).all()
    assert model.autoencoder.decode(velocity, model.autoencoder.decode_noise(1, 0, 10)).shape == (1, 2, 1280)


@torch.inference_mode()
def test_rows_behind_the_prompt_are_the_learned_padding_even_without_a_prompt(folder):
    model = load_model(folder)
    tokens, mask = model.conditioner.conditioners["prompt"](["warm pad", ""])
    padding = load_file(folder / "model.safetensors")[PROMPT]
    assert 0 < mask[0].sum() < 8 and torch.isfinite(tokens).all()
    assert (tokens[~mask] == padding).all() and not (tokens[mask] == padding).all(dim=-1).any()


@torch.inference_mode()
def test_only_the_encoder_of_a_full_t5gemma_is_used(folder, tmp_path):
    place = Path(shutil.copytree(folder / "t5gemma-b-b-ul2", tmp_path / "full"))
    weights = load_file(place / "model.safetensors")
    full = {f"model.{name}": t for name, t in weights.items()} | {"model.decoder.norm.weight": torch.zeros(32)}
    save_file(full, place / "model.safetensors", metadata={"format": "pt"})
    encoder, tokenize = text_encoders.load_t5gemma(place, 8)
    alone, _ = text_encoders.load_t5gemma(folder / "t5gemma-b-b-ul2", 8)
    ids, mask = tokenize(["warm pad"])
    ours = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    assert ours.equal(alone(input_ids=ids, attention_mask=mask).last_hidden_state)


def test_one_text_encoder_beside_the_models_serves_them_all(folder, tmp_path):
    model = Path(shutil.copytree(folder, tmp_path / "models" / "small"))
    (model / "t5gemma-b-b-ul2").rename(tmp_path / "models" / "t5gemma-b-b-ul2")
    assert load_model(model).conditioner is not None


def test_a_gemma_tokenizer_pads_in_front_unless_told_otherwise(folder, tmp_path):
    place = Path(shutil.copytree(folder / "t5gemma-b-b-ul2", tmp_path / "gemma"))
    settings = json.loads((place / "tokenizer_config.json").read_text(encoding="utf-8"))
    settings["tokenizer_class"] = "GemmaTokenizer"
    (place / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert tokenizer_file.load_tokenizer(place, 8)(["pad"])[1][0, -1] == 1
    (place / "tokenizer_config.json").write_text(json.dumps(settings | {"padding_side": "right"}), encoding="utf-8")
    assert tokenizer_file.load_tokenizer(place, 8)(["pad"])[1][0, -1] == 0
    (place / "tokenizer_config.json").write_text(json.dumps(settings | {"padding_side": 3}), encoding="utf-8")
    with pytest.raises(CheckpointError):
        tokenizer_file.load_tokenizer(place, 8)


@pytest.mark.parametrize("change", ["missing", "surplus", "turned"])
def test_weights_other_than_those_described_are_refused(folder, tmp_path, change):
    place = Path(shutil.copytree(folder, tmp_path / "copy"))
    weights = load_file(place / "model.safetensors")
    block = "pretransform.model.encoder.layers.0.transformers.0."
    if change == "missing":
        del weights[f"{block}self_attn.q_norm.alpha"]
    elif change == "surplus":
        weights[f"{block}self_attn.lambda"] = torch.zeros(1)
    else:
        weights[f"{block}rope.inv_freq"] = torch.full((4,), 0.5)
    save_file(weights, place / "model.safetensors")
    with pytest.raises(CheckpointError):
        load_model(place)


@torch.inference_mode()
def test_an_empty_weight_that_some_savers_drop_may_be_missing_and_half_precision_spares_the_autoencoder(
    folder, tmp_path
):
    place = Path(shutil.copytree(folder, tmp_path / "copy"))
    weights = load_file(place / "model.safetensors")
    del weights["pretransform.model.bottleneck.noise_scaling_factor"]
    save_file(weights, place / "model.safetensors")
    model = load_model(place, precision="bf16")
    assert model.dit.project_in.weight.dtype == torch.bfloat16
    assert model.autoencoder.decoder.from_latents.weight.dtype == torch.float32
    x = torch.randn(1, 6, 5)
    assert torch.isfinite(model.dit(x, torch.tensor([0.7]), valid=torch.arange(5)[None] < 4)).all()


def test_lengths_are_the_published_ones():
    values = description()
    for half in ("encoder", "decoder"):
        config = values["model"]["pretransform"]["config"][half]["config"]
        config["in_channels" if half == "encoder" else "out_channels"] = 512
    values["model"]["pretransform"]["config"] |= {
        "downsampling_ratio": 4096,
        "pretransform": {"type": "patched", "config": {"channels": 2, "patch_size": 256}},
    }
    values["sample_size"] = 16777216
    config = parse_config(values)
    table = {1: (76, 11, 75), 5: (120, 54, 118), 30: (388, 323, 387), 120: (1358, 1292, 1356), 380: (4096, 4092, 4096)}
    for seconds, (latents, effective, valid) in table.items():
        assert lengths_for(config, [seconds]) == Lengths(latents, (effective,), (valid,))
    assert lengths_for(config, [30, 5]) == Lengths(388, (323, 54), (387, 118))


def test_a_text_encoder_in_bfloat16_stays_in_it_unless_all_runs_in_float32(folder, tmp_path, monkeypatch):
    half = tmp_path / "half"
    shutil.copytree(folder, half)
    file = half / "t5gemma-b-b-ul2" / "model.safetensors"
    weights = {name: weight.bfloat16() for name, weight in load_file(file).items()}
    save_file(weights, file, {"format": "pt"})
    monkeypatch.setattr(native, "has_bf16", lambda device: True)

    def encoder_of(place, precision):
        part = load_model(place, precision=precision).conditioner.conditioners["prompt"]
        with torch.inference_mode():
            return {p.dtype for p in part.encoder.parameters()}, part(["a warm pad"])[0]

    (kept, tokens), (wide, exact) = encoder_of(half, "bf16"), encoder_of(half, "fp32")
    assert kept == {torch.bfloat16} and wide == {torch.float32}
    assert tokens.dtype == torch.float32
    assert 0 < float((tokens - exact).norm() / exact.norm()) < 0.02
    assert encoder_of(folder, "bf16")[0] == {torch.float32}  # its file is in float32
    monkeypatch.setattr(native, "has_bf16", lambda device: False)
    assert encoder_of(half, "bf16")[0] == {torch.float32}
