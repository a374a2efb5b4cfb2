"""Recorded sampling runs: noises, every state on the way, final latents, decoded audio."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from musicapp.diffusion import schedules
from musicapp.diffusion.objectives import is_flow
from musicapp.diffusion.samplers import Draw
from musicapp.diffusion.sampling import SAMPLERS, sample
from musicapp.diffusion.starts import exploding_start, flow_start
from tests.parity import brownian, inpainting
from tests.parity.bench import Answer, Bench, Mark, Recipe
from tests.parity.golden import number_after

# Solvers and procedures of older releases that the product does not have.
NOT_OFFERED = re.compile(r"(k-)?(heun|lms|dpm-2|dpmpp-2s-ancestral|dpm-fast)|v-ddim.*|rk4")
REPORTS_STATE_AFTER_THE_STEP = {"euler"}  # all other recorded solvers report the state before it


@dataclass(frozen=True)
class Run:
    """A sampling run redone: the state before and after each step, the clean estimates, the noise levels."""

    before: Tensor
    after: Tensor
    denoised: Tensor
    sigmas: Tensor

    @property
    def latents(self) -> Tensor:
        return self.after[-1]


def of_case(bench: Bench, name: str) -> Answer:
    """Any tensor of a described case."""
    golden, case = bench.golden, bench.golden.case_of(name)
    assert case is not None
    what, sampler = name.removeprefix(case + "."), golden.cases[case]["sampler_type"]
    if NOT_OFFERED.fullmatch(sampler):
        return Mark.NOT_OFFERED
    if what == "noise":
        return seeded(golden.cases[case]["seed"], golden[name]) if "seed" in golden.cases[case] else Mark.INPUT
    if re.fullmatch(r"step_noise|encode_noise(_init_audio|_inpaint_audio)?", what):
        return Mark.INPUT
    run = _run_of(bench, case)
    if what == "latents":
        return run.latents
    if what == "audio":
        return bench.model.autoencoder.decode(run.latents)
    if what == "trace_x":
        return run.after if sampler in REPORTS_STATE_AFTER_THE_STEP else run.before
    if what == "trace_denoised":
        return run.denoised
    if what in ("trace_sigma", "trace_t"):
        return run.sigmas
    raise LookupError(f"nobody knows what “{what}” of a run is")


def direct(bench: Bench, name: str) -> Answer:
    """`direct.<sampler>.*`: a flow sampler on even steps, shifted for the length as the model was trained."""
    golden, sampler, what = bench.golden, name.split(".")[1], name.split(".")[2]
    if sampler not in SAMPLERS:
        return Mark.NOT_OFFERED
    if what in ("noise", "step_noise"):
        return Mark.INPUT
    text, noise = golden.what(name), golden[f"direct.{sampler}.noise"]
    steps, scale = number_after("steps", text), number_after("cfg_scale|cfg", text)
    assert steps is not None and scale is not None, f"no steps and cfg in {text!r}"
    sigmas = schedules.shift(schedules.linear(int(steps)), noise.shape[-1], bench.shift_options)
    case = {"sampler_type": sampler, "steps": int(steps), "cfg_scale": scale}
    return _run(bench, case, f"direct.{sampler}", negative=False, sigmas=sigmas).latents


def _run_of(bench: Bench, case: str) -> Run:
    if case not in bench.runs:
        settings = bench.golden.cases[case]
        bench.runs[case] = _run(bench, settings, case, negative=_is_negative(case, settings))
    return bench.runs[case]


def _run(bench: Bench, case: dict[str, Any], name: str, *, negative: bool, sigmas: Tensor | None = None) -> Run:
    golden = bench.golden
    noise = golden[f"{name}.noise"]
    network = bench.network(
        {**bench.inputs(noise.shape[0]), **inpainting.beside(bench, name, case)},
        scale=float(case.get("cfg_scale", golden.settings.get("cfg", 1.0))),
        negative=negative,
        rescale=float(case.get("scale_phi", 0.0)),
        interval=tuple(case.get("cfg_interval", (0.0, 1.0))),
    )
    init = None
    sigma_max = case.get("sigma_max")
    if "init_audio" in case:
        init, sigma_max = _init_latents(bench, name, noise), case["init_noise_level"]
    steps = list(
        sample(
            network,
            bench.objective,
            noise,
            sampler=case["sampler_type"],
            steps=int(case.get("steps", golden.settings.get("steps", 0))),
            draw=_draw(bench, name, case),
            sigma_min=float(case.get("sigma_min", 0.3)),
            sigma_max=None if sigma_max is None else float(sigma_max),
            rho=float(case.get("rho", 1.0)),
            init_latents=init,
            sigmas=sigmas,
        )
    )
    start = (flow_start if is_flow(bench.objective) else exploding_start)(noise, steps[0].sigma, init)
    after = [step.latents for step in steps]
    return Run(
        before=torch.stack([start, *after[:-1]]),
        after=torch.stack(after),
        denoised=torch.stack([step.denoised for step in steps]),
        sigmas=torch.tensor([step.sigma for step in steps]),
    )


def _is_negative(case: str, settings: dict[str, Any]) -> bool:
    """Whether a run steers away from the negative prompt: told by a flag, or only in its name or note."""
    return bool(settings.get("negative", "negative" in case or "negative" in settings.get("note", "")))


def _init_latents(bench: Bench, case: str, noise: Tensor) -> Tensor:
    """The start audio as latents: cut or filled with silence to the window, sampled with the recorded noise."""
    golden = bench.golden
    audio = golden.first(f"{case}.audio_in", f"{case.split('.')[0]}.audio", "audio")
    frames = noise.shape[-1] * bench.model.autoencoder.downsampling_ratio
    audio = F.pad(audio[..., :frames], (0, max(frames - audio.shape[-1], 0))).reshape(-1, audio.shape[-2], frames)
    return bench.model.autoencoder.encode(
        audio, golden.first(f"{case}.encode_noise", f"{case}.encode_noise_init_audio")
    )


def _draw(bench: Bench, name: str, case: dict[str, Any]) -> Draw:
    """The step noise: as recorded, or drawn again as the reference draws it, after all other noise of the run."""
    golden = bench.golden
    if f"{name}.step_noise" in golden:
        return replay(golden[f"{name}.step_noise"])
    if "seed" not in case or not SAMPLERS[case["sampler_type"]].draws_noise or is_flow(bench.objective):
        return nothing_recorded
    noise, generator = golden[f"{name}.noise"], torch.Generator().manual_seed(case["seed"])
    torch.randn(noise.shape, generator=generator)
    if f"{name}.encode_noise_inpaint_audio" in golden:
        torch.randn(noise.shape, generator=generator)
    return brownian.draw(noise.shape, case, int(torch.randint(0, 2**63 - 1, (), generator=generator)))


def seeded(seed: int, like: Tensor) -> Tensor:
    """The noise that this seed gives on the CPU: how a take's noise is drawn, too."""
    return torch.randn(like.shape, generator=torch.Generator().manual_seed(seed))


def replay(recorded: Tensor) -> Draw:
    counter = itertools.count()
    return lambda: recorded[next(counter)]


def nothing_recorded() -> Tensor:
    raise LookupError("the sampler draws noise, but none is recorded")


RECIPES: list[tuple[re.Pattern[str], Recipe]] = [
    (re.compile(r"(a2a\.)?audio"), lambda bench, name: Mark.INPUT),
    (re.compile(r"maskinpaint\..*"), lambda bench, name: Mark.NOT_OFFERED),
    (re.compile(r"direct\.\w+\.(latents|noise|step_noise)"), direct),
]
