"""Noise that comes back, so that the music does: the form of a long take, laid down before its first step.

A flow leads equal noise under equal conditions to equal music. A small model hears no further than its crops were long,
and its long takes wander; here the sections of a rondo (A B A C A B A D ...) begin from noise that is mostly that
of the earlier section of the same letter. What happens at every place is still the model's. Related: noise shared by
the frames of a video (arXiv 2305.10474).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import torch
from torch import Tensor

SHARE = 0.95  # of the variance that the sections of a letter have in common; the rest keeps repeats alive
LEAST_SECTIONS = 3  # shorter takes are plain


def rondo(number: int) -> int:
    """The letter of a section: 0 for every second one, 1 for every second of the others, and so on: A B A C A B A D."""
    return (~number & (number + 1)).bit_length() - 1


def returning_noise(draw: Callable[[int], Tensor], latents: int, section: float, *, multiple: int = 1) -> Tensor:
    """Noise of so many latents, each of unit variance, in sections that return.

    draw      independent noise `(..., n)` for an n
    section   length of one in latents, not a whole number: their beginnings do not drift from the bars
    multiple  of which all beginnings are, for transformers that see patches
    """
    fresh = draw(latents)
    if section <= 0 or latents < LEAST_SECTIONS * section:
        return fresh
    count = math.ceil(latents / section)
    starts = [min(latents, multiple * round(number * section / multiple)) for number in range(count + 1)]
    longest = max(end - start for start, end in itertools.pairwise(starts))
    themes = [draw(longest) for _ in range(max(map(rondo, range(count))) + 1)]
    shared = [themes[rondo(number)][..., : starts[number + 1] - starts[number]] for number in range(count)]
    tail = fresh[..., starts[-1] :]
    body = SHARE**0.5 * torch.cat(shared, dim=-1) + (1 - SHARE) ** 0.5 * fresh[..., : starts[-1]]
    return torch.cat((body, tail), dim=-1)
