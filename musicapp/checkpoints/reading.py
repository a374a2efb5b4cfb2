"""Weights out of a file into the number format and device they run in, one after the other.

What is in memory never exceeds the finished weights by more than one layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from musicapp.checkpoints import quantize, weight_files, weights
from musicapp.checkpoints.config import ModelConfig
from musicapp.checkpoints.weights import Stored
from musicapp.errors import CheckpointError

DTYPES = {
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "int8": torch.float32,
    "int4": torch.float32,
}


def dtype_of(name: str, config: ModelConfig, precision: str) -> torch.dtype:
    """What a weight runs in. Snake, timestep frequencies and number conditions are float32 always (spec 5.10)."""
    if name.startswith("autoencoder."):
        if name.endswith((".alpha", ".beta")):
            return torch.float32
        # The differences of SAME's attention lose too much in half precision (Stable Audio 3 spec, section 11).
        usual = precision if config.autoencoder.bottleneck is None else "fp32"
        return DTYPES[config.app.precision.autoencoder or usual]
    if name.startswith("conditioner.") or name == "dit.timestep_features.weight":
        return torch.float32
    return DTYPES[precision]


def read_state(
    path: Path,
    stored: Mapping[str, Stored],
    *,
    dtype: Callable[[str], torch.dtype],
    packed: set[str],
    precision: str,
    device: Callable[[str], torch.device],
) -> dict[str, Tensor]:
    """Every weight of the file as it will run; those of the layers `packed` in the bits of `precision`, with scales.

    dtype, device  of the weight of a name
    Raises CheckpointError for numbers that are not finite, and for a file that is not the one `stored` tells of.
    """
    packed_names = {f"{layer}.weight" for layer in packed}
    state: dict[str, Tensor] = {}

    def take(file: Any, name: str) -> None:
        weight, scale = weights.read(file, stored[name])
        if name in packed_names:
            if scale is None:
                weight, scale = quantize.pack(weight, precision)
            else:
                weight, scale = quantize.repack(weight, scale, precision)
            state[f"{name.rpartition('.')[0]}.{quantize.SCALE}"] = scale.to(device(name))
        else:
            weight = (weight if scale is None else quantize.dequantize(weight, scale)).to(dtype(name))
        state[name] = weight.to(device(name))

    with weight_files.open_weights(path) as file:
        if weights.inventory(file, path) != stored:
            raise CheckpointError(f"{path} was replaced while it was read.", hint="Load the model again.")
        for name in stored:
            take(file, name)
    return state
