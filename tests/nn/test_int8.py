"""Int8 linear layers: close to the float layer, exact where they can be, unmoved by precision changes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from musicapp.nn import int8, native, tiles
from musicapp.nn.int8 import Int8Linear, quantize_rows


def relative_error(got: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((got.float() - wanted).norm().detach() / wanted.norm().detach())


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("shape", [(48,), (3, 48), (2, 5, 48), (2, 700, 48)])
def test_is_within_two_percent_of_the_float_layer(shape: tuple[int, ...], bias: bool) -> None:
    torch.manual_seed(0)
    linear = nn.Linear(48, 40, bias=bias)
    x = torch.randn(*shape)
    out = Int8Linear.from_linear(linear)(x)
    assert out.shape == (*shape[:-1], 40)
    assert relative_error(out, linear(x)) < 0.02


def test_whole_numbers_come_out_exactly() -> None:
    linear = nn.Linear(24, 16, bias=False)
    whole = torch.randint(-127, 128, (16, 24), generator=torch.Generator().manual_seed(1)).float()
    whole[:, 0] = 127  # so that every scale is 1
    linear.weight.data = whole
    x = torch.randint(-127, 128, (9, 24), generator=torch.Generator().manual_seed(2)).float()
    x[:, 0] = -127
    assert torch.equal(Int8Linear.from_linear(linear)(x), x @ whole.t())


def test_rounding_is_at_most_half_a_scale_and_zero_rows_stay_zero() -> None:
    values = torch.randn(6, 50, generator=torch.Generator().manual_seed(3))
    values[2] = 0
    rounded, scale = quantize_rows(values)
    assert rounded.dtype == torch.int8 and scale.shape == (6,)
    assert ((rounded * scale[:, None] - values).abs() <= scale[:, None] * 0.5001).all()
    assert not rounded[2].any()


def test_each_row_is_rounded_by_itself() -> None:
    """So a batch gives what its items give alone, and one loud token spoils no other."""
    torch.manual_seed(4)
    layer = Int8Linear.from_linear(nn.Linear(32, 32))
    x = torch.randn(600, 32)
    x[5] *= 1000
    together = layer(x)
    assert torch.equal(together[:100], layer(x[:100]))


def test_tiles_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(5)
    layer, x = Int8Linear.from_linear(nn.Linear(32, 24)), torch.randn(1000, 32)
    whole = layer(x)
    monkeypatch.setattr(int8, "TILE", 64)
    assert torch.equal(layer(x), whole)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_parts_of_rows_and_of_outputs_do_not_change_the_result(
    monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype
) -> None:
    torch.manual_seed(6)
    linear, x = nn.Linear(96, 300), torch.randn(2, 130, 96).to(dtype)
    layer = Int8Linear.from_linear(linear).to(dtype)
    whole, rounded = layer(x), quantize_rows(x[0])
    monkeypatch.setattr(int8, "ROUNDED", 7 * 96)
    monkeypatch.setattr(int8, "SUMS", 1)
    assert layer._width(260) == 64
    assert torch.equal(layer(x), whole)
    assert all(map(torch.equal, quantize_rows(x[0]), rounded))
    in_parts = Int8Linear.from_linear(linear)
    assert torch.equal(in_parts.weight, layer.weight) and torch.equal(in_parts.weight_scale, layer.weight_scale)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("weights", [1 << 20, 160, 1])
@torch.inference_mode()
def test_processors_without_byte_products_use_the_rounded_weight_and_no_loop(
    monkeypatch: pytest.MonkeyPatch, weights: int, bias: bool, dtype: torch.dtype
) -> None:
    torch.manual_seed(6)
    linear = nn.Linear(32, 24, bias=bias)
    layer, x = Int8Linear.from_linear(linear), torch.randn(2, 7, 32)
    monkeypatch.setattr(native, "cpu_multiplies_bytes", lambda: False)
    monkeypatch.setattr(torch, "_int_mm", None)  # there it is a plain loop, far slower than floats
    monkeypatch.setattr(int8, "WEIGHTS", weights)
    out = layer(x.to(dtype))
    assert out.shape == (2, 7, 24) and out.dtype == dtype
    assert relative_error(out, linear(x)) < 0.01


@torch.inference_mode()
def test_bytes_are_multiplied_where_the_processor_does_it() -> None:
    layer = Int8Linear.from_linear(nn.Linear(32, 24))
    assert layer._multiplies_bytes(torch.zeros(3, 32)) == torch.cpu._is_vnni_supported()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_in_half_precision_out(dtype: torch.dtype) -> None:
    torch.manual_seed(7)
    linear = nn.Linear(32, 24)
    layer, x = Int8Linear.from_linear(linear).to(dtype), torch.randn(2, 7, 32)
    out = layer(x.to(dtype))
    assert out.dtype == dtype and layer.weight_scale.dtype == torch.float32 and layer.weight.dtype == torch.int8
    assert relative_error(out, linear(x)) < 0.03


@pytest.mark.parametrize(("count", "most", "size"), [(1025, 512, 342), (1024, 512, 512), (5, 512, 5), (513, 512, 257)])
def test_tiles_are_even(count: int, most: int, size: int) -> None:
    assert tiles.even(count, most) == size


@pytest.mark.parametrize("rows", [1, 7, 513, 1025])
@torch.inference_mode()
def test_bfloat16_around_the_layer_costs_no_more_than_its_rounding(rows: int) -> None:
    torch.manual_seed(0)
    layer, x = int8.Int8Linear.from_linear(nn.Linear(96, 40)), torch.randn(rows, 96).bfloat16()
    exact, got = layer(x.float()), layer(x)
    assert got.dtype == torch.bfloat16
    assert float((got.float() - exact).norm() / exact.norm()) < 2**-8
