"""Decoded chunks on their way from a CUDA device into main memory: beside its work, through pinned memory.

While the processor limits and writes one chunk, the GPU decodes the next, and copying waits for neither.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

log = logging.getLogger(__name__)

SLOTS = 2  # the chunk that is waited for, and the one behind it


def arriving(chunks: Iterator[Tensor], can_begin: Callable[[int], bool], *, overlaps: bool) -> Iterator[np.ndarray]:
    """Every chunk `(frames, channels)` float32 in main memory, in their order.

    chunks     made when they are asked for, on any device
    can_begin  whether there is already what chunk number n is made from
    overlaps   begin the next one before the last is waited for, if it can be. The first is given at once, alone
    """
    if not overlaps:
        for chunk in chunks:
            yield chunk.cpu().numpy()
        return
    ring, begun = Ring(), 0
    waiting: list[Callable[[], np.ndarray]] = []
    while True:
        while not waiting or (begun > 1 and len(waiting) < SLOTS and can_begin(begun)):
            if (following := next(chunks, None)) is None:
                break
            waiting.append(ring.send(following))
            begun += 1
        if not waiting:
            return
        yield waiting.pop(0)()


class Ring:
    """A few pieces of pinned memory, used in turn: a copy may be on its way to each."""

    def __init__(self) -> None:
        self._slots: list[Tensor | None] = [None] * SLOTS
        self._turn = 0

    def send(self, chunk: Tensor) -> Callable[[], np.ndarray]:
        """Begin to copy a chunk; what waits for the copy and gives it. At most two are on their way."""
        slot = self._slot(chunk.shape)
        slot.copy_(chunk.contiguous(), non_blocking=True)  # in one piece, or the copy would wait
        arrived = torch.cuda.Event() if chunk.is_cuda else None
        if arrived is not None:
            arrived.record()

        def wait() -> np.ndarray:
            if arrived is not None:
                arrived.synchronize()
            return slot.numpy().copy()  # the next but one is written there

        return wait

    def _slot(self, shape: torch.Size) -> Tensor:
        """Memory of a shape, as a part of the next slot."""
        self._turn = (self._turn + 1) % SLOTS
        held, count = self._slots[self._turn], shape.numel()
        if held is None or held.numel() < count:
            held = self._slots[self._turn] = _pinned(count)
        return held[:count].view(shape)


def _pinned(count: int) -> Tensor:
    """Memory that a GPU can write to by itself; plain memory where the system gives no other, and without a GPU."""
    try:
        return torch.empty(count, pin_memory=torch.cuda.is_available())
    except RuntimeError as error:
        log.info("chunks are copied without pinned memory: %s", error)
        return torch.empty(count)
