"""From a completed request to the sampler's steps: how many latents, which schedule, which guidance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.description.lengths import lengths_for
from musicapp.diffusion import shifts
from musicapp.diffusion.noise import off_grid, returning_noise
from musicapp.diffusion.objectives import is_flow
from musicapp.diffusion.samplers import Step
from musicapp.diffusion.sampling import STABLE_AUDIO_3_LEAST_SIGNAL, sample
from musicapp.engine.steering import Prompts, steer
from musicapp.nn.timeline import USUAL_METRE
from musicapp.prompts.facts import read_prompt
from musicapp.request import TakeRequest

SECTION_LEEWAY = 0.34  # how much longer or shorter than asked a section may be
SECTION_PULL = 0.5  # in latents off the grid, what a section costs that is twice as long as asked
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
    behind the music. Stable Audio 3 pads to its chunks and moves its schedule with the length (its spec, section 7).
    """
    config = model.config
    if config.is_stable_audio_3:
        assert request.steps is not None
        lengths = lengths_for(config, [request.duration_s])
        valid = torch.arange(lengths.latents)[None] < lengths.valid[0]
        return Plan(lengths.latents, valid, shifts.build(request.steps, lengths.effective[0]))
    latents = needed + HEADROOM if config.app.variable_length else max(needed, config.window_latents)
    return Plan(latents + -latents % config.diffusion.dit.patch_size)


def section_latents(model: LoadedModel, request: TakeRequest) -> float:
    """How long the sections of a take are that begin from returning noise; 0 is not at all.

    With a stated tempo they are groups of four bars, about as long as the model asks for: of those within a third of
    it one whose beginnings fall well on the transformer's patches, since every section's beat begins there. Without a
    tempo they are whole patches.
    """
    section_s, stated = model.config.app.section_s, read_prompt(request.prompt)
    multiple = model.config.diffusion.dit.patch_size
    rate = model.config.sample_rate / model.config.autoencoder.downsampling_ratio
    if not section_s or stated.beat_bpm is None:
        return multiple * round(section_s * rate / multiple)
    four_bars_s = 4 * (stated.beats_in_bar or USUAL_METRE) * 60 / stated.beat_bpm
    nearest = max(1, round(section_s / four_bars_s))
    groups = [n for n in range(1, 2 * nearest) if abs(n * four_bars_s / section_s - 1) < SECTION_LEEWAY] or [nearest]

    def cost(count: int) -> float:
        length_s = count * four_bars_s
        return off_grid(length_s * rate, multiple=multiple) + SECTION_PULL * abs(length_s / section_s - 1)

    return min(groups, key=cost) * four_bars_s * rate


def denoise(model: LoadedModel, prompts: Prompts, request: TakeRequest, plan: Plan) -> Iterator[Step]:
    """The sampler's steps. Noise is drawn on the CPU, so a seed means the same on every device."""
    app, objective = model.config.app, model.config.diffusion.objective
    generator = torch.Generator().manual_seed(request.seed)

    def noise(latents: int) -> Tensor:
        return torch.randn((1, model.autoencoder.latent_dim, latents), generator=generator)

    def draw() -> Tensor:
        return noise(plan.latents).to(model.device)

    section, patch = section_latents(model, request), model.config.diffusion.dit.patch_size
    start = returning_noise(noise, plan.latents, section, multiple=patch).to(model.device)

    assert request.sampler is not None and request.steps is not None
    return sample(
        steer(model, prompts, request, plan.latents, plan.valid, section),
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
