"""Linear layers held and run in 8 bits: a quarter of float32's memory, and faster where bytes multiply faster.

Weights have one scale per output channel, fixed when the model is quantised; activations one scale per row (token),
found anew at every call. Both are symmetric: 127 stands for the largest absolute value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.nn import native, tiles

TILE = 512  # rows that pass at once: the int32 products of a long take would not fit the cache, nor a small memory
WEIGHTS = 1 << 20  # that are floats at once where bytes are not multiplied: 4 MB, which fits a processor's cache
# Fresh memory costs as much as the work in it, so what is large goes in parts that malloc has at hand, on the CPU.
ROUNDED = 1 << 19  # numbers that are rounded at once
SUMS = 1 << 20  # products that are scaled at once
ALIGNED = 64  # outputs, of which every part has a multiple
LARGEST = 127
SMALLEST_SCALE = 1e-12  # for rows that are all zero
CUDA_ROWS = 17  # the CUDA kernel wants more than 16 rows, and inner sizes that are multiples of 8
CUDA_MULTIPLE = 8


def quantize_rows(values: Tensor) -> tuple[Tensor, Tensor]:
    """Rows as int8 and one scale each.

    in   `(rows, width)` floating point
    out  int8 `(rows, width)`, float32 scale `(rows,)`: values are about int8 * scale, off by half a scale at most
    """
    size = max(1, ROUNDED // values.shape[1])
    if values.device.type != "cpu" or len(values) <= size:
        return _rounded(values)
    rows, scales = values.new_empty(values.shape, dtype=torch.int8), values.new_empty(len(values), dtype=torch.float32)
    for first in range(0, len(values), size):
        part = slice(first, first + size)
        rows[part], scales[part] = _rounded(values[part])
    return rows, scales


def _rounded(values: Tensor) -> tuple[Tensor, Tensor]:
    values = values.float()
    scale = values.abs().amax(dim=-1).div_(LARGEST).clamp_(min=SMALLEST_SCALE)
    return (values / scale[:, None]).round_().to(torch.int8), scale


class Int8Linear(nn.Module):
    """A linear layer with int8 weights; products are int8 x int8 summed exactly in int32.

    in   `(..., in_features)` floating point
    out  `(..., out_features)` in the dtype of the input

    Where the device has no such product (MPS, odd sizes on CUDA, processors without AVX-512 VNNI) the weight is brought
    back to floats for each call, one tile of outputs at a time: slower, but as small in memory.
    """

    def __init__(self, in_features: int, out_features: int, *, bias: bool = False) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.register_buffer("weight", torch.zeros(out_features, in_features, dtype=torch.int8))
        self.register_buffer("weight_scale", torch.ones(out_features, dtype=torch.float32))
        self.bias = nn.Parameter(torch.zeros(out_features), requires_grad=False) if bias else None

    weight: Tensor
    weight_scale: Tensor

    @classmethod
    def from_linear(cls, linear: nn.Linear) -> Int8Linear:
        """The same layer, its weight rounded."""
        layer = cls(linear.in_features, linear.out_features, bias=linear.bias is not None)
        layer.weight, layer.weight_scale = quantize_rows(linear.weight.detach())
        if linear.bias is not None:
            layer.bias = nn.Parameter(linear.bias.detach().clone(), requires_grad=False)
        return layer

    def forward(self, x: Tensor) -> Tensor:
        rows = x.reshape(-1, self.in_features)
        out = rows.new_empty(rows.shape[0], self.out_features)
        if not self._multiplies_bytes(rows):
            self._multiply_floats(rows, out)
            return out.view(*x.shape[:-1], self.out_features)
        size = tiles.even(rows.shape[0], TILE)
        for tile, result in zip(rows.split(size), out.split(size), strict=True):
            self._multiply(tile, result)
        return out.view(*x.shape[:-1], self.out_features)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"

    def _multiply(self, rows: Tensor, out: Tensor) -> None:
        tokens, scale = quantize_rows(rows)
        size = self._width(len(rows))
        for first in range(0, self.out_features, size):
            part = slice(first, first + size)
            sums = torch._int_mm(tokens, self.weight[part].t())
            out[:, part] = (sums * self.weight_scale[part]).mul_(scale[:, None])
        if self.bias is not None:
            out.add_(self.bias)

    def _width(self, rows: int) -> int:
        """Outputs that are multiplied at once for so many rows."""
        if self.weight.device.type != "cpu":
            return self.out_features
        most = max(ALIGNED, SUMS // rows)
        return -(-tiles.even(self.out_features, most) // ALIGNED) * ALIGNED

    def _multiply_floats(self, rows: Tensor, out: Tensor) -> None:
        size = max(1, WEIGHTS // self.in_features)
        for first in range(0, self.out_features, size):
            part = slice(first, first + size)
            weight = (self.weight[part] * self.weight_scale[part, None]).to(rows.dtype)
            out[:, part] = F.linear(rows, weight, None if self.bias is None else self.bias[part].to(rows.dtype))

    def _multiplies_bytes(self, rows: Tensor) -> bool:
        if rows.device.type == "cuda":
            size = tiles.even(rows.shape[0], TILE)
            last_tile = rows.shape[0] % size or size
            sizes = self.in_features % CUDA_MULTIPLE == 0 and self.out_features % CUDA_MULTIPLE == 0
            return sizes and min(last_tile, rows.shape[0]) >= CUDA_ROWS
        return rows.device.type == "cpu" and native.cpu_multiplies_bytes()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        """Move with the model, but keep the scales in float32 whatever the model is converted to."""
        scale = self.weight_scale
        super()._apply(fn, recurse)
        if self.weight_scale.dtype != torch.float32:
            self.weight_scale = scale.to(self.weight_scale.device)
        return self
