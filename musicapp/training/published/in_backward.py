"""Learning in little memory: every weight steps inside the backward pass, and its gradient is dropped at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial

import torch
from torch import Tensor, nn

from musicapp.training.loop import Learner


class InBackward(Learner):
    """One Adafactor for each weight, which steps as soon as its gradient is there.

    Adafactor bounds its own updates, so no norm over all gradients is needed (arXiv 1804.04235). By the time that a
    gradient turns out not to be finite other weights may have stepped: only its own weight stays then.
    """

    def __init__(self, weights: Iterable[nn.Parameter], rate: float) -> None:
        weights = list(weights)
        super().__init__(weights, [torch.optim.Adafactor([weight], lr=rate) for weight in weights])
        self._norms: list[Tensor] = []
        for weight, optimiser in zip(weights, self.optimisers, strict=True):
            weight.register_post_accumulate_grad_hook(partial(self._step_and_drop, optimiser))

    def learn(self, loss: Tensor) -> float:
        """One step of all weights; gives the norm of their gradients."""
        if not math.isfinite(loss.item()):
            return math.nan
        self._norms.clear()
        loss.backward()
        return torch.linalg.vector_norm(torch.stack(self._norms)).item()

    def _step_and_drop(self, optimiser: torch.optim.Optimizer, weight: Tensor) -> None:
        assert weight.grad is not None
        norm = torch.linalg.vector_norm(weight.grad)
        self._norms.append(norm)
        if math.isfinite(norm.item()):
            optimiser.step()
        weight.grad = None
