from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.parity.__main__ import main
from tests.parity.check import check_folder
from tests.parity.report import FAIL, NOT_OFFERED, OK, compare

REFERENCE = Path(__file__).parent / "reference"
NOT_OFFERED_HERE = {
    "paper-tiny": set(),
    "sat-rf-tiny": {"rk4.latents", "rk4.noise", "direct.rk4.latents", "direct.rk4.noise"},
}


@pytest.mark.parametrize("name", ["paper-tiny", "sat-rf-tiny"])
def test_the_product_computes_every_recorded_number(name):
    lines = check_folder(REFERENCE / name)
    described = json.loads((REFERENCE / name / "golden.json").read_text(encoding="utf-8"))["tensors"]
    assert [line.name for line in lines] == list(described)
    assert [line for line in lines if line.verdict == FAIL] == []
    assert {line.name for line in lines if line.verdict == NOT_OFFERED} == NOT_OFFERED_HERE[name]
    assert sum(line.verdict == OK for line in lines) >= 20


@pytest.mark.weights
@pytest.mark.parametrize(
    "name",
    [
        "sat-tiny",
        "diffusers-tiny",
        "sat-rf-tiny",
        "sat-inpaint-tiny",
        "paper-tiny",
        "sa3-tiny/small",
        "sa3-tiny/medium",
    ],
)
def test_every_folder_of_the_reference_data_passes(name):
    """MUSICAPP_REFERENCE names the folder with all recorded models, too large to be kept here."""
    folder = Path(os.environ.get("MUSICAPP_REFERENCE", "")) / name
    if not (folder / "golden.json").is_file():
        pytest.skip("MUSICAPP_REFERENCE does not name the reference data.")
    assert main([str(folder)]) == 0


@pytest.fixture
def small(tmp_path):
    """A copy of a folder that describes a few cheap tensors only; returns it with a function that edits it."""
    folder = tmp_path / "small"
    shutil.copytree(REFERENCE / "paper-tiny", folder)
    content = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    tensors = load_file(folder / "golden.safetensors")

    def edit(change=lambda content, tensors: None):
        change(content, tensors)
        (folder / "golden.json").write_text(json.dumps(content), encoding="utf-8")
        save_file(tensors, folder / "golden.safetensors")

    names = ("number.seconds_total", "dit.t", "clap.input_ids", "cond.global")
    content["tensors"] = {name: content["tensors"][name] for name in names}
    edit()
    return folder, edit


def test_equal_numbers_pass(small, capsys):
    assert main([str(small[0])]) == 0
    assert "PASSED" in capsys.readouterr().out


def shift_value(content, tensors):
    tensors["number.seconds_total"][0, 0, 0] += 0.01


def not_a_number(content, tensors):
    tensors["number.seconds_total"][1, 0, 0] = float("nan")


def infinite_input(content, tensors):
    tensors["dit.t"][0] = float("inf")


def other_token(content, tensors):
    tensors["clap.input_ids"][0, 1] += 1


def other_shape(content, tensors):
    content["tensors"]["cond.global"]["shape"] = [2, 7]


def lost_tensor(content, tensors):
    del tensors["cond.global"]


def unknown_tensor(content, tensors):
    content["tensors"]["dream.out"] = {"what": "something new", "shape": [1]}
    tensors["dream.out"] = torch.zeros(1)


def tiny_tolerance(content, tensors):
    content["tensors"]["number.seconds_total"]["suggested_max_abs"] = -1.0


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (shift_value, "number.seconds_total"),
        (not_a_number, "number.seconds_total"),
        (infinite_input, "dit.t"),
        (other_token, "clap.input_ids"),
        (other_shape, "cond.global"),
        (lost_tensor, "cond.global"),
        (unknown_tensor, "dream.out"),
        (tiny_tolerance, "number.seconds_total"),
    ],
)
def test_whatever_is_wrong_fails_under_its_name(small, capsys, change, name):
    folder, edit = small
    edit(change)
    assert main([str(folder)]) == 1
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    failing = [row[0] for row in rows if FAIL in row]
    assert failing == [name]


def test_a_foreign_family_fails_with_its_name(small, capsys):
    folder, _ = small
    config = json.loads((folder / "model_config.json").read_text(encoding="utf-8"))
    config["model"]["pretransform"]["config"]["encoder"]["type"] = "same"
    (folder / "model_config.json").write_text(json.dumps(config), encoding="utf-8")
    assert main([str(folder)]) == 1
    assert "family diffusion_cond / same" in capsys.readouterr().out


def test_a_diffusers_folder_fails_with_its_name(small, capsys):
    folder, _ = small
    (folder / "model_config.json").unlink()
    (folder / "model_index.json").write_text("{}", encoding="utf-8")
    assert main([str(folder)]) == 1
    assert "family diffusers pipeline" in capsys.readouterr().out


def test_a_folder_without_golden_numbers_fails(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    assert "golden data" in capsys.readouterr().out


def test_nothing_compared_is_not_a_pass(small):
    folder, edit = small
    edit(lambda content, tensors: content["tensors"].clear())
    assert main([str(folder)]) == 1


def test_a_difference_at_the_tolerance_passes_and_above_fails():
    golden = torch.zeros(2, 3)
    assert compare("x", golden + 0.25, golden, 0.25).verdict == OK
    assert compare("x", golden + 0.26, golden, 0.25).verdict == FAIL
    assert compare("x", torch.zeros(3, 2), golden, 0.25).verdict == FAIL
