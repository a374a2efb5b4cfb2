"""Weights to few bits and back, and layers swapped for ones that hold them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from musicapp.checkpoints import quantize, reading
from musicapp.checkpoints.weights import Stored
from musicapp.nn import native

LOST = {"int8": 0.01, "int4": 0.1}


def small_network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(32, 32), nn.GELU(), nn.Sequential(nn.Linear(32, 8, bias=False)))


@pytest.mark.parametrize("precision", ["int8", "int4"])
def test_packing_loses_little_and_packing_again_nothing(precision: str) -> None:
    weight = small_network()[0].weight.detach()
    packed, scale = quantize.pack(weight, precision)
    back = quantize.dequantize(packed, scale)
    assert float((back - weight).norm() / weight.norm()) < LOST[precision]
    again, scale_again = quantize.repack(packed, scale, precision)
    assert again is packed and torch.equal(scale_again, scale)


def test_eight_bits_become_four() -> None:
    weight = small_network()[0].weight.detach()
    packed, scale = quantize.repack(*quantize.pack(weight, "int8"), "int4")
    assert packed.dtype == torch.uint8 and scale.dtype == torch.bfloat16
    assert float((quantize.dequantize(packed, scale) - weight).norm() / weight.norm()) < LOST["int4"]


@pytest.mark.parametrize("precision", ["int8", "int4"])
def test_network_with_packed_layers_loads_the_packed_state_strictly(precision: str) -> None:
    network, x = small_network(), torch.randn(5, 32)
    names = quantize.linear_names(network)
    assert names == ["0", "2.0"]
    state = network.state_dict()
    for name in names:
        weight, scale = quantize.pack(state[f"{name}.weight"], precision)
        state |= {f"{name}.weight": weight, f"{name}.weight_scale": scale}
    with torch.device("meta"):
        empty = small_network()
        quantize.use_packed_linears(empty, names, precision)
    empty.load_state_dict(state, strict=True, assign=True)
    assert all(isinstance(empty.get_submodule(name), quantize.LAYERS[precision]) for name in names)
    wanted = network(x)
    assert float(((empty(x) - wanted).norm() / wanted.norm()).detach()) < 2 * LOST[precision]


def test_which_layers_are_packed() -> None:
    """In 8 bits those that the file carries so, else the blocks'; in 4 bits only blocks' whose inputs make groups."""
    block = nn.ModuleDict({"a": nn.Linear(64, 8), "odd": nn.Linear(40, 8)})
    networks = nn.ModuleDict({"dit": nn.ModuleDict({"blocks": nn.ModuleList([block]), "out": nn.Linear(64, 8)})})
    plain = {"dit.out.weight": Stored((8, 64), {"": "x"})}
    carried = {"dit.out.weight": Stored((8, 64), {"": "x", "scale": "y"})}
    assert quantize.layers_to_pack(networks, plain, "bf16") == set()
    assert quantize.layers_to_pack(networks, plain, "int8") == {"dit.blocks.0.a", "dit.blocks.0.odd"}
    assert quantize.layers_to_pack(networks, carried, "int8") == {"dit.out"}
    assert quantize.layers_to_pack(networks, plain, "int4") == {"dit.blocks.0.a"}


def test_only_linear_layers_are_replaced() -> None:
    with pytest.raises(TypeError, match="GELU"):
        quantize.use_packed_linears(small_network(), ["1"], "int8")


@pytest.mark.parametrize(("is_native", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_layers_in_few_bits_stand_among_bfloat16_where_it_is_native(
    is_native: bool, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native, "has_bf16", lambda device: is_native)
    for precision in ("int8", "int4"):
        assert reading.number_format(precision, torch.device("cpu")) == dtype
    assert reading.number_format("fp32", torch.device("cpu")) == torch.float32
