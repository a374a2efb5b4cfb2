"""The loaded model with what several checks share: conditioning, inputs of the network, runs already made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from enum import Enum
from functools import cached_property
from typing import Any

from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.description.shift_configs import FullShift
from musicapp.diffusion.guidance import guided, unconditional, with_negative
from musicapp.diffusion.objectives import Network
from musicapp.nn.conditioners import Conditioning
from tests.parity.golden import Golden


class Mark(Enum):
    """Answers that are no tensor."""

    INPUT = "input"
    NOT_OFFERED = "not offered"


Answer = Tensor | Mark
Recipe = Callable[["Bench", str], Answer]  # (bench, tensor name) -> the same tensor, computed by the product


class Bench:
    """One folder with its model on the CPU, in float32 as the product runs it."""

    def __init__(self, golden: Golden, model: LoadedModel) -> None:
        self.golden = golden
        self.model = model
        self.runs: dict[str, Any] = {}  # sampling runs by case, made once for all their tensors

    @property
    def objective(self) -> str:
        return self.model.config.diffusion.objective

    @property
    def shift_options(self) -> FullShift:
        """The distribution shift that the model was trained with."""
        shift = self.model.config.diffusion.shift
        if shift is None:
            return FullShift()
        return FullShift(**{name: value for name, value in asdict(shift).items() if name != "type"})

    @property
    def ids(self) -> list[str]:
        return list(self.model.conditioner.conditioners)

    @cached_property
    def conditioning(self) -> Conditioning:
        return self.model.conditioner.encode(self.golden.items(self.ids))

    @cached_property
    def negative(self) -> Conditioning:
        return self.model.conditioner.encode([self.golden.negative_item(self.ids)])

    def inputs(self, rows: int) -> dict[str, Tensor | None]:
        """What steers the network for the first `rows` items."""
        cond = self.conditioning
        return {"cross": _rows(cond.cross, rows), "global_cond": _rows(cond.global_cond, rows)}

    def network(
        self,
        cond: dict[str, Tensor | None],
        *,
        scale: float = 1.0,
        negative: bool = False,
        rescale: float = 0.0,
        interval: tuple[float, float] = (0.0, 1.0),
    ) -> Network:
        """The transformer with its conditioning bound, guided as the product does it."""
        null = unconditional(cond)
        if negative:
            null = with_negative(cond, self.negative.cross, self.negative.mask)
        return guided(self.model.dit, cond, null, scale, rescale=rescale, interval=interval, objective=self.objective)


def _rows(tensor: Tensor | None, rows: int) -> Tensor | None:
    return None if tensor is None else tensor[:rows]
