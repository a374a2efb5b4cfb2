"""Sizes of the built-in model, as its `model_config.json` has them."""

from __future__ import annotations

from typing import Any

from musicapp.description.configs import TIMELINE_CHANNELS
from musicapp.training.dataset import SAMPLE_RATE, Rate

DOWNSAMPLING_RATIO = 2048
RATE = Rate(SAMPLE_RATE, DOWNSAMPLING_RATIO)  # of the latents
LATENT_DIM = 64
MAX_DURATION_S = 285

_TRANSFORM = {"n_fft": 2048, "hop": 512, "stride": 4, "kernel_size": 7, "latent_kernel_size": 5, "mult": 3}

AUTOENCODER: dict[str, Any] = {
    "encoder": {
        "type": "spectral",
        "config": {
            "in_channels": 2,
            "latent_dim": 2 * LATENT_DIM,
            "width": 224,
            "depth": 3,
            "latent_width": 256,
            "latent_depth": 2,
            **_TRANSFORM,
        },
    },
    "decoder": {
        "type": "spectral",
        "config": {
            "out_channels": 2,
            "latent_dim": LATENT_DIM,
            "width": 288,
            "depth": 7,
            "latent_width": 256,
            "latent_depth": 2,
            "phase_iterations": 8,
            **_TRANSFORM,
        },
    },
    "bottleneck": {"type": "vae"},
    "latent_dim": LATENT_DIM,
    "downsampling_ratio": DOWNSAMPLING_RATIO,
    "io_channels": 2,
}

TEMPERED = {"width": 144, "depth": 4, "kernel_size": 7}  # the decoder's bank of sines, trained for itself

TEXT_WIDTH = 192

DIFFUSION: dict[str, Any] = {
    "type": "dit",
    "diffusion_objective": "rectified_flow",
    "cross_attention_cond_ids": ["prompt", "seconds_start", "seconds_total"],
    "global_cond_ids": ["seconds_start", "seconds_total", "summary"],
    "input_concat_ids": ["timeline"],
    "config": {
        "io_channels": LATENT_DIM,
        "input_concat_dim": TIMELINE_CHANNELS,
        "patch_size": 2,  # half the tokens: attention over 4:45 costs a quarter
        "embed_dim": 320,
        "depth": 6,
        "num_heads": 5,
        "cond_token_dim": TEXT_WIDTH,
        "global_cond_dim": 3 * TEXT_WIDTH,
        "project_cond_tokens": True,
        "transformer_type": "continuous_transformer",
        "global_cond_type": "adaLN",
        "attn_kwargs": {"qk_norm": "ln"},
        "ff_kwargs": {"mult": 3},
    },
}

CONDITIONING: dict[str, Any] = {
    "configs": [
        {
            "id": "prompt",
            "type": "clap_text",
            "config": {"clap_ckpt_path": "clap_text", "use_text_features": True, "feature_layer_ix": -2},
        },
        {"id": "seconds_start", "type": "number", "config": {"min_val": 0, "max_val": 512}},
        {"id": "seconds_total", "type": "number", "config": {"min_val": 0, "max_val": 512}},
        {"id": "timeline", "type": "timeline"},
        {"id": "summary", "type": "summary"},
    ],
    "cond_dim": TEXT_WIDTH,
}


def autoencoder(*, is_tempered: bool) -> dict[str, Any]:
    """The autoencoder's section, with a bank of sines in its decoder or without."""
    decoder = AUTOENCODER["decoder"]
    more = {"tempered": TEMPERED} if is_tempered else {}
    return {**AUTOENCODER, "decoder": {**decoder, "config": {**decoder["config"], **more}}}


def model_config(scale: float, app: dict[str, Any], *, is_tempered: bool = False) -> dict[str, Any]:
    """The whole `model_config.json`. scale: deviation of the latents, divided out; app: our own section."""
    section = autoencoder(is_tempered=is_tempered)
    return {
        "model_type": "diffusion_cond",
        "sample_size": 12582912,
        "sample_rate": SAMPLE_RATE,
        "audio_channels": 2,
        "model": {
            "pretransform": {"type": "autoencoder", "iterate_batch": True, "scale": scale, "config": section},
            "conditioning": CONDITIONING,
            "diffusion": DIFFUSION,
            "io_channels": LATENT_DIM,
        },
        "musicapp": app,
    }
