"""Whether music ends when it was asked to: for several lengths, with the timing told and with it withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from musicapp.analysis.listening import SAMPLE_RATE, end_of_sound_s
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.report import Player, Points, Result, Table, number, percent, rate
from musicapp.request import format_duration

WITHIN_S = 0.5
UNTIMED_UP_TO_S = 30.0  # withheld timing costs the same time again, so it is tried on short takes
_CUT_DB, _CLICK_DB = -30.0, -34.0  # against the loudest moments


@dataclass(frozen=True)
class Ending:
    """How one take ends. early_s: how long before the requested end the last sound is."""

    requested_s: float
    early_s: float
    is_cut: bool
    clicks: bool

    @property
    def is_good(self) -> bool:
        return self.early_s <= WITHIN_S and not self.is_cut and not self.clicks


def measure(bench: Bench) -> Result:
    """Ends of takes of every length that the model makes."""
    lengths = [length for length in bench.options.sizes.lengths_s if length <= bench.longest_s]
    told = {length: _endings(bench, length) for length in lengths}
    withheld = {
        length: _endings(bench, length, told_s=bench.longest_s) for length in lengths if length <= UNTIMED_UP_TO_S
    }
    all_told = [ending for endings in told.values() for ending in endings]
    all_withheld = [ending for endings in withheld.values() for ending in endings]
    rows = [_row(format_duration(length), endings) for length, endings in told.items()]
    rows.append(_row("all", all_told))
    rows += [_row(f"{format_duration(length)}, timing withheld", endings) for length, endings in withheld.items()]
    seconds = bench.options.sizes.seconds
    renders = [ending_of(render.sound, seconds) for render in bench.held_out]
    rows.append(_row(f"{format_duration(seconds)}, real renders", renders))
    return Result(
        {
            "told": _summary(all_told),
            "withheld": _summary(all_withheld),
            "renders": _summary(renders),
            "by_length": {f"{length:g}": _summary(endings) for length, endings in told.items()},
            "wanted_within": 0.95,
        },
        table=Table(
            ("requested", "takes", "ends within 0.5 s", "median early by", "cut off", "clicks", "ends well"),
            tuple(rows),
        ),
        points=Points(
            "requested, s",
            "end of the music, s",
            {
                name: tuple((e.requested_s, round(e.requested_s - e.early_s, 2)) for e in endings)
                for name, endings in (("timing told", all_told), ("timing withheld", all_withheld))
            },
        ),
        players=tuple(_players(bench, lengths)),
        notes=(
            "The end is the last moment above 40 dB below the peak. Cut off: the last 30 ms are louder than 30 dB "
            "below the loudest moments. Ends well: within 0.5 s, neither cut off nor with a click. Withheld: the model "
            "is told its longest length whatever is asked for.",
        ),
    )


def ending_of(sound: np.ndarray, requested_s: float) -> Ending:
    """How `(frames, 2)` ends."""
    level = np.abs(sound).max(axis=1)
    loud = float(np.percentile(_rms(sound, round(0.03 * SAMPLE_RATE)), 95)) + 1e-9
    last = float(np.sqrt(np.mean(np.square(sound[-round(0.03 * SAMPLE_RATE) :], dtype=np.float64))))
    return Ending(
        requested_s=requested_s,
        early_s=round(requested_s - end_of_sound_s(sound), 3),
        is_cut=last > loud * 10 ** (_CUT_DB / 20),
        clicks=float(level[-4:].max()) > loud * 10 ** (_CLICK_DB / 20) or _has_click(sound[-SAMPLE_RATE:], loud),
    )


def _has_click(sound: np.ndarray, loud: float) -> bool:
    """Whether a single sample jumps where everything around it moves little."""
    jumps = np.abs(np.diff(sound, axis=0)).max(axis=1)
    if len(jumps) < 2000:
        return False
    around = np.convolve(jumps, np.ones(441) / 441, "same")
    return bool(((jumps > 25 * around) & (jumps > 0.1 * loud)).any())


def _endings(bench: Bench, length_s: float, *, told_s: float | None = None) -> list[Ending]:
    prompts = [wish.prompt for wish in bench.wishes[: bench.options.sizes.takes_per_length]]
    return [
        ending_of(bench.takes.make(prompt, length_s, 100 + index, told_s=told_s).sound(), length_s)
        for index, prompt in enumerate(prompts)
    ]


def _summary(endings: Sequence[Ending]) -> dict[str, float | None]:
    return {
        "takes": len(endings),
        "within": rate([ending.early_s <= WITHIN_S for ending in endings]),
        "early_s": round(float(np.median([ending.early_s for ending in endings])), 2) if endings else None,
        "cut": rate([ending.is_cut for ending in endings]),
        "clicks": rate([ending.clicks for ending in endings]),
        "good": rate([ending.is_good for ending in endings]),
    }


def _row(name: str, endings: Sequence[Ending]) -> tuple[str, ...]:
    found = _summary(endings)
    return (
        name,
        str(len(endings)),
        percent(found["within"]),
        f"{number(found['early_s'])} s",
        percent(found["cut"]),
        percent(found["clicks"]),
        percent(found["good"]),
    )


def _players(bench: Bench, lengths: Sequence[float]) -> list[Player]:
    if not bench.wishes:
        return []
    prompt = bench.wishes[0].prompt
    return [
        bench.player(bench.takes.make(prompt, length, 100), f"{format_duration(length)}: {prompt}")
        for length in lengths
    ]


def _rms(sound: np.ndarray, size: int) -> np.ndarray:
    whole = max(len(sound) // size, 1) * size
    blocks = np.resize(sound, (whole, sound.shape[1])).reshape(-1, size * sound.shape[1])
    return np.sqrt(np.mean(np.square(blocks, dtype=np.float64), axis=1))
