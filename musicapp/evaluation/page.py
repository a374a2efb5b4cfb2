"""The page: one HTML file without scripts, whose pictures are inside and whose players play files beside it."""

from __future__ import annotations

from html import escape

from musicapp.evaluation import charts
from musicapp.evaluation.options import PARTS, Options
from musicapp.evaluation.report import Player, Result, Table

TITLES = {
    "autoencoder": "Autoencoder",
    "sound": "Sound",
    "timing": "Timing",
    "adherence": "Adherence to the prompt",
    "distribution": "Distance from the music it learnt from",
    "structure": "Form of long pieces",
    "diversity": "Diversity",
    "memory": "Nearest training music",
    "clap": "CLAP score",
    "openl3": "Frechet distance on OpenL3",
    "passt": "KL on PaSST",
    "whole": "Autoencoder on whole pieces",
    "lengths": "What a take costs by its length",
    "withheld": "With and without timing",
    "probes": "Other styles, scales, metres and levels",
    "sources": "From a sound, and single sounds",
}
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #808894; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); }
td + td, th + th { text-align: right; font-variant-numeric: tabular-nums; }
.quiet, figcaption { color: var(--quiet); font-size: .9rem; }
svg { max-width: 100%; height: auto; } svg text { font-size: 12px; fill: currentColor; }
svg .small { font-size: 9px; fill: var(--quiet); } svg path { fill: none; stroke: var(--quiet); }
svg .guide { stroke-dasharray: 3 4; }
.legend span { margin-right: 1.2rem; }
.legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; width: 300px; }
figure img { image-rendering: pixelated; } audio { width: 100%; }
"""


def page(model: str, weights: str, options: Options, found: dict[str, Result]) -> str:
    """The whole page for the parts that were measured; the others are named."""
    sizes = options.sizes
    missing = ", ".join(TITLES[part].lower() for part in PARTS if part not in found)
    head = (
        f'<p class="quiet">Weights {escape(weights)}. {sizes.pieces} held-out prompts of {sizes.seconds:g} s; steps: '
        f"{options.steps or 'the model’s own'}; guidance: "
        f"{'the model’s own' if options.guidance_scale is None else f'{options.guidance_scale:g}'}."
        f"{f' Not measured: {escape(missing)}.' if missing else ''}</p>"
    )
    sections = "".join(_section(part, found[part]) for part in PARTS if part in found)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evaluation of {escape(model)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Evaluation of {escape(model)}</h1>{head}{sections}</body></html>\n"
    )


def _section(part: str, result: Result) -> str:
    pieces = [f'<section id="{part}"><h2>{TITLES[part]}</h2>']
    if result.table:
        pieces.append(_table(result.table))
    if result.bars:
        pieces.append(charts.bars(result.bars))
    if result.points:
        pieces.append(charts.points(result.points))
    if result.matrices:
        pieces.append(f'<div class="row">{"".join(map(charts.picture, result.matrices))}</div>')
    pieces += [f'<p class="quiet">{escape(note)}</p>' for note in result.notes]
    if result.players:
        pieces.append(f'<div class="row">{"".join(map(_player, result.players))}</div>')
    return "".join([*pieces, "</section>"])


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _player(player: Player) -> str:
    return (
        f'<figure><audio controls preload="none" src="{escape(player.file)}"></audio>'
        f"<figcaption>{escape(player.caption)}</figcaption></figure>"
    )
