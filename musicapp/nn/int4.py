"""Linear layers held in 4 bits: an eighth of float32's memory. They save memory, not time.

Weights go in groups of 32 neighbours along the input, each with one scale. The value farthest from zero stands at -8,
so all sixteen numbers are used; the scale that loses least is chosen from a few around that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from musicapp.nn import tiles

GROUP = 32
LOWEST, HIGHEST = -8, 7
SCALES_TRIED = (1.0, 0.95, 0.9, 0.85, 1.05, 1.1)  # times the scale that puts the extreme value at -8
TILE = 1 << 20  # weights that are rounded at once: 4 MB of floats, which fit a processor's cache
MULTIPLIED = 1 << 22  # weights that are floats at once in a product, which narrower ones would make slower


def quantize_groups(weight: Tensor) -> tuple[Tensor, Tensor]:
    """A weight in 4 bits, and one scale for each group.

    in   `(out, in)` floating point, `in` a multiple of `GROUP`
    out  uint8 `(out, in / 2)`, bfloat16 `(out, in / GROUP)`. A byte holds column j below and column j + in / 2 above.
    The scale keeps float32's range: float16 would turn the weights of a layer before a norm, which may be tiny, to 0.
    """
    rows = max(1, TILE // weight.shape[1])
    parts = [_quantize(tile) for tile in weight.split(rows)]
    return torch.cat([packed for packed, _ in parts]), torch.cat([scale for _, scale in parts])


def dequantize_groups(packed: Tensor, scale: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The inverse: `(out, in)`, off by about half a scale at most. In bfloat16 as if rounded from float32."""
    numbers = torch.cat((packed & 15, packed >> 4), dim=1).to(dtype).add_(LOWEST)
    return numbers.unflatten(1, (-1, GROUP)).mul_(scale.to(dtype)[..., None]).flatten(1)


class Int4Linear(nn.Module):
    """A linear layer with 4 bit weights, which are floats for one tile of its outputs at a time.

    in   `(..., in_features)` floating point, in_features a multiple of `GROUP`
    out  `(..., out_features)` in the dtype of the input
    """

    weight: Tensor
    weight_scale: Tensor

    def __init__(self, in_features: int, out_features: int, *, bias: bool = False) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.register_buffer("weight", torch.zeros(out_features, in_features // 2, dtype=torch.uint8))
        self.register_buffer("weight_scale", torch.zeros(out_features, in_features // GROUP, dtype=torch.bfloat16))
        self.bias = nn.Parameter(torch.zeros(out_features), requires_grad=False) if bias else None

    @classmethod
    def from_linear(cls, linear: nn.Linear) -> Int4Linear:
        """The same layer, its weight rounded."""
        layer = cls(linear.in_features, linear.out_features, bias=linear.bias is not None)
        if linear.weight.is_meta:  # operators without values take their time all the same: half a minute for Open 1.0
            return layer.to("meta")
        layer.weight, layer.weight_scale = quantize_groups(linear.weight.detach())
        if linear.bias is not None:
            layer.bias = nn.Parameter(linear.bias.detach().clone(), requires_grad=False)
        return layer

    def forward(self, x: Tensor) -> Tensor:
        rows = x.reshape(-1, self.in_features)
        out = x.new_empty(rows.shape[0], self.out_features)
        size = tiles.even(self.out_features, max(1, MULTIPLIED // self.in_features))
        for first in range(0, self.out_features, size):
            part = slice(first, first + size)
            weight = self._weight(part, x.dtype).t()
            if self.bias is None:
                torch.mm(rows, weight, out=out[:, part])  # in place: copying the products costs as much as unpacking
            else:
                torch.addmm(self.bias[part].to(x.dtype), rows, weight, out=out[:, part])
        return out.view(*x.shape[:-1], self.out_features)

    def _weight(self, part: slice, dtype: torch.dtype) -> Tensor:
        """Some rows as floats. float16 has not the range of the scales, so that it comes last."""
        directly = dtype if dtype == torch.bfloat16 else torch.float32
        return dequantize_groups(self.weight[part], self.weight_scale[part], directly).to(dtype)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        """Move with the model, but keep the scales as they are whatever the model is converted to."""
        scale = self.weight_scale
        super()._apply(fn, recurse)
        if self.weight_scale.dtype != torch.bfloat16:
            self.weight_scale = scale.to(self.weight_scale.device)
        return self


def _quantize(weight: Tensor) -> tuple[Tensor, Tensor]:
    groups = weight.float().unflatten(1, (-1, GROUP))
    extreme = groups.gather(-1, groups.abs().argmax(-1, keepdim=True))
    best, numbers, least = torch.zeros_like(extreme), torch.zeros_like(groups), torch.full_like(extreme, torch.inf)
    for factor in SCALES_TRIED:
        scale = (extreme * (factor / LOWEST)).bfloat16().float()
        tried = (groups / torch.where(scale == 0, 1.0, scale)).round_().clamp_(LOWEST, HIGHEST)
        lost = (tried * scale - groups).square_().sum(-1, keepdim=True)
        better = lost < least
        best, numbers = torch.where(better, scale, best), torch.where(better, tried, numbers)
        least = torch.where(better, lost, least)
    low, high = numbers.sub_(LOWEST).to(torch.uint8).flatten(1).chunk(2, dim=1)
    return low | (high << 4), best[..., 0].bfloat16()
