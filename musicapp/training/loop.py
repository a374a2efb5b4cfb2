"""The loop that training stages run in (`tempered` has its own), and what it does about gradients that are not finite.

A stage gives what is its own (`Stage`): networks, how a batch becomes a loss, what is looked at. Clock, learning rates,
backward pass, bound of the gradients, averages, tables, checkpoint and several processes are the same for all.

Gradients that are not finite change no weight: the optimisers do not step and no average follows. Each such step is
counted and told in the log, the column `skipped` of the tables is their share, and their numbers stay out of the means.
After `MOST_SKIPPED` of them in a row waiting will not mend it, and the stage ends with a MusicAppError; no checkpoint
is written meanwhile, so the last one is from before. Several processes skip the same steps: they average first.
"""

from __future__ import annotations

import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from musicapp.errors import MusicAppError
from musicapp.training import sharding
from musicapp.training.distributed import Team
from musicapp.training.progress import Run

log = logging.getLogger(__name__)

MOST_SKIPPED = 20  # steps in a row
OPTIMISERS = ("optimisers", "optimiser")  # names in checkpoints; those of finished models have none


@dataclass(frozen=True, kw_only=True)
class Options:
    """What every stage is told.

    run              folder of its checkpoint, tables and samples
    minutes          the budget, all starts together
    processor_time   whether it is counted in processor time of this process instead of on the wall
    measure_every_s  how often held-out data are measured before the end
    look_again_s     how often shards that grow while training are opened anew
    """

    run: Path
    minutes: float
    processor_time: bool = False
    measure_every_s: float = math.inf
    look_again_s: float = math.inf
    save_every_s: float = 120.0
    seed: int
    device: str = "cpu"


class Learner:
    """Weights that learn by one loss.

    weights     whose gradients are bounded together
    optimisers  of these weights; the learning rates that they are built with are the peaks
    bound       norm of all gradients above which they are scaled down
    after       called after every step that is taken: here averages follow
    """

    def __init__(
        self,
        weights: Iterable[nn.Parameter],
        optimisers: Sequence[Optimizer],
        *,
        bound: float = math.inf,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self.weights, self.optimisers, self.bound, self.after = list(weights), list(optimisers), bound, after
        self._peaks = [[group["lr"] for group in optimiser.param_groups] for optimiser in optimisers]

    def set_rates(self, rate_of: Callable[[float], float]) -> None:
        """Give every group of weights the learning rate that `rate_of` makes of its peak."""
        for optimiser, peaks in zip(self.optimisers, self._peaks, strict=True):
            for group, peak in zip(optimiser.param_groups, peaks, strict=True):
                group["lr"] = rate_of(peak)

    def learn(self, loss: Tensor) -> float:
        """One step, unless the gradients are not finite; gives their norm before it was bounded."""
        self._forget()  # what another loss has left here
        loss.backward()
        norm = float(sharding.whole(nn.utils.clip_grad_norm_(self.weights, self.bound)))
        if math.isfinite(norm):
            for optimiser in self.optimisers:
                optimiser.step()
            self.after()
        self._forget()
        return norm

    def _forget(self) -> None:
        for weight in self.weights:
            weight.grad = None


class Turn(NamedTuple):
    """One learner's part of a step: the loss that it learns by, and what goes into the tables."""

    learner: Learner
    loss: Tensor
    noted: dict[str, Tensor | float]


class Stage(ABC):
    """What is a stage's own. Made, it stands where its checkpoint left it.

    learners  all that learn
    kept      what the checkpoint holds, by name: modules, averages, optimisers, tensors, and lists and dicts of those
    found     the checkpoint's values at this start; empty at the first

    Raises MusicAppError: a checkpoint that lacks something.
    """

    warmup_steps = 100

    def __init__(self, options: Options, team: Team, learners: Sequence[Learner], kept: dict[str, Any]) -> None:
        self.team, self.learners, self._kept = team, learners, kept
        self.measure_every_s, self.look_again_s = options.measure_every_s, options.look_again_s
        self.run = Run(
            options.run,
            options.minutes,
            seed=options.seed,
            rank=team.rank,
            clock=time.process_time if options.processor_time else time.monotonic,
            save_every_s=options.save_every_s,
        )
        self.found = self._resume()

    @abstractmethod
    def turns(self, spent: float) -> Iterator[Turn]:
        """Draw batches and give their losses; what follows a `yield` happens after that turn's step.

        spent  share of the budget, 0 to 1, the same in all processes
        """

    def rate(self, peak: float, spent: float) -> float:
        """The learning rate of the present step."""
        return self.run.learning_rate(peak, warmup_steps=self.warmup_steps, fraction=spent)

    def reopen(self) -> None:
        """Open shards anew that have grown; called where the options' `look_again_s` is not infinite."""
        raise NotImplementedError

    @abstractmethod
    def look(self) -> None:
        """Measure on held-out data and write samples: in the main process, or in all where the weights are spread."""

    def values(self) -> dict[str, Any]:
        """What the checkpoint holds beside `kept`: plain values and tensors that do not change."""
        return {}

    def fits(self, found: dict[str, Any]) -> bool:
        """Whether the optimisers of a checkpoint go on; else they begin anew."""
        return True

    def save(self) -> None:
        """Write the checkpoint."""
        self.run.save({name: _state_of(part) for name, part in self._kept.items()} | self.values())

    def _resume(self) -> dict[str, Any]:
        found = self.run.resume()
        if found is None:
            return {}
        for name, part in self._kept.items():
            if name in OPTIMISERS and not (name in found and self.fits(found)):
                continue
            if name not in found:
                raise MusicAppError(
                    f"The checkpoint in {self.run.folder} holds no “{name}”.",
                    hint="Go on with the options that it was begun with, or choose another work folder.",
                )
            _restore(part, found[name])
        return found


def begin(options: Options) -> Team:
    """Seed torch's random numbers and choose the device: before the networks are built. Raises as `Team` does."""
    torch.manual_seed(options.seed)
    return Team(options.device)


def train(stage: Stage) -> None:
    """Train until the minutes are spent, then save and look. Raises MusicAppError: gradients that stay not finite."""
    _Loop(stage).run()


class _Loop:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.opened = self.measured = stage.run.elapsed_s
        self.skipped = self.in_a_row = 0

    def run(self) -> None:
        stage = self.stage
        while (spent := stage.team.agree(stage.run.fraction)) < 1:
            self._reopen()
            self._step(spent)
            self._between()
        stage.save()
        self._look()
        stage.team.close()

    def _reopen(self) -> None:
        if self.stage.run.elapsed_s - self.opened > self.stage.look_again_s:
            self.stage.reopen()
            self.opened = self.stage.run.elapsed_s

    def _step(self, spent: float) -> None:
        stage = self.stage
        for learner in stage.learners:
            learner.set_rates(lambda peak: stage.rate(peak, spent))
        noted: dict[str, float] = {}
        norms = []
        for turn in stage.turns(spent):
            norms.append(turn.learner.learn(turn.loss))
            noted |= {name: _number(value) for name, value in turn.noted.items()}
        is_skipped = not all(map(math.isfinite, norms))
        stage.run.note(**noted, norm=norms[-1], skipped=is_skipped)
        self._count(is_skipped)

    def _count(self, is_skipped: bool) -> None:
        self.in_a_row = self.in_a_row + 1 if is_skipped else 0
        if not is_skipped:
            return
        self.skipped += 1
        if self.stage.team.is_main:
            step = self.stage.run.step
            log.warning("step %d is skipped: its gradients are not finite (%d so far)", step, self.skipped)
        if self.in_a_row == MOST_SKIPPED:
            raise MusicAppError(
                f"The gradients of {MOST_SKIPPED} steps in a row were not finite.",
                hint=f"Remove {self.stage.run.folder} to begin this stage anew, or put an older checkpoint.pt there; "
                "if it comes again, look for damaged files in the training data.",
            )

    def _between(self) -> None:
        run = self.stage.run
        if not self.in_a_row and self._agreed(run.is_time_to_save):
            self.stage.save()
        if self._agreed(run.elapsed_s - self.measured > self.stage.measure_every_s):
            self.measured = run.elapsed_s
            self._look()

    def _agreed(self, is_time: bool) -> bool:
        """Of processes that hold parts of one model, what the main one's clock says: they must come together."""
        team = self.stage.team
        return bool(team.agree(float(is_time))) if team.is_spread else is_time

    def _look(self) -> None:
        if self.stage.team.is_main or self.stage.team.is_spread:
            self.stage.look()


def _number(value: Tensor | float) -> float:
    return value.item() if isinstance(value, Tensor) else value


def _state_of(part: Any) -> Any:
    if isinstance(part, Tensor):
        return part.detach()
    if isinstance(part, list):
        return [_state_of(one) for one in part]
    if isinstance(part, dict):
        return {name: _state_of(one) for name, one in part.items()}
    return sharding.gathered(part.state_dict())


def _restore(part: Any, state: Any) -> None:
    if isinstance(part, Tensor):
        part.data.copy_(state)
    elif isinstance(part, list):
        for one, saved in zip(part, state, strict=True):
            _restore(one, saved)
    elif isinstance(part, dict):
        for name, one in part.items():
            _restore(one, state[name])
    elif isinstance(part, nn.Module | Optimizer):
        sharding.restore(part, state)
    else:
        part.load_state_dict(state)
