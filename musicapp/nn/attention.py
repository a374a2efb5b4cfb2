"""Attention with rotary positions, normalised queries and keys, grouped key heads, and differential attention.

Spec 5.5 to 5.7 of Stable Audio 2; section 3 of Stable Audio 3 for the differential kind and the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from musicapp.nn.linear import Linear
from musicapp.nn.norms import qk_norm
from musicapp.nn.tiled_attention import attention

ROTARY_BASE = 10000.0
NEAR_BLOCK = 64  # queries that share their keys in windowed attention: few wasted keys, yet matrices of some size

Reach = tuple[int, int]  # positions that one sees before and behind itself
Rotation = tuple[Tensor, Tensor]  # cosines and sines, `(positions, rotary_dim)` float32
KeysValues = tuple[tuple[Tensor, ...], Tensor]  # of each look, and for all of them, `(batch, heads, tokens, head_dim)`


def rotary_frequencies(rotary_dim: int, device: torch.device | None = None) -> Tensor:
    """Radians per position of each turning pair, `(rotary_dim // 2,)` float32."""
    exponents = torch.arange(0, rotary_dim, 2, dtype=torch.float32, device=device) / rotary_dim
    return 1.0 / ROTARY_BASE**exponents


def rotation(positions: int, rotary_dim: int, device: torch.device) -> Rotation:
    """Cosines and sines for positions 0, 1, 2 ...; always float32, half precision loses whole turns."""
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


@dataclass(frozen=True)
class Padding:
    """Positions behind the end of an item of a batch, for self-attention.

    valid     `(batch, positions)` bool, False on padding
    excluded  nobody looks at padding at all. False is what the published code does without a fused kernel: padding
              carries no value, yet still takes its share of the softmax
    """

    valid: Tensor
    excluded: bool = True

    def values(self, v: Tensor) -> Tensor:
        """The values `(batch, heads, positions, head_dim)` with those of padding at zero."""
        return v * self.valid[:, None, :, None].to(v.dtype)

    @property
    def mask(self) -> Tensor | None:
        """What `scaled_dot_product_attention` takes as its mask."""
        return self.valid[:, None, None, :] if self.excluded else None


class Look(nn.Module):
    """Scaled dot product attention of some queries. A module of its own, so that a hook can stop long takes here.

    in   q `(batch, heads, queries, head_dim)`, k and v `(batch, heads, positions, head_dim)`
    out  `(batch, heads, queries, head_dim)`
    """

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return attention(q, k, v)


class SelfAttention(nn.Module):
    """Every position looks at every position, or, with a `reach`, at the neighbours up to so far before and behind it.

    in, out       `(batch, positions, dim)`
    differential  two pairs of queries and keys share the values; the second look is taken off the first
    """

    def __init__(
        self, dim: int, head_dim: int, norm: str, *, differential: bool = False, reach: Reach | None = None
    ) -> None:
        super().__init__()
        self.heads, self.reach = dim // head_dim, reach
        self.parts = 5 if differential else 3  # q, k, v, then the second q and k
        self.to_qkv = Linear(dim, self.parts * dim, bias=False)
        self.q_norm, self.k_norm = qk_norm(norm, head_dim), qk_norm(norm, head_dim)
        self.to_out = Linear(dim, dim, bias=False)

    def forward(self, x: Tensor, turn: Rotation | None, padding: Padding | None = None) -> Tensor:
        q, k, v, *second = (_split_heads(part, self.heads) for part in self.to_qkv(x).chunk(self.parts, dim=-1))
        mask = None
        if padding is not None:
            v, mask = padding.values(v), padding.mask
        out = self._look(q, k, v, turn, mask)
        if second:
            out = out - self._look(second[0], second[1], v, turn, mask)
        return self.to_out(_join_heads(out))

    def _look(self, q: Tensor, k: Tensor, v: Tensor, turn: Rotation | None, mask: Tensor | None) -> Tensor:
        q, k = self.q_norm(q), self.k_norm(k)
        if turn is not None:
            q, k = rotate(q, turn), rotate(k, turn)
        if self.reach is not None:
            return near_attention(q, k, v, self.reach) if mask is None else _near_and_valid(q, k, v, self.reach, mask)
        return attention(q, k, v, mask)


class CrossAttention(nn.Module):
    """Every position looks at the context tokens. A narrow context has fewer key heads, each shared by neighbours.

    in   x `(batch, positions, dim)`, context `(batch, tokens, context_dim)` or what `keys_values` made of it
    out  `(batch, positions, dim)`; all-zero context gives exactly zero
    No mask: the public models were trained with padding rows taking part in the softmax.
    """

    def __init__(self, dim: int, context_dim: int, head_dim: int, norm: str, *, differential: bool = False) -> None:
        super().__init__()
        self.heads, self.key_heads = dim // head_dim, context_dim // head_dim
        self.looks = 2 if differential else 1
        self.to_q = nn.Linear(dim, self.looks * dim, bias=False)
        self.to_kv = nn.Linear(context_dim, (self.looks + 1) * context_dim, bias=False)
        self.q_norm, self.k_norm = qk_norm(norm, head_dim), qk_norm(norm, head_dim)
        self.to_out = nn.Linear(dim, dim, bias=False)

    def forward(self, x: Tensor, context: Tensor | KeysValues) -> Tensor:
        queries = self.to_q(x).chunk(self.looks, dim=-1)
        keys, v = self.keys_values(context) if isinstance(context, Tensor) else context
        looks = [attention(self.q_norm(_split_heads(q, self.heads)), k, v) for q, k in zip(queries, keys, strict=True)]
        return self.to_out(_join_heads(looks[0] if self.looks == 1 else looks[0] - looks[1]))

    def keys_values(self, context: Tensor) -> KeysValues:
        """What is looked at in a context: the same in every step."""
        *keys, values = self.to_kv(context).chunk(self.looks + 1, dim=-1)  # k, second k, v
        return tuple(self._shared(k, self.k_norm) for k in keys), self._shared(values)

    def _shared(self, part: Tensor, norm: nn.Module | None = None) -> Tensor:
        """`(batch, tokens, context_dim)` to `(batch, heads, tokens, head_dim)`"""
        split = _split_heads(part, self.key_heads)
        if norm is not None:
            split = norm(split)
        sharing = self.heads // self.key_heads
        return split.repeat_interleave(sharing, dim=1) if sharing > 1 else split


def near_attention(q: Tensor, k: Tensor, v: Tensor, reach: int | Reach) -> Tensor:
    """Attention of every position to those near it, exact, with memory that grows with the length only.

    q, k, v, out  `(batch, heads, positions, head_dim)`
    reach         how far before and behind itself a position sees, one number for both
    Queries go in blocks, each against the keys of its block and of the reach before and behind it.
    """
    before, behind = (reach, reach) if isinstance(reach, int) else reach
    batch, positions = q.shape[0], q.shape[2]
    size = max(NEAR_BLOCK, before, behind)
    if positions <= size:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=_is_near(positions, (before, behind), q.device))
    blocks = -(-positions // size)
    fill = blocks * size - positions
    seen = before + size + behind
    queries = F.pad(q, (0, 0, 0, fill)).unflatten(2, (blocks, size))
    keys, values = (F.pad(x, (0, 0, before, behind + fill)).unfold(2, seen, size).mT for x in (k, v))
    # The key at place j of a block stands j - before away from the block's first position.
    place, first = torch.arange(seen, device=q.device), torch.arange(blocks, device=q.device) * size
    away = place - before - torch.arange(size, device=q.device)[:, None]
    near = (-before <= away) & (away <= behind)
    absolute = first[:, None] + place - before
    inside = (absolute >= 0) & (absolute < positions)
    # Queries of the fill may have no key left; looking at the whole block keeps them from being no numbers.
    beyond = (first[:, None] + torch.arange(size, device=q.device) >= positions)[..., None]
    mask = (near & inside[:, None]) | beyond
    queries, keys, values = (x.transpose(1, 2).flatten(0, 1) for x in (queries, keys, values))
    out = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask.repeat(batch, 1, 1)[:, None])
    return out.unflatten(0, (batch, blocks)).transpose(1, 2).flatten(2, 3)[:, :, :positions]


def _near_and_valid(q: Tensor, k: Tensor, v: Tensor, reach: Reach, valid: Tensor) -> Tensor:
    """The same where padding is never looked at; a position always sees itself, so that none sees nothing."""
    positions = q.shape[2]
    itself = torch.eye(positions, dtype=torch.bool, device=q.device)
    mask = (_is_near(positions, reach, q.device) & valid) | itself
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def _is_near(positions: int, reach: Reach, device: torch.device) -> Tensor:
    """Whether the query of a row sees the key of a column, `(positions, positions)` bool."""
    place = torch.arange(positions, device=device)
    away = place - place[:, None]
    return (-reach[0] <= away) & (away <= reach[1])


def _split_heads(x: Tensor, heads: int) -> Tensor:
    """`(batch, positions, heads * head_dim)` to `(batch, heads, positions, head_dim)`"""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def _join_heads(x: Tensor) -> Tensor:
    """`(batch, heads, positions, head_dim)` to `(batch, positions, heads * head_dim)`"""
    return x.transpose(1, 2).flatten(2)
