"""Changes of a weight by few numbers: LoRA (arXiv 2106.09685), -XS, LoHa (2108.06098), LoKr (2309.14859).

Each may come with lengths (DoRA, 2402.09353) by rows, by columns, or both at once.
Every formula takes a weight `(out, in)` in float32 and gives one of the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

NORM_FLOOR = 1e-12
# What stands for the change itself. An -XS kind stores one small matrix, which works between the weight's own first
# singular vectors; LoHa multiplies two products number by number, LoKr puts a matrix in the place of each number.
_CHANGES: dict[str, tuple[str, ...]] = {
    "lora": ("lora_A", "lora_B"),
    "xs": ("M_xs",),
    "loha": ("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"),
    "lokr": ("lokr_w1", "lokr_w2"),
}
_LENGTHS: dict[str, tuple[str, ...]] = {
    "": (),
    "dora-rows": ("magnitude",),
    "dora-cols": ("magnitude",),
    "bora": ("magnitude_r", "magnitude_c"),
}


def kind_of(change: str, lengths: str) -> str:
    """The name of a kind by what makes its change and its lengths, such as "dora-rows" or "bora-xs"."""
    if change == "lora":
        return lengths or "lora"
    return f"{lengths or 'lora'}-xs" if change == "xs" else f"{lengths}-{change}" if lengths else change


# Kind -> the names of what an adapter stores for each weight.
PARTS: dict[str, tuple[str, ...]] = {
    kind_of(change, lengths): (*parts, *_LENGTHS[lengths]) for change, parts in _CHANGES.items() for lengths in _LENGTHS
}


def shapes_of(kind: str, rank: int, rows: int, columns: int) -> dict[str, tuple[int, ...]]:
    """The shape of each part for a weight `(rows, columns)`; those of LoKr are free, see `kronecker_shape`."""
    shapes = {
        "lora_A": (rank, columns),
        "lora_B": (rows, rank),
        "M_xs": (rank, rank),
        "hada_w1_a": (rows, rank),
        "hada_w1_b": (rank, columns),
        "hada_w2_a": (rows, rank),
        "hada_w2_b": (rank, columns),
        "magnitude": (columns,) if kind.startswith("dora-cols") else (rows,),
        "magnitude_r": (rows,),
        "magnitude_c": (columns,),
    }
    return {part: shapes[part] for part in PARTS[kind] if part in shapes}


def kronecker_shape(parts: Mapping[str, Tensor]) -> tuple[int, int]:
    """The shape of the change that LoKr's two matrices make."""
    (rows, columns), (inner_rows, inner_columns) = parts["lokr_w1"].shape, parts["lokr_w2"].shape
    return rows * inner_rows, columns * inner_columns


def adapted(weight: Tensor, kind: str, parts: Mapping[str, Tensor], scale: float) -> Tensor:
    """The weight with the change in it, `scale` times as strong as the matrices say."""
    changed = weight + scale * _change(weight, parts)
    if kind.startswith("dora-rows"):
        return _with_norms(changed, parts["magnitude"], dim=1)
    if kind.startswith("dora-cols"):
        return _with_norms(changed, parts["magnitude"], dim=0)
    if kind.startswith("bora"):
        return _with_norms(_with_norms(changed, parts["magnitude_r"], dim=1), parts["magnitude_c"], dim=0)
    return changed


def _change(weight: Tensor, parts: Mapping[str, Tensor]) -> Tensor:
    if "lora_A" in parts:
        return parts["lora_B"] @ parts["lora_A"]
    if "lokr_w1" in parts:
        return torch.kron(parts["lokr_w1"], parts["lokr_w2"])
    if "hada_w1_a" in parts:
        return (parts["hada_w1_a"] @ parts["hada_w1_b"]) * (parts["hada_w2_a"] @ parts["hada_w2_b"])
    return _between_bases(weight, parts["M_xs"])


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
