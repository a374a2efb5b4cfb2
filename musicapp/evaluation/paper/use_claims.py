"""What the paper says of further uses: music from a sound, and single sounds."""

from __future__ import annotations

from typing import Any

from musicapp.evaluation.paper import drawing
from musicapp.evaluation.paper.findings import (
    CONFIRMED,
    QUALIFIED,
    REFUTED,
    SURE,
    Finding,
    with_interval,
)
from musicapp.evaluation.paper.kept import Measured
from musicapp.evaluation.report import percent
from musicapp.evaluation.sources import SINGLES

HEARD = 0.5  # of composed sounds, else the ear is no judge
NEAR = 0.9  # of what is measured on composed sounds

Levels = dict[str, Any]  # figures by variation


def sources(model: Measured, _: dict[str, Measured]) -> Finding:
    """Audio to audio, and single sounds."""
    found = model["sources"].values
    levels, singles = found["levels"], found["singles"]
    keeps, heeds = _surely(levels, "chroma", "1"), _surely(levels, "band", "0")
    both = [level for level in keeps if level in heeds]
    judged = [name for name in SINGLES if singles["composed"][name][0] >= HEARD]
    near = [name for name in judged if singles["generated"][name][0] >= NEAR * singles["composed"][name][0]]
    verdict = CONFIRMED if both and near == judged else QUALIFIED if keeps or heeds or near else REFUTED
    rows = tuple(
        (
            level,
            with_interval(each["chroma"]),
            with_interval(each["onsets"]),
            with_interval(each["band"], scale=100, digits=0, unit=" %"),
        )
        for level, each in levels.items()
    )
    curves = {
        text: [(float(level), *each[key]) for level, each in levels.items() if each[key][0] is not None]
        for key, text in (("chroma", "notes kept (chroma)"), ("band", "prompt's band heard"))
    }
    bars = [
        (text, {name: tuple(singles[name][key]) for name in ("generated", "composed")}) for key, text in SINGLES.items()
    ]
    return Finding(
        verdict,
        f"{_said_of_sources(found['sources'], keeps, heeds, both)} {_said_of_singles(singles)} Passages, continuations "
        "and loops: [shaping.md](shaping.md). Composed music holds no voices, so the built-in model has none.",
        ("variation", "chroma kept (95 %)", "onsets kept (95 %)", "prompt's band heard (95 %)"),
        rows,
        {
            "sources.svg": drawing.lines(curves, x="variation", y="correlation; share"),
            "singles.svg": drawing.bars(bars, ("generated", "composed")),
        },
        {
            "sources.svg": "What is kept of a source and what is heard of the prompt, with 95 %",
            "singles.svg": "Single sounds: share of takes, with 95 %",
        },
    )


def _surely(levels: Levels, name: str, against: str) -> list[str]:
    """The variations between the ends at which there is more of it than at one of the ends, beyond chance."""
    return [
        level
        for level, each in levels.items()
        if level not in ("0", "1")
        and None not in (each[name][0], levels[against][name][0])
        and each[name][0] > levels[against][name][0]
        and each[f"{name}_p"] < SURE
    ]


def _said_of_sources(count: int, keeps: list[str], heeds: list[str], both: list[str]) -> str:
    if both:
        return (
            f"From {count} sources, asked for the band of another piece, takes keep the source's notes and have the "
            f"new band, both beyond chance, at a variation of {' and '.join(both)}."
        )
    return (
        f"From {count} sources, asked for the band of another piece, at no variation both the source's notes and the "
        f"new band are there beyond chance (notes: {', '.join(keeps) or 'none'}; band: {', '.join(heeds) or 'none'})."
    )


def _said_of_singles(singles: dict[str, Any]) -> str:
    made, composed = singles["generated"], singles["composed"]
    said = [
        f"{text} {percent(made[name][0])} (composed {percent(composed[name][0])})" for name, text in SINGLES.items()
    ]
    deaf = [text for name, text in SINGLES.items() if composed[name][0] < HEARD]
    left = f" (The ear is no judge of: {', '.join(deaf)}.)" if deaf else ""
    return f"Of {singles['count']} single sounds of {singles['length_s']:g} s: {', '.join(said)}.{left}"
