"""A diffusers folder of Stable Audio Open as the `model_config.json` that it stands for. No torch here.

`model_index.json` says what the folder is; transformer/, vae/, projection_model/, scheduler/ and tokenizer/ have a
description each. Class names in them are compared, never imported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from musicapp.description import diffusers_sa3_config
from musicapp.description.checks import UNSUPPORTED_HINT, in_range, one_of, only, same
from musicapp.description.sections import read_json, read_section
from musicapp.errors import CheckpointError

INDEX_NAME = "model_index.json"
PIPELINE = "StableAudioPipeline"
SCHEDULERS = ("CosineDPMSolverMultistepScheduler", "EDMDPMSolverMultistepScheduler")
NO_MATTER = ("dtype", "torch_dtype")  # what the weights were saved in
NUMBERS = ("seconds_start", "seconds_total")

T = TypeVar("T")


@dataclass(frozen=True)
class _Transformer:
    """`transformer/config.json`."""

    sample_size: int  # latent frames of the window
    in_channels: int
    out_channels: int
    num_layers: int
    attention_head_dim: int
    num_attention_heads: int
    num_key_value_attention_heads: int
    cross_attention_dim: int
    cross_attention_input_dim: int
    global_states_input_dim: int
    time_proj_dim: int

    def __post_init__(self) -> None:
        same("transformer.out_channels", self.out_channels, "in_channels", self.in_channels)
        in_range("transformer.sample_size", self.sample_size, 1, 1 << 20)
        in_range("transformer.num_attention_heads", self.num_attention_heads, 1, 1 << 12)
        # Narrower heads turn fewer of their dimensions there than in the published layout.
        in_range("transformer.attention_head_dim", self.attention_head_dim, 64, 1 << 12)
        heads = self.cross_attention_dim // self.attention_head_dim
        same("num_key_value_attention_heads", self.num_key_value_attention_heads, "what the widths make", heads)
        width, asked = self.attention_head_dim * self.num_attention_heads, self.cross_attention_dim
        one_of("transformer.cross_attention_dim", asked, (self.cross_attention_input_dim, width))


@dataclass(frozen=True)
class _Autoencoder:
    """`vae/config.json`. Its encoder's last layer is as wide as its first: mean and scale of the latents."""

    encoder_hidden_size: int
    downsampling_ratios: tuple[int, ...]
    channel_multiples: tuple[int, ...]
    decoder_channels: int
    decoder_input_channels: int
    audio_channels: int
    sampling_rate: int


@dataclass(frozen=True)
class _Projection:
    """`projection_model/config.json`: text width, and the range of both timing conditions."""

    text_encoder_dim: int
    conditioning_dim: int
    min_value: float
    max_value: float


@dataclass(frozen=True)
class _Scheduler:
    """`scheduler/scheduler_config.json`: the noise levels. Which solver follows them is the request's choice."""

    prediction_type: str
    sigma_min: float
    sigma_max: float
    sigma_data: float = 1.0
    sigma_schedule: str = "exponential"
    final_sigmas_type: str = "zero"
    num_train_timesteps: int = 1000
    solver_order: int = 2
    solver_type: str = "midpoint"
    rho: float = 7.0
    lower_order_final: bool = True
    euler_at_final: bool = False

    def __post_init__(self) -> None:
        only("scheduler.prediction_type", self.prediction_type, "v_prediction")
        only("scheduler.sigma_schedule", self.sigma_schedule, "exponential")
        only("scheduler.final_sigmas_type", self.final_sigmas_type, "zero")
        only("scheduler.sigma_data", self.sigma_data, 1.0)


def is_pipeline(folder: Path) -> bool:
    """Whether a folder is in this layout; a folder that is in both is read by its `model_config.json`."""
    return (folder / INDEX_NAME).is_file() and not (folder / "model_config.json").is_file()


def is_stable_audio_3(folder: Path) -> bool:
    """Whether a folder in this layout is of Stable Audio 3. Raises CheckpointError."""
    return diffusers_sa3_config.is_described(read_json(folder / INDEX_NAME).get("_class_name"))


def read_description(folder: Path) -> dict[str, Any]:
    """What the folder's `model_config.json` would be. Raises CheckpointError for other pipelines and options."""
    kind = read_json(folder / INDEX_NAME).get("_class_name")
    if diffusers_sa3_config.is_described(kind):
        return diffusers_sa3_config.read_description(folder)
    if kind != PIPELINE:
        raise CheckpointError(
            f"This diffusers folder is a pipeline of the type “{str(kind)[:40]}”, not {PIPELINE} or "
            f"{diffusers_sa3_config.PIPELINES[0]}.",
            hint="Choose a folder with a model of the Stable Audio 2, Open or 3 families.",
        )
    transformer = _read(_Transformer, folder / "transformer", ("StableAudioDiTModel",))
    vae = _read(_Autoencoder, folder / "vae", ("AutoencoderOobleck",))
    projection = _read(_Projection, folder / "projection_model", ("StableAudioProjectionModel",))
    scheduler = _read(_Scheduler, folder / "scheduler", SCHEDULERS, name="scheduler_config.json")
    ratio = math.prod(vae.downsampling_ratios)
    in_range("the ratio of vae.downsampling_ratios", ratio, 1, 1 << 20)
    return {
        "model_type": "diffusion_cond",
        "sample_size": transformer.sample_size * ratio,
        "sample_rate": vae.sampling_rate,
        "audio_channels": vae.audio_channels,
        "model": {
            "pretransform": {"type": "autoencoder", "config": _autoencoder(vae, ratio)},
            "conditioning": _conditioning(projection, _token_limit(folder)),
            "diffusion": _diffusion(transformer),
            "io_channels": transformer.in_channels,
        },
        "musicapp": {"sigma_min": scheduler.sigma_min, "sigma_max": scheduler.sigma_max},
    }


def _read(cls: type[T], folder: Path, kinds: tuple[str, ...], *, name: str = "config.json") -> T:
    values = read_json(folder / name)
    one_of(f"{folder.name}._class_name", values.get("_class_name"), kinds)
    return read_section(
        cls, {k: v for k, v in values.items() if not k.startswith("_") and k not in NO_MATTER}, folder.name
    )


def _token_limit(folder: Path) -> int:
    limit = read_json(folder / "tokenizer" / "tokenizer_config.json").get("model_max_length")
    if type(limit) is not int or limit > 4096:
        raise CheckpointError("The folder's tokenizer does not say how many tokens it makes.", hint=UNSUPPORTED_HINT)
    return limit


def _autoencoder(vae: _Autoencoder, ratio: int) -> dict[str, Any]:
    latent_dim = vae.decoder_input_channels
    both = {"c_mults": list(vae.channel_multiples), "strides": list(vae.downsampling_ratios), "use_snake": True}
    encoder = {"in_channels": vae.audio_channels, "channels": vae.encoder_hidden_size}
    decoder = {"out_channels": vae.audio_channels, "channels": vae.decoder_channels, "final_tanh": False}
    return {
        "encoder": {"type": "oobleck", "config": {**both, **encoder, "latent_dim": vae.encoder_hidden_size}},
        "decoder": {"type": "oobleck", "config": {**both, **decoder, "latent_dim": latent_dim}},
        "bottleneck": {"type": "vae"},
        "latent_dim": latent_dim,
        "downsampling_ratio": ratio,
        "io_channels": vae.audio_channels,
    }


def _conditioning(projection: _Projection, token_limit: int) -> dict[str, Any]:
    range_ = {"min_val": projection.min_value, "max_val": projection.max_value}
    return {
        "cond_dim": projection.conditioning_dim,
        "configs": [
            {"id": "prompt", "type": "t5", "config": {"t5_model_name": "t5-base", "max_length": token_limit}},
            *({"id": name, "type": "number", "config": range_} for name in NUMBERS),
        ],
    }


def _diffusion(transformer: _Transformer) -> dict[str, Any]:
    width = transformer.attention_head_dim * transformer.num_attention_heads
    return {
        "type": "dit",
        "cross_attention_cond_ids": ["prompt", *NUMBERS],
        "global_cond_ids": list(NUMBERS),
        "config": {
            "io_channels": transformer.in_channels,
            "embed_dim": width,
            "depth": transformer.num_layers,
            "num_heads": transformer.num_attention_heads,
            "cond_token_dim": transformer.cross_attention_input_dim,
            "project_cond_tokens": transformer.cross_attention_dim != transformer.cross_attention_input_dim,
            "global_cond_dim": transformer.global_states_input_dim,
            "timestep_features_dim": transformer.time_proj_dim,
        },
    }
