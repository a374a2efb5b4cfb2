from __future__ import annotations

import math

import pytest
import torch

from musicapp.diffusion import samplers, schedules
from musicapp.diffusion.starts import exploding_start, flow_start
from tests.diffusion.laws import SPREAD, draws, gaussian_denoise, gaussian_velocity


def last_of(steps):
    *_, last = steps
    return last


def unit_noise(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


K_SPACE = {
    "dpmpp_2m": lambda d, n, s, w, **k: samplers.dpmpp_2m(d, n, s, **k),
    "dpmpp_2m_sde": samplers.dpmpp_2m_sde,
    "dpmpp_3m_sde": samplers.dpmpp_3m_sde,
}
FLOWS = {
    "euler": lambda v, n, s, w, **k: samplers.euler(v, n, s, **k),
    "dpmpp_flow": lambda v, n, s, w, **k: samplers.dpmpp_flow(v, n, s, **k),
    "pingpong": samplers.pingpong,
}


@pytest.mark.parametrize("name", K_SPACE)
@pytest.mark.parametrize("steps", [1, 2, 3, 20])
def test_a_perfect_denoiser_gives_the_data_back(name, steps):
    data, noise = unit_noise(2, 4, 8), unit_noise(2, 4, 8, seed=1)
    sigmas = schedules.polyexponential(steps, 0.3, 500.0)
    last = last_of(K_SPACE[name](lambda x, s: data, noise, sigmas, draws(2, noise)))
    assert last.index == steps - 1
    torch.testing.assert_close(last.latents, data, atol=0, rtol=0)


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("steps", [1, 4, 50])
@pytest.mark.parametrize("schedule", [schedules.linear, schedules.logsnr])
def test_flow_samplers_are_exact_on_straight_paths(name, steps, schedule):
    data, noise = unit_noise(2, 4, 8), unit_noise(2, 4, 8, seed=1)
    straight = lambda x, s: (x - data) / s[:, None, None]  # noqa: E731
    last = last_of(FLOWS[name](straight, noise, schedule(steps), draws(2, noise)))
    torch.testing.assert_close(last.latents, data, atol=1e-6, rtol=0)


def k_space_error(name, steps, **options):
    """Largest distance to the exact solution of the probability flow, data Gaussian, down to sigma 1e-3."""
    noise = unit_noise(1, 2, 8)
    sigmas = schedules.polyexponential(steps, 1e-3, 20.0)
    last = last_of(K_SPACE[name](gaussian_denoise, noise, sigmas, draws(0, noise), **options))
    exact = noise * 20.0 * SPREAD / math.sqrt(SPREAD**2 + 20.0**2)
    return (last.latents - exact).abs().max().item()


@pytest.mark.parametrize(("name", "options"), [("dpmpp_2m", {}), ("dpmpp_2m_sde", {"eta": 0.0})])
def test_two_step_solvers_converge_with_second_order(name, options):
    coarse, fine = k_space_error(name, 40, **options), k_space_error(name, 80, **options)
    assert fine < 2e-3
    assert math.log2(coarse / fine) == pytest.approx(2, abs=0.2)


def test_the_three_step_solver_is_closer_than_the_two_step_ones():
    """Its own order is 3, but its first step has no history, which leaves second order with a smaller factor."""
    coarse, fine = k_space_error("dpmpp_3m_sde", 40, eta=0.0), k_space_error("dpmpp_3m_sde", 80, eta=0.0)
    assert math.log2(coarse / fine) > 1.95
    assert fine < k_space_error("dpmpp_2m", 80) / 2


def flow_error(name, steps):
    noise = unit_noise(1, 2, 8)
    last = last_of(FLOWS[name](gaussian_velocity, noise, schedules.linear(steps), draws(0, noise)))
    return (last.latents - noise * SPREAD).abs().max().item()


@pytest.mark.parametrize(("name", "order"), [("euler", 1), ("dpmpp_flow", 2)])
def test_flow_samplers_converge_with_their_order(name, order):
    coarse, fine = flow_error(name, 80), flow_error(name, 160)
    assert fine < 2e-2
    assert math.log2(coarse / fine) == pytest.approx(order, abs=0.35)


@pytest.mark.parametrize("name", ["dpmpp_2m_sde", "dpmpp_3m_sde"])
def test_sde_samplers_reach_the_spread_of_the_data(name):
    noise = unit_noise(1, 64, 512)
    sigmas = schedules.polyexponential(100, 0.01, 100.0)
    last = last_of(K_SPACE[name](gaussian_denoise, noise, sigmas, draws(5, noise)))
    assert last.latents.std().item() == pytest.approx(SPREAD, rel=0.02)


@pytest.mark.parametrize("name", ["dpmpp_2m_sde", "dpmpp_3m_sde"])
def test_without_noise_both_sde_solvers_follow_the_deterministic_flow(name):
    assert k_space_error(name, 200, eta=0.0) == pytest.approx(k_space_error("dpmpp_2m", 200), abs=2e-3)


@pytest.mark.parametrize(("name", "expected"), [("dpmpp_2m_sde", 6), ("dpmpp_3m_sde", 6)])
def test_sde_samplers_draw_once_for_every_step_but_the_last(name, expected):
    noise, calls = unit_noise(1, 2, 4), []
    draw = lambda: calls.append(1) or noise  # noqa: E731
    list(K_SPACE[name](gaussian_denoise, noise, schedules.polyexponential(7, 0.3, 500.0), draw))
    assert len(calls) == expected


def test_pingpong_mixes_clean_estimate_and_fresh_noise_at_the_next_level():
    noise, sigmas = unit_noise(1, 2, 4), schedules.logsnr(5)
    fresh = unit_noise(1, 2, 4, seed=9)
    for step, after in zip(
        samplers.pingpong(gaussian_velocity, noise, sigmas, lambda: fresh), sigmas[1:].tolist(), strict=True
    ):
        torch.testing.assert_close(step.latents, (1 - after) * step.denoised + after * fresh)


@pytest.mark.parametrize("name", [*K_SPACE, *FLOWS])
def test_a_given_start_is_used_instead_of_noise(name):
    """Departing from the state the sampler would have made itself changes nothing."""
    noise = unit_noise(2, 3, 8)
    flow = name in FLOWS
    sigmas = schedules.logsnr(6) if flow else schedules.polyexponential(6, 0.3, 50.0)
    ideal = gaussian_velocity if flow else gaussian_denoise
    start = flow_start(noise, 1.0) if flow else exploding_start(noise, float(sigmas[0]))
    sampler = (FLOWS if flow else K_SPACE)[name]
    plain = last_of(sampler(ideal, noise, sigmas, draws(3, noise)))
    started = last_of(sampler(ideal, torch.zeros_like(noise), sigmas, draws(3, noise), start=start))
    torch.testing.assert_close(started.latents, plain.latents, atol=0, rtol=0)


@pytest.mark.parametrize("name", [*K_SPACE, *FLOWS])
def test_steps_tell_their_sigma_and_items_of_a_batch_do_not_mix(name):
    noise = unit_noise(3, 2, 8).float()
    flow = name in FLOWS
    sigmas = schedules.logsnr(6) if flow else schedules.polyexponential(6, 0.3, 50.0)
    ideal, sampler = (gaussian_velocity, FLOWS[name]) if flow else (gaussian_denoise, K_SPACE[name])
    together = list(sampler(ideal, noise, sigmas, lambda: noise.flip(-1)))
    alone = list(sampler(ideal, noise[1:2], sigmas, lambda: noise[1:2].flip(-1)))
    assert [step.sigma for step in together] == sigmas[:-1].tolist()
    assert together[-1].latents.dtype == torch.float32
    torch.testing.assert_close(together[-1].latents[1:2], alone[-1].latents, atol=0, rtol=0)


def test_stopping_to_iterate_stops_the_work():
    calls = []
    steps = samplers.euler(lambda x, s: calls.append(1) or x, unit_noise(1, 2, 4), schedules.linear(10))
    next(steps)
    steps.close()
    assert len(calls) == 1


@pytest.mark.parametrize("bad", [[1.0, 0.5], [0.6, 0.3, 0.5, 0.0], [0.0, 0.0], [0.0]])
def test_a_schedule_that_does_not_fall_to_zero_is_refused(bad):
    with pytest.raises(ValueError, match="fall"):
        next(samplers.euler(gaussian_velocity, unit_noise(1, 2, 4), torch.tensor(bad)))
