"""Pushes that a prompt asks for: away from drums that it refuses, towards the instruments that it names.

Each is one more call of the transformer in the steps that decide its fact, where the model has a scale for it; which
steps those are is the model's own as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from torch import Tensor

from musicapp.checkpoints.load import LoadedModel
from musicapp.diffusion.guidance import Inputs, Push
from musicapp.diffusion.objectives import Network
from musicapp.engine.looking import Looking
from musicapp.nn.conditioners import Conditioning
from musicapp.nn.timeline import DRUMS, Facts
from musicapp.prompts.instruments import without_instruments


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
    input_concat, app = cond["input_concat"], model.config.app
    if input_concat is None or not app.refusal_scale or facts.has_drums is not False:
        return []
    opposite = {**cond, "input_concat": _with_drums(input_concat)}
    return [Push(_network(model, opposite), app.refusal_scale, low=app.refusal_above)]


def _from_fewer(
    model: LoadedModel, prompt: str, cond: Inputs, conditions_of: Callable[[str], Conditioning]
) -> list[Push]:
    """Away from the same prompt without the instruments that it names; the timeline stays."""
    app, fewer = model.config.app, without_instruments(prompt)
    if not app.instrument_scale or fewer in ("", prompt):
        return []
    found = conditions_of(fewer)
    opposite = {**cond, "cross": found.cross, "global_cond": found.global_cond, "prepend": found.prepend}
    low, high = app.instrument_levels
    return [Push(_network(model, opposite), app.instrument_scale, low, high if high < 1 else math.inf)]


def _network(model: LoadedModel, told: Inputs) -> Network:
    """The transformer that is told this in every step."""
    looking: Callable[..., Tensor] = Looking(model)
    return partial(looking, **told)


def _with_drums(input_concat: Tensor) -> Tensor:
    """A timeline that asks for the drums that it refused."""
    out = input_concat.clone()
    out[:, DRUMS] = input_concat[:, DRUMS].flip(1)
    return out
