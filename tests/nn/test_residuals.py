"""Steps that take over what most blocks added in an earlier one: exact where nothing changed, and never for long."""

from __future__ import annotations

import torch

from musicapp.description.configs import DiTConfig
from musicapp.nn.dit import DiffusionTransformer
from musicapp.nn.residuals import Residuals


def _transformer() -> DiffusionTransformer:
    torch.manual_seed(0)
    network = DiffusionTransformer(DiTConfig(io_channels=3, embed_dim=64, depth=4, num_heads=2, cond_token_dim=0))
    for weight in network.parameters():
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=weight.shape[-1] ** -0.5)
    return network.eval().requires_grad_(False)


def test_without_tolerance_every_step_is_whole() -> None:
    network, kept = _transformer(), Residuals(0.0, 3)
    for level in (0.5, 0.5, 0.4):
        x = torch.randn(1, 3, 24)
        torch.testing.assert_close(
            network(x, torch.tensor([level]), residuals=kept), network(x, torch.tensor([level])), atol=0, rtol=0
        )
    assert kept.spared == 0


def test_the_same_step_again_is_spared_and_the_same_but_only_so_often() -> None:
    network, kept, x = _transformer(), Residuals(0.1, 2), torch.randn(1, 3, 24)
    whole = network(x, torch.tensor([0.5]))
    for spared in (0, 1, 2, 2, 3):
        got = network(x, torch.tensor([0.5]), residuals=kept)
        assert kept.spared == spared
        torch.testing.assert_close(got, whole, atol=1e-5, rtol=1e-5)


def test_a_step_that_is_unlike_the_last_whole_one_is_whole() -> None:
    network, kept = _transformer(), Residuals(0.1, 3)
    for seed in range(3):
        x = torch.randn(1, 3, 24, generator=torch.Generator().manual_seed(seed))
        got = network(x, torch.tensor([0.5]), residuals=kept)
        torch.testing.assert_close(got, network(x, torch.tensor([0.5])), atol=0, rtol=0)
    assert kept.spared == 0
