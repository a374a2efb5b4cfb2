"""A training run in time: how much of its budget is spent, what was lost so far, and a checkpoint that survives a kill.

Runs are budgeted in minutes, not steps: on a machine shared with other work nobody knows how long a step takes.
"""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from musicapp.training import curves, tables

log = logging.getLogger(__name__)

LOSSES, HELD_OUT = "losses.csv", "held_out.csv"


class Run:
    """The clock, the tables, the checkpoint and the batches' random numbers of one training run, resumable.

    folder   where `checkpoint.pt`, `losses.csv`, `held_out.csv` and their picture `losses.svg` go; created when missing
    minutes  the budget; time of earlier, interrupted starts counts
    seed     of `rng`, which all batches are to be drawn with
    rank     of several processes: those but 0 draw other batches and write nothing
    clock    seconds that the budget is counted in: on the wall, or `time.process_time`, so that two runs on a machine
             with other work on it are given the same
    """

    def __init__(
        self,
        folder: Path,
        minutes: float,
        *,
        seed: int = 0,
        rank: int = 0,
        clock: Callable[[], float] = time.monotonic,
        save_every_s: float = 120.0,
        log_every_s: float = 20.0,
    ) -> None:
        self.folder, self.minutes, self.seed, self.rank = folder, minutes, seed, rank
        folder.mkdir(parents=True, exist_ok=True)
        self.step = 0
        self.rng = random.Random(seed)
        self._spent_s = 0.0
        self._clock, self._started = clock, clock()
        self._saved = self._logged = time.monotonic()
        self._save_every_s, self._log_every_s = save_every_s, log_every_s
        self._sums: dict[str, float] = {}
        self._counts: dict[str, int] = {}
        self._taken = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds of training, earlier starts included."""
        return self._spent_s + self._clock() - self._started

    @property
    def fraction(self) -> float:
        """How much of the budget is spent, 0 to 1."""
        return min(1.0, self.elapsed_s / (60 * self.minutes)) if self.minutes > 0 else 1.0

    @property
    def is_over(self) -> bool:
        return self.fraction >= 1

    def learning_rate(
        self, peak: float, *, warmup_steps: int = 100, floor: float = 0.02, fraction: float | None = None
    ) -> float:
        """Linear warm-up by steps, then a half cosine by time down to `floor` of the peak.

        fraction  of the budget, where several processes have agreed on one
        """
        spent = self.fraction if fraction is None else fraction
        cosine = floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * spent))
        return peak * cosine * min(1.0, (self.step + 1) / warmup_steps)

    def note(self, **losses: float) -> None:
        """Count one step and its losses; every while a mean goes to the log and to `losses.csv`.

        Values that are not finite are left out of the means; where there are no others the mean is not a number.
        """
        self.step += 1
        self._taken += 1
        for name, value in losses.items():
            is_number = math.isfinite(value)
            self._sums[name] = self._sums.get(name, 0.0) + (float(value) if is_number else 0.0)
            self._counts[name] = self._counts.get(name, 0) + is_number
        if not self.rank and time.monotonic() - self._logged >= self._log_every_s:
            self._flush()

    def _flush(self) -> None:
        counts = self._counts
        means = {name: total / counts[name] if counts[name] else math.nan for name, total in self._sums.items()}
        took = (time.monotonic() - self._logged) / self._taken
        left = max(0.0, 60 * self.minutes - self.elapsed_s)
        text = "  ".join(f"{name} {value:.4f}" for name, value in means.items())
        log.info("step %d  %s  (%.2f s a step, %.1f min left)", self.step, text, took, left / 60)
        minutes = round(self.elapsed_s / 60, 2)
        tables.append(self.folder / LOSSES, {"step": self.step, "minutes": minutes, **means})
        self._sums, self._counts, self._taken, self._logged = {}, {}, 0, time.monotonic()

    def measured(self, **found: float) -> None:
        """Note what was found on held-out data, for the present step, in `held_out.csv`."""
        tables.append(self.folder / HELD_OUT, {"step": self.step, **found})
        self._draw()

    @property
    def is_time_to_save(self) -> bool:
        return time.monotonic() - self._saved >= self._save_every_s

    def save(self, state: dict[str, Any]) -> None:
        """Write the checkpoint beside the old one, then replace it: a kill at any moment leaves one whole file."""
        if self.rank:
            return
        target = self.folder / "checkpoint.pt"
        beside = target.with_suffix(".new")
        ours = {"step": self.step, "elapsed_s": self.elapsed_s}
        random_states = {"random": torch.get_rng_state(), "batches": self.rng.getstate()}
        torch.save(state | ours | random_states, beside)
        beside.replace(target)
        self._draw()
        self._saved = time.monotonic()

    def resume(self) -> dict[str, Any] | None:
        """The state of an earlier start; None at the first start.

        Clock, step and random numbers are set back to it, so that no batch and no noise comes a second time. Rows of
        the tables behind it are dropped: those steps are taken anew.
        """
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            self._cut_tables()
            self._part_numbers()
            return None
        state: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
        self.step, self._spent_s = state["step"], state["elapsed_s"]
        self._started = self._clock()
        if "random" in state:
            torch.set_rng_state(state["random"])
        else:  # an older checkpoint
            torch.manual_seed(torch.initial_seed() + self.step)
        if "batches" in state:
            self.rng.setstate(state["batches"])
        else:
            self.rng.seed(self.seed + self.step)
        self._cut_tables()
        self._part_numbers()
        log.info("going on at step %d after %.1f minutes", self.step, self._spent_s / 60)
        return state

    def _draw(self) -> None:
        curves.draw(self.folder / "losses.svg", [self.folder / LOSSES, self.folder / HELD_OUT])

    def _part_numbers(self) -> None:
        """Give each further process random numbers of its own, new ones after every start."""
        if self.rank:
            self.rng.seed(f"{self.seed} {self.rank} {self.step}")
            torch.manual_seed(self.rng.getrandbits(63))

    def _cut_tables(self) -> None:
        if self.rank:
            return
        for name in (LOSSES, HELD_OUT):
            tables.cut(self.folder / name, self.step)
