"""Noise that comes back, so that the music does: the form of a long take, laid down before its first step.

A flow leads equal noise under equal conditions to equal music. A small model hears no further than its crops were
long, and its long takes wander; here the sections of a rondo (A B A C A B A D ...) begin from the noise of the earlier
section of the same letter, and may be told that they stand where that one does and that the beat begins anew with each
of them. What happens at every place is still the model's. Related: noise shared by the frames of a video (arXiv
2305.10474).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import torch
from torch import Tensor

LEAST_SECTIONS = 3  # shorter takes are plain
LAID_TOGETHER = 16  # latents whose noise is drawn together


def laid_noise(seed: int, number: int, channels: int, latents: int) -> Tensor:
    """Noise of unit variance that is laid out along time: of another length it begins alike.

    number  of a drawing: each is independent of the others
    out     `(1, channels, latents)` on the CPU
    """
    # The CPU's generator takes the lower 32 bits of a seed alone: there a drawing has to differ from the others.
    generator = torch.Generator().manual_seed((seed * 1_000_003 + number) % (1 << 32))
    count = -(-latents // LAID_TOGETHER)
    blocks = [torch.randn(LAID_TOGETHER, channels, generator=generator) for _ in range(count)]
    return torch.cat(blocks)[:latents].T[None].contiguous()


def rondo(number: int) -> int:
    """The letter of a section: 0 for every second one, 1 for every second of the others, and so on: A B A C A B A D."""
    return (~number & (number + 1)).bit_length() - 1


def section_starts(latents: int, section: float, multiple: int) -> list[int]:
    """Where the sections begin, and where the last one ends; arguments as in `returning_noise`."""
    count = math.ceil(latents / section)
    return [min(latents, multiple * round(number * section / multiple)) for number in range(count + 1)]


def returning_noise(
    draw: Callable[[int], Tensor], latents: int, section: float, *, multiple: int = 1, opens_alike: bool = False
) -> Tensor:
    """Noise of so many latents, each of unit variance, in sections that return.

    draw      independent noise `(..., n)` for an n
    section   length of one in latents, not a whole number: their beginnings do not drift from the bars
    multiple  of which all beginnings are, for transformers that see patches
    opens_alike  begin with the noise of takes that are too short for sections
    """
    fresh = draw(latents)
    if section <= 0 or latents < LEAST_SECTIONS * section:
        return fresh
    starts = section_starts(latents, section, multiple)
    spans = list(itertools.pairwise(starts))
    longest = max(end - start for start, end in spans)
    themes = [fresh[..., :longest]] if opens_alike else []
    themes += [draw(longest) for _ in range(max(map(rondo, range(len(spans)))) + 1 - len(themes))]
    shared = [themes[rondo(number)][..., : end - start] for number, (start, end) in enumerate(spans)]
    return torch.cat((*shared, fresh[..., starts[-1] :]), dim=-1)


def returning(told: Tensor, section: float, *, multiple: int = 1) -> Tensor:
    """What the latents are told `(..., latents)`, each section as the first one of its letter.

    The theme is told as where it first returns, since its first time is the piece's beginning. Arguments as in
    `returning_noise`; short takes stay as they are.
    """
    latents = told.shape[-1]
    if section <= 0 or latents < LEAST_SECTIONS * section:
        return told
    starts, out = section_starts(latents, section, multiple), told.clone()
    first = {0: 2}
    for number, (start, end) in enumerate(itertools.pairwise(starts)):
        source = starts[first.setdefault(rondo(number), number)]
        count = min(end - start, latents - source)
        out[..., start : start + count] = told[..., source : source + count]
    return out


def beginning_anew(told: Tensor, section: float, *, multiple: int = 1) -> Tensor:
    """What the latents are told `(..., latents)`, each section as the first one. Arguments as in `returning`.

    Told of the beat so, a section that returns falls into equal places of it; by a piece's own clock these lie up to
    half a `multiple` apart, which is enough for other music.
    """
    latents = told.shape[-1]
    if section <= 0 or latents < LEAST_SECTIONS * section:
        return told
    spans = itertools.pairwise(section_starts(latents, section, multiple))
    return torch.cat([told[..., : end - start] for start, end in spans], dim=-1)
