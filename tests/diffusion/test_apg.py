"""Projected guidance: its limits, and what it leaves alone."""

from __future__ import annotations

import pytest
import torch

from musicapp.diffusion import apg, guidance
from musicapp.diffusion.guidance import unconditional

X, T = torch.randn(2, 4, 16, dtype=torch.float64), torch.tensor([0.9, 0.3], dtype=torch.float64)


def network(x, timestep, *, cross, valid=None):
    """A velocity that depends on everything."""
    push = 0.0 if cross is None else cross.mean(dim=(1, 2))[:, None, None]
    return torch.tanh(x) * timestep[:, None, None] + push * x.flip(-1)


@pytest.fixture
def cond():
    return {"cross": torch.ones(2, 3, 5, dtype=torch.float64) * torch.tensor([0.5, -1.0])[:, None, None]}


def clean(velocity):
    return X - T[:, None, None] * velocity


def test_scale_one_is_the_network_itself(cond):
    assert apg.guided(network, cond, unconditional(cond), 1.0)(X, T).equal(network(X, T, **cond))


@pytest.mark.parametrize("rescale", [0.0, 0.5])
def test_without_projection_it_is_plain_guidance(cond, rescale):
    options = {"rescale": rescale, "interval": (0.5, 1.0)}
    plain = guidance.guided(network, cond, unconditional(cond), 5.0, objective="rectified_flow", **options)
    ours = apg.guided(network, cond, unconditional(cond), 5.0, apg=0.0, **options)
    torch.testing.assert_close(ours(X, T), plain(X, T))


def test_the_push_is_at_right_angles_to_the_clean_estimate(cond):
    wanted = clean(network(X, T, **cond))
    push = clean(apg.guided(network, cond, unconditional(cond), 5.0)(X, T)) - wanted
    assert push.abs().max() > 0.1
    torch.testing.assert_close((push * wanted).sum(dim=(1, 2)), torch.zeros(2, dtype=torch.float64))


def test_padding_is_not_pushed(cond):
    cond["valid"] = torch.arange(16)[None].expand(2, -1) < 10
    out = apg.guided(network, cond, unconditional(cond), 5.0)(X, T)
    alone = network(X, T, **cond)
    torch.testing.assert_close(out[..., 10:], alone[..., 10:])
    assert (out[..., :10] - alone[..., :10]).abs().max() > 0.1


def test_a_threshold_caps_the_push(cond):
    wanted = clean(network(X, T, **cond))
    capped = apg.guided(network, cond, unconditional(cond), 5.0, apg=0.0, norm_threshold=0.5)
    push = clean(capped(X, T)) - wanted
    torch.testing.assert_close(push.square().sum(dim=(1, 2)).sqrt(), torch.full((2,), 2.0, dtype=torch.float64))


def test_at_the_end_of_the_schedule_nothing_is_divided_by_zero(cond):
    out = apg.guided(network, cond, unconditional(cond), 5.0)(X, torch.zeros(2, dtype=torch.float64))
    assert torch.isfinite(out).all()
