"""Claims of the paper on the music: ends, form, prompts, distances, copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from musicapp.evaluation import charts
from musicapp.evaluation.adherence import NAMES
from musicapp.evaluation.paper import drawing
from musicapp.evaluation.paper.findings import (
    CONFIRMED,
    OPEN,
    QUALIFIED,
    REFUTED,
    SURE,
    Finding,
    chance_of,
    figure,
    share_of,
    spread_of,
    with_interval,
)
from musicapp.evaluation.paper.kept import Measured
from musicapp.evaluation.report import Row, percent
from musicapp.evaluation.withheld import MEASURES, MODES
from musicapp.request import format_duration

ENDS_WANTED, FORMED_WANTED = 0.95, 0.8
# Where copies are looked for beside mel spectra: what it is called, and how long its passages are.
VIEWS = {
    "latents": ("latents", "4 s"),
    "embeddings": ("the audio tower's embeddings", "6 s"),
    "clap": ("CLAP's embeddings", "10 s"),
}
ZOOM = 3  # pixels of a picture for each number


def timing(model: Measured, _: dict[str, Measured]) -> Finding:
    """Timing conditioning makes music end when asked."""
    found = model["withheld"].values
    whole = found["all"]["good"]  # a take that is cut off has sound to the end as well, but no end
    told, withheld = whole["told"][0], whole["withheld"][0]
    works = told > withheld and whole["p"] < SURE
    verdict = CONFIRMED if works and told >= ENDS_WANTED else QUALIFIED if works else REFUTED
    rows = tuple(
        (format_duration(float(length)), *_cells(name, text, compared[name]))
        for length, compared in found["lengths"].items()
        for name, text in MEASURES.items()
        if name in ("ends", "early_s", "good")
    )
    series = {
        f"timing {mode}": [
            (float(length) + 3 * side, *compared["good"][mode]) for length, compared in found["lengths"].items()
        ]
        for side, mode in zip((-1, 1), MODES, strict=True)
    }
    return Finding(
        verdict,
        f"Told how long the piece is, {percent(told)} of the takes end well: within half a second of the request, not "
        f"cut off, without a click. Untold {percent(withheld)} do (p {chance_of(whole['p'])}, {found['takes']} pairs "
        f"at each length). The music ends {found['all']['early_s']['told'][0]:.2f} s before the requested end on "
        "average.",
        ("length", "measure", "timing told (95 %)", "withheld (95 %)", "p"),
        rows,
        {"timing.svg": drawing.lines(series, x="requested length, s", y="share that ends well", joined=False)},
        {"timing.svg": "Share of takes that end well, within 0.5 s of the request, with 95 %"},
    )


def timing_and_form(model: Measured, _: dict[str, Measured]) -> Finding:
    """Whether structure changes with the timing."""
    found = model["withheld"].values
    names = ("sections", "formed", "motif", "range_lu")
    sure = [MEASURES[name] for name in names if found["all"][name]["p"] < SURE]
    rows = tuple(
        (format_duration(float(length)), *_cells(name, text, compared[name]))
        for length, compared in found["lengths"].items()
        for name, text in MEASURES.items()
        if name in names
    )
    return Finding(
        CONFIRMED if sure else QUALIFIED,
        f"Over all lengths timing changes {', '.join(sure)} beyond chance (p below {SURE})."
        if sure
        else f"Over all lengths, with {found['takes']} pairs at each, no measure of form changes beyond chance when "
        f"timing is withheld: what timing gives is the end, not the form.{_single_lengths(found['lengths'], names)}",
        ("length", "measure", "timing told (95 %)", "withheld (95 %)", "p"),
        rows,
    )


def _single_lengths(lengths: dict[str, Any], names: Sequence[str]) -> str:
    """How many comparisons at one length alone look sure, and whether they agree with each other."""
    compared = [lengths[length][name] for length in lengths for name in names]
    sure = [each for each in compared if each["p"] < SURE]
    more = sum(each["told"][0] > each["withheld"][0] for each in sure)
    return (
        f" Of the {len(compared)} comparisons at single lengths {len(sure)} have p below {SURE}: {more} with more "
        f"where timing is told, {len(sure) - more} with less."
        if sure
        else ""
    )


def form(model: Measured, others: dict[str, Measured]) -> Finding:
    """Figure 4: self-similarity."""
    kept = model["structure"]
    made, composed, count = kept.values["generated"], kept.values["composed"], kept.values["pieces"]
    shown = [(each["caption"], each["rows"]) for each in kept.matrices]
    for name, rival in others.items():
        if "structure" in rival:
            theirs = [each for each in rival["structure"].matrices if each["caption"].startswith("generated")]
            shown += [(f"{name}, {each['caption']}", each["rows"]) for each in theirs]
    pictures = {f"form-{number}.png": _picture(rows) for number, (_, rows) in enumerate(shown)}
    captions = {f"form-{number}.png": caption for number, (caption, _) in enumerate(shown)}
    verdict = CONFIRMED if made["formed"] >= FORMED_WANTED else QUALIFIED if made["formed"] >= 0.5 else REFUTED
    rows = (
        ("three sections and a returning motif", share_of(made["formed"], count), share_of(composed["formed"], count)),
        ("distinct sections", f"{made['sections']:.1f}", f"{composed['sections']:.1f}"),
        ("a motif that returns", share_of(made["returning"], count), share_of(composed["returning"], count)),
        ("strength of the best return", f"{made['motif']:.2f}", f"{composed['motif']:.2f}"),
        ("loudness range, LU", f"{made['loudness_range_lu']:.1f}", f"{composed['loudness_range_lu']:.1f}"),
    )
    return Finding(
        verdict,
        f"Of {count} takes of {format_duration(kept.values['length_s'])}, {percent(made['formed'])} have "
        f"three sections and a motif that returns (composed pieces {percent(composed['formed'])}). In the pictures "
        "time runs to the right and down, and what is bright is alike.",
        ("measure", "generated (95 %)", "composed"),
        rows,
        pictures,
        captions,
    )


def prompts(model: Measured, _: dict[str, Measured]) -> Finding:
    """Text alignment, by facts that can be heard."""
    found = model["adherence"].values
    made, renders, chance = found["generated"], found["renders"], found["another_prompt"]
    known = [name for name in NAMES if made.get(name) is not None]
    near = [name for name in known if made[name] >= 0.9 * (renders[name] or 0)]
    counts = found["stated"]
    rows = tuple(
        (
            f"{NAMES[name]} ({counts[name]} prompts)",
            *(share_of(each[name], counts[name]) for each in (made, renders, chance)),
        )
        for name in known
    )
    bars = [
        (
            NAMES[name],
            {"generated": spread_of(made[name], counts[name]), "another prompt": spread_of(chance[name], counts[name])},
        )
        for name in known
    ]
    return Finding(
        CONFIRMED if len(near) == len(known) else QUALIFIED if near else REFUTED,
        f"Of {len(known)} kinds of facts in {found['pieces']} held-out prompts, {len(near)} are heard at least nine "
        "tenths as often as in music composed to them"
        + (
            ""
            if len(near) == len(known)
            else f"; not so: {', '.join(NAMES[name] for name in known if name not in near)}"
        )
        + ".",
        ("fact", "generated (95 %)", "composed to the prompt", "for another prompt"),
        rows,
        {"prompts.svg": drawing.bars(bars, ("generated", "another prompt"))},
        {"prompts.svg": "Share of stated facts that are heard"},
    )


def distances(model: Measured, _: dict[str, Measured]) -> Finding:
    """FD and KL."""
    rows = []
    for part, name, text in (
        ("openl3", "frechet_generated", "FD on OpenL3"),
        ("passt", "kl_generated", "KL on PaSST"),
        ("clap", "generated", "CLAP score"),
        ("distribution", "frechet_ratio", "FD on the app's own listener, times that of composed music"),
        ("distribution", "kl_generated", "KL of styles heard by it"),
    ):
        value = figure(model[part].values, name) if part in model else None
        rows.append((text, "no weights given" if value is None else f"{value:.2f}"))
    found = model["distribution"].values
    return Finding(
        QUALIFIED if found["frechet_ratio"] <= 2 else REFUTED,
        f"On the app's own listener generated music is {found['frechet_ratio']:.2f} times as far from music that was "
        "composed as other composed music is. The paper's measures run on weights that a user has "
        "([evaluation.md](evaluation.md)).",
        ("measure", "this model"),
        tuple(rows),
    )


def copies(model: Measured, _: dict[str, Measured]) -> Finding:
    """Memorisation."""
    found = model["memory"].values
    made, new = found["generated"], found["new_renders"]
    rows: tuple[Row, ...] = (
        ("likeness of the nearest passage, median", f"{made['median']:.3f}", f"{new['median']:.3f}"),
        ("likeness of the nearest passage, largest", f"{made['largest']:.3f}", f"{new['largest']:.3f}"),
        ("pieces with a copied passage", str(made["copies"]), str(new["copies"])),
    )
    heard = ""
    for name, (text, seconds) in VIEWS.items():
        if name not in found:
            continue
        view = found[name]
        for key in ("median", "largest"):
            rows += (
                (f"the same in {text}, {key}", *(f"{view[who][key]:.3f}" for who in ("generated", "new_renders"))),
            )
        if "beyond" in view:
            heard += (
                f" In {text} {view['beyond']} takes lie nearer to a training passage of {seconds} than every new "
                "composition does."
            )
    return Finding(
        CONFIRMED if made["copies"] <= new["copies"] else REFUTED,
        f"Of {found['pieces']} takes {made['copies']} hold a passage of 4 s that is nearer than 0.95 to one of "
        f"{found['training_pieces']} training pieces; of as many new compositions, which cannot be copies, "
        f"{new['copies']}.{heard}",
        ("measure", "generated", "new compositions"),
        rows,
        {"copies.svg": drawing.bars(_likeness(found), ("generated", "new compositions"))},
        {"copies.svg": "Likeness of the nearest training passage"},
    )


def _likeness(found: dict[str, Any]) -> list[tuple[str, dict[str, tuple[float]]]]:
    """The bars of `copies`."""
    sets = {"mel spectra": found} | {text: found[name] for name, (text, _) in VIEWS.items() if name in found}
    return [
        (
            f"{name}, {key}",
            {"generated": (each["generated"][key],), "new compositions": (each["new_renders"][key],)},
        )
        for name, each in sets.items()
        for key in ("median", "largest")
    ]


def seeds(model: Measured, _: dict[str, Measured]) -> Finding:
    """Variety."""
    found = model["diversity"].values
    pairs = (
        ("seeds of a prompt", "between_seeds"),
        ("prompts", "between_prompts"),
        ("compositions", "between_renders"),
    )
    bars = [(name, {"distance": (found[key],)}) for name, key in pairs]
    return Finding(
        CONFIRMED if not found["same_music"] else REFUTED,
        f"Of {found['pairs']} pairs of takes with one prompt and two seeds {found['same_music']} are the same music; "
        f"seeds lie {found['between_seeds']:.2f} apart, prompts {found['between_prompts']:.2f}, compositions "
        f"{found['between_renders']:.2f}.",
        pictures={"seeds.svg": drawing.bars(bars, ("distance",))},
        captions={"seeds.svg": "Distance in the listener's features"},
    )


def unheard(_: Measured, __: dict[str, Measured]) -> Finding:
    """The listening test."""
    return Finding(OPEN, "No listening test was held: nobody was asked. Every figure here is measured.")


def _cells(name: str, text: str, compared: dict[str, Any]) -> tuple[str, str, str, str]:
    are_shares = name in ("ends", "good", "formed")
    scale, digits, unit = (100, 0, " %") if are_shares else (1, 2, "")
    cells = [with_interval(compared[mode], scale=scale, digits=digits, unit=unit) for mode in MODES]
    return text, cells[0], cells[1], chance_of(compared["p"])


def _picture(rows: list[str]) -> bytes:
    greys = np.array([[int(digit, 16) for digit in row] for row in rows]) * 17
    return charts.png(np.kron(greys, np.ones((ZOOM, ZOOM))).astype(np.uint8))
