"""Copies in few bits: the same numbers at the next load, and gone when they belong to nothing any more."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from musicapp.checkpoints import copy_writer
from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.description import copies
from tests.checkpoints import tiny_model

PRECISIONS = pytest.mark.parametrize("precision", copies.PRECISIONS)
TO_QKV = "model.model.transformer.layers.0.self_attn.to_qkv.weight"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model whose copies are worth keeping, however small it is."""
    monkeypatch.setattr(copy_writer, "LEAST_BYTES", 0)
    return tiny_model.write(tmp_path / "tiny")


def weights_of(model: LoadedModel) -> dict[str, torch.Tensor]:
    parts = {"dit": model.dit, "autoencoder": model.autoencoder, "conditioner": model.conditioner}
    return {f"{part}.{name}": t for part, network in parts.items() for name, t in network.state_dict().items()}


def change(folder: Path) -> None:
    """Other weights of the same size."""
    state = load_file(folder / "model.safetensors")
    state[TO_QKV] = state[TO_QKV] + 1
    save_file(state, folder / "model.safetensors")


@PRECISIONS
def test_the_next_load_has_the_same_bits_and_reads_the_copy(folder: Path, precision: str) -> None:
    first = weights_of(load_model(folder, precision=precision))
    copy = copies.path_of(folder, precision)
    (folder / "model.safetensors").write_bytes(b"\0" * (folder / "model.safetensors").stat().st_size)
    with safe_open(copy, framework="pt") as file:
        seen_ns = int(file.metadata()["seen"].split(",")[1].strip(" ]"))
    os.utime(folder / "model.safetensors", ns=(seen_ns, seen_ns))  # nobody can tell: so the copy alone is read
    second = weights_of(load_model(folder, precision=precision))
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) and first[name].dtype == second[name].dtype for name in first)


@PRECISIONS
def test_the_header_says_what_it_was_made_of(folder: Path, precision: str) -> None:
    load_model(folder, precision=precision)
    with safe_open(copies.path_of(folder, precision), framework="pt") as file:
        made = file.metadata()
    assert made["version"] == copies.VERSION and made["precision"] == precision
    assert len(made["source"]) == len(made["settings"]) == 64
    assert [copy.precision for copy in copies.list_copies(folder)] == [precision]


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_floats_and_small_models_get_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision: str) -> None:
    folder = tiny_model.write(tmp_path / "tiny")
    load_model(folder, precision="int8")
    monkeypatch.setattr(copy_writer, "LEAST_BYTES", 0)
    load_model(folder, precision=precision)
    assert not copies.list_copies(folder)


@PRECISIONS
def test_copies_of_changed_weights_are_made_anew_and_the_others_removed(folder: Path, precision: str) -> None:
    for each in copies.PRECISIONS:
        load_model(folder, precision=each)
    before = copies.path_of(folder, precision).read_bytes()
    change(folder)
    load_model(folder, precision=precision)
    assert [copy.precision for copy in copies.list_copies(folder)] == [precision]
    assert copies.path_of(folder, precision).read_bytes() != before


def test_other_times_alone_are_no_change(folder: Path) -> None:
    load_model(folder, precision="int8")
    before = copies.path_of(folder, "int8").stat().st_mtime_ns
    os.utime(folder / "model.safetensors", ns=(1, 1))
    load_model(folder, precision="int8")
    assert copies.path_of(folder, "int8").stat().st_mtime_ns == before


def test_another_description_makes_another_copy(folder: Path) -> None:
    load_model(folder, precision="int8")
    before = copies.path_of(folder, "int8").read_bytes()
    config = folder / "model_config.json"
    config.write_text(config.read_text().replace('"sample_size": 800', '"sample_size": 808'))
    load_model(folder, precision="int8")
    assert copies.path_of(folder, "int8").read_bytes() != before


@pytest.mark.parametrize("damage", [b"", b"\xff" * 400])
def test_a_damaged_copy_is_replaced(folder: Path, damage: bytes) -> None:
    first = weights_of(load_model(folder, precision="int8"))
    good = copies.path_of(folder, "int8").read_bytes()
    copies.path_of(folder, "int8").write_bytes(damage or good[: len(good) // 2])
    second = weights_of(load_model(folder, precision="int8"))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert len(copies.path_of(folder, "int8").read_bytes()) == len(good)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file.")
def test_when_the_copy_cannot_be_written_the_model_loads_without(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        model = load_model(folder, precision="int8")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert model.precision == "int8"
    assert sorted(path.name for path in folder.iterdir()) == ["model.safetensors", "model_config.json"]
    assert "no copy" in caplog.text


def test_a_full_disk_is_not_filled_further(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(copy_writer, "SPARE_BYTES", 1 << 60)
    load_model(folder, precision="int4")
    assert not copies.list_copies(folder) and "no room" in caplog.text


def test_the_writer_makes_what_the_library_reads(tmp_path: Path) -> None:
    torch.manual_seed(0)
    tensors = {
        "bytes": torch.randint(0, 255, (3, 5), dtype=torch.uint8),
        "halves": torch.randn(7).bfloat16(),
        "floats": torch.randn(2, 3).T,
        "one": torch.tensor(2.5),
        "none": torch.zeros(0, 4),
    }
    with (tmp_path / "x.safetensors").open("wb") as file:
        copy_writer.write(file, tensors, {"a": "ü"})
    read = load_file(tmp_path / "x.safetensors")
    assert read.keys() == tensors.keys()
    assert all(torch.equal(read[name], tensors[name]) for name in tensors)
