"""A run remembers its step, its time and its weights, and averages follow weights."""

from __future__ import annotations

import random

import pytest
import torch
from torch import nn

from musicapp.training import tables
from musicapp.training.ema import WeightAverage
from musicapp.training.progress import Run


def test_a_run_goes_on_where_it_was_saved(tmp_path):
    first = Run(tmp_path, minutes=10)
    assert first.resume() is None
    for _ in range(5):
        first.note(loss=1.0)
    first.save({"weights": torch.ones(3)})
    second = Run(tmp_path, minutes=10)
    state = second.resume()
    assert state is not None
    assert second.step == 5
    assert second.elapsed_s >= first.elapsed_s - 1
    torch.testing.assert_close(state["weights"], torch.ones(3))
    assert not list(tmp_path.glob("*.new"))


def test_the_budget_ends_the_run_and_lowers_the_rate(tmp_path):
    run = Run(tmp_path, minutes=0)
    assert run.is_over
    run.step = 1000
    assert run.learning_rate(1.0) == pytest.approx(0.02)
    assert Run(tmp_path, minutes=60).learning_rate(1.0, warmup_steps=100) == pytest.approx(0.01, rel=0.01)


def test_a_budget_may_count_another_clock_than_the_wall(tmp_path):
    spent_s = [100.0]
    first = Run(tmp_path, minutes=1, clock=lambda: spent_s[0])
    first.resume()
    spent_s[0] += 45.0
    assert first.elapsed_s == 45.0 and first.fraction == 0.75
    first.save({})
    second = Run(tmp_path, minutes=1, clock=lambda: spent_s[0])
    second.resume()
    spent_s[0] += 15.0
    assert second.elapsed_s == 60.0 and second.is_over


def test_losses_are_written_as_a_table(tmp_path):
    run = Run(tmp_path, minutes=1, log_every_s=0)
    run.note(loss=2.0)
    run.note(loss=4.0)
    lines = (tmp_path / "losses.csv").read_text().splitlines()
    assert lines[0] == "step,minutes,loss"
    assert [line.split(",")[2] for line in lines[1:]] == ["2", "4"]


def test_batches_go_on_where_they_stopped_and_tables_repeat_no_step(tmp_path):
    first = Run(tmp_path, minutes=10, seed=5, log_every_s=0)
    unbroken = random.Random(5)
    for step in range(4):
        assert first.rng.random() == unbroken.random()
        first.note(loss=float(step))
        first.measured(loss=float(step))
        if step == 1:
            first.save({})
    second = Run(tmp_path, minutes=10, seed=5, log_every_s=0)
    second.resume()
    assert second.step == 2
    assert [second.rng.random() for _ in range(2)] == first_numbers(5, 4)[2:]
    for name in ("losses.csv", "held_out.csv"):
        assert tables.read(tmp_path / name)["step"] == [1, 2]
    second.measured(loss=7.0)  # of a step that has been measured already
    assert tables.read(tmp_path / "held_out.csv") == {"step": [1, 2], "loss": [0, 7]}


def first_numbers(seed, count):
    rng = random.Random(seed)
    return [rng.random() for _ in range(count)]


def test_an_older_checkpoint_without_the_batches_state_goes_on_with_other_ones(tmp_path):
    torch.save({"step": 3, "elapsed_s": 1.0}, tmp_path / "checkpoint.pt")
    run = Run(tmp_path, minutes=10, seed=5)
    run.resume()
    assert run.rng.random() == random.Random(8).random()


def test_half_a_row_and_columns_of_another_version_are_put_aside(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("step,loss\n1,2\n2,3\n3")
    tables.append(path, {"step": 3, "loss": 4.0})
    assert tables.read(path) == {"step": [1, 2, 3], "loss": [2, 3, 4]}
    tables.append(path, {"step": 4, "loss": 4.0, "norm": 1.0})
    assert tables.read(path) == {"step": [4], "loss": [4], "norm": [1]}
    assert tables.read(tmp_path / "losses.old.csv")["step"] == [1, 2, 3]
    assert tables.read(tmp_path / "none.csv") == {}


def test_an_average_moves_towards_the_weights():
    layer = nn.Linear(2, 2)
    average = WeightAverage(layer, decay=0.9)
    start = average.module.weight.clone()
    with torch.no_grad():
        layer.weight += 1
    for _ in range(3):
        average.step(layer)
    moved = (average.module.weight - start).mean()
    assert 0.5 < moved < 1
    copy = WeightAverage(layer)
    copy.load_state_dict(average.state_dict())
    torch.testing.assert_close(copy.module.weight, average.module.weight)
