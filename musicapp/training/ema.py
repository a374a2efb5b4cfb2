"""A running average of the weights: what is exported and measured instead of the last step's."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


class WeightAverage(Generic[Network]):
    """Exponential average of a module's weights, its decay rising from 0 to `decay` (ema-pytorch's schedule).

    `module` is a copy holding the averages; step it after every optimiser step.
    """

    def __init__(self, module: Network, decay: float = 0.999, power: float = 0.75) -> None:
        self.module: Network = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay, self.power, self.steps = decay, power, 0

    @torch.no_grad()
    def step(self, module: Network) -> None:
        """Move the averages towards the module's present weights."""
        self.steps += 1
        decay = min(self.decay, 1 - (1 + self.steps) ** -self.power)
        ours: list[Tensor] = list(self.module.parameters())
        torch._foreach_lerp_(ours, [p.detach() for p in module.parameters()], 1 - decay)

    def state_dict(self) -> dict[str, object]:
        return {"steps": self.steps, "weights": self.module.state_dict()}

    def load_state_dict(self, state: dict[str, object]) -> None:
        self.steps = int(state["steps"])  # type: ignore[call-overload]
        self.module.load_state_dict(state["weights"])  # type: ignore[arg-type]
