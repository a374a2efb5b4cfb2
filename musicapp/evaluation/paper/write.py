"""The page: Markdown with pictures beside it, the same bytes for the same kept results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from musicapp.errors import MusicAppError
from musicapp.evaluation.paper import kept
from musicapp.evaluation.paper.claims import CLAIMS, Claim
from musicapp.evaluation.paper.findings import OPEN, Finding
from musicapp.evaluation.paper.kept import Measured
from musicapp.evaluation.report import Row
from musicapp.paths import replace_file
from musicapp.training.tokens.stage import DESCRIPTION

RESULTS = "results"
ABOUT_TRAINING = "training.json"  # beside a model's results: what it learnt from


def write(page: Path, model: str, work: Path | None = None) -> None:
    """Keep what `work` holds, then write the page for a model and the pictures from all that is kept.

    Beside `page` lies a folder of its name: pictures, and results/ with a folder for each model; all but `model` are
    rivals. Raises MusicAppError: nothing is kept of the model.
    """
    folder = page.with_suffix("")
    results = folder / RESULTS
    for measured in sorted(work.glob("*/parts")) if work is not None else ():
        kept.keep(measured.parent, results / measured.parent.name)
    if not (results / model).is_dir():
        raise MusicAppError(
            f"No results of “{model}” are kept in {results}.",
            hint="Measure first: musicapp evaluate, then again with --page.",
        )
    own = kept.load(results / model)
    rivals = {path.name: kept.load(path) for path in sorted(results.iterdir()) if path.is_dir() and path.name != model}
    findings = [(claim, claim.judge(own, rivals)) for claim in CLAIMS]
    for _, finding in findings:
        for name, picture in finding.pictures.items():
            replace_file(folder / name, picture.encode() if isinstance(picture, str) else picture)
    text = "\n".join(_page(page, model, own, rivals, findings))
    replace_file(page, (text + "\n").encode())


def keep_training(page: Path, baseline: Path) -> None:
    """Keep what a token model learnt from beside its results."""
    described = baseline / DESCRIPTION
    if described.is_file():
        about = json.loads(described.read_text(encoding="utf-8"))
        short = {name: about[name] for name in ("steps", "minutes", "processor_minutes", "pieces", "left")}
        target = page.with_suffix("") / RESULTS / baseline.name / ABOUT_TRAINING
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, (json.dumps(short) + "\n").encode())


def _page(
    page: Path, model: str, own: Measured, rivals: dict[str, Measured], findings: list[tuple[Claim, Finding]]
) -> list[str]:
    name = page.stem
    lines = [
        "# The paper, claim by claim",
        "",
        "“Long-form music generation with latent diffusion” (arXiv 2404.10301) and what its readers ask, held against "
        f"the model “{model}”. Every figure is measured; the page is made from the kept results by",
        "",
        f"    musicapp evaluate {model} --page docs/{page.name}",
        "",
        "and from new ones with `--work` ([evaluation.md](evaluation.md)). Results: "
        f"[{name}/{RESULTS}]({name}/{RESULTS}). Processor times are those of one start; takes kept from before are not "
        "in them. p is the share of random exchanges that differ as much; intervals hold 95 % by bootstrap.",
        "",
        *_table(
            ("claim", "in the paper", "verdict", "measured"),
            tuple(
                (f"[{claim.title}](#{_anchor(claim.title)})", claim.where, finding.verdict, _date(claim, finding, own))
                for claim, finding in findings
            ),
        ),
    ]
    for claim, finding in findings:
        lines += ["", f"## {claim.title}", "", f"*{claim.says}* ({claim.where})", ""]
        lines += [f"**{finding.verdict.capitalize()}.** {finding.sentence}"]
        if finding.rows:
            lines += ["", *_table(finding.columns, finding.rows)]
        for file in finding.pictures:
            lines += ["", f"![{finding.captions[file]}]({name}/{file})", "", f"*{finding.captions[file]}*"]
        for part in claim.parts:
            for who, measured in ((model, own), *(rivals.items() if claim.compares else ())):
                if part in measured:
                    how = measured[part]
                    lines += [
                        "",
                        f"    {how.command}    # {who}: {how.date}, {how.processor_s:.0f} s of processor time",
                    ]
        if claim.compares:
            lines += _learnt(page, (model, *rivals))
    return lines


def _learnt(page: Path, names: Sequence[str]) -> list[str]:
    """What each model learnt from, as far as that is kept: a sentence, or the figures of a token model."""
    lines = []
    for name in names:
        path = page.with_suffix("") / RESULTS / name / ABOUT_TRAINING
        if not path.is_file():
            continue
        about = json.loads(path.read_text(encoding="utf-8"))
        told = about.get("sentence") or (
            f"learnt for {about['processor_minutes']:g} minutes of processor time ({about['steps']} steps, "
            f"{about['pieces']} composed pieces); its codebooks leave {100 * about['left'][-1]:.0f} % of the latents' "
            "variance."
        )
        lines += ["", f"“{name}” {told}"]
    return lines


def _date(claim: Claim, finding: Finding, own: Measured) -> str:
    if finding.verdict == OPEN:
        return "–"
    dates = sorted({own[part].date for part in claim.parts if part in own})
    return dates[-1] if dates else "–"


def _table(columns: Row, rows: tuple[Row, ...]) -> list[str]:
    clean = [[cell.replace("|", "/") for cell in row] for row in rows]
    return [
        f"| {' | '.join(columns)} |",
        f"|{' --- |' * len(columns)}",
        *(f"| {' | '.join(row)} |" for row in clean),
    ]


def _anchor(title: str) -> str:
    """As the hosts of Markdown make them."""
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c == "-")
