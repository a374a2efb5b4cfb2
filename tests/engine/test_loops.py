"""Latents that run round: what is sampled has no beginning and no end."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.diffusion.circles import running_round, unrolled
from musicapp.engine.denoise import AROUND_S, Given, denoise, plan_for_loop
from musicapp.engine.request_facts import read_request
from musicapp.engine.steering import Prompts
from musicapp.request import TakeRequest
from musicapp.shape import Loop
from tests.checkpoints.test_stable_audio_3 import folder as stable_audio_3
from tests.engine.test_filling import FAMILIES
from tests.tiny_model import write_tiny_model

__all__ = ["stable_audio_3"]


def test_a_circle_is_unrolled_from_before_its_first_latent_on() -> None:
    assert unrolled(torch.arange(4), 3, 11).tolist() == [1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]


def test_what_a_network_says_of_a_turned_circle_is_turned_by_as_much() -> None:
    """A convolution that would see the ends sees none."""
    weights = torch.randn(3, 3, 5)

    def network(x: Tensor, timestep: Tensor) -> Tensor:
        return torch.nn.functional.conv1d(x, weights, padding=2)

    x, level = torch.randn(1, 3, 9), torch.ones(1)
    answered = running_round(network, 2, 14)
    for turn in range(9):
        torch.testing.assert_close(answered(x.roll(turn, -1), level), answered(x, level).roll(turn, -1))
    assert not torch.allclose(network(x.roll(1, -1), level), network(x, level).roll(1, -1))


@pytest.mark.parametrize("family", [*FAMILIES, "stable audio 3"])
def test_every_family_sees_more_of_a_loop_than_one_turn(family: str, stable_audio_3: Path, tmp_path: Path) -> None:
    if family == "stable audio 3":
        model = load_model(stable_audio_3)
    else:
        options = FAMILIES[family]
        model = load_model(
            write_tiny_model(tmp_path / "model", text_encoder="none", max_duration_s=60, **options)  # type: ignore[arg-type]
        )
    turn = 21
    request = TakeRequest(
        "one", "x, 120 bpm", turn * 2048 / 44100, 7, steps=2, guidance_scale=1.0, loop=Loop(), sampler=_sampler(model)
    )
    plan = plan_for_loop(model, request, turn)
    assert plan.made == turn == plan.turn and plan.latents >= turn + 2 * plan.lead
    assert 0 < plan.lead <= min(turn, AROUND_S * 44100 / 2048)
    seen: list[Tensor] = []
    model.dit.register_forward_pre_hook(lambda _, args: seen.append(args[0][:1].clone()))
    given = Given(torch.zeros(1, model.autoencoder.latent_dim, turn))
    *_, last = denoise(model, Prompts(model.conditioner, model.device), request, read_request(request), plan, given)
    assert last.latents.shape[-1] == last.ready == turn
    for x in seen:
        torch.testing.assert_close(x[..., : plan.lead], x[..., turn : turn + plan.lead], rtol=0, atol=0)


def test_a_loop_as_long_as_a_fixed_window_sees_one_turn(tmp_path: Path) -> None:
    model = load_model(
        write_tiny_model(tmp_path / "model", text_encoder="none", **FAMILIES["v"])  # type: ignore[arg-type]
    )
    plan = plan_for_loop(model, TakeRequest("one", "x", 64 * 2048 / 44100, 7, steps=2, loop=Loop()), 64)
    assert (plan.lead, plan.turn, plan.latents) == (0, 64, 64)


def _sampler(model: LoadedModel) -> str:
    return {"v": "dpmpp-2m", "rectified_flow": "euler"}.get(model.config.diffusion.objective, "pingpong")
