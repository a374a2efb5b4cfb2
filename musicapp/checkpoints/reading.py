"""Weights out of a file into the number format and device they run in, one after the other.

What is in memory never exceeds the finished weights by much more than one layer: what was read in more bits than it is
held in is given back every `GIVEN_BACK` bytes.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from musicapp.checkpoints import heap, quantize, weight_files, weights
from musicapp.checkpoints.weights import Stored
from musicapp.description.config import ModelConfig
from musicapp.description.spectral_configs import SpectralDecoderConfig
from musicapp.errors import CheckpointError
from musicapp.nn import native

PRODUCTS = tuple(f".{part}.weight" for part in ("to_qkv", "self_attn.to_out", "to_gated", "ff.to_out"))
SPECTRAL_BLOCKS, SPECTRAL_PRODUCTS = "autoencoder.decoder.blocks.", (".up.weight", ".down.weight")
FLOATS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
GIVEN_BACK = 128 << 20
PRECISIONS = (*FLOATS, *quantize.LAYERS)


def number_format(precision: str, device: torch.device) -> torch.dtype:
    """What a device computes in. Between layers in few bits that is bfloat16 where it is native, for speed."""
    if precision in FLOATS:
        return FLOATS[precision]
    return torch.bfloat16 if native.has_bf16(device) else torch.float32


def dtype_of(name: str, config: ModelConfig, precision: str, device: torch.device) -> torch.dtype:
    """What a weight runs in. Snake, timestep frequencies and number conditions are float32 always."""
    if name.startswith("autoencoder."):
        if name.endswith((".alpha", ".beta")):
            return torch.float32
        asked, is_spectral = (
            config.app.precision.autoencoder,
            isinstance(config.autoencoder.decoder, SpectralDecoderConfig),
        )
        if asked is not None or (config.autoencoder.bottleneck is None and not is_spectral):
            return number_format(asked or precision, device)
        # Only the products of blocks: the differences of SAME's attention lose too much in half precision, and so do
        # transforms and phases.
        is_product = name.endswith(PRODUCTS)
        if is_spectral:
            is_product = name.startswith(SPECTRAL_BLOCKS) and name.endswith(SPECTRAL_PRODUCTS)
        if is_product and device.type == "cpu" and precision != "fp32" and native.has_bf16(device):
            return torch.bfloat16
        return torch.float32
    if name.startswith("conditioner.") or name == "dit.timestep_features.weight":
        return torch.float32
    return number_format(precision, device)


@dataclass(frozen=True)
class Source:
    """Where the weights of a model come from, and what they run in.

    stored   what the file at `path` holds, by our names
    packed   the layers whose weights are in the bits of `precision`
    devices  of each part: "dit", "autoencoder", "conditioner"
    """

    path: Path
    stored: Mapping[str, Stored]
    config: ModelConfig
    precision: str
    packed: frozenset[str]
    devices: Mapping[str, torch.device]

    def read(self, only: Collection[str] | None = None) -> Iterator[tuple[str, Tensor]]:
        """Every weight as it will run, or those of these names; packed ones come after their scales.

        Raises CheckpointError for numbers that are not finite, and for a file that is not the one `stored` tells of.
        """
        with weight_files.open_weights(self.path) as file:
            if weights.inventory(file, self.path) != self.stored:
                raise CheckpointError(f"{self.path} was replaced while it was read.", hint="Load the model again.")
            read = 0
            for name in self.stored:
                if only is None or name in only:
                    yield from self._take(file, name)
                    read += 4 * math.prod(self.stored[name].shape)
                if read > GIVEN_BACK:
                    read = 0
                    heap.give_back()
        heap.give_back()

    def _take(self, file: Any, name: str) -> Iterator[tuple[str, Tensor]]:
        weight, scale = weights.read(file, self.stored[name])
        layer, device = name.rpartition(".")[0], self.devices[name.partition(".")[0]]
        if layer in self.packed and name == f"{layer}.weight":
            if scale is None:
                weight, scale = quantize.pack(weight, self.precision)
            else:
                weight, scale = quantize.repack(weight, scale, self.precision)
            yield f"{layer}.{quantize.SCALE}", scale.to(device)
        else:
            dtype = dtype_of(name, self.config, self.precision, device)
            weight = (weight if scale is None else quantize.dequantize(weight, scale)).to(dtype)
        yield name, weight.to(device)
