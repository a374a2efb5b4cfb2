"""What precisions cost and change: measured on a real tiny model, kept beside it, forgotten with other weights."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp.cli import main
from musicapp.description import precision_figures
from musicapp.description.precision_figures import Figures
from musicapp.evaluation import precisions
from tests.tiny_model import write_tiny_model

SOME = [Figures("fp32", 400, None, 0.0), Figures("int8", 100, 21.5, 0.25)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "tiny", text_encoder="none")


def keep(folder: Path) -> None:
    precision_figures.write(folder, [folder / "model.safetensors"], SOME)


def test_fewer_bits_take_less_memory_and_change_more(folder: Path) -> None:
    found = {each.precision: each for each in precisions.measure(folder, seconds=1.0)}
    assert found["fp32"].signal_db is None and found["fp32"].mel == 0
    assert found["fp32"].weights_bytes > found["bf16"].weights_bytes
    assert found["fp32"].weights_bytes > found["int8"].weights_bytes > found["int4"].weights_bytes
    signal = {name: each.signal_db or 0.0 for name, each in found.items()}
    assert min(signal["bf16"], signal["int8"]) > signal["int4"] > 0
    assert found["int4"].mel > 0


def test_figures_come_back_and_travel_with_their_weights(folder: Path) -> None:
    keep(folder)
    assert precision_figures.read(folder) == SOME
    os.utime(folder / "model.safetensors", ns=(1, 1))  # a copied file
    assert precision_figures.read(folder) == SOME


def test_figures_of_other_weights_are_none(folder: Path) -> None:
    keep(folder)
    state = {name: weight + 1 for name, weight in load_file(folder / "model.safetensors").items()}
    save_file(state, folder / "model.safetensors")
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert precision_figures.read(folder) == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": 2}', '{"version": 1, "files": {"no": {}}}', "[" * 9999])
def test_damaged_files_are_no_figures(folder: Path, text: str) -> None:
    (folder / precision_figures.NAME).write_text(text)
    assert precision_figures.read(folder) == []


def test_the_command_measures_and_shows(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_tiny_model(home / "data" / "models" / "tiny", text_encoder="none")
    monkeypatch.setattr(precisions, "SECONDS", 1.0)
    monkeypatch.setattr(precisions, "PRECISIONS", ("fp32", "int8"))
    torch.manual_seed(0)
    assert main.main(["models", "info", "tiny", "--measure"]) == 0
    shown = capsys.readouterr().out
    assert "fp32" in shown and "full precision" in shown and "dB above the difference" in shown
    assert set(json.loads((folder / precision_figures.NAME).read_text())["precisions"]) == {"fp32", "int8"}
