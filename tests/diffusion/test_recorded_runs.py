"""Recorded runs of the reference, its clean estimates standing in for the network: no weights needed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from musicapp.diffusion import samplers, sampling
from musicapp.diffusion.sampling import SAMPLERS
from tests.diffusion.laws import replay
from tests.parity import schedules
from tests.parity.golden import Golden

FOLDER = Path(__file__).parents[1] / "reference" / "sat-tiny-runs"
GOLDEN = Golden(FOLDER)
SOLVERS = {
    "dpmpp-3m-sde": samplers.dpmpp_3m_sde,
    "dpmpp-2m-sde": samplers.dpmpp_2m_sde,
    "dpmpp-2m": samplers.dpmpp_2m,
}


@pytest.mark.parametrize("name", GOLDEN.cases)
def test_the_states_on_the_way_are_those_recorded(name):
    case = GOLDEN.cases[name]
    first = case.get("sigma_max", case.get("init_noise_level"))
    sigmas = sampling.schedule("v", case["steps"], sigma_min=case["sigma_min"], sigma_max=first)
    torch.testing.assert_close(sigmas[:-1], GOLDEN[f"{name}.trace_sigma"], atol=0, rtol=1e-6)
    draws = (replay(GOLDEN[f"{name}.step_noise"]),) if SAMPLERS[case["sampler_type"]].draws_noise else ()
    start = {"start": GOLDEN[f"{name}.trace_x"][0]} if "init_audio" in case else {}
    steps = list(
        SOLVERS[case["sampler_type"]](
            replay(GOLDEN[f"{name}.trace_denoised"]), GOLDEN[f"{name}.noise"], sigmas, *draws, **start
        )
    )
    before = torch.stack([step.latents for step in steps[:-1]])
    recorded = GOLDEN[f"{name}.trace_x"][1:]
    largest = recorded.abs().amax(dim=(1, 2, 3))  # states shrink from hundreds to ones: compare each with its own size
    assert ((before - recorded).abs().amax(dim=(1, 2, 3)) / largest).max() < 5e-6
    torch.testing.assert_close(steps[-1].latents, GOLDEN[f"{name}.latents"], atol=0, rtol=0)


@pytest.mark.parametrize("name", [name for name in GOLDEN.described if name.startswith("schedule.")])
def test_schedules_are_those_recorded(name):
    recipe = next(recipe for pattern, recipe in schedules.RECIPES if pattern.fullmatch(name))
    torch.testing.assert_close(recipe(SimpleNamespace(golden=GOLDEN), name), GOLDEN[name], atol=1e-6, rtol=1e-6)
