"""A tiny random model folder in the published layout, made here: no text encoder, numbers only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from musicapp.checkpoints import keymap
from musicapp.description.config import parse_config
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.conditioners import NumberConditioner
from musicapp.nn.dit import DiffusionTransformer


def description() -> dict[str, Any]:
    """The model_config.json of it, fresh each time so that a test may spoil it."""
    half = {"channels": 4, "c_mults": [1, 2], "strides": [2, 4], "use_snake": True}
    return {
        "model_type": "diffusion_cond",
        "sample_size": 800,
        "sample_rate": 44100,
        "audio_channels": 2,
        "model": {
            "pretransform": {
                "type": "autoencoder",
                "iterate_batch": True,
                "config": {
                    "encoder": {"type": "oobleck", "requires_grad": False, "config": {**half, "latent_dim": 6}},
                    "decoder": {"type": "oobleck", "config": {**half, "latent_dim": 3, "final_tanh": False}},
                    "bottleneck": {"type": "vae"},
                    "latent_dim": 3,
                    "downsampling_ratio": 8,
                    "io_channels": 2,
                },
            },
            "conditioning": {
                "configs": [{"id": "seconds_total", "type": "number", "config": {"min_val": 0, "max_val": 512}}],
                "cond_dim": 32,
            },
            "diffusion": {
                "type": "dit",
                "cross_attention_cond_ids": ["seconds_total"],
                "global_cond_ids": ["seconds_total"],
                "config": {
                    "io_channels": 3,
                    "embed_dim": 64,
                    "depth": 2,
                    "num_heads": 2,
                    "cond_token_dim": 32,
                    "global_cond_dim": 32,
                    "project_cond_tokens": False,
                    "transformer_type": "continuous_transformer",
                },
            },
            "io_channels": 3,
        },
    }


def random_weights(values: dict[str, Any]) -> dict[str, Tensor]:
    """Random weights under their published names, weight norm split as public files have it."""
    config = parse_config(values)
    torch.manual_seed(0)
    networks = nn.ModuleDict(
        {"dit": DiffusionTransformer(config.diffusion.dit), "autoencoder": build_autoencoder(config.autoencoder)}
    )
    networks["conditioner"] = nn.ModuleDict(
        {
            "conditioners": nn.ModuleDict(
                {entry.id: NumberConditioner(32, 0, 512) for entry in config.conditioning.entries}
            )
        }
    )
    state = {}
    for name, weight in networks.state_dict().items():
        weight = torch.randn_like(weight) * 0.2
        if name.startswith("autoencoder.") and weight.ndim == 3:
            state[keymap.to_published(name).replace("weight", "weight_v")] = weight
            state[keymap.to_published(name).replace("weight", "weight_g")] = torch.rand(weight.shape[0], 1, 1)
        else:
            state[keymap.to_published(name)] = weight
    return state


def write(folder: Path, values: dict[str, Any] | None = None, weights: dict[str, Tensor] | None = None) -> Path:
    """The folder, filled with a whole model or with what the test gives."""
    folder.mkdir(parents=True, exist_ok=True)
    values = values if values is not None else description()
    (folder / "model_config.json").write_text(json.dumps(values), encoding="utf-8")
    save_file(weights if weights is not None else random_weights(values), folder / "model.safetensors")
    return folder
