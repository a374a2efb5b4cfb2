"""The comparison with a token model, and the paper's open questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from musicapp.evaluation.adherence import NAMES
from musicapp.evaluation.paper import drawing
from musicapp.evaluation.paper.findings import (
    CONFIRMED,
    QUALIFIED,
    REFUTED,
    Finding,
    figure,
    missing,
    share,
    with_interval,
)
from musicapp.evaluation.paper.kept import Kept, Measured

SURE = 0.05
NOTES = ("notes a second",)
# Figures that both have: part, path, text, whether more is better, how it is shown.
Show = Callable[[float], str]
COMPARED: tuple[tuple[str, tuple[str, ...], str, bool, Show], ...] = (
    ("structure", ("generated", "formed"), "three sections and a returning motif", True, share),
    ("structure", ("generated", "motif"), "strength of the best return", True, "{:.2f}".format),
    *(("adherence", ("generated", fact), text, True, share) for fact, text in NAMES.items()),
    ("distribution", ("frechet_ratio",), "FD, times that of composed music", False, "{:.2f}".format),
    ("distribution", ("kl_generated",), "KL of styles heard", False, "{:.2f}".format),
    ("sound", ("generated", "attacks"), "kurtosis of the treble's flux", True, "{:.1f}".format),
    ("timing", ("told", "within"), "ends within 0.5 s of the request", True, share),
    ("timing", ("told", "good"), "ends well", True, share),
)


def rivals(model: Measured, others: dict[str, Measured]) -> Finding:
    """Check 3: long form, latent diffusion against tokens."""
    if not others:
        return missing("a baseline: `musicapp train tokens`, then `musicapp evaluate --baseline`")
    names = tuple(others)
    rows, better, known, bars = [], 0, 0, []
    for part, path, text, more, show in COMPARED:
        own = _figure(model, part, path)
        theirs = {name: _figure(others[name], part, path) for name in names}
        if own is None or all(value is None for value in theirs.values()):
            continue
        rows.append((text, show(own), *("–" if theirs[name] is None else show(theirs[name]) for name in names)))  # type: ignore[arg-type]
        best = (max if more else min)(value for value in theirs.values() if value is not None)
        known += 1
        better += own > best if more else own < best
        if show is share:
            bars.append((text, {"this model": (own,), **{name: (theirs[name],) for name in names}}))
    if not known:
        return missing("one part that both were measured by")
    return Finding(
        CONFIRMED if better == known else QUALIFIED if better > known / 2 else REFUTED,
        f"In {better} of {known} measures this model is better than the best token model; below is what each of them "
        "had to learn from, which weighs more than the kind of model.",
        ("measure", "this model", *names),
        tuple(rows),
        {"rivals.svg": drawing.bars(bars, ("this model", *names))},
        {"rivals.svg": "Shares that both were measured by"},
    )


def scales(model: Measured, _: dict[str, Measured]) -> Finding:
    """Open question: scales."""
    if "probes" not in model:
        return missing("the part `probes`")
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
            share(each["rank"][0]),
            f"{each['p']:.3f}",
        )
        for name, each in groups.items()
    )
    hits = [sum(good[name] for name in names) for names in (tempered, others)]
    nearer = [name for name in others if groups[name]["fit"][0] > groups[name]["rounded"][0]]
    return Finding(
        QUALIFIED if any(good.values()) else REFUTED,
        f"Scales of tempered semitones fit their own takes better than others' in {hits[0]} of {len(tempered)} "
        f"cases, scales with steps between them in {hits[1]} of {len(others)}; of those, {len(nearer)} lie nearer to "
        "the steps between than to the tempered ones. The music that the built-in model learnt from has only those.",
        ("scale", "fit (95 %)", "rounded to semitones", "takes of other prompts", "tonics that fit worse", "p"),
        rows,
        {"scales.svg": drawing.bars(bars, ("asked", "other prompts"))},
        {"scales.svg": "Fit of a scale: 0 is chance, 1 is all strong partials on its steps"},
    )


def metres(model: Measured, _: dict[str, Measured]) -> Finding:
    """Open question: metres."""
    if "probes" not in model:
        return missing("the part `probes`")
    groups: dict[str, dict[str, Any]] = model["probes"].values["metres"]
    rows = tuple(
        (
            name,
            with_interval(each["heard"], scale=100, digits=0, unit=" %"),
            share(each["composed"]),
            ", ".join(str(bar) for bar in each["bars"]),
        )
        for name, each in groups.items()
    )
    bars = [(name, {"generated": each["heard"], "composed": (each["composed"],)}) for name, each in groups.items()]
    uneven = [groups[name]["heard"][0] for name in ("5/4", "7/8", "11/8")]
    even = [groups[name]["heard"][0] for name in ("4/4", "3/4", "6/8")]
    odd, usual = sum(uneven) / 3, sum(even) / 3
    return Finding(
        CONFIRMED if odd >= 0.8 else QUALIFIED if odd > 0.35 else REFUTED,
        f"The asked bar is the one that onsets repeat at in {share(usual)} of takes in 4/4, 3/4 and 6/8 and in "
        f"{share(odd)} of those in 5/4, 7/8 and 11/8. One bar in nine would be right by chance, two or three of nine "
        "where double and half bars count.",
        ("metre", "bar heard (95 %)", "in composed pieces", "bars heard, in eighths"),
        rows,
        {"metres.svg": drawing.bars(bars, ("generated", "composed"))},
        {"metres.svg": "Share of takes whose onsets repeat at the asked bar"},
    )


def levels(model: Measured, _: dict[str, Measured]) -> Finding:
    """Open question: levels of difficulty."""
    if "probes" not in model:
        return missing("the part `probes`")
    found = model["probes"].values["levels"]
    notes, spread = found["trends"]["notes"], found["trends"]["range"]
    rises = [trend["rank"] > 0 and trend["p"] < SURE for trend in (notes, spread)]
    return Finding(
        CONFIRMED if all(rises) else QUALIFIED if any(rises) else REFUTED,
        f"From beginner to virtuoso the rank correlation of notes a second is {notes['rank']:+.2f} (p "
        f"{notes['p']:.3f}), that of the range {spread['rank']:+.2f} (p {spread['p']:.3f}).",
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
    if "probes" not in model:
        return missing("the part `probes`")
    found = model["probes"].values["styles"]
    rows = tuple((name, with_interval(each)) for name, each in (found["groups"] | found["cultures"]).items())
    unlike = found["p_cultures"] < SURE
    first, second = found["cultures"].items()
    return Finding(
        QUALIFIED if unlike or found["p"] < SURE else CONFIRMED,
        f"Styles differ in their distance from composed music {'beyond' if found['p'] < SURE else 'within'} chance (p "
        f"{found['p']:.3f}, deviation of their means {found['spread']:.2f}); {first[0]} {first[1][0]:.2f} and "
        f"{second[0]} {second[1][0]:.2f} {'differ' if unlike else 'do not differ'} beyond chance (p "
        f"{found['p_cultures']:.3f}). Nearness to the composer's music is no nearness to a culture.",
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
    return None if kept is None else figure(kept.values, *path)
