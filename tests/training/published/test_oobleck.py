"""The paper's autoencoder losses against another implementation, and a tiny autoencoder that learns a tone."""

from __future__ import annotations

import csv
import json

import auraloss
import numpy as np
import pytest
import torch

from musicapp.cli.main import main
from musicapp.description.config import parse_config
from musicapp.training import losses
from musicapp.training.dataset import ShardWriter
from musicapp.training.published import oobleck, sound_loss
from musicapp.training.published.discriminator import Discriminator, fooling_losses, judge_loss
from tests.tiny_model import write_tiny_model
from tests.training.data import truth, write_audio_shard


def test_the_weighting_is_the_a_curve():
    gains_db = 20 * np.log10(sound_loss.a_weighting(np.array([100.0, 1000.0, 10000.0])))
    np.testing.assert_allclose(gains_db, [-19.1, 0.0, -2.5], atol=0.1)  # IEC 61672-1, table 3
    response = np.abs(np.fft.rfft(sound_loss.a_filter(44100), 44100))
    assert 20 * np.log10(response[[1000, 3000, 8000]]) == pytest.approx([0, 1.2, -1.8], abs=0.3)


def test_the_loss_is_that_of_another_implementation(monkeypatch):
    torch.manual_seed(0)
    target = torch.randn(2, 2, 16384) * 0.1
    decoded = target + 0.05 * torch.randn(2, 2, 16384)
    sizes = list(sound_loss.SIZES)
    settings = {"fft_sizes": sizes, "hop_sizes": [n // 4 for n in sizes], "win_lengths": sizes}
    monkeypatch.setattr(sound_loss, "_weighted", lambda x, rate: x)  # theirs needs a library more; ours is tested above
    both = auraloss.freq.SumAndDifferenceSTFTLoss(**settings)(target, decoded)
    left, right = (
        auraloss.freq.MultiResolutionSTFTLoss(**settings)(target[:, i : i + 1], decoded[:, i : i + 1]) for i in (0, 1)
    )
    ours = sound_loss.sound_loss(decoded, target, 44100)
    assert float(ours) == pytest.approx(float(both + left / 2 + right / 2), rel=1e-3)
    assert float(sound_loss.sound_loss(target, target, 44100)) == 0


def test_a_discriminator_learns_to_tell_noise_from_a_tone():
    torch.manual_seed(0)
    judge = Discriminator(channels=2, filters=4)
    optimiser = torch.optim.Adam(judge.parameters(), 3e-3)
    tone = torch.sin(torch.arange(4096) * 0.1).expand(2, 2, -1)
    noise = torch.randn(2, 2, 4096)
    first = judge_loss(judge(tone), judge(noise))
    for _ in range(15):
        optimiser.zero_grad()
        loss = judge_loss(judge(tone), judge(noise))
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.7 * first.item()
    scores, features = fooling_losses(judge(tone), judge(tone))
    assert features.item() == 0 and scores.ndim == 0


@pytest.mark.slow
def test_a_tiny_autoencoder_comes_nearer_to_a_tone_and_goes_on(tmp_path):
    torch.set_num_threads(1)
    folder = write_tiny_model(tmp_path / "tiny", autoencoder="oobleck", text_encoder="none")
    config = parse_config(json.loads((folder / "model_config.json").read_text()))
    with ShardWriter(tmp_path / "audio" / "shard-0", "int16", 2) as writer:
        tone = 16000 * np.sin(np.arange(44100) * 2 * np.pi * 220 / 44100)
        writer.add(np.stack([tone, tone], 1).astype(np.int16), truth(0, 1.0))
    options = oobleck.OobleckOptions(
        run=tmp_path / "run", audio=tmp_path / "audio", held_out=tmp_path / "audio", minutes=2.5, batch=1, frames=8192,
        filters=2, learning_rate=2e-2, average_decay=0.9, measured_crops=4, measure_every_s=1e9, warmup=0.9,
    )  # fmt: skip
    untrained = oobleck.plain(oobleck.build(config.autoencoder))
    audio = torch.from_numpy(tone[:16384] / 32767).float().expand(1, 2, -1)

    def quality(model):
        with torch.inference_mode():
            decoded = model.decode(model.encode(audio))
        return losses.si_sdr(decoded, audio), float(sound_loss.sound_loss(decoded, audio, 44100))

    oobleck.train(options, config)
    trained = oobleck.load_average(options.run, config.autoencoder)
    (before_db, before), (after_db, after) = quality(untrained), quality(trained)
    steps = torch.load(options.run / "checkpoint.pt", weights_only=True)["step"]
    assert after < 0.8 * before, (before, after, steps)
    assert after_db > before_db + 5, (before_db, after_db, steps)
    rows = list(csv.DictReader((options.run / "held_out.csv").read_text().splitlines()))
    assert float(rows[-1]["si_sdr_db"]) > before_db
    oobleck.train(options, config)  # its time is spent: no step more
    assert torch.load(options.run / "checkpoint.pt", weights_only=True)["step"] == steps


@pytest.mark.parametrize("stage", ["autoencoder", "encode"])
def test_music_of_another_sample_rate_than_the_configs_is_refused(tmp_path, capsys, stage):
    config = write_tiny_model(tmp_path / "tiny", autoencoder="oobleck", text_encoder="none") / "model_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"sample_rate": 32000}))
    work = write_audio_shard(tmp_path / "work" / "audio", [3000]).parent
    write_audio_shard(work / "audio-held-out", [3000])
    words = ["--work", str(work), "--config", str(config), "--device", "cpu"]
    if stage == "autoencoder":
        words += ["--minutes", "1"]
    else:
        coder = oobleck.build(parse_config(json.loads(config.read_text())).autoencoder)
        (work / "autoencoder").mkdir()
        torch.save({"average": {"weights": coder.state_dict()}}, work / "autoencoder" / "checkpoint.pt")
    assert main(["train", stage, *words]) == 1
    said = capsys.readouterr().err
    assert "for 32000 Hz" in said and "Set sample_rate in the config to 44100." in said
    assert not (work / "latents").exists()


def test_training_the_decoder_alone_goes_with_the_built_in_recipe_only(tmp_path, capsys):
    command = ["train", "autoencoder", "--work", str(tmp_path), "--config", "stable_audio_2_0", "--minutes", "1"]
    assert main([*command, "--decoder-only"]) == 1
    assert "--decoder-only goes with the built-in recipe alone." in capsys.readouterr().err
