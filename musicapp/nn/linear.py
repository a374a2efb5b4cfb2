"""A linear layer that may be held in less precision than what passes it."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class Linear(nn.Linear):
    """Multiplies in the number format of its weight, and answers in that of its input.

    in   `(..., in_features)`
    out  `(..., out_features)`
    """

    def forward(self, x: Tensor) -> Tensor:
        if x.dtype == self.weight.dtype:
            return super().forward(x)
        product = F.linear(x.to(self.weight.dtype), self.weight).to(x.dtype)
        return product if self.bias is None else product.add_(self.bias)  # which may be as wide as x
