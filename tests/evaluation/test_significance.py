"""Intervals and permutation tests, against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.evaluation import significance


def test_an_interval_holds_the_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for number in range(150):
        low, high = significance.interval(rng.normal(5, 2, 40).tolist(), seed=number)
        held += low <= 5 <= high
    assert 0.88 <= held / 150 <= 0.99


def test_few_pairs_are_tried_in_every_exchange() -> None:
    assert significance.paired_p([1, 1, 1], [0, 0, 0]) == pytest.approx(2 / 8)
    assert significance.paired_p([1, 2, 3], [1, 2, 3]) == 1.0
    assert significance.paired_p([1.0] * 10, [0.0] * 10) == pytest.approx(2 / 1024)
    assert significance.paired_p([], []) == 1.0


def test_many_pairs_tell_a_difference_and_find_none_where_there_is_none() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=40)
    assert significance.paired_p((noise + 1).tolist(), (noise + rng.normal(size=40) * 0.1).tolist()) < 0.001
    assert significance.paired_p(rng.normal(size=40).tolist(), rng.normal(size=40).tolist()) > 0.05


def test_groups_that_lie_apart_are_told_from_groups_that_do_not() -> None:
    rng = np.random.default_rng(1)
    apart = [rng.normal(mean, 1, 12).tolist() for mean in (0, 0, 2)]
    alike = [rng.normal(0, 1, 12).tolist() for _ in range(3)]
    assert significance.groups_p(apart) < 0.005 < 0.05 < significance.groups_p(alike)
    assert significance.groups_p([[1.0, 2.0], []]) == 1.0


def test_a_trend_is_spearmans() -> None:
    rank, p = significance.trend_p([0, 0, 1, 1, 2, 2, 3, 3], [1, 2, 3, 4, 5, 60, 700, 8000])
    assert rank == pytest.approx(0.9759, abs=1e-3) and p < 0.01
    assert significance.trend_p([1, 2, 3], [5, 5, 5]) == (0.0, 1.0)
