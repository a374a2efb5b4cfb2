"""The loop of all stages: what a gradient that is not finite changes, and what a checkpoint must hold."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from musicapp.description.config import parse_config
from musicapp.errors import MusicAppError
from musicapp.training import loop, tables
from musicapp.training.ema import WeightAverage
from musicapp.training.progress import Run
from musicapp.training.published import transformer
from musicapp.training.published.in_backward import InBackward
from tests.tiny_model import write_tiny_model
from tests.training.data import write_latent_shard

NAN, INF = math.nan, math.inf


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step takes a second, and every step has a row in the tables."""
    monkeypatch.setattr(Run, "elapsed_s", property(lambda self: float(self.step)))
    monkeypatch.setattr(Run.__init__, "__kwdefaults__", {**Run.__init__.__kwdefaults__, "log_every_s": 0.0})


class Line(loop.Stage):
    """One layer that learns to say 3; `factors` spoil its losses step by step."""

    def __init__(self, folder: Path, factors: list[float]) -> None:
        options = loop.Options(run=folder, minutes=len(factors) / 60, save_every_s=0.0, measure_every_s=3.5, seed=0)
        team = loop.begin(options)
        self.factors, self.layer = factors, nn.Linear(1, 1)
        self.average = WeightAverage(self.layer)
        self.optimiser = torch.optim.AdamW(self.layer.parameters(), lr=0.1)
        after = partial(self.average.step, self.layer)
        learner = loop.Learner(self.layer.parameters(), [self.optimiser], bound=1.0, after=after)
        kept = {"model": self.layer, "average": self.average, "optimisers": [self.optimiser]}
        super().__init__(options, team, [learner], kept)
        self.weights = [self.layer.weight.item()]
        self.looked: list[int] = []

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        loss = (self.layer(torch.ones(1)) - 3).square().sum() * self.factors[self.run.step]
        yield loop.Turn(self.learners[0], loss, {"loss": loss})
        self.weights.append(self.layer.weight.item())

    def look(self) -> None:
        self.looked.append(self.run.step)


@pytest.mark.parametrize("spoiled", [NAN, INF])
def test_a_step_whose_gradients_are_not_finite_changes_no_weight_and_is_told(tmp_path, caplog, spoiled):
    stage = Line(tmp_path, [1.0, spoiled, 1.0, 1.0])
    loop.train(stage)
    moved = [after != before for before, after in zip(stage.weights, stage.weights[1:], strict=False)]
    assert moved == [True, False, True, True] and all(map(math.isfinite, stage.weights))
    assert stage.average.steps == 3 and math.isfinite(stage.average.module.weight.item())
    assert all(state["step"] == 3 for state in stage.optimiser.state.values())
    assert [r.message for r in caplog.records if r.levelno == logging.WARNING] == [
        "step 2 is skipped: its gradients are not finite (1 so far)"
    ]
    table = tables.read(tmp_path / "losses.csv")
    assert table["step"] == [1, 2, 3, 4] and table["skipped"] == [0, 1, 0, 0]
    assert [math.isfinite(loss) for loss in table["loss"]] == [True, False, True, True]


def test_a_skipped_step_stays_out_of_the_means(tmp_path):
    run = Run(tmp_path, minutes=1, log_every_s=1e9)
    for loss, is_skipped in ((2.0, False), (NAN, True), (4.0, False), (INF, True)):
        run.note(loss=loss, skipped=is_skipped)
    run._flush()
    table = tables.read(tmp_path / "losses.csv")
    assert table["loss"] == [3] and table["skipped"] == [0.5]


def test_too_many_in_a_row_end_the_stage_and_leave_the_checkpoint_from_before(tmp_path):
    stage = Line(tmp_path, [1.0, 1.0, *[NAN] * 50])
    with pytest.raises(MusicAppError, match=f"{loop.MOST_SKIPPED} steps in a row were not finite") as error:
        loop.train(stage)
    assert "checkpoint.pt" in error.value.hint and str(tmp_path) in error.value.hint
    assert stage.run.step == 2 + loop.MOST_SKIPPED
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert state["step"] == 2 and state["model"]["weight"].item() == stage.weights[2]


def test_fewer_in_a_row_do_not(tmp_path):
    few = [NAN] * (loop.MOST_SKIPPED - 1)
    stage = Line(tmp_path, [1.0, *few, 1.0, *few, 1.0])
    loop.train(stage)
    assert stage.average.steps == 3


def test_a_stage_looks_every_while_and_at_its_end_and_goes_on_from_its_checkpoint(tmp_path):
    first = Line(tmp_path, [1.0] * 5)
    loop.train(first)
    assert first.looked == [4, 5] and first.found == {}
    second = Line(tmp_path, [1.0] * 7)
    assert second.run.step == 5 and second.weights == first.weights[-1:] and second.average.steps == 5
    loop.train(second)
    unbroken = Line(tmp_path / "other", [1.0] * 7)
    unbroken.run.minutes = 5 / 60  # the learning rates of the first five steps
    loop.train(unbroken)
    unbroken.run.minutes = 7 / 60
    loop.train(unbroken)
    assert second.weights == unbroken.weights[5:]


def test_a_finished_models_checkpoint_has_no_optimisers_and_a_broken_one_is_refused(tmp_path):
    layer = nn.Linear(1, 1)
    weights = layer.state_dict()
    state = {"model": weights, "average": {"steps": 0, "weights": weights}, "step": 0, "elapsed_s": 0.0}
    torch.save(state, tmp_path / "checkpoint.pt")
    stage = Line(tmp_path, [1.0])
    assert stage.weights == [layer.weight.item()] and not stage.optimiser.state
    del state["average"]
    torch.save(state, tmp_path / "checkpoint.pt")
    with pytest.raises(MusicAppError, match="holds no “average”"):
        Line(tmp_path, [1.0])


class Pair(Line):
    """Two learners with a turn each."""

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        other = nn.Parameter(torch.ones(1))
        self.others = [other.item()]
        learner = loop.Learner([other], [torch.optim.SGD([other], lr=1.0)])
        yield loop.Turn(learner, other.sum() * NAN, {"other": NAN})
        self.others.append(other.item())
        yield from super().turns(spent)


def test_a_turn_that_is_skipped_leaves_the_others_their_step(tmp_path):
    stage = Pair(tmp_path, [1.0])
    loop.train(stage)
    assert stage.others == [1.0, 1.0] and stage.weights[0] != stage.weights[1]
    assert tables.read(tmp_path / "losses.csv")["skipped"] == [1]


def test_inside_the_backward_pass_only_the_weight_without_a_finite_gradient_stays():
    weights = [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))]
    learner = InBackward(weights, 0.1)
    assert math.isnan(learner.learn((weights[0] * NAN).sum() + weights[1].sum()))
    assert all(torch.equal(weight.detach(), torch.ones(2)) for weight in weights)
    # The root's slope at 0 is infinite; the loss itself is finite.
    norm = learner.learn((weights[0] - 1).clamp(min=0).sqrt().sum() + weights[1].sum())
    assert not math.isfinite(norm)
    assert torch.equal(weights[0].detach(), torch.ones(2)) and (weights[1] < 1).all()
    assert all(weight.grad is None for weight in weights)


@pytest.mark.parametrize("light", [False, True])
def test_a_real_stage_skips_a_spoiled_batch(tmp_path, monkeypatch, caplog, light):
    torch.set_num_threads(1)
    latents = write_latent_shard(tmp_path / "latents", [40, 44, 90], channels=8)
    folder = write_tiny_model(tmp_path / "tiny", autoencoder="oobleck")
    options = transformer.TransformerOptions(
        run=tmp_path / "run", latents=latents, held_out=latents, text_encoder=folder / "clap_text",
        minutes=3 / 60, batch=2, window=16, light=light,
    )  # fmt: skip
    plain, calls = transformer.loss_of, []

    def spoiled(*given):
        calls.append(given)
        return plain(*given) * (NAN if len(calls) == 2 else 1.0)

    monkeypatch.setattr(transformer, "loss_of", spoiled)
    transformer.train(options, parse_config(json.loads((folder / "model_config.json").read_text())))
    state = torch.load(options.run / "checkpoint.pt", weights_only=True)
    assert state["step"] == 3 and all(weight.isfinite().all() for weight in state["model"].values())
    assert light or state["average"]["steps"] == 2
    assert tables.read(options.run / "losses.csv")["skipped"] == [0, 1, 0]
    assert "step 2 is skipped" in caplog.text
