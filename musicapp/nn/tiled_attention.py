"""Attention in bfloat16 as plain matrix products, for processors that multiply it but have no matrix units.

There torch's fused kernel takes as long as in float32. Products of a few queries with all keys, whose scores stay in a
core's cache, take half to a third of that.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from musicapp.nn import native, tiles

SCORES = 1 << 19  # that are made at once: with their softmax two megabytes
FEWEST = 64  # queries that pass at once at least: products of fewer rows are slow


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """Scaled dot product attention, in whichever way is the quicker one here.

    q       `(batch, heads, queries, head_dim)`
    k, v    `(batch, heads, positions, head_dim)`
    mask    `(batch, 1, 1, positions)` bool, False where nobody looks
    """
    is_rounded = q.dtype == torch.bfloat16 and q.device.type == "cpu" and not torch.is_grad_enabled()
    if is_rounded and (mask is None or len(q) == 1) and suits_processor():
        return in_tiles(q, k, v, mask)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def in_tiles(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """The same, but that scores are rounded to the number format of the inputs; without gradients.

    mask  for batches of one only
    out   like q, laid out as `(batch, queries, heads, head_dim)`
    """
    batch, heads, count, width = q.shape
    if mask is not None:
        seen = mask[0, 0, 0]
        k, v = k[:, :, seen], v[:, :, seen]
    positions = k.shape[2]
    size = _size(heads, count, positions)
    out = q.new_empty(batch, count, heads, width).transpose(1, 2)
    held = [q.new_empty(heads * size * positions) for _ in range(2)]  # fresh memory costs as much as a product
    for item in range(batch):
        queries, keys, values = q[item] * width**-0.5, k[item].mT, v[item]
        for start in range(0, count, size):
            part = slice(start, min(count, start + size))
            scores, shares = (
                memory[: heads * (part.stop - start) * positions].view(heads, -1, positions) for memory in held
            )
            torch.bmm(queries[:, part], keys, out=scores)
            torch._softmax(scores, -1, False, out=shares)
            out[item, :, part] = torch.bmm(shares, values)
    return out


def scores_bytes(heads: int, positions: int) -> int:
    """Memory for the scores of so many positions that look at each other, in half precision."""
    return 2 * 2 * heads * _size(heads, positions, positions) * positions


def _size(heads: int, queries: int, positions: int) -> int:
    """How many queries pass at once."""
    return tiles.even(queries, max(FEWEST, SCORES // (heads * positions)))


@cache
def suits_processor() -> bool:
    """Whether this processor multiplies bfloat16, but no tiles of it."""
    return native.cpu_has_bf16() and not native.cpu_has_matrix_units()
