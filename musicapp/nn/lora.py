"""Low-rank changes of a weight: LoRA (arXiv 2106.09685), DoRA (2402.09353) by rows or columns, both at once, and -XS.

Every formula takes a weight `(out, in)` in float32 and gives one of the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

NORM_FLOOR = 1e-12
# Kind -> the names of what an adapter stores for each weight. An -XS kind stores one small matrix, which works between
# the weight's own first singular vectors.
PARTS: dict[str, tuple[str, ...]] = {
    "lora": ("lora_A", "lora_B"),
    "dora-rows": ("lora_A", "lora_B", "magnitude"),
    "dora-cols": ("lora_A", "lora_B", "magnitude"),
    "bora": ("lora_A", "lora_B", "magnitude_r", "magnitude_c"),
    "lora-xs": ("M_xs",),
    "dora-rows-xs": ("M_xs", "magnitude"),
    "dora-cols-xs": ("M_xs", "magnitude"),
    "bora-xs": ("M_xs", "magnitude_r", "magnitude_c"),
}


def shapes_of(kind: str, rank: int, rows: int, columns: int) -> dict[str, tuple[int, ...]]:
    """The shape of each part for a weight `(rows, columns)`."""
    shapes = {
        "lora_A": (rank, columns),
        "lora_B": (rows, rank),
        "M_xs": (rank, rank),
        "magnitude": (columns,) if kind.startswith("dora-cols") else (rows,),
        "magnitude_r": (rows,),
        "magnitude_c": (columns,),
    }
    return {part: shapes[part] for part in PARTS[kind]}


def adapted(weight: Tensor, kind: str, parts: Mapping[str, Tensor], scale: float) -> Tensor:
    """The weight with the change in it, `scale` times as strong as the matrices say."""
    change = parts["lora_B"] @ parts["lora_A"] if "lora_A" in parts else _between_bases(weight, parts["M_xs"])
    changed = weight + scale * change
    if kind.startswith("dora-rows"):
        return _with_norms(changed, parts["magnitude"], dim=1)
    if kind.startswith("dora-cols"):
        return _with_norms(changed, parts["magnitude"], dim=0)
    if kind.startswith("bora"):
        return _with_norms(_with_norms(changed, parts["magnitude_r"], dim=1), parts["magnitude_c"], dim=0)
    return changed


def _with_norms(weight: Tensor, norms: Tensor, *, dim: int) -> Tensor:
    """The weight with these lengths along `dim`: of its rows for 1, of its columns for 0."""
    lengths = torch.linalg.vector_norm(weight, dim=dim, keepdim=True)
    return norms.unsqueeze(dim) * weight / (lengths + NORM_FLOOR)


def _between_bases(weight: Tensor, middle: Tensor) -> Tensor:
    """The small matrix between the weight's singular vectors; the largest entry of each left one counts as positive."""
    rank = middle.shape[0]
    left, _, right = torch.linalg.svd(weight, full_matrices=False)
    left, right = left[:, :rank], right[:rank]
    largest = left.gather(0, left.abs().argmax(dim=0, keepdim=True))
    signs = torch.where(largest < 0, -1.0, 1.0)
    return (left * signs) @ middle @ (right * signs.T)
