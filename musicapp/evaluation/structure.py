"""Whether long pieces have a form as the composer's have: three distinct sections or more, and a returning motif."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.audio.loudness import loudness_range_lu
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.form import Form, form_of
from musicapp.evaluation.prompts import wish_for
from musicapp.evaluation.report import Matrix, Result, Table, number, percent, rate

WANTED_SECTIONS = 3
PICTURE = 96  # rows and columns of a picture
PICTURES = 2  # of each kind


def measure(bench: Bench) -> Result:
    """Forms of generated pieces beside those of renders of the same length."""
    sizes = bench.options.sizes
    length_s = min(sizes.structure_s, bench.longest_s)
    renders = bench.renders("long", sizes.structure_pieces, length_s)
    wishes = [wish_for(render.truth, number_) for number_, render in enumerate(renders)]
    takes = [bench.takes.make(wish.prompt, length_s, 200 + index) for index, wish in enumerate(wishes)]
    theirs = [form_of(render.sound) for render in renders]
    ours = [form_of(take.sound()) for take in takes]
    made, rendered = _summary(ours), _summary(theirs)
    made["loudness_range_lu"] = _range_lu([take.sound() for take in takes])
    rendered["loudness_range_lu"] = _range_lu([render.sound for render in renders])
    rows = tuple(
        (name, show(made[key]), show(rendered[key]), wanted)
        for name, key, show, wanted in (
            ("three sections and a returning motif", "formed", percent, "80 %"),
            ("at least three distinct sections", "sectioned", percent, ""),
            ("a motif that returns", "returning", percent, ""),
            ("distinct sections, mean", "sections", number, ""),
            ("strength of the best return, mean", "motif", number, ""),
            ("loudness range, median, LU", "loudness_range_lu", number, "4"),
        )
    )
    pictures = [
        Matrix(f"{kind}: {wish.truth.style}", _picture(form))
        for kind, forms in (("generated", ours), ("composed", theirs))
        for form, wish in list(zip(forms, wishes, strict=True))[:PICTURES]
    ]
    return Result(
        {"length_s": length_s, "pieces": len(takes), "generated": made, "composed": rendered},
        table=Table(("measure", "generated", "composed", "wanted"), rows),
        matrices=tuple(pictures),
        players=tuple(bench.player(take) for take in takes[:PICTURES]),
        notes=(
            f"{len(takes)} pieces of {length_s:g} s. A section is distinct when it differs from all others in colour "
            "or harmony by a good part of what varies inside sections; a motif is a passage of 6 s that is heard again "
            "15 s later or more, against what the same moments give in any order. Loops of 16 s of the composer's "
            "pieces, as a test of the measure, came out with three sections in one of ten.",
        ),
    )


def _summary(forms: Sequence[Form]) -> dict[str, float | None]:
    sectioned = [form.sections >= WANTED_SECTIONS for form in forms]
    returning = [form.returns for form in forms]
    return {
        "formed": rate([many and back for many, back in zip(sectioned, returning, strict=True)]),
        "sectioned": rate(sectioned),
        "returning": rate(returning),
        "sections": round(float(np.mean([form.sections for form in forms])), 2),
        "motif": round(float(np.mean([form.motif for form in forms])), 2),
    }


def _range_lu(sounds: Sequence[np.ndarray]) -> float | None:
    """Median of the loudness range (EBU Tech 3342)."""
    ranges = [value for sound in sounds if np.isfinite(value := loudness_range_lu(sound, SAMPLE_RATE))]
    return round(float(np.median(ranges)), 2) if ranges else None


def _picture(form: Form) -> tuple[tuple[float, ...], ...]:
    """The similarities from 0 to 1, thinned to a picture."""
    places = np.linspace(0, len(form.similarity) - 1, PICTURE).round().astype(int)
    seen = (form.similarity[np.ix_(places, places)] + 1) / 2
    return tuple(tuple(round(float(value), 2) for value in row) for row in seen)
