"""A stack of convolutions worked through in pieces that stay in the processor's cache, with exact joins.

Layers stand in stages, each with a rate of its own. A stage makes its outputs piece by piece, on a grid that begins at
the first latent and depends on nothing else, and asks the stage before it for the inputs that a piece depends on, not
one frame more. So whoever reads, in whatever portions, gets the same bytes, and memory does not grow with the length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from musicapp.nn import receptive_field


@dataclass(frozen=True)
class Stage:
    """Layers that work at one rate.

    ratio  outputs for every input
    piece  outputs that are made at once, a multiple of `ratio`
    """

    layers: nn.Sequential
    ratio: int
    piece: int


class Pieces:
    """What the stages make of some inputs, read once from the first frame to the last.

    inputs  `(batch, channels, count)`, channels last in memory where the layers like that
    """

    def __init__(self, stages: Sequence[Stage], inputs: Tensor) -> None:
        source: _Given | _Made = _Given(inputs)
        for stage in stages:
            source = _Made(stage, source)
        self._last, self._read = source, 0

    @property
    def left(self) -> int:
        """Outputs that were not read yet."""
        return self._last.count - self._read

    def read(self, count: int) -> Tensor:
        """The next `count` outputs, `(batch, channels, count)`; at the end the last of them."""
        end = min(self._read + count, self._last.count)
        if end == self._read:
            raise EOFError("everything was read")
        part = self._last.between(self._read, end)
        self._read = end
        return part


class _Given:
    """The inputs themselves."""

    def __init__(self, inputs: Tensor) -> None:
        self.count: int = inputs.shape[-1]
        self._inputs = inputs

    def between(self, first: int, end: int) -> Tensor:
        return self._inputs[..., first:end]


class _Made:
    """The outputs of a stage; what lies before the last question's beginning is forgotten."""

    def __init__(self, stage: Stage, source: _Given | _Made) -> None:
        self.count: int = source.count * stage.ratio
        self._stage, self._source = stage, source
        self._kept: list[Tensor] = []
        self._begin = self._end = 0

    def between(self, first: int, end: int) -> Tensor:
        while self._end < end:
            self._kept.append(self._make(self._end, min(self._end + self._stage.piece, self.count)))
            self._end += self._kept[-1].shape[-1]
        while self._kept and self._begin + self._kept[0].shape[-1] <= first:
            self._begin += self._kept.pop(0).shape[-1]
        parts, start = [], self._begin
        for made in self._kept:
            parts.append(made[..., max(0, first - start) : max(0, end - start)])
            start += made.shape[-1]
        # Joined as rows: joining along the last axis would put the frames of a channel side by side in memory.
        return parts[0] if len(parts) == 1 else torch.cat([part.mT for part in parts], dim=1).mT

    def _make(self, first: int, end: int) -> Tensor:
        lowest, highest = receptive_field.inputs_of(self._stage.layers, (first, end - 1))
        lowest, behind = max(0, lowest), min(self._source.count, highest + 1)
        start = lowest * self._stage.ratio
        made: Tensor = self._stage.layers(self._source.between(lowest, behind))
        return made[..., first - start : end - start].clone()  # the rest of it is let go
