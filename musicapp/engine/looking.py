"""A transformer that keeps, from step to step, what is the same in all of them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.nn.attention import KeysValues
from musicapp.nn.residuals import Residuals

# The quality "quick": residuals, see there. Figures in docs/benchmarks.md.
TOLERANCE, IN_A_ROW = 0.06, 3


class Looking:
    """A model's transformer that keeps the keys and values of a prompt, which are the same in all steps.

    is_quick  that also keeps what its blocks add, where a step is much like the one before. Whether it is asks the
              numbers, so such steps are never recorded.
    """

    def __init__(self, model: LoadedModel, *, is_quick: bool = False) -> None:
        self._dit, self._graphs, self._is_quick = model.dit, model.graphs, is_quick
        self._cross: Tensor | None = None
        self._looks: list[KeysValues] = []
        self._residuals: dict[tuple[bool, int], Residuals] = {}  # with a prompt or without, and of how many at once

    def __call__(self, x: Tensor, timestep: Tensor, *, cross: Tensor | None, **given: Tensor | None) -> Tensor:
        looks: Tensor | list[KeysValues] | None = cross
        if cross is not None and self._dit.config.cond_token_dim:
            if cross is not self._cross:
                self._cross, self._looks = cross, self._dit.looks(cross)
            looks = self._looks
        if self._is_quick:
            kept = self._residuals.setdefault((cross is None, len(x)), Residuals(TOLERANCE, IN_A_ROW))
            inputs: dict[str, Any] = {"residuals": kept, **given}
            found: Tensor = self._dit(x, timestep, cross=looks, **inputs)
            return found
        return self._graphs(x, timestep, cross=looks, **given)
