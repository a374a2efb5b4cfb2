"""Tokens: quantising and back, the delay, a model that learns, and a stage that goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from musicapp.training.tokens import stage
from musicapp.training.tokens.codebooks import Codebooks
from musicapp.training.tokens.token_model import TokenConfig, TokenModel, delayed, undelayed
from tests.tiny_model import write_tiny_model
from tests.training.data import token_options

SIZES = TokenConfig(levels=3, size=12, channels=4, text_width=8, width=32, depth=1, heads=2)


def test_every_level_brings_latents_nearer() -> None:
    points = torch.randn(600, 8, generator=torch.Generator().manual_seed(1))
    books = Codebooks(3, 16, 2, 4)
    shares = books.fit(points)
    assert 1 > shares[0] > shares[1] > shares[2] > 0
    latents = points.view(1, -1, 4).transpose(1, 2)
    back = books.latents_of(books.tokens_of(latents))
    assert back.shape == latents.shape
    left = float((back - latents).square().sum() / latents.square().sum())
    assert left == pytest.approx(shares[2], rel=1e-3)


def test_centres_come_back_exactly_and_half_a_step_is_left() -> None:
    books = Codebooks(1, 4, 2, 3)
    books.centres.copy_(torch.randn(1, 4, 6, generator=torch.Generator().manual_seed(0)))
    tokens = torch.tensor([[[2, 0, 3, 1, 1]]])
    latents = books.latents_of(tokens)
    assert torch.equal(books.tokens_of(latents), tokens)
    assert torch.equal(books.tokens_of(torch.cat([latents, latents[..., :1]], -1)), tokens)


def test_fewer_points_than_tokens_leave_some_unused() -> None:
    books = Codebooks(1, 8, 1, 2)
    points = torch.tensor([[0.0, 1.0], [1.0, 0.0], [3.0, 3.0]])
    assert books.fit(points)[0] == pytest.approx(0, abs=1e-9)


def test_the_delay_is_undone() -> None:
    tokens = torch.randint(0, 12, (2, 3, 7), generator=torch.Generator().manual_seed(0))
    said = delayed(tokens, 12)
    assert said.shape == (2, 3, 9) and (said[:, 1, 0] == 12).all() and (said[:, 0, -2:] == 12).all()
    assert torch.equal(undelayed(said), tokens)


def test_no_step_sees_what_comes_after_it() -> None:
    torch.manual_seed(0)
    model = TokenModel(SIZES).eval()
    said = delayed(torch.randint(0, 12, (1, 3, 6)), 12)
    changed = said.clone()
    changed[..., 5:] = 0
    first, second = (model.transformer(inputs_embeds=model.embed(each)).last_hidden_state for each in (said, changed))
    torch.testing.assert_close(first[:, :5], second[:, :5])
    assert (first[:, 5:] - second[:, 5:]).abs().max() > 1e-4


def test_a_model_learns_a_tune_and_says_it() -> None:
    torch.manual_seed(0)
    model = TokenModel(SIZES)
    tune = torch.stack([torch.arange(16) % 4 + 3 * level for level in range(3)])[None]
    prefix = model.prefix(torch.ones(1, 2, 8), [0.0], [5.0]).detach()
    optimiser = torch.optim.AdamW(model.parameters(), 1e-2)
    for _ in range(60):
        optimiser.zero_grad()
        loss = model.loss(tune, prefix)
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1
    model.eval()
    said = model.say(16, prefix, prefix, generator=torch.Generator().manual_seed(0), guidance_scale=1.0, top_k=1)
    assert torch.equal(said, tune)


def test_the_stage_goes_on_where_it_stopped(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny")
    options = token_options(tmp_path, model, replace(SIZES, channels=8), minutes=9.0)
    first = stage._TokenStage(options)
    for _ in range(3):
        turn = next(first.turns(0.0))
        first.run.note(loss=turn.learner.learn(turn.loss))
    first.save()
    first.look()
    again = stage._TokenStage(options)
    assert again.run.step == 3 and again.shares == first.shares
    torch.testing.assert_close(again.codebooks.centres, first.codebooks.centres)
    for weight, other in zip(again.model.parameters(), first.model.parameters(), strict=True):
        assert torch.equal(weight, other)
    finished = stage.load(again.export())
    assert finished.description["steps"] == 3 and finished.description["pieces"] == 4
    assert finished.model.config.rate == pytest.approx(44100 / 2048 / 2)
