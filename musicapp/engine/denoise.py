"""From a completed request to the sampler's steps: how many latents, which schedule, which guidance, which windows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.description.config import ModelConfig
from musicapp.description.lengths import lengths_for
from musicapp.description.shift_configs import ShiftConfig
from musicapp.diffusion import shifts
from musicapp.diffusion.circles import running_round
from musicapp.diffusion.guidance import blended
from musicapp.diffusion.inpainting import channels_of, staying
from musicapp.diffusion.noise import laid_noise, returning_noise, section_starts
from musicapp.diffusion.objectives import Network, is_flow
from musicapp.diffusion.sampling import STABLE_AUDIO_3_LEAST_SIGNAL, sample
from musicapp.diffusion.starts import sigma_at
from musicapp.diffusion.windows import Trail, Window, windows_of
from musicapp.engine.request_facts import RequestFacts, read_request
from musicapp.engine.steering import Prompts, Timing, steer
from musicapp.prompts.arc import arc_of, calm_prompt
from musicapp.prompts.sections import section_latents, sections_of
from musicapp.request import TakeRequest

DRAWINGS = 1 << 20  # numbers of noise that a window of a canvas may use
HEADROOM = 4  # latents behind the end of a variable-length take, so that its last sound may ring into silence
# Windows: the first makes one section, so that it is heard soon, the others two, which costs least.
LEAST_WINDOW_S = 15.0  # shorter sections are taken together
SECTIONS = 2
AROUND_S = 10.0  # of a loop that is seen on each side of a turn of it
BEFORE, BEHIND = 1 / 2, 1 / 4  # what a window sees beyond them, in sections


@dataclass(frozen=True)
class Plan:
    """latents     that the transformer works on
    valid       `(1, latents)`, False on padding; None when nothing is padded
    sigmas      a schedule that depends on the length; None for the sampler's own
    windows     one after the other; one that sees everything for most takes
    turn        of latents that run round, how many make one turn; 0 for those that do not
    lead        which of the transformer's latents the turn begins with: it sees more of the circle on both sides
    """

    latents: int
    windows: tuple[Window, ...]
    valid: Tensor | None = None
    sigmas: Tensor | None = None
    turn: int = 0
    lead: int = 0

    @property
    def made(self) -> int:
        """How many latents are sampled."""
        return self.turn or self.latents

    @property
    def seen(self) -> int:
        """How many latents the transformer sees at once, at most."""
        return self.latents if self.turn else max(window.size for window in self.windows)


@dataclass(frozen=True)
class Denoised:
    """A step of a window is taken.

    index    which one
    latents  `(1, latent_dim, latents)` of the whole take on the model's device, its windows so far; before the first
             one is done, what the sampler has
    ready    how many of them, from the first on, are done
    clean    the latents as the sampler thinks now that they will be
    formed   how many of these, from the first on, there are
    """

    index: int
    latents: Tensor
    ready: int
    clean: Tensor
    formed: int


@dataclass(frozen=True)
class Given:
    """Music that is there before sampling begins; what departs from it has no form of its own.

    latents  `(1, latent_dim, count)` of it, as many as the plan has
    level    share of noise to begin at; below 1 sampling departs from these latents
    keep     `(1, 1, count)`: 1 where they stay, 0 where music is made; None where all is made
    timing   where they stand in the piece
    number   of this window of the piece: each has noise of its own
    """

    latents: Tensor
    level: float = 1.0
    keep: Tensor | None = None
    timing: Timing | None = None
    number: int = 0


def plan_for(model: LoadedModel, request: TakeRequest, needed: int, *, level: float = 1.0) -> Plan:
    """What a completed request that needs so many latents asks of the transformer.

    level  share of noise that sampling begins at

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
        sigmas = shifts.build_from(level, request.steps, lengths.effective[0], shift=shift)
        return Plan(lengths.latents, windows_of([0, lengths.latents]), valid, sigmas)
    latents = needed + HEADROOM if config.app.variable_length else max(needed, config.window_latents)
    latents += -latents % config.diffusion.dit.patch_size
    in_windows = request.denoising == "windows"
    return Plan(latents, _windows(model, request, latents) if in_windows else windows_of([0, latents]))


def plan_for_loop(model: LoadedModel, request: TakeRequest, needed: int) -> Plan:
    """What a loop of so many latents asks of the transformer, which sees them as a circle.

    Around the turn it sees as much more as it has room for, `AROUND_S` at most and no more than a turn on each side.
    """
    config = model.config
    rate = config.sample_rate / model.autoencoder.downsampling_ratio
    longest = int(config.max_duration_s * rate) if config.app.variable_length else config.window_latents
    lead = max(0, min(needed, int(AROUND_S * rate), (longest - needed) // 2))
    seen = needed + 2 * lead
    plan = plan_for(model, replace(request, duration_s=seen / rate), seen)
    return replace(plan, windows=windows_of([0, needed]), turn=needed, lead=lead)


def denoising_of(config: ModelConfig, request: TakeRequest) -> str:
    """How a request is denoised: "windows" where the take has sections, unless the request wants it "whole" or names
    an arc: how loud that is cannot be told from its beginning. What begins from a sound has windows of its own."""
    facts = read_request(request).prompt
    if request.source is not None or request.loop is not None:
        return "whole"
    if request.denoising == "whole" or arc_of(config, request.prompt, facts, request.duration_s).is_asked:
        return "whole"
    return "windows" if sections_of(config, facts, request.duration_s) else "whole"


def denoise(
    model: LoadedModel,
    prompts: Prompts,
    request: TakeRequest,
    facts: RequestFacts,
    plan: Plan,
    given: Given | None = None,
) -> Iterator[Denoised]:
    """The sampler's steps of a completed request, window after window.

    given  what is there of the music already

    Noise is drawn on the CPU: a seed means the same on every device.
    """
    app, objective = model.config.app, model.config.diffusion.objective
    there = None if given is None else given.latents.to(model.device)
    if given is not None and there is not None and given.level <= 0:
        yield Denoised(0, there, plan.latents, there, plan.latents)
        return
    noise = _noise_of(model, request, 0 if given is None else given.number)
    is_free = given is None or (given.level >= 1 and given.keep is None)
    section = section_latents(model.config, facts.prompt) if is_free else 0.0
    patch, opens_alike = model.config.diffusion.dit.patch_size, request.version > 1
    start = returning_noise(noise, plan.made, section, multiple=patch, opens_alike=opens_alike).to(model.device)
    assert request.sampler is not None and request.steps is not None
    sigma_max = None if is_flow(objective) else app.sigma_max
    if given is not None and given.level < 1:
        sigma_max = sigma_at(given.level, objective, highest=app.sigma_max)
    out = torch.empty_like(start)
    known: list[Tensor] = []
    for number, window in enumerate(plan.windows):

        def draw(size: int = window.size) -> Tensor:
            return noise(size).to(model.device)

        after = plan.windows[number + 1].start if number + 1 < len(plan.windows) else window.end
        seen = windows_of([0, plan.latents])[0] if plan.turn else window
        network = _network_of(model, prompts, request, facts, plan, seen, section, given)
        if plan.turn:
            network = running_round(network, plan.lead, plan.latents)
        if given is not None and there is not None and given.keep is not None and not model.config.fills_gaps:
            network = staying(network, there, given.keep.to(model.device), objective, draw)
        trail = Trail(network, slice(after - window.start, window.end - window.start), known)
        steps = sample(
            trail,
            objective,
            start[..., window.seen],
            sampler=request.sampler,
            steps=request.steps,
            draw=draw,
            sigma_min=app.sigma_min,
            sigma_max=sigma_max,
            init_latents=None if given is None or given.level >= 1 else there,
            sigmas=plan.sigmas,
            least_signal=STABLE_AUDIO_3_LEAST_SIGNAL if model.config.is_stable_audio_3 else 0.0,
        )
        inner = slice(window.first - window.start, window.end - window.start)
        for step in steps:
            out[..., window.first : window.end] = step.latents[..., inner]
            ready = window.end if step.index + 1 == request.steps else window.first
            clean = torch.cat((out[..., : window.first], step.denoised[..., inner]), dim=-1)
            yield Denoised(step.index, out, ready, clean, window.end)
        known = trail.left


def _noise_of(model: LoadedModel, request: TakeRequest, number: int) -> Callable[[int], Tensor]:
    """Draws noise of so many latents; from version 2 of a request on, of any length it begins alike.

    number  of a window of a canvas
    """
    generator = torch.Generator().manual_seed(request.seed)
    numbers, channels = itertools.count(DRAWINGS * number), model.autoencoder.latent_dim

    def noise(latents: int) -> Tensor:
        if request.version > 1:
            return laid_noise(request.seed, next(numbers), channels, latents)
        return torch.randn((1, channels, latents), generator=generator)

    return noise


def _network_of(
    model: LoadedModel,
    prompts: Prompts,
    request: TakeRequest,
    facts: RequestFacts,
    plan: Plan,
    window: Window,
    section: float,
    given: Given | None,
) -> Network:
    """What a window is made with: the transformer, steered by the whole request where the window sees it."""
    kept = timing = None
    if given is not None:
        timing = given.timing
        kept = None if given.keep is None else channels_of(given.keep, given.latents).to(model.device)

    def steered(asked: TakeRequest, stated: RequestFacts) -> Network:
        seen = window.seen
        return steer(
            model, prompts, asked, stated, plan.latents, plan.valid, section, seen=seen, timing=timing, kept=kept
        )

    network, arc = steered(request, facts), arc_of(model.config, request.prompt, facts.prompt, request.duration_s)
    if not arc.is_asked or given is not None:
        return network
    calm = replace(request, prompt=calm_prompt(request.prompt))
    elsewhere = steered(calm, replace(facts, prompt=replace(facts.prompt, has_drums=False)))
    rate = model.config.sample_rate / model.autoencoder.downsampling_ratio
    share = [arc.calm_at((n + 0.5) / rate) for n in range(window.start, window.stop)]
    return blended(
        network,
        elsewhere,
        torch.tensor(share, device=model.device),
        low=model.config.app.calm_above,
        objective=model.config.diffusion.objective,
    )


def _windows(model: LoadedModel, request: TakeRequest, latents: int) -> tuple[Window, ...]:
    """Windows that begin where sections do; one for takes without sections."""
    config = model.config
    section = section_latents(config, read_request(request).prompt)
    rate, patch = config.sample_rate / model.autoencoder.downsampling_ratio, config.diffusion.dit.patch_size
    if section <= 0:
        return windows_of([0, latents])
    together = math.ceil(LEAST_WINDOW_S * rate / section)
    starts = section_starts(latents, section, multiple=patch)[:-1:together]
    cuts = [0, *starts[1::SECTIONS], latents]
    if len(cuts) > 2 and cuts[-1] - cuts[-2] < together * section:  # little is left: it joins the one before
        del cuts[-2]
    before, behind = (patch * round(share * together * section / patch) for share in (BEFORE, BEHIND))
    return windows_of(cuts, before=before, behind=behind)
