"""Sizes of the built-in model, as its `model_config.json` has them. No torch here."""

from __future__ import annotations

from typing import Any

SAMPLE_RATE = 44100
DOWNSAMPLING_RATIO = 2048
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
            "depth": 5,
            "latent_width": 256,
            "latent_depth": 2,
            **_TRANSFORM,
        },
    },
    "bottleneck": {"type": "vae"},
    "latent_dim": LATENT_DIM,
    "downsampling_ratio": DOWNSAMPLING_RATIO,
    "io_channels": 2,
}
