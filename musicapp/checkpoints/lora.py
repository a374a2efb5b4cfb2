"""LoRA adapters onto loaded networks: each layer found by its published or diffusers name, checked, then merged in.

A strength of 0 leaves the networks as they are, bit by bit. Checking and merging are apart, so that an adapter of
another model is refused before anything is changed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from musicapp.checkpoints import keymap, quantize
from musicapp.checkpoints.layer_names import LayerNames, Place
from musicapp.checkpoints.lora_file import Adapter, AdapterLayer
from musicapp.checkpoints.weights import is_finite
from musicapp.description.adapter_names import CHOOSE
from musicapp.errors import CheckpointError
from musicapp.nn import lora


@dataclass(frozen=True)
class _Change:
    layer: AdapterLayer
    place: int  # which of the parts on top of each other, from the top
    count: int  # how many there are; 1 changes the whole weight


Matched = list[tuple[str, float, dict[str, list[_Change]]]]  # name, strength, and our layer -> what it does to it


def match(networks: nn.ModuleDict, adapters: Iterable[tuple[Adapter, float]]) -> Matched:
    """What adapters with their strengths do to the networks, which stay as they are; those of no strength do nothing.

    Raises CheckpointError when an adapter was made for another model.
    """
    return [(adapter.name, strength, _match(networks, adapter)) for adapter, strength in adapters if strength != 0]


def merge(networks: nn.ModuleDict, adapters: Matched) -> set[str]:
    """Merge adapters into the networks, each on top of those before it; the layers that they changed.

    Raises CheckpointError when what one makes of a weight is not finite, after which the networks are of no use.
    """
    names = dict.fromkeys(name for *_, changes in adapters for name in changes)
    for name in names:
        module = networks.get_submodule(name)
        weight = _read(module)
        for adapter, strength, changes in adapters:
            for change in changes.get(name, []):
                weight = _merge(weight, change, strength)
                if not is_finite(weight):
                    raise CheckpointError(
                        f"The adapter {adapter} makes numbers out of hand of “{name[-80:]}”.",
                        hint=f"{CHOOSE} A smaller strength may do.",
                    )
        _write(module, weight)  # once: rounding to the layer's own format comes last
    return set(names)


def _match(networks: nn.ModuleDict, adapter: Adapter) -> dict[str, list[_Change]]:
    """Our layer -> what the adapter does to it; sizes are checked."""
    layers = {name: module for name, module in networks.named_modules() if _is_target(name, module)}
    names = LayerNames(layers)
    found: dict[str, list[_Change]] = {}
    taken: dict[Place, str] = {}
    for name, layer in adapter.layers.items():
        place = _find(names, layers, adapter, name)
        if place in taken:
            raise CheckpointError(
                f"The adapter {adapter.name} changes one layer twice: “{taken[place][-60:]}” and “{name[-60:]}”.",
                hint="It may be two adapters in one file.",
            )
        taken[place] = name
        rows, columns = _shape(layers[place.ours])
        _check_size(adapter, name, layer, rows // place.parts, columns)
        found.setdefault(place.ours, []).append(_Change(layer, place.number, place.parts))
    return found


def _check_size(adapter: Adapter, name: str, layer: AdapterLayer, rows: int, columns: int) -> None:
    wanted = lora.shapes_of(layer.kind, layer.rank, rows, columns)
    shapes = {part: (tuple(layer.parts[part].shape), shape) for part, shape in wanted.items()}
    if "lokr_w1" in layer.parts:
        shapes["the product"] = (lora.kronecker_shape(layer.parts), (rows, columns))
    for part, (got, shape) in shapes.items():
        if got != shape:
            raise CheckpointError(
                f"The adapter {adapter.name} has another size than the model: {part} of “{name[-80:]}” is "
                f"{list(got)}, where {list(shape)} would fit.",
                hint=CHOOSE,
            )


def _find(names: LayerNames, layers: dict[str, nn.Module], adapter: Adapter, name: str) -> Place:
    """Our layer for an adapter's name, and which part of it."""
    places = names.find(name)
    if len(places) == 1:
        return places[0]
    if places:
        raise CheckpointError(
            f"The adapter {adapter.name} changes “{name[-80:]}”, which fits several layers of this model.", hint=CHOOSE
        )
    near = difflib.get_close_matches(name, [keymap.to_published(layer + ".weight") for layer in layers], n=1)
    raise CheckpointError(
        f"The adapter {adapter.name} was made for another model: it changes “{name[-80:]}”, which is not in this one.",
        hint=CHOOSE,
        detail=f"nearest known: {near[0]}" if near else "",
    )


def _is_target(name: str, module: nn.Module) -> bool:
    """Linear layers and convolutions of one frame of the transformer, and the conditions' own layers."""
    if name.startswith("autoencoder.") or ".encoder." in name:
        return False
    return isinstance(module, nn.Linear) or _is_packed(module) or _is_pointwise(module)


def _is_packed(module: nn.Module) -> bool:
    """Whether a layer holds its weight in few bits, with scales beside it."""
    return hasattr(module, quantize.SCALE)


def _is_pointwise(module: nn.Module) -> bool:
    return isinstance(module, nn.Conv1d) and module.kernel_size == (1,) and module.groups == 1


def _shape(module: Any) -> tuple[int, int]:
    """Rows and columns of a layer's weight, however it is held."""
    if _is_pointwise(module):
        return module.out_channels, module.in_channels
    return module.out_features, module.in_features


def _read(module: Any) -> Tensor:
    """A layer's weight `(out, in)` in float32."""
    if _is_packed(module):
        return quantize.dequantize(module.weight, module.weight_scale)
    weight: Tensor = module.weight.detach()
    return weight.float().flatten(1)


def _write(module: Any, weight: Tensor) -> None:
    """Give a layer another weight, rounded to what it holds."""
    if _is_packed(module):
        rows, columns = weight.shape
        linear = nn.Linear(columns, rows, bias=False, device="meta")
        linear.weight = nn.Parameter(weight, requires_grad=False)
        rounded = type(module).from_linear(linear)
        module.weight, module.weight_scale = rounded.weight, rounded.weight_scale
        return
    old = module.weight
    module.weight = nn.Parameter(weight.reshape(old.shape).to(old.dtype), requires_grad=False)


@torch.no_grad()
def _merge(weight: Tensor, change: _Change, strength: float) -> Tensor:
    layer = change.layer
    parts = {name: tensor.to(weight.device) for name, tensor in layer.parts.items()}
    if change.count == 1:
        return lora.adapted(weight, layer.kind, parts, strength * layer.scale)
    pieces = list(weight.chunk(change.count))
    pieces[change.place] = lora.adapted(pieces[change.place], layer.kind, parts, strength * layer.scale)
    return torch.cat(pieces)
