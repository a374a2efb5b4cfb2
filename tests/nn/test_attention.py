"""Windowed, differential and padded attention, by what each must equal."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from musicapp.nn.attention import CrossAttention, Padding, SelfAttention, near_attention, rotation


@pytest.mark.parametrize("reach", [3, 17, 80])
@pytest.mark.parametrize("positions", [1, 17, 64, 65, 200])
def test_near_attention_is_full_attention_under_a_band_mask(positions, reach):
    q, k, v = torch.randn(3, 2, 3, positions, 8, dtype=torch.float64)
    place = torch.arange(positions)
    band = (place[:, None] - place).abs() <= reach
    whole = F.scaled_dot_product_attention(q, k, v, attn_mask=band)
    torch.testing.assert_close(near_attention(q, k, v, reach), whole, atol=1e-12, rtol=0)


@pytest.mark.parametrize("reach", [(0, 0), (5, 0), (0, 5), (3, 17), (70, 2), (2, 90)])
@pytest.mark.parametrize("positions", [1, 17, 64, 65, 200])
def test_sides_of_a_window_may_differ(positions, reach):
    q, k, v = torch.randn(3, 2, 3, positions, 8, dtype=torch.float64)
    away = torch.arange(positions) - torch.arange(positions)[:, None]  # of a key from its query
    band = (away >= -reach[0]) & (away <= reach[1])
    whole = F.scaled_dot_product_attention(q, k, v, attn_mask=band)
    torch.testing.assert_close(near_attention(q, k, v, reach), whole, atol=1e-12, rtol=0)


@torch.no_grad()
@pytest.mark.parametrize("excluded", [True, False])
def test_a_window_never_sees_padding(excluded):
    attention, turn = SelfAttention(32, 16, "rms", reach=(4, 9)), rotation(90, 8, torch.device("cpu"))
    valid = torch.arange(90)[None] < 60
    x = torch.randn(1, 90, 32)
    changed = torch.where(valid[..., None], x, x + 3)
    before, after = (attention(y, turn, Padding(valid, excluded)) for y in (x, changed))
    assert torch.isfinite(before).all()
    if excluded:
        torch.testing.assert_close(before[:, :60], after[:, :60])
        alone = attention(x[:, :60], (turn[0][:60], turn[1][:60]))
        torch.testing.assert_close(before[:, :60], alone)


@torch.no_grad()
def test_a_reach_bounds_what_a_position_sees():
    attention, turn = SelfAttention(32, 16, "rms", reach=(5, 5)), rotation(150, 8, torch.device("cpu"))
    x = torch.randn(1, 150, 32)
    changed = x.clone()
    changed[:, 90] += 1
    moved = (attention(x, turn) - attention(changed, turn)).abs().amax(dim=(0, 2)).nonzero().flatten()
    assert (moved.min(), moved.max()) == (85, 95)


@torch.no_grad()
def test_two_equal_looks_of_differential_attention_cancel():
    attention = SelfAttention(32, 16, "rms", differential=True)
    weight = attention.to_qkv.weight.view(5, 32, 32)
    assert attention(torch.randn(1, 7, 32), None).abs().max() > 1e-3
    weight[3:] = weight[:2]  # q, k, v, second q, second k
    assert attention(torch.randn(1, 7, 32), None).abs().max() == 0

    attention = CrossAttention(32, 16, 16, "rms", differential=True)
    attention.to_q.weight[32:] = attention.to_q.weight[:32]
    attention.to_kv.weight[16:32] = attention.to_kv.weight[:16]  # k, second k, v
    assert attention(torch.randn(1, 7, 32), torch.randn(1, 3, 16)).abs().max() == 0


@torch.no_grad()
def test_excluded_padding_is_as_if_it_were_not_there():
    attention, turn = SelfAttention(32, 16, "rms", differential=True), rotation(9, 8, torch.device("cpu"))
    x = torch.randn(1, 9, 32)
    valid = torch.arange(9)[None] < 6
    short = attention(x[:, :6], (turn[0][:6], turn[1][:6]))
    torch.testing.assert_close(attention(x, turn, Padding(valid))[:, :6], short)
    counted = attention(x, turn, Padding(valid, excluded=False))[:, :6]
    assert (counted - short).abs().max() > 1e-4, "padding of value zero still takes its share"
