"""Attention with rotary positions, normalised queries and keys, and grouped key heads (spec 5.5 to 5.7)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ROTARY_BASE = 10000.0
QK_NORM_EPS = 1e-6

Rotation = tuple[Tensor, Tensor]  # cosines and sines, `(positions, rotary_dim)` float32


def rotary_frequencies(rotary_dim: int, device: torch.device | None = None) -> Tensor:
    """Radians per position of each turning pair, `(rotary_dim // 2,)` float32."""
    exponents = torch.arange(0, rotary_dim, 2, dtype=torch.float32, device=device) / rotary_dim
    return 1.0 / ROTARY_BASE**exponents


def rotation(positions: int, rotary_dim: int, device: torch.device) -> Rotation:
    """Cosines and sines for positions 0, 1, 2 ...; always float32, half precision loses whole turns (spec 5.10)."""
    steps = torch.arange(positions, dtype=torch.float32, device=device)
    angles = torch.outer(steps, rotary_frequencies(rotary_dim, device)).repeat(1, 2)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, turn: Rotation) -> Tensor:
    """Turn the first dimensions of every head by position; pairs are (i, i + half), the rest passes.

    in, out  `(batch, heads, positions, head_dim)`
    """
    cosines, sines = turn
    width = cosines.shape[-1]
    turning = x[..., :width].float()
    first, second = turning.chunk(2, dim=-1)
    turned = turning * cosines + torch.cat((-second, first), dim=-1) * sines
    return torch.cat((turned.to(x.dtype), x[..., width:]), dim=-1)


class UnitLength(nn.Module):
    """Scale every head to length one. in, out `(..., head_dim)`"""

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=-1)


def qk_norm(kind: str, head_dim: int) -> nn.Module:
    """The normalisation of queries or keys, by the config's name for it."""
    if kind == "ln":
        return nn.LayerNorm(head_dim, eps=QK_NORM_EPS)
    return UnitLength() if kind == "l2" else nn.Identity()


class SelfAttention(nn.Module):
    """Every position looks at every position.

    in, out  `(batch, positions, dim)`
    """

    def __init__(self, dim: int, head_dim: int, norm: str) -> None:
        super().__init__()
        self.heads = dim // head_dim
        self.to_qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.q_norm, self.k_norm = qk_norm(norm, head_dim), qk_norm(norm, head_dim)
        self.to_out = nn.Linear(dim, dim, bias=False)

    def forward(self, x: Tensor, turn: Rotation | None) -> Tensor:
        q, k, v = (_split_heads(part, self.heads) for part in self.to_qkv(x).chunk(3, dim=-1))
        q, k = self.q_norm(q), self.k_norm(k)
        if turn is not None:
            q, k = rotate(q, turn), rotate(k, turn)
        return self.to_out(_join_heads(F.scaled_dot_product_attention(q, k, v)))


class CrossAttention(nn.Module):
    """Every position looks at the context tokens. A narrow context has fewer key heads, each shared by neighbours.

    in   x `(batch, positions, dim)`, context `(batch, tokens, context_dim)`
    out  `(batch, positions, dim)`; all-zero context gives exactly zero
    No mask: the public models were trained with padding rows taking part in the softmax (spec 4.6).
    """

    def __init__(self, dim: int, context_dim: int, head_dim: int, norm: str) -> None:
        super().__init__()
        self.heads, self.key_heads = dim // head_dim, context_dim // head_dim
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_kv = nn.Linear(context_dim, 2 * context_dim, bias=False)
        self.q_norm, self.k_norm = qk_norm(norm, head_dim), qk_norm(norm, head_dim)
        self.to_out = nn.Linear(dim, dim, bias=False)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        q = self.q_norm(_split_heads(self.to_q(x), self.heads))
        k, v = (_split_heads(part, self.key_heads) for part in self.to_kv(context).chunk(2, dim=-1))
        k = self.k_norm(k)
        if (sharing := self.heads // self.key_heads) > 1:
            k, v = k.repeat_interleave(sharing, dim=1), v.repeat_interleave(sharing, dim=1)
        return self.to_out(_join_heads(F.scaled_dot_product_attention(q, k, v)))


def _split_heads(x: Tensor, heads: int) -> Tensor:
    """`(batch, positions, heads * head_dim)` to `(batch, heads, positions, head_dim)`"""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def _join_heads(x: Tensor) -> Tensor:
    """`(batch, heads, positions, head_dim)` to `(batch, positions, heads * head_dim)`"""
    return x.transpose(1, 2).flatten(2)
