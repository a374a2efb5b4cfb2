"""Step noise of a recorded run that kept only its seed: increments of one Brownian path (k-diffusion).

The reference draws a path over all noise levels by halving: each half of an interval gets its share of the whole and
a deviation of its own, seeded by the place in the tree. Increments over any interval follow, in whatever order.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from musicapp.diffusion.samplers import Draw

DIGITS = 6  # levels are rounded to that many places, which ends the halving
POOL = 24


def draw(shape: torch.Size, case: dict[str, Any], seed: int) -> Draw:
    """The unit noise of each step of a run in turn, along its polyexponential levels."""
    low, high = math.log(case["sigma_min"]), math.log(case["sigma_max"])
    # The float32 of the reference, whose first level is 500.00006: the halving starts from there.
    levels = torch.exp(torch.linspace(1.0, 0.0, case["steps"]) * (high - low) + low).tolist()
    path, steps = Path(shape, levels[-1], levels[0], seed), itertools.pairwise(levels)
    return lambda: path.unit_increment(*next(steps))


class Path:
    """A Brownian path of tensors of a `shape` over the times `start` to `end`, fixed by its seed."""

    def __init__(self, shape: torch.Size, start: float, end: float, seed: int) -> None:
        self.shape, self.seed = shape, seed
        self.start, self.end = round(start, DIGITS), round(end, DIGITS)
        self.whole = self._normal() * math.sqrt(end - start)

    def unit_increment(self, first: float, second: float) -> Tensor:
        """The path at `second` less the path at `first`, divided by the root of the time between."""
        low, high = sorted((round(first, DIGITS), round(second, DIGITS)))
        change = self._between(low, high, self.start, self.end, self.whole, 0, 0)
        return change * math.copysign(1.0, second - first) / math.sqrt(abs(second - first))

    def _between(
        self, low: float, high: float, start: float, end: float, change: Tensor, place: int, depth: int
    ) -> Tensor:
        """The change from `low` to `high` inside an interval whose own change is known."""
        if (low, high) == (start, end):
            return change
        middle = round(0.5 * (start + end), DIGITS)
        left, right, part = middle - start, end - middle, 1.0 / (end - start)
        first = left * change * part + math.sqrt(left * right * part) * self._normal(place, depth)
        halves = []
        if low < middle:
            halves.append(self._between(low, min(high, middle), start, middle, first, 2 * place, depth + 1))
        if high > middle:
            halves.append(self._between(max(low, middle), high, middle, end, change - first, 2 * place + 1, depth + 1))
        return halves[0] if len(halves) == 1 else halves[0] + halves[1]

    def _normal(self, *place: int) -> Tensor:
        seeds = np.random.SeedSequence(entropy=self.seed, spawn_key=place, pool_size=POOL).generate_state(4)
        return torch.randn(self.shape, generator=torch.Generator().manual_seed(int(seeds[0])))
