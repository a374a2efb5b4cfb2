"""From what the user said to a network that follows it: conditions, guidance, negative prompt."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import torch
from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.diffusion import apg
from musicapp.diffusion.guidance import guided, pushed_away, unconditional, with_negative
from musicapp.diffusion.objectives import Network
from musicapp.engine.pushes import pushes_of
from musicapp.engine.request_facts import RequestFacts
from musicapp.engine.sections import timeline_of_sections
from musicapp.nn.conditioners import Conditioner, Conditioning
from musicapp.nn.timeline import Facts
from musicapp.request import TakeRequest

KEPT_PROMPTS = 32


class Prompts:
    """Encodes prompts and keeps the last few: making another take of the same prompt needs no text encoder.

    device  where the conditions are used; the conditioner itself may lie elsewhere
    """

    def __init__(self, conditioner: Conditioner, device: torch.device) -> None:
        self._conditioner, self._device = conditioner, device
        self._kept: OrderedDict[tuple[str, Facts, float, int], Conditioning] = OrderedDict()

    @torch.inference_mode()
    def encode(self, prompt: str, facts: Facts, duration_s: float, latents: int) -> Conditioning:
        """Conditions of one item, for so many latents: the prompt, what a timeline is told of it, and timing from 0 to
        `duration_s` (arXiv 2404.10301, section 3.2)."""
        key = (prompt, facts, duration_s, latents)
        if key not in self._kept:
            timing = {"seconds_start": 0.0, "seconds_total": duration_s}
            item = {"prompt": prompt, "facts": facts, **timing}
            self._kept[key] = self._conditioner.encode([item], latents).to(self._device)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_PROMPTS:
            self._kept.popitem(last=False)
        return self._kept[key]


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
) -> Network:
    """The transformer bound to the request's prompt, timing, guidance and negative prompt.

    facts    of the request
    latents  that it works on
    valid    `(1, latents)` bool, False on padding; only Stable Audio 3 has any, and it is guided by projection
    section  of a long take in latents, where they return; 0 where they do not
    seen     the latents that it is asked about, where these are not all

    An empty negative prompt is the null condition that the model was trained with, not an encoded empty text.
    """
    scale = request.guidance_scale
    assert scale is not None

    def conditions_of(prompt: str, stated: Facts = facts.prompt) -> Conditioning:
        found = prompts.encode(prompt, stated, request.duration_s, latents)
        multiple = model.config.diffusion.dit.patch_size
        input_concat, null_concat = (
            None if (told := timeline_of_sections(channels, section, multiple=multiple)) is None else told[..., seen]
            for channels in (found.input_concat, found.null_concat)
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
    null = {**unconditional(cond), "global_cond": wanted.null_global, "input_concat": wanted.null_concat}
    if scale != 1.0 and request.negative_prompt:
        unwanted = conditions_of(request.negative_prompt, facts.negative_prompt)
        if unwanted.cross is not None and unwanted.mask is not None:
            null = with_negative(cond, unwanted.cross, unwanted.mask)
            null |= {"global_cond": unwanted.global_cond, "input_concat": unwanted.input_concat}
    if model.config.is_stable_audio_3:
        return apg.guided(model.dit, cond, null, scale)
    objective = model.config.diffusion.objective
    network = guided(model.dit, cond, null, scale, objective=objective)
    pushes = pushes_of(model, request.prompt, facts.prompt, cond, conditions_of)
    return pushed_away(network, pushes, objective=objective) if pushes else network
