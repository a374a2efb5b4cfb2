"""The normalisations of the transformers: of whole positions, and of queries and keys per head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.description.configs import NormOptions

QK_NORM_EPS = 1e-6


class LayerNorm(nn.Module):
    """Layer norm whose offset `beta` is a stored constant (zero in public models) unless it was trained.

    in, out  `(..., dim)`
    """

    def __init__(self, dim: int, options: NormOptions) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim))
        if options.bias:
            self.beta = nn.Parameter(torch.zeros(dim))
        else:
            self.register_buffer("beta", torch.zeros(dim))
        self.eps, self.force_fp32 = options.eps, options.force_fp32

    def forward(self, x: Tensor) -> Tensor:
        if self.force_fp32:
            gamma, beta = self.gamma.float(), self.beta.float()
            return F.layer_norm(x.float(), gamma.shape, gamma, beta, self.eps).to(x.dtype)
        return F.layer_norm(x, self.gamma.shape, self.gamma, self.beta, self.eps)


class RMSNorm(nn.Module):
    """Divide by the root mean square, times a stored gain: the gain itself, not one plus it (arXiv 1910.07467).

    in, out  `(..., dim)`
    """

    def __init__(self, dim: int, eps: float, *, force_fp32: bool = False) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim))
        self.eps, self.force_fp32 = eps, force_fp32

    def forward(self, x: Tensor) -> Tensor:
        if self.force_fp32:
            return F.rms_norm(x.float(), self.gamma.shape, self.gamma.float(), self.eps).to(x.dtype)
        return F.rms_norm(x, self.gamma.shape, self.gamma, self.eps)


class DynamicTanh(nn.Module):
    """gamma * tanh(alpha * x) + beta: squashes where others normalise (arXiv 2503.10622). Computed in float32.

    in, out  `(..., dim)`
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.full((1,), 0.5))
        self.gamma = nn.Parameter(torch.ones(dim))
        self.beta = nn.Parameter(torch.zeros(dim))

    def forward(self, x: Tensor) -> Tensor:
        wide = torch.promote_types(x.dtype, torch.float32)  # float64 stays what it is
        gamma, beta = self.gamma.to(wide), self.beta.to(wide)
        return (gamma * torch.tanh(self.alpha.to(wide) * x.to(wide)) + beta).to(x.dtype)


class UnitLength(nn.Module):
    """Scale every head to length one. in, out `(..., head_dim)`"""

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=-1)


def block_norm(dim: int, kind: str, options: NormOptions) -> nn.Module:
    """The normalisation in front of every branch of a block, by the config's name for it."""
    if kind == "rms_norm":
        return RMSNorm(dim, options.eps, force_fp32=options.force_fp32)
    return LayerNorm(dim, options)


def qk_norm(kind: str, head_dim: int) -> nn.Module:
    """The normalisation of queries or keys, by the config's name for it."""
    if kind == "ln":
        return nn.LayerNorm(head_dim, eps=QK_NORM_EPS)
    if kind == "rms":
        return RMSNorm(head_dim, QK_NORM_EPS)
    if kind == "dyt":
        return DynamicTanh(head_dim)
    return UnitLength() if kind == "l2" else nn.Identity()
