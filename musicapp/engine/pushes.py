"""Pushes that a prompt asks for: away from drums that it refuses, towards the instruments that it names.

Each is one more call of the transformer in the steps that decide its fact, where the model has a scale for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.diffusion.guidance import Inputs, Push
from musicapp.nn.conditioners import Conditioning
from musicapp.nn.timeline import DRUMS, Facts
from musicapp.prompts.instruments import without_instruments

REFUSED_ABOVE = 0.9  # noise level down to which a take is pushed away from refused drums: four of eight steps
INSTRUMENT_LEVELS = 0.4, 0.9  # and between which it is pushed towards the instruments it names: three of eight


def pushes_of(
    model: LoadedModel, prompt: str, facts: Facts, cond: Inputs, conditions_of: Callable[[str], Conditioning]
) -> list[Push]:
    """All pushes of a take.

    facts          of the prompt
    cond           what the transformer is told of it
    conditions_of  another text with these facts
    """
    return [*_from_drums(model, facts, cond), *_from_fewer(model, prompt, cond, conditions_of)]


def _from_drums(model: LoadedModel, facts: Facts, cond: Inputs) -> list[Push]:
    """Away from drums that the prompt refuses."""
    input_concat, scale = cond["input_concat"], model.config.app.refusal_scale
    if input_concat is None or not scale or facts.has_drums is not False:
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
