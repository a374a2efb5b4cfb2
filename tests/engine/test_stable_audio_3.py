"""Takes of Stable Audio 3: its lengths, its schedule, its guidance and the noise of its decoder."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from musicapp.audio import wave_io
from musicapp.checkpoints.load import load_model
from musicapp.description.config import parse_config
from musicapp.description.lengths import lengths_for
from musicapp.description.shift_configs import FluxShift, FullShift, LogSNRShift, NoShift
from musicapp.diffusion import shifts
from musicapp.engine.decode import decode_chunks
from musicapp.engine.denoise import plan_for
from musicapp.engine.engine import Engine
from musicapp.engine.events import Finished
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.request import TakeRequest
from tests.checkpoints.test_stable_audio_3 import description, folder
from tests.making import make

__all__ = ["folder"]  # the fixture: a small model with its text encoder


def request(model: Path, **changes: object) -> TakeRequest:
    values = {"take_id": "one", "prompt": "calm piano", "duration_s": 0.9, "seed": 7, "precision": "fp32", "steps": 3}
    return TakeRequest(model=str(model), **{**values, **changes})  # type: ignore[arg-type]


def test_the_plan_is_the_published_one(folder: Path) -> None:
    model, wanted = load_model(folder), request(folder)
    plan, lengths = plan_for(model, wanted, needed=311), lengths_for(model.config, [0.9])
    assert plan.latents == lengths.latents and plan.valid is not None and plan.sigmas is not None
    assert int(plan.valid.sum()) == lengths.valid[0]
    torch.testing.assert_close(plan.sigmas, shifts.build(3, lengths.effective[0]), atol=0, rtol=0)


SHIFTS = {
    "full": ({"base_shift": 0.4, "max_shift": 2.0, "min_length": 8, "max_length": 400}, FullShift),
    "flux": ({"min_length": 8, "max_length": 400, "alpha_min": 2.0, "alpha_max": 5.0}, FluxShift),
    "logsnr": ({"anchor_length": 100, "anchor_logsnr": -5.0, "rate": 0.5, "logsnr_end": 3.0}, LogSNRShift),
    "none": ({}, NoShift),
}


@pytest.mark.parametrize("kind", SHIFTS)
def test_the_models_own_shift_of_sampling_is_followed(folder: Path, kind: str) -> None:
    options, shift = SHIFTS[kind]
    values = description()
    values["model"]["diffusion"]["sampling_distribution_shift_options"] = {"type": kind, **options}
    model, wanted = load_model(folder), request(folder, steps=6)
    other = dataclasses.replace(model, config=parse_config(values))
    sigmas = plan_for(other, wanted, needed=311).sigmas
    assert sigmas is not None and not torch.equal(sigmas, plan_for(model, wanted, needed=311).sigmas)
    effective = lengths_for(model.config, [0.9]).effective[0]
    torch.testing.assert_close(sigmas, shifts.build(6, effective, shift=shift(**options)), atol=0, rtol=0)


def test_a_take_is_whole_repeats_and_follows_its_seed(folder: Path, tmp_path: Path) -> None:
    engine, wanted, audio = Engine(), request(folder, guidance_scale=4.0, negative_prompt="drums"), []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        *_, last = make(engine, dataclasses.replace(wanted, seed=seed), tmp_path / f"{name}.wav")
        assert isinstance(last, Finished) and last.total_frames == 39690
        audio.append(torch.from_numpy(wave_io.read(tmp_path / f"{name}.wav")[0]))
    assert torch.isfinite(audio[0]).all() and audio[0].abs().max() > 1e-3
    assert torch.equal(audio[0], audio[1]) and not torch.equal(audio[0], audio[2])


@pytest.mark.parametrize("count", [200, 103])  # the second ends in the middle of one of the decoder's own chunks
def test_chunks_with_the_decoders_noise_join_to_the_whole_decode(count: int) -> None:
    torch.manual_seed(0)
    autoencoder = build_autoencoder(parse_config(description()).autoencoder).eval()
    latents = torch.randn(1, autoencoder.latent_dim, count)
    with torch.inference_mode():
        whole = autoencoder.decode(latents, autoencoder.decode_noise(5, 0, count))
        silent = autoencoder.decode(latents)
    joined = torch.cat(list(decode_chunks(autoencoder, latents, seed=5)), dim=-1)
    torch.testing.assert_close(joined, whole, atol=1e-5, rtol=0)
    assert (whole - silent).abs().max() > 1e-4
