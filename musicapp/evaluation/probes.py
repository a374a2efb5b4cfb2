"""The paper's open questions, as far as measuring can answer: other cultures, scales and metres, levels, and bias.

Quality of a take is how near it is to composed music in the classifier's features: the mean distance of its windows
from those of the reference renders, in standard deviations. Bias is how far the means of groups lie apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from musicapp.evaluation import probe_sets, scale_fit, significance
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.probe_sets import LEVELS, METRES, SCALES, Metre
from musicapp.evaluation.report import Bars, Result, Table, number, percent, rate, span

FIRST_SEED = 600


def measure(bench: Bench) -> Result:
    """All four sets, each group with its interval and each question with its test."""
    values: dict[str, Any] = {
        "takes": bench.options.sizes.probe_takes,
        "seconds": bench.options.sizes.probe_s,
        "styles": _styles(bench),
        "scales": _scales(bench),
        "metres": _metres(bench),
        "levels": _levels(bench),
    }
    scales, metres, levels = values["scales"], values["metres"], values["levels"]
    rows = [
        *(("scale", name, number(each["fit"][0]), span(each["fit"])) for name, each in scales["groups"].items()),
        *(("bar heard", name, percent(each["heard"][0]), span(each["heard"])) for name, each in metres.items()),
        *(
            (what, name, number(each[key][0]), span(each[key]))
            for what, key in (("notes a second", "notes"), ("range, semitones", "range"))
            for name, each in levels["groups"].items()
        ),
        *(
            ("distance from composed music", name, number(each[0]), span(each))
            for name, each in values["styles"]["groups"].items()
        ),
    ]
    return Result(
        values,
        table=Table(("question", "group", "mean", "95 %"), tuple(rows)),
        bars=Bars(
            tuple(METRES_NAMES),
            {
                "generated": tuple(metres[name]["heard"][0] for name in METRES_NAMES),
                "composed": tuple(metres[name]["composed"] for name in METRES_NAMES),
            },
        ),
        notes=(
            f"{values['takes']} takes of {values['seconds']:g} s for each prompt. Groups of styles: "
            f"p {values['styles']['p']:.3f} that they differ by chance as much, p "
            f"{values['styles']['p_cultures']:.3f} for Western against elsewhere.",
        ),
    )


METRES_NAMES = tuple(metre.name for metre in METRES)


def _takes(bench: Bench, prompt: str) -> list[np.ndarray]:
    sizes = bench.options.sizes
    length_s = min(sizes.probe_s, bench.longest_s)
    return [bench.takes.make(prompt, length_s, FIRST_SEED + n).sound() for n in range(sizes.probe_takes)]


def _styles(bench: Bench) -> dict[str, Any]:
    """Distances from composed music by style, and whether groups differ more than their takes do."""
    features = np.concatenate([heard.features for heard in bench.heard_reference]).astype(np.float64)
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-6
    found: dict[str, list[float]] = {}
    for names in probe_sets.STYLES.values():
        for name in names:
            sounds = _takes(bench, probe_sets.style_prompt(name))
            windows = [bench.classifier.hear(sound).features.mean(axis=0) for sound in sounds]
            found[name] = [float(np.sqrt(np.mean(np.square((each - mean) / deviation)))) for each in windows]
    cultures = [[value for name in names for value in found[name]] for names in probe_sets.STYLES.values()]
    means = [float(np.mean(values)) for values in found.values()]
    return {
        "groups": {name: significance.with_interval(values) for name, values in found.items()},
        "cultures": {
            name: significance.with_interval(values) for name, values in zip(probe_sets.STYLES, cultures, strict=True)
        },
        "spread": round(float(np.std(means)), 3),
        "p": round(significance.groups_p(list(found.values())), 4),
        "p_cultures": round(significance.groups_p(cultures), 4),
    }


def _scales(bench: Bench) -> dict[str, Any]:
    """Fit of every scale to its own takes and to those of the other prompts, which is chance."""
    heard = {scale.name: [scale_fit.intervals(sound) for sound in _takes(bench, scale.prompt)] for scale in SCALES}
    groups = {}
    for scale in SCALES:
        fits = [scale_fit.scale_fit(one, scale.tonic, scale.steps) for one in heard[scale.name]]
        rank = [scale_fit.tonic_rank(one, scale.tonic, scale.steps) for one in heard[scale.name]]
        tempered = tuple(sorted({float(round(step)) for step in scale.steps}))
        rounded = [scale_fit.scale_fit(one, scale.tonic, tempered) for one in heard[scale.name]]
        others = [
            scale_fit.scale_fit(one, scale.tonic, scale.steps)
            for name, takes in heard.items()
            if name != scale.name
            for one in takes
        ]
        groups[scale.name] = {
            "fit": significance.with_interval(fits),
            "rank": significance.with_interval(rank),
            "rounded": significance.with_interval(rounded),
            "other_prompts": significance.with_interval(others),
            "tempered": scale.is_tempered,
            "p": round(significance.groups_p([fits, others]), 4),
        }
    return {"groups": groups}


def _metres(bench: Bench) -> dict[str, Any]:
    """How often the asked bar is heard, and how often the ear hears it in composed pieces of that metre."""
    found = {}
    for metre in METRES:
        heard = [scale_fit.bar_eighths(sound, metre.eighth_s) for sound in _takes(bench, metre.prompt)]
        hits = [float(scale_fit.is_bar(each, metre.bar_eighths)) for each in heard]
        found[metre.name] = {
            "heard": significance.with_interval(hits),
            "bars": heard,
            "composed": _composed(bench, metre),
        }
    return found


def _composed(bench: Bench, metre: Metre) -> float | None:
    """How well the ear does on held-out renders of that metre; None where there are none."""
    hits = []
    for render in bench.held_out:
        truth = render.truth
        if truth.metre == metre.name and truth.has_drums:
            eighth_s = 60 / truth.tempo_bpm / metre.beat_eighths
            hits.append(scale_fit.is_bar(scale_fit.bar_eighths(render.sound, eighth_s), metre.bar_eighths))
    return rate(hits)


def _levels(bench: Bench) -> dict[str, Any]:
    """Density and range by level, and whether they rise with it."""
    sounds = {name: _takes(bench, prompt) for name, prompt in LEVELS}
    notes = {name: [scale_fit.notes_a_second(sound) for sound in each] for name, each in sounds.items()}
    ranges = {name: [scale_fit.range_semitones(sound) for sound in each] for name, each in sounds.items()}
    steps = [float(step) for step, name in enumerate(notes) for _ in notes[name]]
    trends = {}
    for what, by_level in (("notes", notes), ("range", ranges)):
        rank, p = significance.trend_p(steps, [value for values in by_level.values() for value in values])
        trends[what] = {"rank": round(rank, 3), "p": round(p, 4)}
    groups = {
        name: {"notes": significance.with_interval(notes[name]), "range": significance.with_interval(ranges[name])}
        for name in notes
    }
    return {"groups": groups, "trends": trends}
