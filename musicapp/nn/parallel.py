"""Independent pieces of work in threads of their own.

Kernels on small tensors leave a second core idle half of the time: each waits for all threads before the next begins.
Threads that each run a whole piece of work wait once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


def side_by_side(work: Callable[[T], Tensor], inputs: Sequence[T], *, on_cpu: bool = True) -> list[Tensor]:
    """`work` of every input, in threads that divide PyTorch's among them; without gradients.

    In turn where there is but one thread or input, or the work is not the CPU's: kernels of other devices run side by
    side anyway. An error in one is raised when all have stopped.
    """
    threads = torch.get_num_threads()
    workers = min(threads, len(inputs)) if on_cpu else 1

    def piece(given: T) -> Tensor:
        if workers > 1:
            torch.set_num_threads(threads // workers)  # of this thread's kernels
        with torch.inference_mode(is_inference), torch.no_grad():
            return work(given)

    is_inference = torch.is_inference_mode_enabled()
    if workers < 2:
        return [piece(given) for given in inputs]
    try:
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(piece, inputs))
    finally:
        torch.set_num_threads(threads)  # part of the setting is the whole process's
