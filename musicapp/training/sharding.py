"""Weights spread over the processes of one training (PyTorch's fully sharded data parallel, arXiv 2304.11277).

Each process holds a part of every weight, of its gradient, of its average and of what the optimiser keeps, and asks
the others for the rest of a block only while it computes it. Checkpoints hold whole tensors, so that a training goes
on in any number of processes, spread or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.optim import Optimizer


def spread(model: nn.Module, blocks: Iterable[nn.Module], *, kind: str, count: int) -> None:
    """Keep only this process's part of the weights. The first forward pass must be that of `model` itself.

    blocks  whose weights come together, one block at a time
    kind    "cpu" or "cuda", where the weights are
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(kind, (count,))
    for block in blocks:
        fully_shard(block, mesh=mesh)
    fully_shard(model, mesh=mesh, reshard_after_forward=True)  # also where no backward pass follows


def own(tensor: Tensor) -> Tensor:
    """This process's part of a tensor, all of one that is not spread."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def whole(tensor: Tensor) -> Tensor:
    """All of a tensor, in every process; all of them must ask together."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def gathered(state: Any) -> Any:
    """A state with whole tensors. All processes must ask together."""
    if isinstance(state, Tensor):
        return whole(state)
    if isinstance(state, dict):
        return {name: gathered(value) for name, value in state.items()}
    if isinstance(state, list):
        return [gathered(value) for value in state]
    return state


def restore(part: nn.Module | Optimizer, state: dict[str, Any]) -> None:
    """Give a network or an optimiser a state of whole tensors, of which each process takes its part."""
    if isinstance(part, Optimizer):
        weights = [weight for group in part.param_groups for weight in group["params"]]
        kept = {
            number: {name: _like(value, weights[number]) for name, value in values.items()}
            for number, values in state["state"].items()
        }
        part.load_state_dict({**state, "state": kept})
        return
    held = part.state_dict()
    part.load_state_dict({name: _like(value, held.get(name)) for name, value in state.items()})


class SpreadAverage:
    """The running average of weights that are spread: `ema.WeightAverage`, each process with its own part."""

    def __init__(self, module: nn.Module, decay: float, power: float = 0.75) -> None:
        self.decay, self.power, self.steps = decay, power, 0
        self._weights = {name: weight.detach().clone() for name, weight in module.named_parameters()}
        self._buffers = dict(module.named_buffers())
        self._names = set(module.state_dict())

    @torch.no_grad()
    def step(self, module: nn.Module) -> None:
        """Move the averages towards the module's present weights."""
        self.steps += 1
        decay = min(self.decay, 1 - (1 + self.steps) ** -self.power)
        ours = [own(weight) for weight in self._weights.values()]
        torch._foreach_lerp_(ours, [own(weight.detach()) for weight in module.parameters()], 1 - decay)

    def state_dict(self) -> dict[str, Any]:
        return {"steps": self.steps, "weights": dict(self._all())}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.steps = int(state["steps"])
        for name, tensor in self._all():
            own(tensor).copy_(own(_like(state["weights"][name], tensor)))

    def _all(self) -> Iterator[tuple[str, Tensor]]:
        for name, tensor in {**self._weights, **self._buffers}.items():
            if name in self._names:
                yield name, tensor


def _like(value: Any, tensor: Any) -> Any:
    """A whole tensor spread as another one of its shape is; anything else as it is."""
    if isinstance(tensor, DTensor) and isinstance(value, Tensor) and value.shape == tensor.shape:
        return distribute_tensor(value.to(tensor.device), tensor.device_mesh, tensor.placements)
    return value
