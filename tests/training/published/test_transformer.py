"""The published recipe: its losses, the paper's sizes, a tiny model of the family that learns and is exported."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
import torch

from musicapp.checkpoints.load import load_model
from musicapp.description.config import parse_config
from musicapp.errors import MusicAppError
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.nn.dit import DiffusionTransformer
from musicapp.training import objective
from musicapp.training.published import oobleck, transformer
from musicapp.training.published.paper import STABLE_AUDIO_2_0
from tests.tiny_model import write_tiny_model
from tests.training.data import write_latent_shard


@pytest.fixture
def options(tmp_path):
    latents = write_latent_shard(tmp_path / "latents", [40, 44, 90], channels=8)
    folder = write_tiny_model(tmp_path / "tiny", autoencoder="oobleck")
    return transformer.TransformerOptions(
        run=tmp_path / "run", latents=latents, held_out=latents, text_encoder=folder / "clap_text",
        minutes=0.02, batch=2, window=16, learning_rate=1e-3, average_decay=0.9,
    )  # fmt: skip


def description_of(options):
    return json.loads((options.text_encoder.parent / "model_config.json").read_text())


def test_the_papers_model_has_the_papers_size():
    config = parse_config(transformer.read_description("stable_audio_2_0"))
    with torch.device("meta"):
        dit, coder = DiffusionTransformer(config.diffusion.dit), build_autoencoder(config.autoencoder)
    assert sum(p.numel() for p in dit.parameters() if p.requires_grad) == 1_056_828_544
    assert config.window_latents == 6144 and config.diffusion.objective == "v"
    assert sum(p.numel() for p in coder.parameters()) == pytest.approx(156_112_514, rel=1e-3)
    assert transformer.read_description("stable_audio_2_0") is STABLE_AUDIO_2_0


def test_v_loss_is_zero_for_the_true_v():
    z, noise, t = torch.randn(3, 4, 5), torch.randn(3, 4, 5), torch.rand(3)
    cosine, sine = (f(t * math.pi / 2)[:, None, None] for f in (torch.cos, torch.sin))
    loss = objective.v_loss(lambda x, s: cosine * noise - sine * z, z, t, noise)
    torch.testing.assert_close(loss, torch.zeros(3))
    at_ends = []
    objective.v_loss(lambda x, s: at_ends.append(x) or x, z, torch.tensor([0.0, 1.0, 0.0]), noise)
    torch.testing.assert_close(at_ends[0], torch.stack([z[0], noise[1], z[2]]), atol=1e-6, rtol=0)


@pytest.mark.parametrize("light", [False, True])
def test_a_model_of_the_family_trains_goes_on_and_loads_in_the_app(options, tmp_path, light):
    torch.set_num_threads(1)
    config = parse_config(description_of(options))
    transformer.train(replace(options, light=light, checkpointing=True), config)
    first = torch.load(options.run / "checkpoint.pt", weights_only=True)
    transformer.train(replace(options, light=light, minutes=first["elapsed_s"] / 60 + 0.01), config)
    second = torch.load(options.run / "checkpoint.pt", weights_only=True)
    assert second["step"] > first["step"] > 0
    changed = [n for n, w in second["model"].items() if not torch.equal(w, first["model"][n])]
    assert any(n.startswith("dit.blocks") for n in changed) and any(n.startswith("parts.seconds") for n in changed)
    assert not any(".encoder." in name for name in second["model"])
    folder = options.text_encoder.parent
    transformer.export(folder, description_of(options), options.run, build_autoencoder(config.autoencoder))
    loaded = load_model(folder)
    kept = second["model"] if light else second["average"]["weights"]
    torch.testing.assert_close(loaded.dit.project_in.weight, kept["dit.project_in.weight"], atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize("objective", ["v", "rectified_flow"])
def test_takes_are_heard_through_the_work_folders_own_autoencoder_only(options, tmp_path, caplog, objective):
    torch.set_num_threads(1)
    folder = write_tiny_model(tmp_path / "tiny", autoencoder="oobleck", objective=objective)
    config = parse_config(json.loads((folder / "model_config.json").read_text()))
    coder = tmp_path / "autoencoder"
    coder.mkdir()
    torch.save({"average": {"weights": oobleck.build(config.autoencoder).state_dict()}}, coder / "checkpoint.pt")
    transformer.train(replace(options, autoencoder=coder, minutes=0.001), config)
    assert len(list(options.run.glob("samples/step-*/take-*.flac"))) == 2
    torch.save({"average": {"weights": {}}}, coder / "checkpoint.pt")
    transformer.train(replace(options, autoencoder=coder, minutes=0.001), config)
    assert "no sample takes" in caplog.text


def test_gradient_checkpointing_changes_no_gradient(options):
    torch.manual_seed(0)
    model = transformer.build(parse_config(description_of(options)), options.text_encoder)
    for weight in model.parameters():  # blocks begin as identities, whose gradients are mostly zero
        torch.nn.init.normal_(weight, std=0.1)
    told = [{"prompt": "calm piano", "seconds_start": 0, "seconds_total": 3}] * 2
    batch = (torch.randn(2, 8, 16), torch.randn(2, 8, 16), torch.rand(2), told, torch.ones(2, 1, 1))

    def gradients():
        model.zero_grad()
        model(*batch).backward()
        return [p.grad.clone() for p in model.parameters() if p.grad is not None]

    plain = gradients()
    transformer.compute_twice(model.dit)
    for one, other in zip(plain, gradients(), strict=True):
        torch.testing.assert_close(one, other)


def test_a_config_of_another_sample_rate_is_refused_before_training(options):
    description = description_of(options) | {"sample_rate": 48000}
    with pytest.raises(MusicAppError, match=r"for 48000 Hz; the music in .* has 44100 Hz"):
        transformer.train(options, parse_config(description))
    assert not (options.run / "checkpoint.pt").exists()
