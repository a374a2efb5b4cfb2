"""Weights to int8 and back, and layers swapped for ones that hold them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from musicapp.checkpoints import quantize
from musicapp.nn.int8 import Int8Linear


def small_network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Sequential(nn.Linear(32, 8, bias=False)))


def test_state_gains_scales_and_loses_little() -> None:
    state = small_network().state_dict()
    packed = quantize.quantize_state(state, ["0"])
    assert packed["0.weight"].dtype == torch.int8 and packed["0.weight_scale"].shape == (32,)
    assert packed["2.0.weight"] is state["2.0.weight"] and state["0.weight"].dtype == torch.float32
    back = quantize.dequantize(packed["0.weight"], packed["0.weight_scale"])
    assert (back - state["0.weight"]).abs().max() <= packed["0.weight_scale"].max() * 0.5001


def test_quantising_twice_changes_nothing() -> None:
    once = quantize.quantize_state(small_network().state_dict(), ["0"])
    twice = quantize.quantize_state(once, ["0"])
    assert all(torch.equal(once[name], twice[name]) for name in once) and once.keys() == twice.keys()


def test_network_with_int8_layers_loads_the_packed_state_strictly() -> None:
    network, x = small_network(), torch.randn(5, 16)
    names = quantize.linear_names(network)
    assert names == ["0", "2.0"]
    packed = quantize.quantize_state(network.state_dict(), names)
    with torch.device("meta"):
        empty = small_network()
        quantize.use_int8_linears(empty, names)
    empty.load_state_dict(packed, strict=True, assign=True)
    assert isinstance(empty[0], Int8Linear)
    wanted = network(x)
    assert float(((empty(x) - wanted).norm() / wanted.norm()).detach()) < 0.03


def test_only_linear_layers_are_replaced() -> None:
    with pytest.raises(TypeError, match="GELU"):
        quantize.use_int8_linears(small_network(), ["1"])
    with pytest.raises(KeyError):
        quantize.quantize_state({}, ["nothing"])
