"""Runs the measures one after the other, keeps what each finds, and writes report.json and index.html anew after each.

In the work folder: renders/ and the classifier, shared by all models; a folder for each model with takes/ (music that
was made), parts/ (one file for each finished measure), audio/ (what the page plays), report.json and index.html.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from musicapp.engine import devices
from musicapp.evaluation import (
    adherence,
    autoencoder,
    clap,
    distribution,
    diversity,
    judges,
    lengths,
    memory,
    page,
    probes,
    report,
    sound,
    sources,
    structure,
    timing,
    whole,
    withheld,
)
from musicapp.evaluation.bench import Bench
from musicapp.evaluation.options import FULL, PARTS, QUICK, Options
from musicapp.evaluation.report import Result
from musicapp.paths import replace_file
from musicapp.request import check_duration

log = logging.getLogger(__name__)

MEASURES: dict[str, Callable[[Bench], Result]] = {
    "autoencoder": autoencoder.measure,
    "sound": sound.measure,
    "timing": timing.measure,
    "adherence": adherence.measure,
    "distribution": distribution.measure,
    "structure": structure.measure,
    "diversity": diversity.measure,
    "memory": memory.measure,
    "clap": clap.measure,
    "openl3": judges.measure_openl3,
    "passt": judges.measure_passt,
    "whole": whole.measure,
    "lengths": lengths.measure,
    "withheld": withheld.measure,
    "probes": probes.measure,
    "sources": sources.measure,
}
assert tuple(MEASURES) == PARTS


def evaluate(options: Options) -> Path:
    """Measure what was chosen and is not there yet; gives the page. Raises MusicAppError."""
    devices.use_all_cores()
    bench = Bench(options)
    judges.check(options)  # before hours of work
    check_duration(options.sizes.seconds, cap_s=bench.longest_s, model_name=bench.model_folder.name)
    found = {part: result for part in PARTS if (result := _stored(bench, part)) is not None}
    for part in options.parts:
        if part not in found:
            began, began_cpu = time.perf_counter(), time.process_time()
            log.info("measuring: %s", part)
            found[part] = MEASURES[part](bench)
            log.info("%s took %.0f s", part, time.perf_counter() - began)
            about = report.About(
                date.today().isoformat(), round(time.process_time() - began_cpu, 1), _command(bench, part)
            )
            report.save(_path(bench, part), found[part], _settings(bench, part), about)
        _write(bench, {name: found[name] for name in PARTS if name in found})
    return bench.folder / "index.html"


def _write(bench: Bench, found: dict[str, Result]) -> None:
    values = {
        "version": report.VERSION,
        "model": bench.name,
        "weights": bench.takes.digest,
        "sizes": asdict(bench.options.sizes),
        "parts": {part: result.values for part, result in found.items()},
        "not_measured": [part for part in PARTS if part not in found or not found[part].values],
    }
    replace_file(bench.folder / "report.json", (json.dumps(values, indent=1) + "\n").encode())
    text = page.page(bench.name, bench.takes.digest, bench.options, found)
    replace_file(bench.folder / "index.html", text.encode())


def _stored(bench: Bench, part: str) -> Result | None:
    return report.load(_path(bench, part), _settings(bench, part))


def _command(bench: Bench, part: str) -> str:
    """What measures a part again, in words of the command line; folders by their names alone."""
    options, words = bench.options, ["musicapp evaluate", Path(bench.options.model).name]
    words += ["--only", part]
    if options.sizes != FULL:
        usual = QUICK if options.sizes.structure_s == QUICK.structure_s else FULL
        words += ["--quick"] if usual is QUICK else []
        words += [f"--pieces {options.sizes.pieces}"] if options.sizes.pieces != usual.pieces else []
        words += [f"--seconds {options.sizes.seconds:g}"] if options.sizes.seconds != usual.seconds else []
        words += (
            [f"--long {options.sizes.structure_pieces}"]
            if options.sizes.structure_pieces != usual.structure_pieces
            else []
        )
    if options.sizes.probe_takes == options.sizes.withheld_takes:
        words += [f"--takes {options.sizes.probe_takes}"]
    words += [f"--steps {options.steps}"] if options.steps else []
    words += [f"--guidance {options.guidance_scale:g}"] if options.guidance_scale is not None else []
    words += [f"--baseline {options.baseline.name}"] if options.baseline else []
    words += [f"--training {options.training.name}"] if options.training and part == "memory" else []
    words += [f"--clap {options.clap.name}"] if options.clap and part in ("memory", "clap") else []
    return " ".join(words)


def _path(bench: Bench, part: str) -> Path:
    return bench.folder / "parts" / f"{part}.json"


def _settings(bench: Bench, part: str) -> dict[str, object]:
    return {"weights": bench.takes.digest, **bench.options.settings(part)}
