"""4 bit linear layers: how near to the float layer, and that tiles and dtypes change nothing."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from musicapp.nn import int4
from musicapp.nn.blocks import FeedForward
from musicapp.nn.int4 import GROUP, Int4Linear, dequantize_groups, quantize_groups


def relative_error(got: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((got.float() - wanted).norm().detach() / wanted.norm().detach())


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("shape", [(64,), (3, 64), (2, 5, 64)])
def test_is_within_a_tenth_of_the_float_layer(shape: tuple[int, ...], bias: bool) -> None:
    torch.manual_seed(0)
    linear = nn.Linear(64, 40, bias=bias)
    x = torch.randn(*shape)
    out = Int4Linear.from_linear(linear)(x)
    assert out.shape == (*shape[:-1], 40)
    assert relative_error(out, linear(x)) < 0.1


def test_sixteen_levels_come_out_exactly_in_their_columns() -> None:
    torch.manual_seed(1)
    levels = torch.randint(-8, 8, (6, 4 * GROUP)).float()
    levels[:, ::GROUP] = -8
    packed, scale = quantize_groups(levels * 0.25)
    assert packed.dtype == torch.uint8 and packed.shape == (6, 2 * GROUP) and scale.shape == (6, 4)
    assert torch.equal(dequantize_groups(packed, scale), levels * 0.25)


def test_a_group_is_rounded_by_itself_and_by_less_than_its_largest_number() -> None:
    torch.manual_seed(2)
    weight = torch.randn(5, 3 * GROUP)
    weight[1, :GROUP] *= 1e4
    back = dequantize_groups(*quantize_groups(weight))
    alone = dequantize_groups(*quantize_groups(weight[:, GROUP:]))
    assert torch.equal(back[:, GROUP:], alone)
    wrong = (back - weight).unflatten(1, (-1, GROUP)).abs().amax(-1)
    assert (wrong <= weight.unflatten(1, (-1, GROUP)).abs().amax(-1) / 8).all()


@pytest.mark.parametrize("size", [0.0, 1e-12, 1e12])
def test_any_size_of_numbers_keeps_its_size(size: float) -> None:
    torch.manual_seed(3)
    weight = torch.randn(4, GROUP) * size
    back = dequantize_groups(*quantize_groups(weight))
    assert torch.equal(back, weight) if size == 0 else relative_error(back, weight) < 0.1


def test_choosing_among_scales_loses_less_than_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(4)
    weight = torch.randn(64, 8 * GROUP)
    best = relative_error(dequantize_groups(*quantize_groups(weight)), weight)
    monkeypatch.setattr(int4, "SCALES_TRIED", (1.0,))
    assert best < 0.97 * relative_error(dequantize_groups(*quantize_groups(weight)), weight)


@pytest.mark.parametrize("bias", [False, True])
def test_tiles_do_not_change_numbers_and_hardly_the_result(monkeypatch: pytest.MonkeyPatch, bias: bool) -> None:
    torch.manual_seed(5)
    linear, x = nn.Linear(64, 24, bias=bias), torch.randn(2, 5, 64)
    layer = Int4Linear.from_linear(linear)
    whole = layer(x)
    monkeypatch.setattr(int4, "TILE", 5 * 64)
    monkeypatch.setattr(int4, "MULTIPLIED", 7 * 64)
    tiled = Int4Linear.from_linear(linear)
    assert torch.equal(tiled.weight, layer.weight) and torch.equal(tiled.weight_scale, layer.weight_scale)
    torch.testing.assert_close(tiled(x), whole)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_in_half_precision_out(dtype: torch.dtype) -> None:
    torch.manual_seed(6)
    linear = nn.Linear(64, 24)
    layer, x = Int4Linear.from_linear(linear).to(dtype), torch.randn(2, 7, 64)
    out = layer(x.to(dtype))
    assert out.dtype == dtype and layer.weight_scale.dtype == torch.bfloat16 and layer.weight.dtype == torch.uint8
    assert relative_error(out, linear(x)) < 0.1


def test_bfloat16_weights_are_the_float32_ones_rounded() -> None:
    torch.manual_seed(0)
    packed, scale = int4.quantize_groups(torch.randn(24, 128))
    exact = int4.dequantize_groups(packed, scale)
    assert torch.equal(int4.dequantize_groups(packed, scale, torch.bfloat16), exact.bfloat16())


@torch.inference_mode()
def test_a_feed_forward_in_four_bits_unpacks_its_weights_once(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    layer = FeedForward(32, 64, bias=True)
    expected = layer(torch.ones(1, 1200, 32)).shape
    layer.to_gated = int4.Int4Linear.from_linear(layer.to_gated)
    layer.to_out = int4.Int4Linear.from_linear(layer.to_out)
    unpacked: list[int] = []
    weight_of = int4.Int4Linear._weight
    monkeypatch.setattr(int4.Int4Linear, "_weight", lambda *given: unpacked.append(1) or weight_of(*given))
    assert layer(torch.ones(1, 1200, 32)).shape == expected and len(unpacked) == 2
