from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from musicapp.diffusion import apg
from musicapp.diffusion.guidance import Push, blended, guided, pushed_away, unconditional, with_negative


class FakeNetwork:
    """Answers with the mean of its tokens plus x, and counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x: Tensor, timestep: Tensor, *, cross: Tensor | None, global_cond: Tensor) -> Tensor:
        self.calls += 1
        text = torch.zeros(x.shape[0]) if cross is None else cross.mean(dim=(1, 2))
        return torch.tanh(x) * (1 + text[:, None, None]) + global_cond.mean(dim=1)[:, None, None]


@pytest.fixture
def cond():
    return {"cross": torch.randn(2, 5, 4), "global_cond": torch.randn(2, 6)}


X, T = torch.randn(2, 8, 16), torch.tensor([0.3, 0.9])


def test_scale_one_asks_the_network_once(cond):
    network = FakeNetwork()
    out = guided(network, cond, unconditional(cond), 1.0)(X, T)
    assert network.calls == 1
    torch.testing.assert_close(out, FakeNetwork()(X, T, **cond), atol=0, rtol=0)


@pytest.mark.parametrize("scale", [0.0, 0.5, 3.0, 7.0])
def test_the_answer_lies_on_the_line_through_both_halves(cond, scale):
    null = unconditional(cond)
    out = guided(FakeNetwork(), cond, null, scale)(X, T)
    with_prompt, without = FakeNetwork()(X, T, **cond), FakeNetwork()(X, T, **null)
    torch.testing.assert_close(out, without + scale * (with_prompt - without))


def test_skipping_the_tokens_equals_all_zero_tokens(cond):
    zeros = {**cond, "cross": torch.zeros_like(cond["cross"])}
    skipped = guided(FakeNetwork(), cond, unconditional(cond), 5.0)(X, T)
    torch.testing.assert_close(skipped, guided(FakeNetwork(), cond, zeros, 5.0)(X, T))


@pytest.mark.parametrize("bind", [guided, apg.guided])
def test_both_halves_as_one_batch_say_the_same(cond, bind):
    """Whatever the null half has not, it is told as zeros; the batch is put together once for all steps."""
    told = []

    def network(x, timestep, *, cross, beside=None, nothing=None):
        told.append(cross)
        text = torch.zeros(x.shape[0]) if cross is None else cross.mean(dim=(1, 2))
        found = 0.0 if beside is None else beside.mean(dim=(1, 2))[:, None, None]
        return torch.tanh(x) * (timestep + text)[:, None, None] + found

    given = {"cross": cond["cross"], "beside": torch.randn(2, 3, 4), "nothing": None}
    null = {**unconditional(given), "beside": None}
    apart, together = bind(network, given, null, 5.0), bind(network, given, null, 5.0, as_batch=True)
    torch.testing.assert_close(together(X, T), apart(X, T))
    together(X, T)
    assert [None if cross is None else len(cross) for cross in told] == [4, 2, None, 4] and told[0] is told[3]


def test_full_rescale_restores_the_deviation_over_channels(cond):
    out = guided(FakeNetwork(), cond, unconditional(cond), 9.0, rescale=1.0)(X, T)
    expected = FakeNetwork()(X, T, **cond).std(dim=1)
    torch.testing.assert_close(out.std(dim=1), expected)


def test_rescale_mixes_between_none_and_full(cond):
    none, half, full = (
        guided(FakeNetwork(), cond, unconditional(cond), 9.0, rescale=amount)(X, T) for amount in (0.0, 0.5, 1.0)
    )
    torch.testing.assert_close(half, (none + full) / 2)


@pytest.mark.parametrize(("objective", "guided_items"), [("v", [True, False]), ("rectified_flow", [True, True])])
def test_the_interval_counts_noise_level_per_item(cond, objective, guided_items):
    """At timestep 0.3 and 0.9 a v model has noise levels 0.454 and 0.988, a flow 0.3 and 0.9."""
    null = unconditional(cond)
    out = guided(FakeNetwork(), cond, null, 7.0, interval=(0.0, 0.95), objective=objective)(X, T)
    always = guided(FakeNetwork(), cond, null, 7.0)(X, T)
    plain = FakeNetwork()(X, T, **cond)
    for item, is_guided in enumerate(guided_items):
        torch.testing.assert_close(out[item], (always if is_guided else plain)[item])


def test_outside_the_interval_the_null_half_is_not_computed(cond):
    network = FakeNetwork()
    guided(network, cond, unconditional(cond), 7.0, interval=(0.0, 0.1))(X, T)
    assert network.calls == 1


def test_a_negative_prompt_loses_its_padding_and_keeps_the_timing(cond):
    negative, mask = torch.randn(1, 5, 4), torch.tensor([[1, 1, 0, 0, 1]])
    null = with_negative(cond, negative, mask)
    assert null["cross"].shape == (2, 5, 4)
    assert null["cross"][:, 2:4].abs().max() == 0.0
    torch.testing.assert_close(null["cross"][1, :2], negative[0, :2])
    assert null["global_cond"] is cond["global_cond"]


def test_both_halves_in_one_batch_equal_two_calls():
    calls = []

    def network(x, timestep, *, cross, global_cond):
        calls.append(len(x))
        return x * timestep[:, None, None] + cross.sum((1, 2))[:, None, None] + global_cond.sum(1)[:, None, None]

    x, timestep = torch.randn(3, 2, 5), torch.rand(3)
    cond = {"cross": torch.randn(3, 4, 6), "global_cond": torch.randn(3, 7)}
    null = with_negative(cond, torch.randn(1, 4, 6), torch.ones(1, 4))
    wanted = network(x, timestep, **null) + 4.0 * (network(x, timestep, **cond) - network(x, timestep, **null))
    calls.clear()
    torch.testing.assert_close(guided(network, cond, null, 4.0)(x, timestep), wanted)
    assert calls == [6]


def test_pushes_add_up_each_at_its_own_noise_levels():
    x = torch.randn(1, 2, 4)

    def says(number: float) -> Callable[[Tensor, Tensor], Tensor]:
        return lambda x, t: number * x

    asked: list[float] = []

    def noted(x: Tensor, timestep: Tensor) -> Tensor:
        asked.append(float(timestep))
        return 3 * x

    pushes = [Push(says(2.0), 5.0, low=0.5), Push(noted, 0.5, high=0.9)]
    pushed = pushed_away(says(1.0), pushes, objective="rectified_flow")
    for level, factor in ((0.4, 1 - 1.0), (0.5, 1 - 5.0 - 1.0), (0.8, 1 - 5.0 - 1.0), (0.9, 1 - 5.0), (1.0, 1 - 5.0)):
        torch.testing.assert_close(pushed(x, torch.tensor([level])), factor * x)
    assert asked == pytest.approx([0.4, 0.5, 0.8])  # where it does not count it is not asked


def test_two_descriptions_share_a_piece_by_latents():
    here, there = (lambda x, t: x + 1), (lambda x, t: x - 3)
    x, share = torch.zeros(1, 2, 4), torch.tensor([0.0, 0.5, 1.0, 1.0])
    network = blended(here, there, share, low=0.3, objective="rectified_flow")
    assert network(x, torch.tensor([0.9]))[0, 0].tolist() == [1, -1, -3, -3]
    assert network(x, torch.tensor([0.2]))[0, 1].tolist() == [1, 1, 1, 1]
