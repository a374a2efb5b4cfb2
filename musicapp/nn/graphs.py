"""Calls of a network recorded once for each shape of what they are given, and replayed: CUDA graphs.

A transformer's step is some thousand small kernels. Where the processor takes longer to launch them than a GPU to
compute them, a graph, which is launched as one, is quicker; it computes the same numbers with the same kernels.

Shapes are exact, not rounded up to buckets. Padding would have to be masked in every attention, which takes other
kernels with other rounding, and the longer steps would cost what the graph saves; a musician makes many takes of one
length. The first call of a shape is made as it is, the second is recorded, so a length that comes once costs nothing.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

log = logging.getLogger(__name__)

MOST = 8  # shapes that are kept: a long take has three lengths of windows, with and without a prompt

Run = Callable[[], Tensor]
Record = Callable[[Run], Run]  # a call with fixed memory -> what repeats it there; its answer lies in fixed memory too


class Graphs:
    """The recorded calls of one network. Off until `start`: then every call is made as it is.

    A recorded call reads weights where they lay when it was recorded: who replaces any must `forget` it.
    """

    def __init__(self, network: Callable[..., Tensor]) -> None:
        self._network = network
        self._make_record: Callable[[], Record] | None = None
        self._record: Record | None = None
        self._rests = False
        self._kept: OrderedDict[Any, _Call | None] = OrderedDict()  # None: seen once

    def start(self, make_record: Callable[[], Record]) -> None:
        """Record from now on. make_record: makes what records, anew after each `forget`."""
        self.forget()
        self._make_record = make_record

    def stop(self) -> None:
        """Record no more."""
        self.forget()
        self._make_record = None

    def rest(self, rests: bool) -> None:
        """Make every call as it is, and keep none, as long as memory is short; False goes on as before."""
        self._rests = rests
        if rests:
            self.forget()

    def forget(self) -> None:
        """Let go of all recorded calls and their memory."""
        self._kept.clear()
        self._record = None

    @property
    def is_on(self) -> bool:
        """Whether calls are recorded when memory allows it."""
        return self._make_record is not None

    @property
    def longest(self) -> int:
        """Latents of the longest recorded call, those of all items together; 0 for none."""
        return max((call.latents for call in self._kept.values() if call is not None), default=0)

    def __call__(self, x: Tensor, timestep: Tensor, **given: Any) -> Tensor:
        """What the network says, in memory of its own.

        given  tensors, None, or sequences of them: what the network is told beside x and timestep; a tensor that it
               was told before counts as unchanged
        """
        if self._make_record is None or self._rests:
            return self._network(x, timestep, **given)
        key = _shape_of((x, timestep, *(given[name] for name in sorted(given)))), tuple(sorted(given))
        is_known = key in self._kept
        call = self._kept.pop(key, None)
        if is_known and call is None:
            call = self._recorded(x, timestep, given)
        if self._make_record is None:  # recording failed
            return self._network(x, timestep, **given)
        self._kept[key] = call
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return self._network(x, timestep, **given) if call is None else call(x, timestep, given)

    def _recorded(self, x: Tensor, timestep: Tensor, given: dict[str, Any]) -> _Call | None:
        """The call, recorded; None when that failed, and then no other is tried."""
        assert self._make_record is not None
        try:
            self._record = self._record or self._make_record()
            return _Call(self._network, self._record, x, timestep, given)
        except RuntimeError as error:  # which is what torch raises for everything, memory included
            log.warning("steps are computed without graphs from now on, since recording one failed: %s", error)
            self.stop()
            if x.device.type == "cuda":
                torch.cuda.empty_cache()
            return None


class _Call:
    """One recorded call: the memory that it reads, and what was last written there."""

    def __init__(
        self, network: Callable[..., Tensor], record: Record, x: Tensor, timestep: Tensor, given: dict[str, Any]
    ) -> None:
        self.latents = x.shape[0] * x.shape[-1]
        self._x, self._timestep = x.clone(), timestep.clone()
        self._given = {name: _copied(value) for name, value in given.items()}
        self._memory = list(_tensors(self._given))
        self._written = list(_tensors(given))
        self._replay = record(lambda: network(self._x, self._timestep, **self._given))

    def __call__(self, x: Tensor, timestep: Tensor, given: dict[str, Any]) -> Tensor:
        self._x.copy_(x)
        self._timestep.copy_(timestep)
        for number, (memory, value) in enumerate(zip(self._memory, _tensors(given), strict=True)):
            if value is not self._written[number]:
                memory.copy_(value)
                self._written[number] = value
        return self._replay().clone()  # the next replay, of this call or another, writes there


def cuda_record(device: torch.device) -> Record:
    """What records on a CUDA device. All its recordings share the memory of their intermediate numbers.

    They may, since each answer is copied before the next replay. Raises RuntimeError when something cannot be recorded.
    """
    stream, pool = torch.cuda.Stream(device), torch.cuda.graph_pool_handle()

    def record(run: Run) -> Run:
        before = torch.cuda.current_stream(device)
        graph = torch.cuda.CUDAGraph()
        try:
            stream.wait_stream(before)
            with torch.cuda.stream(stream):
                run()  # libraries set themselves up for this stream
            with torch.cuda.graph(graph, pool=pool, stream=stream, capture_error_mode="thread_local"):
                out = run()
        finally:
            torch.cuda.set_stream(before)  # torch leaves its own stream on when ending a recording fails
            before.wait_stream(stream)

        def replay() -> Tensor:
            graph.replay()
            return out

        return replay

    return record


def _shape_of(value: Any) -> Any:
    """What two values must have in common for one recording to serve both."""
    if value is None:
        return None
    if isinstance(value, Tensor):
        return value.shape, value.dtype, value.device
    return tuple(_shape_of(part) for part in value)


def _copied(value: Any) -> Any:
    """The same structure of tensors in memory of its own."""
    if value is None:
        return None
    return value.clone() if isinstance(value, Tensor) else tuple(_copied(part) for part in value)


def _tensors(value: Any) -> Iterator[Tensor]:
    """All tensors of a structure, in its order; of a dictionary in that of the names."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for name in sorted(value):
            yield from _tensors(value[name])
    elif isinstance(value, Sequence):
        for part in value:
            yield from _tensors(part)
