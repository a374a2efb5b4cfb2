"""From what the user said to a network that follows it: conditions, guidance, negative prompt."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.diffusion import apg
from musicapp.diffusion.guidance import guided, pushed_away, unconditional, with_negative
from musicapp.diffusion.objectives import Network
from musicapp.engine.looking import Looking
from musicapp.engine.pushes import pushes_of
from musicapp.engine.request_facts import RequestFacts
from musicapp.engine.sections import timeline_of_sections
from musicapp.nn.conditioners import Conditioner, Conditioning
from musicapp.nn.timeline import Facts
from musicapp.request import TakeRequest, guided_levels

KEPT_PROMPTS = 32
LEAST_STEPS = 20  # of the quality "quick"


@dataclass(frozen=True)
class Timing:
    """Where the latents stand in a piece: `start_s` is the first one's time, `total_s` the piece's length."""

    start_s: float
    total_s: float


class Prompts:
    """Encodes prompts and keeps the last few: making another take of the same prompt needs no text encoder.

    device  where the conditions are used; the conditioner itself may lie elsewhere
    """

    def __init__(self, conditioner: Conditioner, device: torch.device) -> None:
        self._conditioner, self._device = conditioner, device
        self._kept: OrderedDict[tuple[str, Facts, Timing, int], Conditioning] = OrderedDict()

    @torch.inference_mode()
    def encode(self, prompt: str, facts: Facts, timing: Timing, latents: int) -> Conditioning:
        """Conditions of one item, for so many latents: the prompt, what a timeline is told of it, and timing
        (arXiv 2404.10301, section 3.2)."""
        key = (prompt, facts, timing, latents)
        if key not in self._kept:
            seconds = {"seconds_start": timing.start_s, "seconds_total": timing.total_s}
            item = {"prompt": prompt, "facts": facts, **seconds}
            self._kept[key] = self._conditioner.encode([item], latents).to(self._device)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_PROMPTS:
            self._kept.popitem(last=False)
        return self._kept[key]


def is_quick(request: TakeRequest) -> bool:
    """Whether a completed request is made with fewer blocks in some steps: short schedules have no steps alike."""
    return request.quality == "quick" and (request.steps or 0) >= LEAST_STEPS


def joins_halves(device: torch.device) -> bool:
    """Whether guidance asks about both of its halves as one batch even where the null half could be asked for less.

    A GPU has room for more rows in a step than one take has. Kernels round by the number of rows: it follows from the
    kind of device alone, so that the same machine gives the same bytes.
    """
    return device.type != "cpu"


def steer(
    model: LoadedModel,
    prompts: Prompts,
    request: TakeRequest,
    facts: RequestFacts,
    latents: int,
    valid: Tensor | None = None,
    section: float = 0.0,
    *,
    seen: slice = slice(None),
    timing: Timing | None = None,
    kept: Tensor | None = None,
) -> Network:
    """The transformer bound to the request's prompt, timing, guidance and negative prompt.

    facts    of the request
    latents  that it works on
    valid    `(1, latents)` bool, False on padding; only Stable Audio 3 has any, and it is guided by projection
    section  of a long take in latents, where they return; 0 where they do not
    seen     the latents that it is asked about, where these are not all
    timing   of the latents; None is all of the take
    kept     `(1, 1 + channels, latents)`, of `inpainting.channels_of`, for models that are told what stays; None is
             nothing

    An empty negative prompt is the null condition that the model was trained with, not an encoded empty text.
    """
    scale, diffusion = request.guidance_scale, model.config.diffusion
    assert scale is not None

    def conditions_of(prompt: str, stated: Facts = facts.prompt) -> Conditioning:
        found = prompts.encode(prompt, stated, timing or Timing(0.0, request.duration_s), latents)
        multiple = model.config.diffusion.dit.patch_size
        input_concat, null_concat = (
            None if (told := timeline_of_sections(channels, section, multiple=multiple)) is None else told[..., seen]
            for channels in (found.input_concat, found.null_concat)
        )
        if kept is not None:
            input_concat, null_concat = (
                _beside(diffusion.input_concat_ids, kept, channels) for channels in (input_concat, null_concat)
            )
        return replace(found, input_concat=input_concat, null_concat=null_concat)

    wanted = conditions_of(request.prompt)
    cond: dict[str, Tensor | None] = {
        "cross": wanted.cross,
        "global_cond": wanted.global_cond,
        "prepend": wanted.prepend,
        "input_concat": wanted.input_concat,
    }
    if valid is not None:
        cond["valid"] = valid.to(model.device)
    if kept is not None and diffusion.local_add_cond_ids:
        cond["local_add"] = _beside(diffusion.local_add_cond_ids, kept, None)
    null = {**unconditional(cond), "global_cond": wanted.null_global, "input_concat": wanted.null_concat}
    if scale != 1.0 and request.negative_prompt:
        unwanted = conditions_of(request.negative_prompt, facts.negative_prompt)
        if unwanted.cross is not None and unwanted.mask is not None:
            null = with_negative(cond, unwanted.cross, unwanted.mask)
            null |= {"global_cond": unwanted.global_cond, "input_concat": unwanted.input_concat}
    looking, interval = Looking(model, is_quick=is_quick(request)), guided_levels(request)
    as_batch = joins_halves(model.device)
    if model.config.is_stable_audio_3:
        return apg.guided(looking, cond, null, scale, interval=interval, as_batch=as_batch)
    objective = model.config.diffusion.objective
    network = guided(looking, cond, null, scale, interval=interval, as_batch=as_batch, objective=objective)
    pushes = pushes_of(model, request.prompt, facts.prompt, cond, conditions_of)
    return pushed_away(network, pushes, objective=objective) if pushes else network


def _beside(ids: Sequence[str], kept: Tensor, others: Tensor | None) -> Tensor | None:
    """What travels beside the latents, in the order of a config's ids: what is kept, by its two names, and others."""
    masks = {"inpaint_mask": kept[:, :1], "inpaint_masked_input": kept[:, 1:]}
    if not masks.keys() & set(ids):
        return others
    parts = [masks.get(name, others) for name in ids]
    return torch.cat([part for part in parts if part is not None], dim=1)
