"""Every training stage runs, learns on tiny data, goes on after a stop, and ends in a folder that loads."""

from __future__ import annotations

import math
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from musicapp.audio import wave_io
from musicapp.captions.captions import Contrast
from musicapp.checkpoints.load import load_model
from musicapp.nn.spectral import mid_side, short_time_spectrum
from musicapp.prompts.vocabulary import read_vocabulary
from musicapp.training import latents, objective, samples, tables
from musicapp.training.builtin import autoencoder, diffusion, distill, export, sharpen, text
from musicapp.training.dataset import Shards
from tests.training.data import write_audio_shard, write_latent_shard

MINUTE_OF_ONE_STEP = 1e-4


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """All stages once, a step or two each, in full size as sizes are what the file layout promises."""
    torch.set_num_threads(1)
    work = tmp_path_factory.mktemp("work")
    audio = write_audio_shard(work / "audio", [30000, 40000])
    options = autoencoder.AutoencoderOptions(
        run=work / "autoencoder",
        audio=audio,
        held_out=audio,
        minutes=MINUTE_OF_ONE_STEP,
        batch=1,
        frames=8192,
        measured_crops=4,
    )
    autoencoder.train(options)
    latent_folder = write_latent_shard(work / "latents", [40, 44, 48])
    folder = text.train(
        text.TextOptions(
            run=work / "text", latents=latent_folder, held_out=latent_folder, minutes=MINUTE_OF_ONE_STEP,
            batch=2, latent_frames=16, vocabulary=300,
        )
    )  # fmt: skip
    diffusion.train(
        diffusion.DiffusionOptions(
            run=work / "diffusion", latents=latent_folder, held_out=latent_folder, text_encoder=folder,
            minutes=MINUTE_OF_ONE_STEP, tokens=50, autoencoder=work / "autoencoder",
        )
    )  # fmt: skip
    export.export(
        work / "model", autoencoder_run=work / "autoencoder", text_encoder=folder, diffusion_run=work / "diffusion"
    )
    return work


def test_the_exported_folder_loads_and_decodes_like_the_trained_networks(work):
    model = load_model(work / "model")
    trained = autoencoder.load_average(work / "autoencoder")
    audio = 0.1 * torch.randn(1, 2, 6 * 2048)
    with torch.inference_mode():
        mine, theirs = model.autoencoder.encode(audio), trained.encode(audio)
        torch.testing.assert_close(model.autoencoder.decode(mine), trained.decode(theirs), atol=2e-2, rtol=0)
        statistics = diffusion.load_average(work / "diffusion", work / "text" / "clap_text")[1]
        torch.testing.assert_close(mine, statistics.normalise(theirs), atol=2e-2, rtol=2e-2)


def test_the_exported_folder_says_which_words_it_learnt(work):
    vocabulary = read_vocabulary(work / "model")
    assert vocabulary is not None and [word.word for word in vocabulary.unknown_in("theremin, piano")] == ["theremin"]


def test_the_exported_transformer_is_the_averaged_one_within_its_rounding(work):
    model = load_model(work / "model")
    generator, _ = diffusion.load_average(work / "diffusion", work / "text" / "clap_text")
    x, t = torch.randn(1, 64, 20), torch.tensor([0.5])
    cond = model.conditioner.encode([{"prompt": "calm piano", "seconds_start": 0.0, "seconds_total": 1.0}])
    with torch.inference_mode():
        ours = model.dit(x, t, cross=cond.cross, global_cond=cond.global_cond)
        theirs = generator.dit(x, t, cross=cond.cross, global_cond=cond.global_cond)
    assert (ours - theirs).abs().mean() < 0.05 * theirs.abs().mean() + 1e-3


def test_a_student_changes_the_transformer_alone_and_is_exported_with_its_own_defaults(work, tmp_path):
    folder = work / "text" / "clap_text"
    distill.train(
        distill.DistillOptions(
            run=tmp_path / "distilled", teacher=work / "diffusion", latents=work / "latents",
            held_out=work / "latents", text_encoder=folder, minutes=1e-2, substeps=2, tokens=50,
            autoencoder=work / "autoencoder",
        )
    )  # fmt: skip
    assert len(list((tmp_path / "distilled").glob("samples/step-*/take-*.flac"))) == len(samples.PROMPTS)
    teacher, _ = diffusion.load_average(work / "diffusion", folder)
    student, _ = diffusion.load_average(tmp_path / "distilled", folder)
    changed = {n for n, weights in student.state_dict().items() if not torch.equal(weights, teacher.state_dict()[n])}
    assert changed and all(name.startswith("dit.") for name in changed)
    export.export(
        tmp_path / "model", autoencoder_run=work / "autoencoder", text_encoder=folder,
        diffusion_run=tmp_path / "distilled", app=export.DISTILLED,
    )  # fmt: skip
    app = load_model(tmp_path / "model").config.app
    assert (app.sampler, app.steps, app.guidance_scale) == ("euler", 8, 1.0)


def test_a_sharpened_student_is_pushed_away_from_opposites(work, tmp_path):
    folder = work / "text" / "clap_text"
    options = sharpen.SharpenOptions(
        run=tmp_path / "sharpened", student=work / "diffusion", text_encoder=folder, minutes=1e-2, tokens=50,
        compared=1, autoencoder=work / "autoencoder",
    )  # fmt: skip
    sharpen.train(options)
    before, _ = diffusion.load_average(work / "diffusion", folder)
    after, _ = diffusion.load_average(tmp_path / "sharpened", folder)
    changed = {n for n, weights in after.state_dict().items() if not torch.equal(weights, before.state_dict()[n])}
    assert changed and all(name.startswith("dit.") for name in changed)
    assert len(list((tmp_path / "sharpened").glob("samples/step-*/take-*.flac"))) == len(samples.PROMPTS)
    assert set(tables.read(tmp_path / "sharpened" / "held_out.csv")) >= {"sharpened", "before"}

    pushed = Contrast("rock, flute, no drums", "rock, no drums", "rock, flute, drums")
    plain = Contrast("oboe", None, None)
    numbers = {"tempo_bpm": 0.0, "seconds_start": 0.0, "seconds_total": 1.0}
    asked = sharpen.Asked([pushed, plain], [True, False], [numbers, numbers], 20)
    x, t = torch.randn(2, 64, 20), torch.full((2,), 0.5)
    conditioner = diffusion.conditioner_around(before, folder)

    def says(prompt: str) -> torch.Tensor:
        cond, _ = diffusion.steering_of(conditioner, [{"prompt": prompt, **numbers}], 20)
        with torch.inference_mode():
            return diffusion.forward(before.dit, x[:1], t[:1], **cond)

    whole, leaderless, drummed = (says(text) for text in vars(pushed).values())
    found = sharpen.Pushed(before, conditioner, asked, replace(options, lead=2.0, no_drums=3.0))(x, t)
    wanted = whole + 2.0 * (whole - leaderless) + 3.0 * (whole - drummed)
    torch.testing.assert_close(found[:1], wanted, atol=1e-3, rtol=1e-3)
    with torch.inference_mode():
        told = sharpen.Pushed(before, conditioner, asked, options).conditioning
        torch.testing.assert_close(found[1:], diffusion.forward(before.dit, x, t, **told)[1:], atol=1e-4, rtol=1e-4)


def test_stages_leave_a_picture_of_their_losses_and_something_to_hear(work):
    step = tables.read(work / "diffusion" / "held_out.csv")["step"][-1]
    takes = sorted((work / "diffusion" / "samples" / f"step-{step:.0f}").iterdir())
    pairs = sorted((work / "autoencoder").glob("samples/step-*/*.flac"))
    assert [path.name for path in takes] == ["take-1.flac", "take-2.flac"]
    assert [path.name for path in pairs] == ["1-decoded.flac", "1-original.flac", "2-decoded.flac", "2-original.flac"]
    for path in (*takes, *pairs):
        sound, rate = wave_io.read(path)
        assert rate == 44100 and sound.shape[1] == 2 and np.abs(sound).max() > 1e-3
    for stage in ("autoencoder", "text", "diffusion"):
        picture = ElementTree.parse(work / stage / "losses.svg")
        titles = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
        assert any(title.startswith("held_out: ") for title in titles)


def test_a_finished_run_does_not_train_again(work):
    options = diffusion.DiffusionOptions(
        run=work / "diffusion", latents=work / "latents", held_out=work / "latents",
        text_encoder=work / "text" / "clap_text", minutes=MINUTE_OF_ONE_STEP, tokens=50,
    )  # fmt: skip
    before = torch.load(work / "diffusion" / "checkpoint.pt", weights_only=True)["step"]
    diffusion.train(options)
    assert torch.load(work / "diffusion" / "checkpoint.pt", weights_only=True)["step"] == before


def test_decoder_only_training_listens_and_leaves_the_encoder_alone(work, monkeypatch):
    heard, sound_loss = [], autoencoder.sound_loss
    monkeypatch.setattr(autoencoder, "sound_loss", lambda *given: heard.append(sound_loss(*given)) or heard[-1])
    options = autoencoder.AutoencoderOptions(
        run=work / "autoencoder",
        audio=work / "audio",
        held_out=work / "audio",
        minutes=1e3,
        batch=1,
        frames=8192,
        measured_crops=4,
    )
    before = autoencoder.load_average(work / "autoencoder")
    spent = torch.load(work / "autoencoder" / "checkpoint.pt", weights_only=True)["elapsed_s"] / 60
    after = autoencoder.train(replace(options, freeze_encoder=True, minutes=spent + 5e-3))
    for name, weights in before.encoder.state_dict().items():
        torch.testing.assert_close(after.encoder.state_dict()[name], weights)
    assert heard and all(bool(distance > 0) for distance in heard)


def test_what_is_heard_too_quietly_is_made_louder():
    decoder = autoencoder.build_autoencoder(autoencoder.autoencoder_config()).decoder
    time = torch.arange(32768) / 44100
    audio = (0.3 * torch.sin(2 * math.pi * 440 * time)).expand(1, 2, -1)
    spectrum = short_time_spectrum(mid_side(audio), decoder.window, 512)
    quiet = (0.5 * spectrum.abs() * (4 / 2048)).clamp(min=1e-6).log().requires_grad_()
    autoencoder.sound_loss(decoder, quiet, audio).backward()
    partial = round(440 * 2048 / 44100)
    assert quiet.grad is not None and (quiet.grad[0, 0, 8:-8, partial] < 0).all()


def test_an_encoded_piece_ends_in_silence_and_is_long_enough(work):
    model = autoencoder.load_average(work / "autoencoder")
    rows = latents.encode(model, Shards([work / "audio"]).read(0).astype("float32") / 32767)
    assert rows.shape == (-(-30000 // 2048) + latents.SILENT_TAIL, 64)


def test_flow_loss_is_zero_for_the_true_velocity():
    z, noise, t = torch.randn(3, 4, 5), torch.randn(3, 4, 5), torch.rand(3)
    loss = objective.flow_loss(lambda x, t: noise - z, z, t, noise)
    torch.testing.assert_close(loss, torch.zeros(3))


def test_a_tenth_of_the_prompts_is_dropped():
    kept = objective.draw_kept(1000, 0.1, generator=torch.Generator().manual_seed(0))
    assert kept.shape == (1000, 1, 1) and kept.dtype == torch.bool
    assert 860 < int(kept.sum()) < 940


def test_timesteps_reach_both_ends():
    drawn = objective.draw_timesteps(20000, generator=torch.Generator().manual_seed(0))
    assert drawn.min() < 0.01
    assert drawn.max() > 0.99
    assert 0.15 < (drawn > 0.95).float().mean() < 0.25  # where the sampler takes a third of its steps
    assert (drawn < 0.3).float().mean() > 0.05
