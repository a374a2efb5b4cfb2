"""What a take costs by its length: a first look at 30 s, as before training at full length, then up to the longest."""

from __future__ import annotations

import threading
import time
from types import TracebackType

import numpy as np
import psutil

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.audio.levels import to_db
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.form import form_of
from musicapp.evaluation.report import Points, Result, Table, number
from musicapp.evaluation.timing import ending_of
from musicapp.request import format_duration

FIRST_LOOK_S = 30.0
WARM_UP_S = 5.0  # a take before the first that counts
PROMPT = "uplifting house, piano lead, 124 bpm, A minor, with drums"


def measure(bench: Bench) -> Result:
    """Processor time, time and memory of one take of every length, and what the first look says."""
    lengths = sorted({*bench.options.sizes.lengths_s, FIRST_LOOK_S})
    lengths = [length for length in lengths if length <= bench.longest_s]
    bench.takes.fresh(PROMPT, min(WARM_UP_S, bench.longest_s), 1)
    costs = []
    for length in lengths:
        with Cost() as cost:
            sound = bench.takes.fresh(PROMPT, length, 1)
        costs.append({"length_s": length, **cost.figures(), **_first_look(sound, length)})
    slope = _slope([(each["length_s"], each["processor_s"]) for each in costs])
    rows = tuple(
        (
            format_duration(each["length_s"]),
            f"{each['processor_s']:.1f} s",
            f"{each['wall_s']:.1f} s",
            f"{each['peak_mb']:.0f} MB",
            f"{each['early_s']:.2f} s",
            number(each["sections"], 0),
        )
        for each in costs
    )
    return Result(
        {"costs": costs, "exponent": slope},
        table=Table(("length", "processor time", "time", "memory at most", "ends early by", "sections"), rows),
        points=Points(
            "length, s", "processor time, s", {"takes": tuple((e["length_s"], e["processor_s"]) for e in costs)}
        ),
        notes=(f"One take each of “{PROMPT}”. Processor time grows as the length to the power of {number(slope)}.",),
    )


class Cost:
    """Time, processor time and highest memory of this process while it is open."""

    def __enter__(self) -> Cost:
        self._process, self._over = psutil.Process(), threading.Event()
        self._peak = self._process.memory_info().rss
        self._began, self._began_cpu = time.perf_counter(), time.process_time()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._wall_s, self._cpu_s = time.perf_counter() - self._began, time.process_time() - self._began_cpu
        self._over.set()
        self._watcher.join()

    def figures(self) -> dict[str, float]:
        """What was found."""
        return {
            "processor_s": round(self._cpu_s, 3),
            "wall_s": round(self._wall_s, 3),
            "peak_mb": round(self._peak / 1e6, 1),
        }

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self._peak = max(self._peak, self._process.memory_info().rss)


def _first_look(sound: np.ndarray, length_s: float) -> dict[str, float]:
    """Whether there is music at all: its level, its end, its sections."""
    level = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return {
        "level_db": round(float(to_db(level)), 2),
        "early_s": ending_of(sound, length_s).early_s,
        "sections": form_of(sound).sections if len(sound) > 20 * SAMPLE_RATE else 1,
    }


def _slope(costs: list[tuple[float, float]]) -> float | None:
    """The power of the length that the processor time grows with, from 30 s on; None of one length."""
    long = [(length, cost) for length, cost in costs if length >= FIRST_LOOK_S]
    if len(long) < 2:
        return None
    lengths, times = np.log(np.array(long)).T
    return round(float(np.polyfit(lengths, times, 1)[0]), 3)
