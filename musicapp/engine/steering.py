"""From what the user said to a network that follows it: conditions, guidance, negative prompt."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.diffusion import apg
from musicapp.diffusion.guidance import Inputs, Push, guided, pushed_away, unconditional, with_negative
from musicapp.diffusion.noise import beginning_anew, returning
from musicapp.diffusion.objectives import Network
from musicapp.nn.conditioners import Conditioner, Conditioning
from musicapp.nn.timeline import BEATS, DRUMS, WAY
from musicapp.prompts.facts import read_prompt
from musicapp.prompts.instruments import without_instruments
from musicapp.request import TakeRequest

KEPT_PROMPTS = 32
REFUSED_ABOVE = 0.9  # noise level down to which a take is pushed away from refused drums: four of eight steps
INSTRUMENT_LEVELS = 0.4, 0.9  # and between which it is pushed towards the instruments it names: three of eight


class Prompts:
    """Encodes prompts and keeps the last few: making another take of the same prompt needs no text encoder.

    device  where the conditions are used; the conditioner itself may lie elsewhere
    """

    def __init__(self, conditioner: Conditioner, device: torch.device) -> None:
        self._conditioner, self._device = conditioner, device
        self._kept: OrderedDict[tuple[str, float, int], Conditioning] = OrderedDict()

    @torch.inference_mode()
    def encode(self, prompt: str, duration_s: float, latents: int) -> Conditioning:
        """Conditions of one item: the prompt, and timing from 0 to `duration_s` (spec 4.4), for so many latents."""
        key = (prompt, duration_s, latents)
        if key not in self._kept:
            timing: dict[str, str | float] = {"seconds_start": 0.0, "seconds_total": duration_s}
            self._kept[key] = self._conditioner.encode([{"prompt": prompt, **timing}], latents).to(self._device)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_PROMPTS:
            self._kept.popitem(last=False)
        return self._kept[key]


def steer(
    model: LoadedModel,
    prompts: Prompts,
    request: TakeRequest,
    latents: int,
    valid: Tensor | None = None,
    section: float = 0.0,
) -> Network:
    """The transformer bound to the request's prompt, timing, guidance and negative prompt.

    latents  that it works on
    valid    `(1, latents)` bool, False on padding; only Stable Audio 3 has any, and it is guided by projection
    section  of a long take in latents, where they return; 0 where they do not

    An empty negative prompt is the null condition that the model was trained with, not an encoded empty text.
    """
    scale = request.guidance_scale
    assert scale is not None

    def conditions_of(prompt: str) -> Conditioning:
        found = prompts.encode(prompt, request.duration_s, latents)
        input_concat, null_concat = (_returning(x, section, model) for x in (found.input_concat, found.null_concat))
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
        unwanted = conditions_of(request.negative_prompt)
        if unwanted.cross is not None and unwanted.mask is not None:
            null = with_negative(cond, unwanted.cross, unwanted.mask)
            null |= {"global_cond": unwanted.global_cond, "input_concat": unwanted.input_concat}
    if model.config.is_stable_audio_3:
        return apg.guided(model.dit, cond, null, scale)
    objective = model.config.diffusion.objective
    network = guided(model.dit, cond, null, scale, objective=objective)
    pushes = [*_from_drums(model, request.prompt, cond), *_from_fewer(model, request.prompt, cond, conditions_of)]
    return pushed_away(network, pushes, objective=objective) if pushes else network


def _from_drums(model: LoadedModel, prompt: str, cond: Inputs) -> list[Push]:
    """Away from drums that the prompt refuses."""
    input_concat, scale = cond["input_concat"], model.config.app.refusal_scale
    if input_concat is None or not scale or read_prompt(prompt).has_drums is not False:
        return []
    return [Push(partial(model.dit, **{**cond, "input_concat": _with_drums(input_concat)}), scale, low=REFUSED_ABOVE)]


def _from_fewer(
    model: LoadedModel, prompt: str, cond: Inputs, conditions_of: Callable[[str], Conditioning]
) -> list[Push]:
    """Away from the same prompt without the instruments that it names; the timeline stays."""
    scale, fewer = model.config.app.instrument_scale, without_instruments(prompt)
    if not scale or fewer in ("", prompt):
        return []
    found = conditions_of(fewer)
    opposite = {**cond, "cross": found.cross, "global_cond": found.global_cond, "prepend": found.prepend}
    return [Push(partial(model.dit, **opposite), scale, *INSTRUMENT_LEVELS)]


def _with_drums(input_concat: Tensor) -> Tensor:
    """A timeline that asks for the drums that it refused."""
    out = input_concat.clone()
    out[:, DRUMS] = input_concat[:, DRUMS].flip(1)
    return out


def _returning(input_concat: Tensor | None, section: float, model: LoadedModel) -> Tensor | None:
    """A timeline that tells returning sections the same of beat and bars, and of how much of the piece has passed."""
    if input_concat is None or not section:
        return input_concat
    out, multiple = input_concat.clone(), model.config.diffusion.dit.patch_size
    out[:, BEATS] = beginning_anew(input_concat[:, BEATS], section, multiple=multiple)
    out[:, WAY] = returning(input_concat[:, WAY], section, multiple=multiple)
    return out
