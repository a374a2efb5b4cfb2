"""Linear weights of a model to int8 with one scale per output row, in a dictionary of weights or in place."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from musicapp.nn.int8 import Int8Linear, quantize_rows

SCALE = "weight_scale"


def linear_names(module: nn.Module) -> list[str]:
    """Names of all plain linear layers inside, the ones that `use_int8_linears` can replace."""
    return [name for name, child in module.named_modules() if isinstance(child, nn.Linear)]


def quantize_state(state: dict[str, Tensor], names: Iterable[str]) -> dict[str, Tensor]:
    """A copy of `state` in which `<name>.weight` is int8 and `<name>.weight_scale` stands beside it.

    names  of linear layers, without ".weight"; raises KeyError when `state` has no such weight
    Everything else is passed on as it is; a weight that is int8 already too.
    """
    result = dict(state)
    for name in names:
        weight = state[f"{name}.weight"]
        if weight.dtype != torch.int8:
            result[f"{name}.weight"], result[f"{name}.{SCALE}"] = quantize_rows(weight)
    return result


def dequantize(weight: Tensor, scale: Tensor) -> Tensor:
    """`(out, in)` int8 and `(out,)` scales back to float32."""
    return weight.float() * scale.float()[:, None]


def use_int8_linears(module: nn.Module, names: Iterable[str]) -> None:
    """Replace linear layers by int8 ones of the same name, which take `weight` and `weight_scale` from a state.

    Works on the meta device too: a layer without values becomes an int8 layer without values.
    Raises TypeError for a name that is no linear layer.
    """
    for name in names:
        linear = module.get_submodule(name)
        if not isinstance(linear, nn.Linear):
            raise TypeError(f"{name} is a {type(linear).__name__}, not a linear layer")
        owner, _, last = name.rpartition(".")
        setattr(module.get_submodule(owner), last, Int8Linear.from_linear(linear))
