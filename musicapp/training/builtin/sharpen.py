"""A student that heeds its prompt more, taught by itself: no music is needed, only captions.

Guidance with opposites in place of the null (arXiv 2207.12598): what the student says of a caption is pushed away from
what it says of the same caption without the lead instrument, or with the opposite said of the drums. That takes two
or three calls a step and is learnt back into one, as guidance was in `distill`: along the student's own way from pure
noise, each of its steps shall be what the unchanged student, so pushed, does there. Drums are refused in styles that
hardly ever go without: the music for it need not exist.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from musicapp.captions.captions import Contrast, write_contrast
from musicapp.composing.composer import compose
from musicapp.composing.instruments import INSTRUMENTS
from musicapp.composing.truth import Truth
from musicapp.diffusion import schedules
from musicapp.nn.conditioners import Conditioner, Metadata
from musicapp.prompts.facts import read_prompt
from musicapp.training import loop
from musicapp.training.builtin import diffusion, recipes
from musicapp.training.builtin.distill import STEPS, student_of, walk, write_takes
from musicapp.training.dataset import HELD_OUT_SEED, draw_duration
from musicapp.training.ema import WeightAverage
from musicapp.training.objective import Network

log = logging.getLogger(__name__)

LONGEST_LATENTS = 690  # of a window; longer pieces are cut
UNDRUMMED = 0.35  # of the pieces with drums are told to be without
HEADROOM = 4  # latents behind the end, as when a take is made


@dataclass(frozen=True, kw_only=True)
class SharpenOptions(loop.Options):
    """How to sharpen.

    student      run folder of the distill stage
    lead         how far to push away from the caption without the lead
    no_drums     how far from the one with drums where they are refused, and `drums` from the one that refuses them
    levels       of the student's steps that are learnt in a step of the training
    compared     batches that the result is measured on
    tokens       latents in a batch of one process
    compiled     as in the diffusion stage
    autoencoder  run folder of the first stage, for sample takes; without one there are none
    """

    student: Path
    text_encoder: Path
    lead: float = 2.5
    no_drums: float = 3.0
    drums: float = 1.0
    levels: int = 4
    compared: int = 8
    tokens: int = 1000
    compiled: bool = False
    learning_rate: float = 1e-4
    autoencoder: Path | None = None
    seed: int = 5


@dataclass(frozen=True)
class Asked:
    """What a batch of windows of `latents` is told: contrasts of captions, and the numbers beside them."""

    contrasts: list[Contrast]
    are_drums_refused: list[bool]
    numbers: list[dict[str, float]]
    latents: int

    def metadata(self, items: list[int], captions: list[str]) -> list[Metadata]:
        return [
            {"prompt": text, "facts": read_prompt(text).played_at(numbers["tempo_bpm"]), **numbers}
            for numbers, text in zip([self.numbers[item] for item in items], captions, strict=True)
        ]


def draw(rng: random.Random, tokens: int) -> Asked:
    """About `tokens` latents of windows of one length: short whole pieces, and cuts of longer ones."""
    total_s = draw_duration(rng)
    whole = round(total_s * recipes.RATE.rows_per_second) + HEADROOM
    latents = min(whole, rng.randint(LONGEST_LATENTS // 2, LONGEST_LATENTS))
    latents += -latents % diffusion.PATCH
    contrasts, refused, numbers = [], [], []
    for _ in range(max(1, tokens // latents)):
        truth = _truth(rng, round(total_s, 2))
        contrasts.append(write_contrast(truth, rng))
        refused.append(not truth.has_drums)
        start_s = rng.randint(0, max(0, whole - latents)) / recipes.RATE.rows_per_second
        numbers.append({"tempo_bpm": truth.tempo_bpm, "seconds_start": start_s, "seconds_total": truth.duration_s})
    return Asked(contrasts, refused, numbers, latents)


def _truth(rng: random.Random, duration_s: float) -> Truth:
    """What a new piece would be; some with drums are said to be without."""
    while True:
        truth = compose(rng.randrange(HELD_OUT_SEED), duration_s=duration_s).truth
        if not INSTRUMENTS[truth.lead].is_drums:
            break
    if truth.has_drums and rng.random() < UNDRUMMED:
        rest = tuple(name for name in truth.instruments if not INSTRUMENTS[name].is_drums)
        return replace(truth, has_drums=False, instruments=rest)
    return truth


class Pushed:
    """The unchanged student, pushed away from the opposites of what it is told: one velocity for x and t."""

    def __init__(
        self, student: diffusion.Generator, conditioner: Conditioner, asked: Asked, options: SharpenOptions
    ) -> None:
        self._student = student
        captions = [contrast.caption for contrast in asked.contrasts]
        every = list(range(len(captions)))
        self.conditioning = diffusion.steering_of(conditioner, asked.metadata(every, captions), asked.latents)[0]
        self._away: list[tuple[Tensor, list[int], diffusion.Steering]] = []
        drums = [options.no_drums if refused else options.drums for refused in asked.are_drums_refused]
        for scales, opposites in (
            ([options.lead] * len(captions), [contrast.without_lead for contrast in asked.contrasts]),
            (drums, [contrast.other_drums for contrast in asked.contrasts]),
        ):
            pairs = [(item, text) for item, text in enumerate(opposites) if text is not None]
            if pairs:
                items = [item for item, _ in pairs]
                conditioning = diffusion.steering_of(
                    conditioner, asked.metadata(items, [text for _, text in pairs]), asked.latents
                )[0]
                self._away.append((torch.tensor(scales)[items, None, None], items, conditioning))

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor) -> Tensor:
        plain = diffusion.forward(self._student.dit, x, t, **self.conditioning)
        out = plain.clone()
        for scales, items, conditioning in self._away:
            out[items] += scales.to(x.device) * (
                plain[items] - diffusion.forward(self._student.dit, x[items], t[items], **conditioning)
            )
        return out


def train(options: SharpenOptions) -> diffusion.Generator:
    """Train until the minutes are spent, going on from the run's checkpoint; gives the averaged student.

    Only the transformer learns, as in `distill`.
    """
    stage = _SharpenStage(options)
    loop.train(stage)
    return stage.average.module


class _SharpenStage(loop.Stage):
    warmup_steps = 20

    def __init__(self, options: SharpenOptions) -> None:
        self.options, team = options, loop.begin(options)
        self.unchanged, self.student, self.conditioner, self.statistics = student_of(
            options.student, options.text_encoder, team, options.compiled
        )
        self.average = WeightAverage(self.student, decay=0.99)
        weights = list(self.student.dit.parameters())
        # Not Muon, as the stages before: its bfloat16 is slow on a CPU that has none, and the change is small.
        optimiser = torch.optim.AdamW(weights, lr=options.learning_rate, betas=(0.9, 0.95), weight_decay=0)
        learner = loop.Learner(weights, [optimiser], bound=1.0, after=partial(self.average.step, self.student))
        kept = {"model": self.student, "average": self.average, "optimiser": optimiser}
        super().__init__(options, team, [learner], kept)
        self.lesson = team.share(_Lesson(self.student))

    def values(self) -> dict[str, Any]:
        return {"statistics": self.statistics._asdict()}

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        rng, options = self.run.rng, self.options
        asked = draw(rng, options.tokens)
        pushed = Pushed(self.unchanged, self.conditioner, asked, options)
        noise = _noise(asked, self.team.place)
        loss = self.lesson(noise, pushed, sorted(rng.sample(range(STEPS), options.levels)))
        yield loop.Turn(self.learners[0], loss, {"loss": loss})

    def look(self) -> None:
        student, options = self.average.module, self.options
        found = _compare(student, self.unchanged, self.conditioner, options)
        log.info("distance to the pushed student: %s", "  ".join(f"{k} {v:.3f}" for k, v in found.items()))
        self.run.measured(**found)
        write_takes(self.run, student, self.statistics, options.text_encoder, options.autoencoder)


class _Lesson(nn.Module):
    """A student as a module whose forward is the loss of a batch, for `Team.share`."""

    def __init__(self, student: diffusion.Generator) -> None:
        super().__init__()
        self.student = student

    def forward(self, noise: Tensor, pushed: Pushed, chosen: list[int]) -> Tensor:
        return lesson_loss(diffusion.steered(self.student.dit, pushed.conditioning), pushed, noise, chosen)


def lesson_loss(student: Network, teacher: Network, noise: Tensor, chosen: Sequence[int]) -> Tensor:
    """Mean squared error of the student's velocity at these of its steps, along its own way from pure noise.

    noise   `(batch, channels, n)`
    chosen  numbers of steps, rising
    """
    levels, x, losses = schedules.logsnr(STEPS), noise, []
    for number in range(chosen[-1] + 1):
        now, after = levels[number], levels[number + 1]
        t = now.expand(len(x)).to(x.device)
        with torch.set_grad_enabled(number in chosen):
            velocity = student(x, t)
        if number in chosen:
            losses.append((velocity - teacher(x, t)).square().mean())
        x = x + float(after - now) * velocity.detach()
    return torch.stack(losses).mean()


def _noise(asked: Asked, place: torch.device, generator: torch.Generator | None = None) -> Tensor:
    """One for each window, drawn on the CPU."""
    return torch.randn(len(asked.contrasts), recipes.LATENT_DIM, asked.latents, generator=generator).to(place)


@torch.no_grad()
def _compare(
    student: diffusion.Generator,
    unchanged: diffusion.Generator,
    conditioner: Conditioner,
    options: SharpenOptions,
) -> dict[str, float]:
    """Root mean square distances from where the pushed student arrives, from the same noise and other captions."""
    rng, generator = random.Random("held out"), torch.Generator().manual_seed(options.seed)
    sums = {"sharpened": 0.0, "before": 0.0}
    for _ in range(options.compared):
        asked = draw(rng, options.tokens)
        pushed = Pushed(unchanged, conditioner, asked, options)
        noise = _noise(asked, next(student.parameters()).device, generator)
        levels = schedules.logsnr(STEPS).to(noise.device).expand(len(noise), -1)
        wanted = walk(pushed, noise, levels)
        for name, model in (("sharpened", student), ("before", unchanged)):
            found = walk(diffusion.steered(model.dit, pushed.conditioning), noise, levels)
            sums[name] += float((found - wanted).square().mean()) / options.compared
    return {name: value**0.5 for name, value in sums.items()}
