"""Windows: what they cover, and that a network that hears no further than they see makes the same music in them."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from musicapp.diffusion import samplers
from musicapp.diffusion.windows import Trail, windows_of

LATENTS, REACH, STEPS = 200, 3, 5
SIGMAS = torch.linspace(1.0, 0.0, STEPS + 1)


def near(x: Tensor, timestep: Tensor) -> Tensor:
    """A velocity that depends on so many neighbours, and on where they are only by what they are."""
    kernel = torch.linspace(-1.0, 1.5, 2 * REACH + 1)[None, None].expand(x.shape[1], 1, -1)
    return torch.nn.functional.conv1d(x, kernel, padding=REACH, groups=x.shape[1]).tanh() * timestep[:, None, None]


def in_windows(sampler: str, noise: Tensor, cuts: list[int], before: int, behind: int) -> Tensor:
    out = torch.empty_like(noise)
    known: list[Tensor] = []
    windows = windows_of(cuts, before=before, behind=behind)
    for window, after in itertools.zip_longest(windows, windows[1:]):
        first = window.end if after is None else after.start
        trail = Trail(near, slice(first - window.start, window.end - window.start), known)
        *_, last = getattr(samplers, sampler)(trail, noise[..., window.seen], SIGMAS)
        out[..., window.first : window.end] = last.latents[..., window.first - window.start :][
            ..., : window.end - window.first
        ]
        known = trail.left
    return out


@pytest.mark.parametrize("sampler", ["euler", "dpmpp_flow"])
def test_windows_make_what_the_whole_is_where_they_see_all_that_the_network_hears(sampler: str) -> None:
    noise = torch.randn(1, 4, LATENTS, generator=torch.Generator().manual_seed(3))
    *_, whole = getattr(samplers, sampler)(near, noise, SIGMAS)
    # What is wrong at a window's end walks in by the reach with every step; at its beginning all is given.
    found = in_windows(sampler, noise, [0, 60, 130, LATENTS], before=REACH, behind=REACH * STEPS)
    torch.testing.assert_close(found, whole.latents, atol=1e-5, rtol=0)
    blind = in_windows(sampler, noise, [0, 60, 130, LATENTS], before=0, behind=0)
    assert (blind - whole.latents).abs().max() > 0.1, "a cut without either would be heard"


def test_windows_meet_and_see_no_further_than_there_is_something() -> None:
    windows = windows_of([0, 60, 130, 200], before=30, behind=20)
    assert [(w.start, w.first, w.end, w.stop) for w in windows] == [
        (0, 0, 60, 80),
        (30, 60, 130, 150),
        (100, 130, 200, 200),
    ]
    assert [w.size for w in windows] == [80, 120, 100]
