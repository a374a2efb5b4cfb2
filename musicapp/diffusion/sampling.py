"""Samplers by name, and one call that makes the schedule, the start and the steps for a model's objective."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from musicapp.diffusion import samplers, schedules
from musicapp.diffusion.objectives import Network, is_flow, v_denoiser
from musicapp.diffusion.samplers import Draw, Step
from musicapp.diffusion.starts import exploding_start, flow_start
from musicapp.errors import RequestError

V = ("v",)
FLOW = ("rectified_flow", "rf_denoiser")
STABLE_AUDIO_3_LEAST_SIGNAL = 1e-10


@dataclass(frozen=True)
class SamplerSpec:
    """What a sampler serves: its objectives, and whether it draws noise while stepping."""

    objectives: tuple[str, ...]
    draws_noise: bool


SAMPLERS: dict[str, SamplerSpec] = {
    "dpmpp-3m-sde": SamplerSpec(V, draws_noise=True),
    "dpmpp-2m-sde": SamplerSpec(V, draws_noise=True),
    "dpmpp-2m": SamplerSpec(V, draws_noise=False),
    "euler": SamplerSpec(FLOW, draws_noise=False),
    "dpmpp": SamplerSpec(FLOW, draws_noise=False),
    "pingpong": SamplerSpec(FLOW, draws_noise=True),
}


def samplers_for(objective: str) -> list[str]:
    """Names of the samplers that serve an objective, the best known one first."""
    return [name for name, spec in SAMPLERS.items() if objective in spec.objectives]


def sample(
    network: Network,
    objective: str,
    noise: Tensor,
    *,
    sampler: str,
    steps: int,
    draw: Draw,
    sigma_min: float = 0.3,
    sigma_max: float | None = None,
    rho: float = 1.0,
    init_latents: Tensor | None = None,
    sigmas: Tensor | None = None,
    least_signal: float = 0.0,
) -> Iterator[Step]:
    """Steps from `noise` `(batch, channels, latent_frames)` to latents; the last step's latents are the result.

    network       (x, timestep) -> v or velocity, already guided (guidance.py)
    sigma_max     where to start; None is 500 for v and 1 for flows. Flows start at 1 at most and ignore sigma_min, rho
    init_latents  audio-to-audio: clean latents to depart from; `sigma_max` says how much of them is drowned in noise
    sigmas        a schedule to use instead of the objective's own (schedules.py, shifts.py)
    least_signal  of "dpmpp" only, see there; `STABLE_AUDIO_3_LEAST_SIGNAL` for those models

    Raises RequestError for an unknown sampler, or one of another objective.
    """
    check_sampler(sampler, objective)
    flow = is_flow(objective)
    if sigmas is None:
        sigmas = schedule(objective, steps, sigma_min=sigma_min, sigma_max=sigma_max, rho=rho)
    start = None
    if init_latents is not None:
        make_start = flow_start if flow else exploding_start
        start = make_start(noise, float(sigmas[0]), init_latents)
    if sampler == "dpmpp-3m-sde":
        return samplers.dpmpp_3m_sde(v_denoiser(network), noise, sigmas, draw, start=start)
    if sampler == "dpmpp-2m-sde":
        return samplers.dpmpp_2m_sde(v_denoiser(network), noise, sigmas, draw, start=start)
    if sampler == "dpmpp-2m":
        return samplers.dpmpp_2m(v_denoiser(network), noise, sigmas, start=start)
    if sampler == "pingpong":
        return samplers.pingpong(network, noise, sigmas, draw, start=start)
    if sampler == "dpmpp":
        return samplers.dpmpp_flow(network, noise, sigmas, start=start, least_signal=least_signal)
    return samplers.euler(network, noise, sigmas, start=start)


def schedule(
    objective: str, steps: int, *, sigma_min: float = 0.3, sigma_max: float | None = None, rho: float = 1.0
) -> Tensor:
    """The objective's own schedule `(steps + 1,)`: polyexponential for v, even in log-SNR for flows.

    Audio-to-audio may ask for a `sigma_max` below `sigma_min`; the schedule then ends at half of it instead of rising.
    """
    if is_flow(objective):
        return schedules.logsnr(steps, min(1.0 if sigma_max is None else sigma_max, 1.0))
    highest = 500.0 if sigma_max is None else sigma_max
    lowest = sigma_min if sigma_min < highest else highest / 2
    return schedules.polyexponential(steps, lowest, highest, rho=rho)


def check_sampler(sampler: str, objective: str) -> None:
    """Raise RequestError, naming what would work, unless `sampler` exists and serves `objective`."""
    usable = ", ".join(samplers_for(objective))
    if sampler not in SAMPLERS:
        near = [name for name in SAMPLERS if sampler and name.startswith(sampler)]
        near = near or difflib.get_close_matches(sampler, SAMPLERS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"This model can use: {usable}."
        raise RequestError(f"There is no sampler named {sampler!r}.", hint=hint)
    if objective not in SAMPLERS[sampler].objectives:
        raise RequestError(f"The sampler {sampler} does not fit this model.", hint=f"This model can use: {usable}.")
