"""From a completed request to the sampler's steps: how many latents, which schedule, which guidance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.description.lengths import lengths_for
from musicapp.description.shift_configs import ShiftConfig
from musicapp.diffusion import shifts
from musicapp.diffusion.guidance import blended
from musicapp.diffusion.noise import returning_noise
from musicapp.diffusion.objectives import Network, is_flow
from musicapp.diffusion.samplers import Step
from musicapp.diffusion.sampling import STABLE_AUDIO_3_LEAST_SIGNAL, sample
from musicapp.engine.request_facts import RequestFacts
from musicapp.engine.steering import Prompts, steer
from musicapp.prompts.arc import arc_of, calm_prompt
from musicapp.prompts.sections import section_latents
from musicapp.request import TakeRequest

HEADROOM = 4  # latents behind the end of a variable-length take, so that its last sound may ring into silence


@dataclass(frozen=True)
class Plan:
    """latents     that the transformer works on
    valid       `(1, latents)`, False on padding; None when nothing is padded
    sigmas      a schedule that depends on the length; None for the sampler's own
    """

    latents: int
    valid: Tensor | None = None
    sigmas: Tensor | None = None


def plan_for(model: LoadedModel, request: TakeRequest, needed: int) -> Plan:
    """What a completed request that needs so many latents asks of the transformer.

    Variable-length models pay for the length; others make their whole window and rely on `seconds_total` for silence
    behind the music. Stable Audio 3 pads to its chunks and moves its schedule with the length
    (`sampling_distribution_shift_options`).
    """
    config = model.config
    if config.is_stable_audio_3:
        assert request.steps is not None
        lengths = lengths_for(config, [request.duration_s])
        valid = torch.arange(lengths.latents)[None] < lengths.valid[0]
        shift = config.diffusion.sampling_shift
        assert isinstance(shift, ShiftConfig)
        sigmas = shifts.build(request.steps, lengths.effective[0], shift=shift)
        return Plan(lengths.latents, valid, sigmas)
    latents = needed + HEADROOM if config.app.variable_length else max(needed, config.window_latents)
    return Plan(latents + -latents % config.diffusion.dit.patch_size)


def denoise(
    model: LoadedModel, prompts: Prompts, request: TakeRequest, facts: RequestFacts, plan: Plan
) -> Iterator[Step]:
    """The sampler's steps of a completed request. Noise is drawn on the CPU: a seed means the same on every device."""
    app, objective = model.config.app, model.config.diffusion.objective
    generator = torch.Generator().manual_seed(request.seed)

    def noise(latents: int) -> Tensor:
        return torch.randn((1, model.autoencoder.latent_dim, latents), generator=generator)

    def draw() -> Tensor:
        return noise(plan.latents).to(model.device)

    section, patch = section_latents(model.config, facts.prompt), model.config.diffusion.dit.patch_size
    start = returning_noise(noise, plan.latents, section, multiple=patch).to(model.device)

    def steered(asked: TakeRequest, stated: RequestFacts) -> Network:
        return steer(model, prompts, asked, stated, plan.latents, plan.valid, section)

    network, arc = steered(request, facts), arc_of(model.config, request.prompt, facts.prompt, request.duration_s)
    if arc.is_asked:
        calm = replace(request, prompt=calm_prompt(request.prompt))
        elsewhere = steered(calm, replace(facts, prompt=replace(facts.prompt, has_drums=False)))
        rate = model.config.sample_rate / model.autoencoder.downsampling_ratio
        share = torch.tensor([arc.calm_at((n + 0.5) / rate) for n in range(plan.latents)], device=model.device)
        network = blended(network, elsewhere, share, low=app.calm_above, objective=objective)
    assert request.sampler is not None and request.steps is not None
    return sample(
        network,
        objective,
        start,
        sampler=request.sampler,
        steps=request.steps,
        draw=draw,
        sigma_min=app.sigma_min,
        sigma_max=None if is_flow(objective) else app.sigma_max,
        sigmas=plan.sigmas,
        least_signal=STABLE_AUDIO_3_LEAST_SIGNAL if model.config.is_stable_audio_3 else 0.0,
    )
