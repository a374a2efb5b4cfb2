"""With and without timing conditioning: the same prompts and seeds, told how long the piece is and not.

Without: the model is told its longest length whatever is asked for, and at that length that the piece goes on to the
end of what its numbers know. So it never learns where the end is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.audio.loudness import loudness_range_lu
from musicapp.evaluation import significance
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.form import form_of
from musicapp.evaluation.prompts import wish_for
from musicapp.evaluation.report import Points, Result, Table, number, percent
from musicapp.evaluation.structure import WANTED_SECTIONS
from musicapp.evaluation.timing import WITHIN_S, ending_of
from musicapp.request import format_duration

ENDLESS_S = 512.0  # where the seconds of the paper's conditions end
PROMPTS_FROM = 1000  # number of the first wish: other wordings than elsewhere
MEASURES = {
    "ends": f"ends within {WITHIN_S:g} s",
    "early_s": "silent before the end, s",
    "good": "ends well",
    "sections": "distinct sections",
    "formed": "three sections and a returning motif",
    "motif": "strength of the best return",
    "range_lu": "loudness range, LU",
}
Figures = dict[str, float]


def measure(bench: Bench) -> Result:
    """Every measure for each length, both ways, with intervals over seeds and a paired test."""
    sizes = bench.options.sizes
    prompts = [wish_for(render.truth, PROMPTS_FROM + n).prompt for n, render in enumerate(bench.held_out)]
    found: dict[str, dict[str, list[Figures]]] = {}
    for length in [length for length in sizes.withheld_s if length <= bench.longest_s]:
        wrong_s = bench.longest_s if length < bench.longest_s else ENDLESS_S
        takes: dict[str, list[Figures]] = {"told": [], "withheld": []}
        for number_ in range(sizes.withheld_takes):
            prompt = prompts[number_ % len(prompts)]
            for name, told_s in (("told", None), ("withheld", wrong_s)):
                take = bench.takes.make(prompt, length, 400 + number_, told_s=told_s)
                takes[name].append(figures_of(take.sound(), length))
        found[f"{length:g}"] = takes
    values: dict[str, Any] = {
        "takes": sizes.withheld_takes,
        "lengths": {length: _compared(takes) for length, takes in found.items()},
        "all": _compared({name: [each for takes in found.values() for each in takes[name]] for name in MODES}),
    }
    rows = tuple(
        (format_duration(float(length)), text, *_cells(name, compared[name]))
        for length, compared in values["lengths"].items()
        for name, text in MEASURES.items()
    )
    return Result(
        values,
        table=Table(("length", "measure", "timing told", "withheld", "p"), rows),
        points=Points(
            "requested, s",
            "end of the music, s",
            {
                f"timing {name}": tuple(
                    (float(length), round(float(length) - each["early_s"], 2))
                    for length, takes in found.items()
                    for each in takes[name]
                )
                for name in MODES
            },
        ),
        notes=(
            f"{sizes.withheld_takes} takes of each length, the same prompts and seeds both ways. Intervals of 95 % by "
            "bootstrap over takes; p by exchanging the two takes of a pair.",
        ),
    )


MODES = ("told", "withheld")


def figures_of(sound: np.ndarray, length_s: float) -> Figures:
    """What one take is like."""
    ending, form = ending_of(sound, length_s), form_of(sound)
    loudness = loudness_range_lu(sound, SAMPLE_RATE)
    return {
        "ends": float(ending.early_s <= WITHIN_S),
        "early_s": ending.early_s,
        "good": float(ending.is_good),
        "sections": float(form.sections),
        "formed": float(form.sections >= WANTED_SECTIONS and form.returns),
        "motif": round(form.motif, 3),
        "range_lu": round(float(loudness), 2) if np.isfinite(loudness) else 0.0,
    }


def _compared(takes: dict[str, list[Figures]]) -> dict[str, dict[str, Any]]:
    """For each measure both means with intervals, and how sure their difference is."""
    compared: dict[str, dict[str, Any]] = {}
    for name in MEASURES:
        both = {mode: [each[name] for each in takes[mode]] for mode in MODES}
        compared[name] = {
            **{mode: significance.with_interval(values) for mode, values in both.items()},
            "p": round(significance.paired_p(both["told"], both["withheld"]), 4),
        }
    return compared


def _cells(name: str, compared: dict[str, Any]) -> tuple[str, str, str]:
    show = percent if name in ("ends", "good", "formed") else number
    spans = [tuple(map(show, compared[mode])) for mode in MODES]
    told, withheld = (f"{middle} ({low} to {high})" for middle, low, high in spans)
    return told, withheld, f"{compared['p']:.3f}"
