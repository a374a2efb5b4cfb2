"""A CUDA graph's stand-in on the processor: the operators of a call, run again on the very memory that they had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from musicapp.nn.graphs import Record, Run


class Tape(TorchDispatchMode):
    """Keeps every operator with its tensors. Like a graph it knows nothing of Python, and refuses what waits for a GPU
    (a number that is asked for) or copies to it (one that Python made)."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: list[tuple[Callable[..., Any], Any, dict[str, Any], Any]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.lift_fresh.default):
            raise RuntimeError("operation not permitted when stream is capturing")
        out = func(*args, **(kwargs or {}))
        self._steps.append((func, args, kwargs or {}, out))
        return out

    def play(self) -> None:
        for func, args, kwargs, out in self._steps:
            made = func(*args, **kwargs)
            for before, now in zip(tree_leaves(out), tree_leaves(made), strict=True):
                if isinstance(before, Tensor) and before.data_ptr() != now.data_ptr():  # neither a view nor in place
                    before.copy_(now)


def tape_record() -> Record:
    def record(run: Run) -> Run:
        tape = Tape()
        with tape:
            out = run()

        def replay() -> Tensor:
            tape.play()
            return out

        return replay

    return record
