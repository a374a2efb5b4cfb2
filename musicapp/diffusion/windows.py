"""Long pieces in windows, one after the other, so that the first can be heard long before the last is made.

A window sees a stretch of latents: those that it makes, some that lie behind (the next one makes them anew), and the
end of the window before. There it is given, in every call, what that window worked on, so all windows follow one path
from noise to latents and the music goes on across the cut. Windows that are averaged where they overlap
(MultiDiffusion, arXiv 2302.08113) cut the cost as well, but none of them is done before the last.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from musicapp.diffusion.objectives import Network


@dataclass(frozen=True)
class Window:
    """Latents by number: those seen, from `start` to before `stop`, and those of them made, from `first` to before
    `end`."""

    start: int
    first: int
    end: int
    stop: int

    @property
    def seen(self) -> slice:
        return slice(self.start, self.stop)

    @property
    def size(self) -> int:
        """How many latents are seen."""
        return self.stop - self.start


def windows_of(cuts: Sequence[int], *, before: int = 0, behind: int = 0) -> tuple[Window, ...]:
    """A window between every two cuts, which rise from 0 to the number of all latents.

    before, behind  how many latents a window sees beyond those that it makes, as far as there are any
    """
    return tuple(
        Window(max(0, first - before), first, end, min(cuts[-1], end + behind))
        for first, end in itertools.pairwise(cuts)
    )


@dataclass
class Trail:
    """The network of a window, and what the window works on, call by call, as far as the next one sees it.

    kept   the latents that the next one sees, of those that are seen here
    known  what stands at the beginning of this one in each call, `(batch, channels, n)`: the `left` of the one before
    left   the same for the next one
    """

    network: Network
    kept: slice
    known: Sequence[Tensor] = ()
    left: list[Tensor] = field(default_factory=list)

    def __call__(self, x: Tensor, timestep: Tensor) -> Tensor:
        if self.known:
            known = self.known[len(self.left)]
            x = torch.cat((known, x[..., known.shape[-1] :]), dim=-1)
        self.left.append(x[..., self.kept].clone())
        return self.network(x, timestep)
