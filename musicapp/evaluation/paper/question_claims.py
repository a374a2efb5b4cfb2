"""The comparison with a token model, and the paper's open questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from musicapp.evaluation import significance
from musicapp.evaluation.adherence import NAMES
from musicapp.evaluation.paper import drawing
from musicapp.evaluation.paper.findings import (
    CONFIRMED,
    QUALIFIED,
    REFUTED,
    SURE,
    Finding,
    chance_of,
    figure,
    missing,
    with_interval,
)
from musicapp.evaluation.paper.kept import Kept, Measured
from musicapp.evaluation.probe_sets import METRES
from musicapp.evaluation.report import percent
from musicapp.evaluation.scale_fit import is_bar

NOTES = ("notes a second",)
# Figures that both have: part, path, text, whether more is better, how it is shown.
Show = Callable[[float], str]
OFF_COMPOSED = ("attacks",)  # sharper than composed music is no better than softer
COMPARED: tuple[tuple[str, tuple[str, ...], str, bool, Show], ...] = (
    ("structure", ("generated", "formed"), "three sections and a returning motif", True, percent),
    ("structure", ("generated", "motif"), "strength of the best return", True, "{:.2f}".format),
    *(("adherence", ("generated", fact), text, True, percent) for fact, text in NAMES.items()),
    ("distribution", ("frechet_ratio",), "FD, times that of composed music", False, "{:.2f}".format),
    ("distribution", ("kl_generated",), "KL of styles heard", False, "{:.2f}".format),
    ("sound", OFF_COMPOSED, "kurtosis of the treble's flux, off that of composed music", False, percent),
    ("timing", ("told", "within"), "ends within 0.5 s of the request", True, percent),
    ("timing", ("told", "good"), "ends well", True, percent),
)


def rivals(model: Measured, others: dict[str, Measured]) -> Finding:
    """Check 3: long form, latent diffusion against tokens.

    Where another model of this app stands among the others, the verdict is its own against theirs: it may have learnt
    for as long.
    """
    if not others:
        return missing("a baseline: `musicapp train tokens`, then `musicapp evaluate --baseline`")
    names = tuple(others)
    rows, bars = [], []
    for part, path, text, _, show in COMPARED:
        own = _figure(model, part, path)
        theirs = {name: _figure(others[name], part, path) for name in names}
        if own is None or all(value is None for value in theirs.values()):
            continue
        rows.append((text, show(own), *("–" if theirs[name] is None else show(theirs[name]) for name in names)))  # type: ignore[arg-type]
        if show is percent and path is not OFF_COMPOSED:
            bars.append((text, {"this model": (own,), **{name: (theirs[name],) for name in names}}))
    if any("structure" in measured for measured in others.values()):
        counts = (_figure(measured, "structure", ("pieces",)) for measured in (model, *others.values()))
        rows.append(("long pieces looked at for form", *("–" if count is None else f"{count:g}" for count in counts)))
    better, known = _wins(model, others)
    if not known:
        return missing("one part that both were measured by")
    sentence = f"In {better} of {known} measures this model is better than every other one here"
    peers = [name for name in names if not any("--baseline" in kept.command for kept in others[name].values())]
    strangers = {name: others[name] for name in names if name not in peers}
    if peers and strangers:
        better, known = _wins(others[peers[0]], strangers)
        of_form, forms = _wins(others[peers[0]], strangers, part="structure")
        sentence = (
            f"“{peers[0]}”, latent diffusion too, is better than {' and '.join(f'“{name}”' for name in strangers)} in "
            f"{better} of {known} measures, {of_form} of {forms} of form among them. {sentence}"
        )
    return Finding(
        CONFIRMED if better == known else QUALIFIED if better > known / 2 else REFUTED,
        f"{sentence}; below is what each of them had to learn from, which weighs more than the kind of model.",
        ("measure", "this model", *names),
        tuple(rows),
        {"rivals.svg": drawing.bars(bars, ("this model", *names))},
        {"rivals.svg": "Shares that they were measured by"},
    )


def _wins(ours: Measured, others: dict[str, Measured], *, part: str = "") -> tuple[int, int]:
    """In how many measures a model is better than all others, and how many both were measured by; of a part or all."""
    better = known = 0
    for name, path, _, more, _ in COMPARED:
        own = _figure(ours, name, path)
        theirs = [value for each in others.values() if (value := _figure(each, name, path)) is not None]
        if own is None or not theirs or (part and name != part):
            continue
        known += 1
        better += own > max(theirs) if more else own < min(theirs)
    return better, known


def scales(model: Measured, _: dict[str, Measured]) -> Finding:
    """Open question: scales."""
    groups: dict[str, dict[str, Any]] = model["probes"].values["scales"]["groups"]
    good = {name: each["p"] < SURE and each["fit"][0] > each["other_prompts"][0] for name, each in groups.items()}
    tempered = [name for name, each in groups.items() if each["tempered"]]
    others = [name for name in groups if name not in tempered]
    bars = [(name, {"asked": each["fit"], "other prompts": each["other_prompts"]}) for name, each in groups.items()]
    rows = tuple(
        (
            name,
            with_interval(each["fit"]),
            with_interval(each["rounded"]),
            with_interval(each["other_prompts"]),
            percent(each["rank"][0]),
            chance_of(each["p"]),
        )
        for name, each in groups.items()
    )
    hits = [sum(good[name] for name in names) for names in (tempered, others)]
    ranks = [groups[name]["rank"][0] for name in groups]
    nearer = [name for name in others if groups[name]["fit"][0] > groups[name]["rounded"][0]]
    return Finding(
        QUALIFIED if any(good.values()) else REFUTED,
        f"Scales of tempered semitones fit their own takes better than others' in {hits[0]} of {len(tempered)} "
        f"cases, scales with steps between them in {hits[1]} of {len(others)}; of those, {len(nearer)} lie nearer to "
        "the steps between than to the tempered ones. On the asked tonic a scale fits better than on "
        f"{percent(sum(ranks) / len(ranks))} of the others (chance 50 %). The built-in model has learnt tempered "
        "music.",
        ("scale", "fit (95 %)", "rounded to semitones", "takes of other prompts", "tonics that fit worse", "p"),
        rows,
        {"scales.svg": drawing.bars(bars, ("asked", "other prompts"))},
        {"scales.svg": "Fit of a scale: 0 is chance, 1 is all strong partials on its steps"},
    )


def metres(model: Measured, _: dict[str, Measured]) -> Finding:
    """Open question: metres."""
    groups: dict[str, dict[str, Any]] = model["probes"].values["metres"]
    rows, bars, told_apart = [], [], []
    for metre in METRES:
        each = groups[metre.name]
        own = [float(is_bar(bar, metre.bar_eighths)) for bar in each["bars"]]
        others = [
            float(is_bar(bar, metre.bar_eighths))
            for name in groups
            if name != metre.name
            for bar in groups[name]["bars"]
        ]
        p, chance = significance.groups_p([own, others]), sum(others) / len(others)
        if p < SURE and each["heard"][0] > chance:
            told_apart.append(metre.name)
        heard = with_interval(each["heard"], scale=100, digits=0, unit=" %")
        told = ", ".join(str(bar) for bar in each["bars"])
        rows.append((metre.name, heard, percent(chance), chance_of(p), percent(each["composed"]), told))
        bars.append((metre.name, {"generated": each["heard"], "other metres asked": (chance,)}))
    return Finding(
        CONFIRMED if len(told_apart) == len(rows) else QUALIFIED if told_apart else REFUTED,
        f"In {len(told_apart)} of {len(rows)} metres the asked bar is heard beyond chance more often than in takes for "
        "which another was asked. An even beat repeats at many lengths, so those takes are the chance.",
        ("metre", "bar heard (95 %)", "where another was asked", "p", "in composed pieces", "bars heard, in eighths"),
        tuple(rows),
        {"metres.svg": drawing.bars(bars, ("generated", "other metres asked"))},
        {"metres.svg": "Share of takes whose onsets repeat at the asked bar"},
    )


def levels(model: Measured, _: dict[str, Measured]) -> Finding:
    """Open question: levels of difficulty."""
    found = model["probes"].values["levels"]
    notes, spread = found["trends"]["notes"], found["trends"]["range"]
    rises = [trend["rank"] > 0 and trend["p"] < SURE for trend in (notes, spread)]
    return Finding(
        CONFIRMED if all(rises) else QUALIFIED if any(rises) else REFUTED,
        f"From beginner to virtuoso the rank correlation of notes a second is {notes['rank']:+.2f} (p "
        f"{chance_of(notes['p'])}), that of the range {spread['rank']:+.2f} (p {chance_of(spread['p'])}).",
        ("level", "notes a second (95 %)", "range, semitones (95 %)"),
        tuple(
            (name, with_interval(each["notes"]), with_interval(each["range"], digits=1))
            for name, each in found["groups"].items()
        ),
        {"levels.svg": drawing.bars([(n, {"notes a second": e["notes"]}) for n, e in found["groups"].items()], NOTES)},
        {"levels.svg": "Notes a second by level, mean and 95 %"},
    )


def bias(model: Measured, _: dict[str, Measured]) -> Finding:
    """Open question: bias as spread of quality."""
    found = model["probes"].values["styles"]
    rows = tuple((name, with_interval(each)) for name, each in (found["groups"] | found["cultures"]).items())
    unlike = found["p_cultures"] < SURE
    first, second = found["cultures"].items()
    return Finding(
        QUALIFIED if unlike or found["p"] < SURE else CONFIRMED,
        f"Styles differ in their distance from composed music {'beyond' if found['p'] < SURE else 'within'} chance (p "
        f"{chance_of(found['p'])}, deviation of their means {found['spread']:.2f}); {first[0]} {first[1][0]:.2f} and "
        f"{second[0]} {second[1][0]:.2f} {'differ' if unlike else 'do not differ'} beyond chance (p "
        f"{chance_of(found['p_cultures'])}). Nearness to the composer's music is no nearness to a culture.",
        ("group", "distance from composed music (95 %)"),
        rows,
        {
            "bias.svg": drawing.bars(
                [(name, {"distance": each}) for name, each in found["groups"].items()], ("distance",)
            )
        },
        {"bias.svg": "Distance of each style from composed music, in standard deviations of the listener's features"},
    )


def _figure(measured: Measured, part: str, path: tuple[str, ...]) -> float | None:
    kept: Kept | None = measured.get(part)
    if kept is None:
        return None
    if path is not OFF_COMPOSED:
        found: float | None = figure(kept.values, *path)
        return found
    made, composed = (figure(kept.values, name, *path) for name in ("generated", "renders"))
    return abs(made / composed - 1) if made is not None and composed else None
