from __future__ import annotations

import math

import pytest
import torch

from musicapp.diffusion import objectives, sampling
from musicapp.diffusion.sampling import SAMPLERS, sample
from musicapp.errors import RequestError
from tests.diffusion.laws import SPREAD, draws, gaussian_denoise, gaussian_v, gaussian_velocity

NOISE = torch.randn(1, 8, 64, generator=torch.Generator().manual_seed(1))
PAIRS = [(name, objective) for name, spec in SAMPLERS.items() for objective in spec.objectives]


def run(name, objective, *, steps=60, **options):
    network = gaussian_v if objective == "v" else gaussian_velocity
    *_, last = sample(network, objective, NOISE, sampler=name, steps=steps, draw=draws(4, NOISE), **options)
    return last.latents


def test_the_v_denoiser_is_the_ideal_one_for_an_ideal_network():
    sigma = torch.tensor([0.01, 0.3, 1.0, 50.0, 500.0], dtype=torch.float64)
    x = torch.randn(5, 2, 8, dtype=torch.float64) * (1 + sigma[:, None, None])
    denoised = objectives.v_denoiser(gaussian_v)(x, sigma)
    torch.testing.assert_close(denoised, gaussian_denoise(x, sigma), atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize(("sigma", "timestep"), [(500.0, 0.998727), (0.3, 0.185547)])
def test_the_v_network_is_fed_the_published_timestep(sigma, timestep):
    seen = []
    objectives.v_denoiser(lambda x, t: seen.append(t) or x)(NOISE, torch.tensor([sigma]))
    assert seen[0].item() == pytest.approx(timestep, abs=1e-6)


@pytest.mark.parametrize(("name", "objective"), PAIRS)
def test_every_sampler_by_name_turns_noise_into_data_of_the_right_spread(name, objective):
    # Flows end with one full denoising from about 0.13, ping-pong denoises fully at each step: both narrow it.
    width = run(name, objective).std().item() / SPREAD
    assert (0.5 if name == "pingpong" else 0.88) < width < 1.12


@pytest.mark.parametrize(("name", "objective"), PAIRS)
def test_same_noises_give_the_same_latents(name, objective):
    torch.testing.assert_close(run(name, objective, steps=5), run(name, objective, steps=5), atol=0, rtol=0)


@pytest.mark.parametrize(("name", "objective"), PAIRS)
def test_little_noise_keeps_the_initial_latents(name, objective):
    init = torch.full_like(NOISE, 0.5)
    near, far = (run(name, objective, steps=12, sigma_max=level, init_latents=init) for level in (0.02, 0.9))
    assert (near - init).abs().mean() < 0.05 < (far - init).abs().mean()


def test_a_start_below_sigma_min_still_falls():
    sigmas = sampling.schedule("v", 8, sigma_min=0.3, sigma_max=0.1)
    assert (sigmas.diff() < 0).all()
    assert sigmas[0] == pytest.approx(0.1)
    assert sigmas[-2] == pytest.approx(0.05)


def test_a_flow_start_below_the_last_level_still_falls():
    sigmas = sampling.schedule("rectified_flow", 8, sigma_max=0.05)
    assert (sigmas.diff() < 0).all()
    assert sigmas[0] == pytest.approx(0.05)


def test_flows_start_at_one_at_most():
    assert sampling.schedule("rectified_flow", 4, sigma_max=100.0)[0] == 1.0


def test_strength_is_the_timestep_of_the_start():
    assert objectives.sigma_of_strength(0.6, "rf_denoiser") == 0.6
    sigma = objectives.sigma_of_strength(0.6, "v")
    assert math.atan(sigma) * 2 / math.pi == pytest.approx(0.6)


def test_an_own_schedule_replaces_the_default():
    sigmas = torch.tensor([1.0, 0.4, 0.0])
    steps = list(
        sample(gaussian_velocity, "rectified_flow", NOISE, sampler="euler", steps=99, draw=None, sigmas=sigmas)
    )
    assert [step.sigma for step in steps] == sigmas[:-1].tolist()


def test_an_unknown_sampler_is_refused_with_the_nearest_name():
    with pytest.raises(RequestError) as caught:
        run("dpmpp-3m", "v")
    assert "dpmpp-3m-sde" in caught.value.hint


def test_a_sampler_of_another_objective_is_refused_with_the_usable_ones():
    with pytest.raises(RequestError) as caught:
        run("pingpong", "v")
    assert "dpmpp-2m" in caught.value.hint


def test_an_unknown_objective_is_refused():
    with pytest.raises(ValueError, match="unknown objective"):
        objectives.is_flow("score")
