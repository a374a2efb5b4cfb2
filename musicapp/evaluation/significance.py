"""How sure a figure is: intervals by bootstrap, and differences by permutation. No distribution is assumed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

DRAWS = 5000
EXACT_UP_TO = 12  # pairs whose every exchange is tried

Statistic = Callable[[np.ndarray], np.ndarray]


def interval(values: Sequence[float], *, share: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Between which values the mean lies with this certainty (Efron's percentile bootstrap); not a number of none."""
    known = np.asarray(values, float)
    if not len(known):
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, len(known), (DRAWS, len(known)))
    low, high = np.quantile(known[drawn].mean(axis=1), ((1 - share) / 2, (1 + share) / 2))
    return float(low), float(high)


def with_interval(values: Sequence[float], digits: int = 3) -> tuple[float, float, float]:
    """The mean and its `interval`, rounded."""
    mean = float(np.mean(values)) if len(values) else float("nan")
    low, high = interval(values)
    return round(mean, digits), round(low, digits), round(high, digits)


def paired_p(ours: Sequence[float], theirs: Sequence[float], *, seed: int = 0) -> float:
    """How often a mean difference of pairs is at least as large when each pair may be exchanged: two-sided.

    All exchanges of up to twelve pairs are tried; of more, `DRAWS` at random, the observed one among them.
    """
    differences = np.asarray(ours, float) - np.asarray(theirs, float)
    count = len(differences)
    if count == 0:
        return 1.0
    if count <= EXACT_UP_TO:
        signs = np.array(list(itertools.product((1.0, -1.0), repeat=count)))
    else:
        signs = np.random.default_rng(seed).choice((1.0, -1.0), (DRAWS, count))
        signs[0] = 1.0
    means = np.abs((signs * differences).mean(axis=1))
    return float((means >= abs(differences.mean()) - 1e-12).mean())


def groups_p(groups: Sequence[Sequence[float]], *, seed: int = 0) -> float:
    """How often the means of groups lie at least as far apart when members change groups at random.

    Their distance is the variance of the groups' means, each weighted by its members.
    """
    sizes = [len(group) for group in groups if len(group)]
    values = np.concatenate([np.asarray(group, float) for group in groups if len(group)]) if sizes else np.zeros(0)
    if len(sizes) < 2:
        return 1.0
    generator = np.random.default_rng(seed)
    orders = [np.arange(len(values)), *(generator.permutation(len(values)) for _ in range(DRAWS - 1))]
    edges = np.cumsum([0, *sizes[:-1]])
    sums = np.add.reduceat(values[np.array(orders)], edges, axis=1)
    spread = (np.square(sums) / np.array(sizes)).sum(axis=1)
    return float((spread >= spread[0] - 1e-9 * max(abs(spread[0]), 1)).mean())


def trend_p(steps: Sequence[float], values: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """Spearman's correlation of values with ordered steps, and how often chance gives one as large (two-sided)."""
    first, second = _ranks(np.asarray(steps, float)), _ranks(np.asarray(values, float))
    first, second = first - first.mean(), second - second.mean()
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    if length < 1e-12:
        return 0.0, 1.0
    generator = np.random.default_rng(seed)
    orders = np.array([np.arange(len(second)), *(generator.permutation(len(second)) for _ in range(DRAWS - 1))])
    found = second[orders] @ first / length
    return float(found[0]), float((np.abs(found) >= abs(found[0]) - 1e-12).mean())


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0, the mean rank for equal values."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts + 1) / 2)[places]
