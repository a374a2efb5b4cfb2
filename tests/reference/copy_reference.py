"""Make this folder's contents from the full reference data: `python tests/reference/copy_reference.py SOURCE`.

All of tests/ must stay under 12 MiB. So `sat-rf-tiny` and `paper-tiny` are copied without the sound of a run (its
latents are there, and the decoder has tensors of its own), and of `sat-tiny`, whose weights are too large, the
schedules and the recorded runs of the solvers that the product has (`sat-tiny-runs`: no weights; its clean estimates
stand in for the network).
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent
WHOLE = ("paper-tiny", "sat-rf-tiny")
LEFT_OUT = ("sample.dpmpp_3m_sde.audio", "pingpong.audio")
KEPT_RUNS = ("dpmpp-3m-sde", "dpmpp-2m-sde", "dpmpp-2m")
KEPT_PARTS = "noise|step_noise|trace_x|trace_denoised|trace_sigma|latents"


def copy_whole(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    tensors = load_file(target / "golden.safetensors")
    if left_out := [name for name in LEFT_OUT if name in tensors]:
        content = json.loads((target / "golden.json").read_text(encoding="utf-8"))
        for name in left_out:
            del tensors[name], content["tensors"][name]
        (target / "golden.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
        save_file(tensors, target / "golden.safetensors")


def copy_runs(source: Path, target: Path) -> None:
    content = json.loads((source / "golden.json").read_text(encoding="utf-8"))
    tensors = load_file(source / "golden.safetensors")
    content["cases"] = {
        name: case
        for name, case in content["cases"].items()
        if case["sampler_type"] in KEPT_RUNS and f"{name}.trace_x" in tensors
    }
    runs = "|".join(map(re.escape, content["cases"]))
    kept = [name for name in tensors if re.fullmatch(rf"schedule\..*|({runs})\.({KEPT_PARTS})", name)]
    content["tensors"] = {name: content["tensors"][name] for name in kept}
    target.mkdir(exist_ok=True)
    (target / "golden.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    save_file({name: tensors[name] for name in kept}, target / "golden.safetensors")


if __name__ == "__main__":
    for folder in WHOLE:
        copy_whole(Path(sys.argv[1]) / folder, HERE / folder)
    copy_runs(Path(sys.argv[1]) / "sat-tiny", HERE / "sat-tiny-runs")
