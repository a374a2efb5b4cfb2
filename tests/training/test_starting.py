"""Going on from a finished model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from musicapp.checkpoints.catalogue import find_model
from musicapp.errors import MusicAppError
from musicapp.training import export
from musicapp.training.diffusion import DiffusionOptions, train
from musicapp.training.starting import start_from
from tests.training.data import write_latent_shard


def exported(work: Path) -> dict[str, torch.Tensor]:
    folder = export.export(
        work / "out",
        autoencoder_run=work / "autoencoder",
        text_encoder=work / "text" / "clap_text",
        diffusion_run=work / "diffusion",
    )
    return load_file(folder / "model.safetensors")


def test_a_started_model_exports_as_it_was(tmp_path: Path) -> None:
    start_from(find_model("builtin"), tmp_path)
    again, before = exported(tmp_path), load_file(find_model("builtin") / "model.safetensors")
    assert again.keys() == before.keys()
    for name, tensor in before.items():
        torch.testing.assert_close(again[name], tensor, atol=0, rtol=1e-6, msg=name)


def test_training_goes_on_from_there(tmp_path: Path) -> None:
    start_from(find_model("builtin"), tmp_path)
    latents = write_latent_shard(tmp_path / "latents", [40, 44, 48])
    before = torch.load(tmp_path / "diffusion" / "checkpoint.pt", weights_only=True)
    train(
        DiffusionOptions(
            run=tmp_path / "diffusion", latents=latents, held_out=latents, minutes=0.05, tokens=50,
            text_encoder=tmp_path / "text" / "clap_text",
        )
    )  # fmt: skip
    after = torch.load(tmp_path / "diffusion" / "checkpoint.pt", weights_only=True)
    assert after["step"] > 0 and after["statistics"]["scale"] == before["statistics"]["scale"]
    moved = [not torch.equal(after["model"][name], before["model"][name]) for name in before["model"]]
    assert sum(moved) > len(moved) / 2


def test_a_used_work_folder_is_left_alone(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "text").mkdir(parents=True)
    with pytest.raises(MusicAppError, match="already holds text"):
        start_from(find_model("builtin"), work)
    assert [path.name for path in work.iterdir()] == ["text"]


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    folder = Path(__file__).parent.parent / "reference" / "paper-tiny"
    with pytest.raises(MusicAppError, match="not those that these stages train"):
        start_from(folder, tmp_path / "work")
    assert not (tmp_path / "work").exists()
