"""What the blocks of a transformer add to a step, kept for the steps after it (the idea of arXiv 2411.19108).

Neighbouring steps of a long schedule are much alike. How far what the first block adds is from what it added in the
last whole step tells how far that of all others would be: while it is near, theirs is taken from then.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


class Residuals:
    """Of one call of a transformer in each step, with the same conditions; made anew for every take.

    tolerance  how far what the first block adds may be from the last whole step's, as a share of it
    most       steps in a row without the other blocks
    spared     how many calls had the first block only
    """

    def __init__(self, tolerance: float, most: int) -> None:
        self.tolerance, self.most = tolerance, most
        self.spared = 0
        self._in_a_row = 0
        self._kept: tuple[Tensor, Tensor] | None = None  # what the first block added, and all others

    def apply(self, before: Tensor, begun: Tensor, others: Callable[[], Tensor]) -> Tensor:
        """What leaves the last block, exactly or nearly.

        before  what enters the first block, `(batch, positions, dim)`
        begun   what leaves it
        others  passes that through the blocks behind it
        """
        first = begun - before
        if self._kept is not None and self._in_a_row < self.most and self._is_near(first, self._kept[0]):
            self._in_a_row += 1
            self.spared += 1
            return begun + self._kept[1]
        done = others()
        self._kept, self._in_a_row = (first, done - begun), 0
        return done

    def _is_near(self, first: Tensor, kept: Tensor) -> bool:
        change, size = (x.abs().mean(dtype=torch.float32) for x in (first - kept, kept))
        return float(change) < self.tolerance * float(size)
