"""Attention as plain products: the same as torch's fused kernel, but for the rounding of scores."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from musicapp.nn import tiled_attention

SHAPES = [(1, 5, 326, 326, 64), (2, 3, 70, 9, 32), (1, 2, 1025, 1025, 24), (1, 1, 1, 1, 8)]


def _given(batch, heads, queries, positions, width):
    generator = torch.Generator().manual_seed(queries)
    sizes = ((batch, heads, count, width) for count in (queries, positions, positions))
    return [torch.randn(size, generator=generator) for size in sizes]


@pytest.mark.parametrize("shape", SHAPES)
def test_tiles_are_the_fused_kernel_in_float32(shape):
    q, k, v = _given(*shape)
    got = tiled_attention.in_tiles(q, k, v)
    torch.testing.assert_close(got, F.scaled_dot_product_attention(q, k, v), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_rounded_scores_cost_little_beside_rounded_inputs(shape):
    q, k, v = _given(*shape)
    exact = F.scaled_dot_product_attention(q, k, v)
    got = tiled_attention.in_tiles(q.bfloat16(), k.bfloat16(), v.bfloat16())
    assert got.dtype == torch.bfloat16
    assert (got.float() - exact).norm() / exact.norm() < 0.01


def test_nobody_looks_at_what_is_masked(monkeypatch):
    monkeypatch.setattr(tiled_attention, "suits_processor", lambda: True)
    q, k, v = (x.bfloat16() for x in _given(1, 2, 40, 40, 16))
    mask = torch.arange(40)[None, None, None] < 29
    with torch.no_grad():
        got = tiled_attention.attention(q, k, v, mask)
    torch.testing.assert_close(got, tiled_attention.in_tiles(q, k[:, :, :29], v[:, :, :29]), atol=0, rtol=0)
    expected = F.scaled_dot_product_attention(q.float(), k.float(), v.float(), attn_mask=mask)
    assert (got.float() - expected).norm() / expected.norm() < 0.01


def test_training_keeps_the_kernel_that_has_gradients(monkeypatch):
    monkeypatch.setattr(tiled_attention, "suits_processor", lambda: True)
    q, k, v = (x.bfloat16().requires_grad_() for x in _given(1, 2, 8, 8, 16))
    tiled_attention.attention(q, k, v).float().sum().backward()
    assert q.grad is not None
    assert torch.isfinite(q.grad).all()
