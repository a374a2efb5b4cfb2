"""Few steps instead of many: a student that makes in 8 steps, unguided, what the guided teacher makes in 32.

The student is a copy of the teacher, and the noise levels of its few steps are fixed. From noisy music at the start of
one such step the guided teacher walks to the step's end in several short ones; the student learns the one velocity
that leads there. Half of the time the step begins where the student itself arrives from pure noise, so that it learns
to mend its own errors (as in imitation learning, arXiv 1011.0686). Guidance is folded in as in arXiv 2210.03142 and
several steps become one as in progressive distillation (arXiv 2202.00512), in a single round. Chosen before consistency
and adversarial training because it is a plain regression on a fixed teacher: no moving target, no second network to
balance, so little compute cannot upset it.
"""

from __future__ import annotations

import copy
import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from musicapp.diffusion import schedules
from musicapp.diffusion.guidance import guided
from musicapp.nn.conditioners import Conditioner
from musicapp.training import device, loop, samples
from musicapp.training.builtin import autoencoder, diffusion, recipes
from musicapp.training.dataset import SAMPLE_RATE, Shards
from musicapp.training.distributed import Team
from musicapp.training.ema import WeightAverage
from musicapp.training.latents import Statistics, Window, WindowBatches
from musicapp.training.objective import Network
from musicapp.training.progress import Run

log = logging.getLogger(__name__)

STEPS = 8
GUIDANCE_SCALE = 3.0  # of the teacher, folded into the student


@dataclass(frozen=True, kw_only=True)
class DistillOptions(loop.Options):
    """How to distil.

    teacher      run folder of the diffusion stage
    steps        of the student, for which alone it is made
    substeps     of the teacher in each of them
    own_share    of the batches begin where the student's own steps lead; the others in noisy music
    tokens       latents in a batch of one process
    compiled     as in the diffusion stage
    autoencoder  run folder of the first stage, for sample takes; without one there are none
    """

    teacher: Path
    latents: Path
    held_out: Path
    text_encoder: Path
    steps: int = STEPS
    substeps: int = 4
    guidance_scale: float = GUIDANCE_SCALE
    own_share: float = 0.5
    tokens: int = 2500
    compiled: bool = False
    learning_rate: float = 2e-4
    autoencoder: Path | None = None
    seed: int = 4


def levels_of(steps: int, substeps: int) -> Tensor:
    """Noise levels of the teacher's short steps within each long one, `(steps, substeps + 1)`, falling along rows.

    A row ends where the next begins; the first column is where the sampler stands at `steps` steps.
    """
    return schedules.logsnr(steps * substeps).unfold(0, substeps + 1, substeps)


def walk(network: Network, x: Tensor, levels: Tensor) -> Tensor:
    """Euler steps of a rectified flow, each item along its own levels `(batch, n + 1)`; gives x at the last ones."""
    for now, after in zip(levels.T[:-1], levels.T[1:], strict=True):
        x = x + (after - now)[:, None, None] * network(x, now)
    return x


def segment_loss(student: Network, teacher: Network, x: Tensor, levels: Tensor) -> Tensor:
    """Mean squared error of the student's one velocity for a whole step, for each item `(batch,)`.

    x       `(batch, channels, n)`, scaled to unit deviation, at the noise level where the step begins
    levels  `(batch, substeps + 1)`, the step of each item
    """
    first, last = levels[:, 0], levels[:, -1]
    with torch.no_grad():
        target = (walk(teacher, x, levels) - x) / (last - first)[:, None, None]
    return (student(x, first) - target).square().mean(dim=(1, 2))


def train(options: DistillOptions) -> diffusion.Generator:
    """Train until the minutes are spent, going on from the run's checkpoint; gives the averaged student.

    Only the transformer learns: text tower and numbers stay the teacher's.
    """
    stage = _DistillStage(options)
    loop.train(stage)
    return stage.average.module


class _DistillStage(loop.Stage):
    warmup_steps = 50

    def __init__(self, options: DistillOptions) -> None:
        self.options, team = options, loop.begin(options)
        self.teacher, self.student, self.conditioner, self.statistics = student_of(
            options.teacher, options.text_encoder, team, options.compiled
        )
        self.average = WeightAverage(self.student, decay=0.997)
        optimisers = diffusion.optimisers_of(self.student, options.learning_rate)
        after = partial(self.average.step, self.student)
        learner = loop.Learner(self.student.dit.parameters(), optimisers, bound=1.0, after=after)
        kept = {"model": self.student, "average": self.average, "optimisers": optimisers}
        super().__init__(options, team, [learner], kept)
        shards = Shards([options.latents], recipes.RATE)
        self.batches = WindowBatches(shards, self.run.rng, tokens=options.tokens, multiple=diffusion.PATCH)
        self.levels = levels_of(options.steps, options.substeps)
        self.lesson = team.share(_Lesson(self.student))

    def values(self) -> dict[str, Any]:
        return {"statistics": self.statistics._asdict()}

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        latents, teach, cond = self.bound(self.batches.draw(), self.run.rng)
        is_own = self.run.rng.random() < self.options.own_share
        begin = torch.randint(len(self.levels), (1 if is_own else len(latents),)).expand(len(latents))
        chosen, noise = self.levels[begin].to(latents.device), device.noise_like(latents)
        if is_own:
            x = own_way(diffusion.steered(self.student.dit, cond), noise, self.levels, int(begin[0]))
        else:
            x = torch.lerp(latents, noise, chosen[:, :1, None])
        loss = self.lesson(x, chosen, teach, cond)
        yield loop.Turn(self.learners[0], loss, {"loss": loss})

    def bound(self, windows: list[Window], rng: random.Random) -> tuple[Tensor, Network, diffusion.Steering]:
        """The windows' latents, the guided teacher as a function of x and t told their captions, what steers it."""
        latents = self.statistics.normalise(torch.stack([w.latents for w in windows])).to(self.team.place)
        with torch.no_grad():
            metadata = [diffusion.metadata_of(w, rng) for w in windows]
            cond, null = diffusion.steering_of(self.conditioner, metadata, latents.shape[2])
        forward = partial(diffusion.forward, self.teacher.dit)
        teach = guided(forward, cond, null, self.options.guidance_scale, objective="rectified_flow")
        return latents, teach, cond

    def look(self) -> None:
        options, student = self.options, self.average.module
        found = self.compare()
        log.info("distance to the teacher's many steps: %s", "  ".join(f"{k} {v:.3f}" for k, v in found.items()))
        self.run.measured(**found)
        write_takes(self.run, student, self.statistics, options.text_encoder, options.autoencoder, options.steps)

    @torch.no_grad()
    def compare(self) -> dict[str, float]:
        """Root mean square distances of few-step results from the teacher's many-step one, all from the same noise."""
        options, rng = self.options, random.Random("held out")
        shards = Shards([options.held_out], recipes.RATE)
        windows = WindowBatches(shards, rng, tokens=options.tokens, multiple=diffusion.PATCH).draw()
        latents, teach, cond = self.bound(windows, rng)
        noise = device.noise_like(latents, torch.Generator().manual_seed(options.seed))
        few, many = (
            schedules.logsnr(steps).to(noise.device).expand(len(noise), -1)
            for steps in (options.steps, options.steps * options.substeps)
        )
        wanted = walk(teach, noise, many)
        networks = {"student": diffusion.steered(self.average.module.dit, cond), "teacher": teach}
        return {name: float((walk(f, noise, few) - wanted).square().mean().sqrt()) for name, f in networks.items()}


def student_of(
    run: Path, text_encoder: Path, team: Team, compiled: bool
) -> tuple[diffusion.Generator, diffusion.Generator, Conditioner, Statistics]:
    """A finished network that stays as it is, a copy whose transformer learns, and what both are told and see."""
    diffusion.allow_plain_attention()
    teacher, statistics = diffusion.load_average(run, text_encoder)
    teacher.to(team.place)
    conditioner = diffusion.conditioner_around(teacher, text_encoder)
    student = copy.deepcopy(teacher)
    student.dit.requires_grad_(True)
    if compiled:
        for model in (teacher, student):
            diffusion.compile_blocks(model)
    return teacher, student, conditioner, statistics


class _Lesson(nn.Module):
    """A student as a module whose forward is the loss of a batch, for `Team.share`."""

    def __init__(self, student: diffusion.Generator) -> None:
        super().__init__()
        self.student = student

    def forward(self, x: Tensor, levels: Tensor, teach: Network, cond: diffusion.Steering) -> Tensor:
        return segment_loss(diffusion.steered(self.student.dit, cond), teach, x, levels).mean()


@torch.no_grad()
def own_way(student: Network, noise: Tensor, levels: Tensor, steps: int) -> Tensor:
    """Where the student arrives from pure noise after so many of its steps."""
    places = torch.cat((levels[:, 0], levels[-1:, -1])).to(noise.device)
    return walk(student, noise, places[: steps + 1].expand(len(noise), -1))


@torch.inference_mode()
def write_takes(
    run: Run,
    student: diffusion.Generator,
    statistics: Statistics,
    text_encoder: Path,
    autoencoder_run: Path | None,
    steps: int = STEPS,
) -> None:
    """The sample takes of a student, where there is an autoencoder to hear them through."""
    if autoencoder_run is None:
        return
    conditioner = diffusion.conditioner_around(student, text_encoder)
    cond, _ = diffusion.steering_of(conditioner, samples.metadata(), samples.LATENTS)
    network = diffusion.steered(student.dit, cond)
    latents = samples.draw_latents(
        network, "rectified_flow", next(student.parameters()), channels=recipes.LATENT_DIM, steps=steps
    )
    load = partial(autoencoder.load_average, autoencoder_run)
    samples.write_takes(run, statistics.restore(latents.cpu()), load, SAMPLE_RATE)
