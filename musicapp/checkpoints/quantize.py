"""Linear weights of a model in 8 or 4 bits and back, and the layers that hold them so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from musicapp.checkpoints.weights import Stored
from musicapp.nn import int4, int8

SCALE = "weight_scale"
LAYERS: dict[str, type[int8.Int8Linear] | type[int4.Int4Linear]] = {
    "int8": int8.Int8Linear,
    "int4": int4.Int4Linear,
}

CODES = {"int8": "I8", "int4": "U8"}  # what safetensors calls their bytes
SCALES = {"int8": torch.float32, "int4": torch.bfloat16}


def linear_names(module: nn.Module) -> list[str]:
    """Names of all plain linear layers inside, the ones that `use_packed_linears` can replace."""
    return [name for name, child in module.named_modules() if isinstance(child, nn.Linear)]


def layers_to_pack(networks: nn.Module, stored: Mapping[str, Stored], precision: str) -> set[str]:
    """Which layers hold their weights in few bits: none for the precisions of floats.

    The layers whose scales the file carries; for a file without any, all linear layers of the transformer's blocks.
    In 4 bits only layers of the blocks, whose errors those behind them can mend, and whose inputs make whole groups.
    """
    if precision not in LAYERS:
        return set()
    linear = set(linear_names(networks))
    carried = {name.rpartition(".")[0] for name, entry in stored.items() if "scale" in entry.parts} & linear
    found = carried or {name for name in linear if name.startswith("dit.blocks.")}
    if precision == "int8":
        return found
    widths = {name: module.in_features for name, module in networks.named_modules() if isinstance(module, nn.Linear)}
    return {name for name in found if name.startswith("dit.blocks.") and widths[name] % int4.GROUP == 0}


def pack(weight: Tensor, precision: str) -> tuple[Tensor, Tensor]:
    """A float weight `(out, in)` as the layer of that precision holds it, with its scales."""
    return int8.quantize_rows(weight) if precision == "int8" else int4.quantize_groups(weight)


def repack(weight: Tensor, scale: Tensor, precision: str) -> tuple[Tensor, Tensor]:
    """A packed weight in the bits of `precision`; rounded anew only if it is not in them already."""
    if weight.dtype == (torch.int8 if precision == "int8" else torch.uint8):
        return weight, scale.to(SCALES[precision])
    return pack(dequantize(weight, scale), precision)


def dequantize(weight: Tensor, scale: Tensor) -> Tensor:
    """A packed weight and its scales back to float32 `(out, in)`."""
    if weight.dtype == torch.uint8:
        return int4.dequantize_groups(weight, scale)
    return weight.float() * scale.float()[:, None]


def use_packed_linears(module: nn.Module, names: Iterable[str], precision: str) -> None:
    """Replace linear layers by packed ones of the same name, which take `weight` and `weight_scale` from a state.

    Works on the meta device too: a layer without values becomes a packed layer without values.
    Raises TypeError for a name that is no linear layer.
    """
    for name in names:
        linear = module.get_submodule(name)
        if not isinstance(linear, nn.Linear):
            raise TypeError(f"{name} is a {type(linear).__name__}, not a linear layer")
        owner, _, last = name.rpartition(".")
        setattr(module.get_submodule(owner), last, LAYERS[precision].from_linear(linear))
