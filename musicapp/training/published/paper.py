"""The model of the Stable Audio 2 paper (arXiv 2404.10301) as its `model_config.json`: sizes only, no torch here."""

from __future__ import annotations

from typing import Any

_OOBLECK = {"channels": 128, "c_mults": [1, 2, 4, 8, 16], "strides": [2, 4, 4, 8, 8], "use_snake": True}
_SECONDS = {"min_val": 0, "max_val": 512}

STABLE_AUDIO_2_0: dict[str, Any] = {
    "model_type": "diffusion_cond",
    "sample_size": 12582912,
    "sample_rate": 44100,
    "audio_channels": 2,
    "model": {
        "pretransform": {
            "type": "autoencoder",
            "iterate_batch": True,
            "config": {
                "encoder": {"type": "oobleck", "config": {"in_channels": 2, "latent_dim": 128, **_OOBLECK}},
                "decoder": {
                    "type": "oobleck",
                    "config": {"out_channels": 2, "latent_dim": 64, "final_tanh": False, **_OOBLECK},
                },
                "bottleneck": {"type": "vae"},
                "latent_dim": 64,
                "downsampling_ratio": 2048,
                "io_channels": 2,
            },
        },
        "conditioning": {
            "configs": [
                {
                    "id": "prompt",
                    "type": "clap_text",
                    "config": {
                        "clap_ckpt_path": "clap_text",
                        "audio_model_type": "HTSAT-base",
                        "enable_fusion": True,
                        "use_text_features": True,
                        "feature_layer_ix": -2,
                    },
                },
                {"id": "seconds_start", "type": "number", "config": _SECONDS},
                {"id": "seconds_total", "type": "number", "config": _SECONDS},
            ],
            "cond_dim": 768,
        },
        "diffusion": {
            "type": "dit",
            "cross_attention_cond_ids": ["prompt", "seconds_start", "seconds_total"],
            "global_cond_ids": ["seconds_start", "seconds_total"],
            "config": {
                "io_channels": 64,
                "embed_dim": 1536,
                "depth": 24,
                "num_heads": 24,
                "cond_token_dim": 768,
                "global_cond_dim": 1536,
                "project_cond_tokens": False,
                "transformer_type": "continuous_transformer",
            },
        },
        "io_channels": 64,
    },
}
