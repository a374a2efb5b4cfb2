"""Weights out of a file into the number format and device they run in, one after the other.

What is in memory never exceeds the finished weights by more than one layer. A weight that stays as the file has it
remains a view of the mapped file: it costs no memory of our own, and its pages are read when they are first used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from musicapp.checkpoints import quantize, weight_files, weights
from musicapp.checkpoints.config import ModelConfig
from musicapp.checkpoints.weights import Stored

DTYPES = {
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "int8": torch.float32,
    "int4": torch.float32,
}
_CODES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}  # what safetensors calls them
PASSING_BYTES = 64 << 20  # pages of a mapped file stay in memory until it is closed, so it is opened anew after these


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
    device: torch.device,
) -> dict[str, Tensor]:
    """Every weight of the file as it will run; those of the layers `packed` in the bits of `precision`, with scales.

    dtype  of the weight of a name
    Raises CheckpointError for numbers that are not finite, in files small enough to search.
    """
    search = weight_files.size_bytes(path) <= weights.SMALL_BYTES
    packed_names = {f"{layer}.weight" for layer in packed}
    state: dict[str, Tensor] = {}

    def take(file: Any, name: str) -> None:
        weight, scale = weights.read(file, stored[name])
        if search:
            weights.refuse_broken(name, weight if scale is None else scale)
        if name in packed_names:
            if scale is None:
                weight, scale = quantize.pack(weight, precision)
            else:
                weight, scale = quantize.repack(weight, scale, precision)
            state[f"{name.rpartition('.')[0]}.{quantize.SCALE}"] = scale.to(device)
        else:
            weight = (weight if scale is None else quantize.dequantize(weight, scale)).to(dtype(name))
        state[name] = weight.to(device)

    with weight_files.open_weights(path) as lasting:
        passing = []
        for name, entry in stored.items():
            if _stays(lasting, entry, quantize.CODES[precision] if name in packed_names else _CODES[dtype(name)]):
                take(lasting, name)
            else:
                passing.append(name)
    for batch in _batches(passing, stored):
        with weight_files.open_weights(path) as file:
            for name in batch:
                take(file, name)
    return state


def _stays(file: Any, entry: Stored, code: str) -> bool:
    """Whether a weight runs just as the file has it."""
    return "v" not in entry.parts and file.get_slice(entry.parts[""]).get_dtype() == code


def _batches(names: list[str], stored: Mapping[str, Stored]) -> Iterator[list[str]]:
    """Names of about `PASSING_BYTES` together."""
    batch: list[str] = []
    size = 0
    for name in names:
        batch.append(name)
        size += 4 * math.prod(stored[name].shape)
        if size >= PASSING_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
