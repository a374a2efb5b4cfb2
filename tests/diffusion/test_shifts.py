"""Schedules of Stable Audio 3: published values, ends, lengths."""

from __future__ import annotations

import pytest
import torch

from musicapp.description.shift_configs import FluxShift, FullShift, LogSNRShift, NoShift
from musicapp.diffusion import samplers, shifts
from musicapp.diffusion.schedules import linear, shift

ALL = [shifts.DEFAULT, LogSNRShift(rate=1.0), FluxShift(), FullShift(), FullShift(use_sine=True), NoShift()]


def test_eight_steps_have_the_published_values():
    expected = torch.tensor([1, 0.99438, 0.98448, 0.95791, 0.89090, 0.74555, 0.51250, 0.27389, 0])
    torch.testing.assert_close(shifts.build(8, 300), expected, atol=1e-5, rtol=0)


def test_a_start_below_one_rises_once_as_published():
    expected = torch.tensor([0.5, 0.83026, 0.74555, 0.63703, 0.51250, 0.38639, 0.27389, 0.18430, 0])
    sigmas = shifts.build(8, 300, sigma_max=0.5)
    torch.testing.assert_close(sigmas, expected, atol=1e-5, rtol=0)
    *_, last = samplers.euler(lambda x, sigma: torch.zeros_like(x), torch.randn(1, 2, 4), sigmas)
    assert last.index == 7


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("steps", [1, 2, 8, 100])
def test_from_pure_noise_every_shift_falls_and_keeps_the_ends(kind, steps):
    sigmas = shifts.build(steps, 700, shift=kind)
    assert sigmas.shape == (steps + 1,) and sigmas.dtype == torch.float32
    assert (sigmas[0], sigmas[-1]) == (1.0, 0.0) and (sigmas.diff() < 0).all()


@pytest.mark.parametrize("kind", [LogSNRShift(rate=1.0), FluxShift(), FullShift()])
def test_longer_music_spends_more_steps_in_noise(kind):
    assert (shifts.build(8, 2000, shift=kind)[1:-1] > shifts.build(8, 500, shift=kind)[1:-1]).all()


def test_the_default_does_not_depend_on_length():
    assert shifts.build(8, 30).equal(shifts.build(8, 4000))


@pytest.mark.parametrize("options", [FullShift(), FullShift(use_sine=True)])
def test_the_full_shift_is_that_of_stable_audio_2(options):
    even = linear(9)
    torch.testing.assert_close(shifts.warp(even, 1500, options), shift(even, 1500, options), atol=1e-6, rtol=0)


@pytest.mark.parametrize(("steps", "sigma_max"), [(0, 1.0), (8, 0.0), (8, 1.5)])
def test_what_is_no_schedule_is_refused(steps, sigma_max):
    with pytest.raises(ValueError, match="flow"):
        shifts.build(steps, 300, sigma_max=sigma_max)
