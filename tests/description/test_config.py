"""Descriptions: read whole, defaults as published, everything unknown refused by name."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from musicapp.description.config import parse_config, read_config
from musicapp.description.configs import TIMELINE_CHANNELS
from musicapp.errors import CheckpointError
from tests.checkpoints import tiny_model


def spoiled(path, value):
    """The tiny description with one value set (or removed, for `...`) at a dotted path."""
    values = tiny_model.description()
    *outer, last = path.split(".")
    section = values
    for key in outer:
        section = section[int(key)] if key.isdigit() else section[key]
    if value is ...:
        del section[last]
    else:
        section[last] = value
    return values


def test_a_whole_description_is_read():
    config = parse_config(tiny_model.description(), default_name="tiny")
    assert config.window_latents == 100 and config.max_duration_s == 800 / 44100
    assert config.autoencoder.encoder.strides == (2, 4)
    assert config.diffusion.dit.context_dim == 32 and config.diffusion.objective == "v"
    assert config.app.name == "tiny" and not config.app.variable_length
    assert [entry.id for entry in config.conditioning.entries] == ["seconds_total"]


@pytest.mark.parametrize(
    ("objective", "sampler", "steps", "guidance_scale"),
    [("v", "dpmpp-3m-sde", 100, 7), ("rectified_flow", "euler", 50, 7), ("rf_denoiser", "pingpong", 8, 1)],
)
def test_sampling_defaults_follow_the_objective_and_the_app_section_wins(objective, sampler, steps, guidance_scale):
    values = spoiled("model.diffusion.diffusion_objective", objective)
    app = parse_config(values).app
    assert (app.sampler, app.steps, app.guidance_scale) == (sampler, steps, guidance_scale)
    own = parse_config({**values, "musicapp": {"steps": 12, "max_duration_s": 285, "variable_length": True}})
    assert (own.app.sampler, own.app.steps, own.max_duration_s, own.app.variable_length) == (sampler, 12, 285.0, True)


def test_the_levels_of_the_pushes_are_the_models_own_and_once_were_the_same_for_all():
    values = tiny_model.description()
    own = {"refusal_scale": 6.0, "refusal_above": 0.5, "instrument_scale": 3.0, "instrument_levels": [0, 0.25]}
    app = parse_config({**values, "musicapp": own}).app
    assert (app.refusal_above, app.instrument_levels) == (0.5, (0.0, 0.25))
    earlier = parse_config({**values, "musicapp": {"refusal_scale": 6.0, "instrument_scale": 3.0}}).app
    assert (earlier.refusal_above, earlier.instrument_levels) == (0.9, (0.4, 0.9))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("refusal_above", 1.5, "is 1.5; it must be from 0 to 1"),
        ("refusal_above", -0.1, "from 0 to 1"),
        ("refusal_above", "high", "not a number"),
        ("instrument_levels", [0.9, 0.4], "the smaller one first"),
        ("instrument_levels", [0.4, 0.4], "the smaller one first"),
        ("instrument_levels", [0.4], "two numbers from 0 to 1"),
        ("instrument_levels", [0.1, 0.4, 0.9], "two numbers"),
        ("instrument_levels", [0.4, 2], "from 0 to 1"),
        ("instrument_levels", [float("nan"), 0.9], "not a number"),
        ("instrument_levels", 0.4, "should be a list"),
    ],
)
def test_levels_that_no_step_has_are_refused_by_name(key, value, words):
    with pytest.raises(CheckpointError) as caught:
        parse_config({**tiny_model.description(), "musicapp": {key: value}})
    assert f"musicapp.{key}" in caught.value.message and words in caught.value.message and caught.value.hint


def test_what_only_training_or_the_reference_library_uses_is_left_alone():
    values = spoiled("training", {"learning_rate": 1, "anything": []})
    values["model"]["pretransform"].update(model_half=True, chunked=True, enable_grad=False)
    assert parse_config(values).autoencoder.scale == 1.0


def with_timeline(**diffusion):
    values = tiny_model.description()
    values["model"]["conditioning"]["configs"].append({"id": "timeline", "type": "timeline"})
    section = values["model"]["diffusion"]
    section.update({"input_concat_ids": ["timeline"], **diffusion})
    section["config"].setdefault("input_concat_dim", TIMELINE_CHANNELS)
    return values


def test_a_timeline_travels_beside_the_latents_and_nowhere_else():
    config = parse_config(with_timeline())
    assert config.diffusion.input_concat_ids == ("timeline",)
    values = with_timeline(cross_attention_cond_ids=["seconds_total", "timeline"])
    with pytest.raises(CheckpointError, match="only travel beside"):
        parse_config(values)
    values = with_timeline()
    values["model"]["diffusion"]["config"]["input_concat_dim"] = 7
    with pytest.raises(CheckpointError, match="contradicts itself"):
        parse_config(values)
    values = with_timeline()
    values["model"]["conditioning"]["configs"][-1]["config"] = {"output_dim": 7}
    with pytest.raises(CheckpointError, match="timeline"):
        parse_config(values)


def with_summary(of="prompt", **diffusion):
    values = tiny_model.description()
    conditioning, section = values["model"]["conditioning"], values["model"]["diffusion"]
    clap = {"clap_ckpt_path": "clap_text", "use_text_features": True, "feature_layer_ix": -2}
    conditioning["configs"] += [
        {"id": "prompt", "type": "clap_text", "config": clap},
        {"id": "summary", "type": "summary", "config": {"of": of}},
    ]
    section.update({"global_cond_ids": ["seconds_total", "summary"], **diffusion})
    section["config"]["global_cond_dim"] = 2 * conditioning["cond_dim"]
    return values


def test_a_summary_is_of_a_text_and_part_of_the_global_condition_alone():
    assert parse_config(with_summary()).diffusion.global_cond_ids == ("seconds_total", "summary")
    with pytest.raises(CheckpointError, match="sums up"):
        parse_config(with_summary(of="seconds_total"))
    with pytest.raises(CheckpointError, match="part of the global condition"):
        parse_config(with_summary(cross_attention_cond_ids=["seconds_total", "summary"]))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("model.diffusion.config.num_head", 3, ["num_head", "num_heads"]),
        ("model.diffusion.config.attn_kwargs", {"qk_norms": "ln"}, ["qk_norms", "qk_norm"]),
        ("sampl_size", 3, ["sampl_size", "sample_size"]),
        ("model.pretransform.config.decoder.config.dilation", 3, ["dilation"]),
        ("model.conditioning.configs.0.config.minval", 3, ["minval", "min_val"]),
        ("musicapp", {"step": 3}, ["step", "steps"]),
        ("model.extra", 1, ["extra"]),
    ],
)
def test_an_unknown_option_is_named_with_its_nearest_known_one(path, value, words):
    with pytest.raises(CheckpointError, match="not known") as caught:
        parse_config(spoiled(path, value))
    assert all(f"{word}" in caught.value.message for word in words)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("model.diffusion.config.transformer_type", "x-transformers"),
        ("model.diffusion.config.global_cond_type", "film"),
        ("model.diffusion.config.timestep_cond_type", "input_concat"),
        ("model.diffusion.config.causal", True),
        ("model.diffusion.config.conformer", True),
        ("model.diffusion.config.sliding_window", [4]),
        ("model.diffusion.config.sliding_window", [4, -1]),
        ("model.diffusion.config.attn_kwargs", {"qk_norm": "batch"}),
        ("model.diffusion.config.attn_kwargs", {"feat_scale": True}),
        ("model.diffusion.config.norm_type", "dyt"),
        ("model.diffusion.config.timestep_features_type", "sine"),
        ("model.diffusion.sampling_distribution_shift_options", {"type": "cosine"}),
        ("model.diffusion.sampling_distribution_shift_options", {"type": "flux", "base_shift": 1.0}),
        ("model.diffusion.sampling_distribution_shift_options", {"type": "flux", "min_length": 9, "max_length": 9}),
        ("model.diffusion.config.ff_kwargs", {"glu": False}),
        ("model.diffusion.config.norm_kwargs", {"fix_scale": True}),
        ("model.diffusion.diffusion_objective", "eps"),
        ("model.diffusion.type", "unet"),
        ("model.pretransform.config.encoder.type", "dac"),
        ("model.pretransform.config.encoder.config.use_snake", False),
        ("model.pretransform.config.decoder.config.use_nearest_upsample", True),
        ("model.pretransform.config.decoder.config.antialias_activation", True),
        ("model.pretransform.config.bottleneck.type", "rvq"),
        ("model.pretransform.type", "wavelet"),
        ("model.conditioning.configs.0.type", "phoneme"),
        ("model.conditioning.pre_encoded_keys", ["prompt"]),
    ],
)
def test_an_option_that_we_do_not_build_is_refused_not_ignored(path, value):
    with pytest.raises(CheckpointError) as caught:
        parse_config(spoiled(path, value))
    assert caught.value.hint and caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("model.io_channels", 4),
        ("audio_channels", 1),
        ("model.pretransform.config.downsampling_ratio", 16),
        ("model.pretransform.config.latent_dim", 4),
        ("model.diffusion.config.num_heads", 3),
        ("model.diffusion.config.cond_token_dim", 48),
        ("model.diffusion.config.global_cond_dim", 64),
        ("model.diffusion.config.depth", 10**9),
        ("model.diffusion.config.embed_dim", -64),
        ("model.diffusion.config.depth", 2.5),
        ("model.diffusion.config.depth", True),
        ("model.diffusion.cross_attention_cond_ids", ["prompt"]),
        ("model.diffusion.config", "dit"),
        ("model.diffusion.config", ...),
        ("model.pretransform", ...),
        ("model.conditioning.configs", {}),
        ("model.conditioning.configs.0.id", "a.b"),
        ("model.conditioning.configs.0.config", {"min_val": 5, "max_val": 5}),
        ("model.conditioning.configs.0.config", {"max_val": 10**400}),
        ("model.conditioning.configs.0.config", {"max_val": float("nan")}),
        ("model.pretransform.scale", 0),
        ("model.pretransform.config.encoder.config.strides", [2, 3]),
        ("model.pretransform.config.encoder.config.strides", [2, 4, 8]),
        ("sample_rate", "44100"),
        ("sample_size", ...),
        ("model_type", "autoencoder"),
        ("model_type", ...),
        ("model", []),
    ],
)
def test_contradictions_and_nonsense_are_one_sentence(path, value):
    with pytest.raises(CheckpointError) as caught:
        parse_config(spoiled(path, value))
    assert caught.value.hint and "\n" not in caught.value.message


def test_spectral_halves_are_read():
    half = {"width": 16, "depth": 1, "latent_width": 16, "latent_depth": 1, "n_fft": 16, "hop": 4, "stride": 2}
    values = spoiled("model.pretransform.config.encoder", {"type": "spectral", "config": {**half, "latent_dim": 6}})
    values["model"]["pretransform"]["config"]["decoder"] = {"type": "spectral", "config": {**half, "latent_dim": 3}}
    assert parse_config(values).autoencoder.encoder.hop == 4
    values["model"]["pretransform"]["config"]["decoder"]["config"]["hop"] = 0
    with pytest.raises(CheckpointError):
        parse_config(values)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"a": \ud800}'])
def test_a_damaged_description_is_one_sentence(tmp_path, text):
    (tmp_path / "model_config.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(CheckpointError) as caught:
        read_config(tmp_path)
    assert caught.value.hint


def test_a_missing_description_names_the_folder(tmp_path):
    with pytest.raises(CheckpointError, match=r"model_config\.json") as caught:
        read_config(tmp_path / "nowhere")
    assert "nowhere" in caught.value.message


def test_reading_a_description_and_listing_models_needs_no_torch(tmp_path):
    (tmp_path / "model_config.json").write_text(json.dumps(tiny_model.description()), encoding="utf-8")
    program = (
        "import sys, pathlib\n"
        "from musicapp.description import catalogue, config\n"
        "config.read_config(pathlib.Path(sys.argv[1])); catalogue.list_models()\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 0


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("model.diffusion.config.timestep_features_logsnr", True),
        ("model.diffusion.config.sliding_window", [4, 0]),
        ("model.diffusion.config.attn_kwargs", {"qk_norm": "dyt"}),
        ("model.diffusion.sampling_distribution_shift_options", {"type": "full", "use_sine": True}),
        ("model.diffusion.sampling_distribution_shift_options", {"type": "flux", "alpha_max": 4.0}),
        ("model.diffusion.sampling_distribution_shift_options", {"type": "logsnr", "rate": 0.5, "anchor_length": 100}),
        ("model.diffusion.sampling_distribution_shift_options", {"type": "none"}),
        ("model.diffusion.distribution_shift_options", {"type": "flux"}),
    ],
)
def test_an_option_that_forks_use_is_built(path, value):
    parse_config(spoiled(path, value))
