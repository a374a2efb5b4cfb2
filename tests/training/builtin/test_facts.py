"""Facts of a piece as classes: near tempi are near classes, absent facts are class 0, and heads can learn them."""

from __future__ import annotations

import random
from dataclasses import replace

import torch

from musicapp.training.builtin import facts
from tests.training.data import truth


def test_each_fact_has_a_class_and_absent_ones_are_none():
    plain = replace(truth(0, 10.0), tempo_bpm=90.0, key="C", mode="minor")
    none = replace(plain, tempo_bpm=0.0, key="", mode="", lead="")
    found = facts.targets_of([plain, none])
    assert [int(found[name][1]) for name in ("tempo", "tonic", "mode", "lead")] == [0, 0, 0, 0]
    assert all(0 < int(found[name][0]) < facts.CLASSES[name] for name in ("tempo", "tonic", "mode", "lead"))
    assert found["instruments"][0].sum() == len(set(plain.instruments))


def test_tempi_two_percent_apart_are_neighbours():
    base = truth(0, 10.0)
    tempi = [60.0 * 1.02**step for step in range(60)]
    classes = facts.targets_of([replace(base, tempo_bpm=bpm) for bpm in tempi])["tempo"]
    assert classes.diff().tolist() == [1] * 59
    assert int(facts.targets_of([replace(base, tempo_bpm=1e6)])["tempo"]) < facts.CLASSES["tempo"]


def test_heads_learn_facts_that_the_features_hold():
    torch.manual_seed(0)
    rng = random.Random(0)
    truths = [replace(truth(0, 10.0), tempo_bpm=rng.uniform(60, 180), has_drums=rng.random() < 0.5) for _ in range(32)]
    targets = facts.targets_of(truths)
    features = torch.randn(32, 64)
    heads = facts.FactHeads(64)
    optimiser = torch.optim.Adam(heads.parameters(), lr=0.05)
    for _ in range(60):
        optimiser.zero_grad()
        facts.facts_loss(heads(features), targets).backward()
        optimiser.step()
    assert min(facts.hits(heads(features), targets).values()) > 0.95


def test_padding_does_not_change_the_mean_of_features():
    hidden, mask = torch.randn(1, 5, 3), torch.tensor([[1, 1, 1, 0, 0]])
    torch.testing.assert_close(facts.mean_features(hidden, mask), hidden[:, :3].mean(1))
