"""Independent pieces of work in threads of their own.

Kernels on small tensors leave a second core idle half of the time: each waits for all threads before the next begins.
Threads that each run a whole piece of work wait once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor


def side_by_side(work: Callable[[Tensor], Tensor], inputs: Sequence[Tensor]) -> list[Tensor]:
    """`work` of every input, in threads that divide PyTorch's among them; without gradients.

    In turn where there is but one thread or input, or the inputs are not on the CPU, whose kernels run side by side
    anyway. An error in one is raised when all have stopped.
    """
    threads = torch.get_num_threads()
    workers = min(threads, len(inputs)) if inputs and inputs[0].device.type == "cpu" else 1

    def piece(tensor: Tensor) -> Tensor:
        if workers > 1:
            torch.set_num_threads(threads // workers)  # of this thread's kernels
        with torch.inference_mode(is_inference), torch.no_grad():
            return work(tensor)

    is_inference = torch.is_inference_mode_enabled()
    if workers < 2:
        return [piece(tensor) for tensor in inputs]
    try:
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(piece, inputs))
    finally:
        torch.set_num_threads(threads)  # part of the setting is the whole process's
