"""Going on from a finished model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp.description.catalogue import find_model
from musicapp.description.configs import TIMELINE_CHANNELS
from musicapp.errors import MusicAppError
from musicapp.training.builtin import export
from musicapp.training.builtin.diffusion import DiffusionOptions, load_average, train
from musicapp.training.builtin.warm_start import start_from
from tests.training.data import write_latent_shard


def exported(work: Path) -> dict[str, torch.Tensor]:
    folder = export.export(
        work / "out",
        autoencoder_run=work / "autoencoder",
        text_encoder=work / "text" / "clap_text",
        diffusion_run=work / "diffusion",
        tempered_run=work / "tempered",
    )
    return load_file(folder / "model.safetensors")


def of_earlier_shape(model: Path, folder: Path) -> Path:
    """A copy of the built-in model with the layers and the config of one without timeline and summary."""
    shutil.copytree(model, folder)
    description = json.loads((folder / "model_config.json").read_text())
    entries = description["model"]["conditioning"]["configs"]
    entries[:] = [entry for entry in entries if entry["type"] not in ("timeline", "summary")]
    section = description["model"]["diffusion"]
    section.pop("input_concat_ids", None)
    section["config"].pop("input_concat_dim", None)
    section["global_cond_ids"] = ["seconds_start", "seconds_total"]
    section["config"]["global_cond_dim"] = 384
    (folder / "model_config.json").write_text(json.dumps(description))
    state = load_file(folder / "model.safetensors")
    for name, tensor in state.items():
        if name == "model.model.preprocess_conv.weight":
            state[name] = tensor[:64, :64].contiguous()
        elif name == "model.model.transformer.project_in.weight":
            state[name] = tensor[:, :128].contiguous()
        elif name == "model.model.to_global_embed.0.weight":
            state[name] = tensor[:, :384].contiguous()
    save_file(state, folder / "model.safetensors")
    return folder


def test_a_started_model_exports_as_it_was(tmp_path: Path) -> None:
    start_from(find_model("builtin"), tmp_path)
    again, before = exported(tmp_path), load_file(find_model("builtin") / "model.safetensors")
    assert again.keys() == before.keys()
    for name, tensor in before.items():
        was = tuple(slice(size) for size in tensor.shape)
        torch.testing.assert_close(again[name][was], tensor, atol=0, rtol=1e-6, msg=name)
        assert again[name].count_nonzero() == tensor.count_nonzero(), name  # of an earlier shape: widened with zeros


def test_a_model_from_before_the_timeline_is_given_one_that_changes_nothing(tmp_path: Path) -> None:
    old = of_earlier_shape(find_model("builtin"), tmp_path / "old")
    start_from(old, tmp_path / "work")
    average, _ = load_average(tmp_path / "work" / "diffusion", tmp_path / "work" / "text" / "clap_text")
    x, t = torch.randn(1, 64, 40), torch.tensor([0.7])
    cross, numbers = torch.randn(1, 5, 192), torch.randn(1, 384)
    with torch.inference_mode():
        plain = average.dit(x, t, cross=cross, global_cond=torch.cat((numbers, torch.zeros(1, 192)), dim=1))
        more = torch.cat((numbers, torch.randn(1, 192)), dim=1)
        beside = average.dit(x, t, cross=cross, global_cond=more, input_concat=torch.randn(1, TIMELINE_CHANNELS, 40))
    torch.testing.assert_close(beside, plain, atol=1e-5, rtol=1e-5)
    before = load_file(old / "model.safetensors")["model.model.transformer.project_in.weight"]
    assert torch.equal(average.dit.project_in.weight[:, : before.shape[1]], before.float())


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
    folder = Path(__file__).parents[2] / "reference" / "paper-tiny"
    with pytest.raises(MusicAppError, match="not those that these stages train"):
        start_from(folder, tmp_path / "work")
    assert not (tmp_path / "work").exists()
