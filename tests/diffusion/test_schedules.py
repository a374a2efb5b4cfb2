from __future__ import annotations

import math

import pytest
import torch

from musicapp.description.shift_configs import FullShift
from musicapp.diffusion import schedules

ALL = [
    lambda steps: schedules.polyexponential(steps, 0.3, 500.0),
    lambda steps: schedules.polyexponential(steps, 0.01, 100.0, rho=2.0),
    lambda steps: schedules.linear(steps),
    lambda steps: schedules.linear(steps, 0.6),
    lambda steps: schedules.logsnr(steps),
    lambda steps: schedules.logsnr(steps, 0.4),
    lambda steps: schedules.logsnr(steps, 0.01),
]


@pytest.mark.parametrize("schedule", ALL)
@pytest.mark.parametrize("steps", [1, 2, 8, 100])
def test_every_schedule_falls_and_ends_in_exactly_zero(schedule, steps):
    sigmas = schedule(steps)
    assert sigmas.shape == (steps + 1,)
    assert sigmas.dtype == torch.float32
    assert (sigmas.diff() < 0).all()
    assert sigmas[-1] == 0.0


def test_the_first_value_is_exactly_the_one_asked_for():
    assert schedules.polyexponential(100, 0.3, 500.0)[0] == 500.0
    assert schedules.logsnr(6, 0.5)[0] == 0.5
    assert schedules.linear(6, 0.25)[0] == 0.25


def test_polyexponential_takes_steps_of_equal_ratio():
    sigmas = schedules.polyexponential(50, 0.3, 500.0)[:-1].double()
    ratios = sigmas[1:] / sigmas[:-1]
    torch.testing.assert_close(ratios, torch.full_like(ratios, (0.3 / 500.0) ** (1 / 49)), rtol=1e-6, atol=0)
    assert sigmas[-1] == pytest.approx(0.3, rel=1e-6)


def test_rho_bends_the_ramp_towards_low_noise():
    bent = schedules.polyexponential(9, 0.01, 100.0, rho=2.0)[:-1].double().log()
    ramp = (bent - math.log(0.01)) / math.log(100.0 / 0.01)
    torch.testing.assert_close(ramp, torch.linspace(1, 0, 9, dtype=torch.float64) ** 2, atol=1e-6, rtol=0)


def test_logsnr_gives_the_published_values_for_eight_steps():
    expected = torch.tensor([1, 0.993307, 0.982014, 0.952574, 0.880797, 0.731059, 0.5, 0.268941, 0])
    torch.testing.assert_close(schedules.logsnr(8), expected, atol=1e-6, rtol=0)


def test_fifty_logsnr_steps_jump_to_zero_from_the_published_level():
    assert schedules.logsnr(50)[-2] == pytest.approx(0.137, abs=5e-4)


@pytest.mark.parametrize(("frames", "expected"), [(256, 0.62246), (1024, 0.65249), (4096, 0.75951)])
def test_shift_moves_the_middle_by_the_published_amount(frames, expected):
    shifted = schedules.shift(torch.tensor([1.0, 0.5, 0.0]), frames, FullShift())
    assert shifted.tolist() == pytest.approx([1.0, expected, 0.0], abs=1e-5)


@pytest.mark.parametrize(("outside", "limit"), [(10, 256), (9000, 4096)])
def test_shift_holds_the_length_within_its_limits(outside, limit):
    sigmas = schedules.linear(8)
    held = schedules.shift(sigmas, outside, FullShift())
    torch.testing.assert_close(held, schedules.shift(sigmas, limit, FullShift()), atol=0, rtol=0)


def test_shift_with_sine_keeps_both_ends():
    shifted = schedules.shift(schedules.linear(10), 2000, FullShift(use_sine=True))
    plain = schedules.shift(schedules.linear(10), 2000, FullShift())
    torch.testing.assert_close(shifted, torch.sin(plain * math.pi / 2), atol=1e-6, rtol=0)
    assert shifted[0] == 1.0
    assert shifted[-1] == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: schedules.polyexponential(0, 0.3, 500.0),
        lambda: schedules.polyexponential(8, 0.0, 500.0),
        lambda: schedules.polyexponential(8, 3.0, 0.3),
        lambda: schedules.logsnr(8, 1.5),
        lambda: schedules.linear(8, 0.0),
    ],
)
def test_impossible_schedules_are_refused(call):
    with pytest.raises(ValueError, match=r"step|sigma|flow"):
        call()
