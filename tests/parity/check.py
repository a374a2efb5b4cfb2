"""Go through every tensor that a folder describes: find who can compute it, and compare."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError

from musicapp.checkpoints.load import load_model
from musicapp.errors import MusicAppError
from tests.parity import autoencoder, conditioning, schedules, trajectories, transformer
from tests.parity.bench import Bench, Mark, Recipe
from tests.parity.golden import Golden
from tests.parity.report import FAIL, INPUT, NOT_OFFERED, OK, Line, compare, is_finite

RECIPES = [
    *schedules.RECIPES,
    *autoencoder.RECIPES,
    *conditioning.RECIPES,
    *transformer.RECIPES,
    *trajectories.RECIPES,
]

RUNS = (trajectories.of_case, trajectories.direct)
ROUNDING_LIMIT = 4.0  # tolerances by which a float32 run may be off and still be looked at in float64


@torch.inference_mode()
def check_folder(folder: Path) -> list[Line]:
    """One line for every described tensor. A folder that cannot be used is one failing line that says why."""
    try:
        golden = Golden(folder)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, SafetensorError) as error:
        return [Line("golden data", FAIL, note=f"cannot be read: {_in_one_line(error)}")]
    try:
        bench = Bench(golden, load_model(folder, device="cpu", precision="fp32"))
    except MusicAppError as error:
        return [Line(f"family {family_of(folder)}", FAIL, note=f"not supported: {error.message}")]
    except Exception as error:  # a loader that breaks is a failure with a name, too
        return [Line(f"family {family_of(folder)}", FAIL, note=f"cannot be loaded: {_in_one_line(error)}")]
    return [check_tensor(bench, name) for name in golden.described]


def check_tensor(bench: Bench, name: str) -> Line:
    """Compute and compare one tensor. Whatever goes wrong is a failure of this tensor, never the end of the run."""
    if name not in bench.golden:
        return Line(name, FAIL, note="described but not in golden.safetensors")
    golden = bench.golden[name]
    if list(golden.shape) != bench.golden.described[name].get("shape", list(golden.shape)):
        return Line(name, FAIL, note=f"stored with shape {list(golden.shape)}, described otherwise")
    recipe = _recipe_for(bench, name)
    if recipe is None:
        return Line(name, FAIL, note="nobody knows how to compute this")
    try:
        answer = recipe(bench, name)
    except Exception as error:  # a broken recipe or product must show up under the tensor's name
        return Line(name, FAIL, note=_in_one_line(error))
    if answer is Mark.NOT_OFFERED:
        return Line(name, NOT_OFFERED)
    if isinstance(answer, Mark):
        return Line(name, INPUT) if is_finite(golden) else Line(name, FAIL, note="the input is not finite")
    line = compare(name, answer, golden, bench.golden.tolerance(name))
    return judge_without_rounding(bench, recipe, line) if line.verdict == FAIL and recipe in RUNS else line


def judge_without_rounding(bench: Bench, recipe: Recipe, line: Line) -> Line:
    """Judge a sampling run again in float64 when float32 is just over the tolerance.

    Guidance and many steps amplify the last bits of every network call. Some recorded runs are themselves nearly a
    tolerance away from their float64 result, so two correct float32 programs on two processors can end up further
    apart than that. A wrong formula is as wrong in float64, and a difference of several tolerances stays a failure.
    """
    if line.difference is None or line.tolerance is None or not line.difference <= ROUNDING_LIMIT * line.tolerance:
        return line
    answer = recipe(bench.precise, line.name)
    assert isinstance(answer, torch.Tensor)
    again = compare(line.name, answer, bench.golden[line.name], line.tolerance)
    return replace(again, note=f"in float64; float32 differs by {line.difference:.2e}") if again.verdict == OK else line


def family_of(folder: Path) -> str:
    """A name for the kind of model in a folder that we could not load."""
    if (folder / "model_index.json").exists():
        return "diffusers pipeline"
    try:
        config = json.loads((folder / "model_config.json").read_text(encoding="utf-8"))
        kind = config.get("model_type", "unknown")
        return f"{kind} / {config['model']['pretransform']['config']['encoder']['type']}"
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return "unknown"


def _in_one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _recipe_for(bench: Bench, name: str) -> Recipe | None:
    for pattern, recipe in RECIPES:
        if pattern.fullmatch(name):
            return recipe
    return trajectories.of_case if bench.golden.case_of(name) else None
