"""Go through every tensor that a folder describes: find who can compute it, and compare."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError

from musicapp.checkpoints.load import load_model
from musicapp.description.diffusers_config import is_pipeline
from musicapp.errors import MusicAppError
from tests.parity import (
    autoencoder,
    conditioning,
    diffusers,
    inpainting,
    schedules,
    stable_audio_3,
    trajectories,
    transformer,
)
from tests.parity.bench import Bench, Mark, Recipe
from tests.parity.golden import Golden
from tests.parity.report import FAIL, INPUT, NOT_OFFERED, Line, compare, is_finite

RECIPES = [
    *schedules.RECIPES,
    *autoencoder.RECIPES,
    *conditioning.RECIPES,
    *transformer.RECIPES,
    *inpainting.RECIPES,
    *trajectories.RECIPES,
]


@torch.inference_mode()
def check_folder(folder: Path) -> list[Line]:
    """One line for every described tensor. A folder that cannot be used is one failing line that says why."""
    try:
        golden = Golden(folder)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, SafetensorError) as error:
        return [Line("golden data", FAIL, note=f"cannot be read: {_in_one_line(error)}")]
    try:
        text_encoder = stable_audio_3.recorded_encoder(golden)
        bench = Bench(golden, load_model(folder, device="cpu", precision="fp32", text_encoder=text_encoder))
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
    return compare(name, answer, golden, bench.golden.tolerance(name))


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
    recipes, of_case = RECIPES, trajectories.of_case
    if bench.model.config.is_stable_audio_3:
        recipes, of_case = stable_audio_3.RECIPES, stable_audio_3.of_case
    elif is_pipeline(bench.golden.folder):
        recipes, of_case = diffusers.RECIPES, diffusers.of_run
    for pattern, recipe in recipes:
        if pattern.fullmatch(name):
            return recipe
    return of_case if bench.golden.case_of(name) else None
