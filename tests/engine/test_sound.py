"""What the built-in model's takes leave the engine with: their loudness, their peaks, the same bytes in any pieces."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import soxr
import torch

from musicapp.audio.levels import to_db
from musicapp.audio.loudness import loudness_lufs
from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.description.app_section import AppConfig
from musicapp.description.catalogue import find_model
from musicapp.engine.loudness import gain_for
from musicapp.engine.sound import blocks_of, bounds_of
from musicapp.errors import CheckpointError
from musicapp.prompts.arc import Arc
from tests.tiny_model import write_tiny_model

SECONDS = 9.3
FRAMES = int(SECONDS * 44100)


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load_model(find_model("builtin"), device="cpu", precision="fp32")


@pytest.fixture(scope="module")
def latents(model: LoadedModel) -> torch.Tensor:
    """Of a chord with loud hits every half second, quiet at first and loud at the end."""
    time = np.arange(FRAMES) / 44100
    rng = np.random.default_rng(5)
    chord = sum(np.sin(2 * np.pi * hz * time + hz) for hz in (110.0, 220.0, 277.2, 329.6))
    hits = rng.standard_normal(FRAMES) * np.exp(-(time % 0.5) * 40)
    mono = (0.05 + 0.15 * time / SECONDS) * (chord + 3 * hits)
    both = torch.tensor(np.stack([mono, 0.7 * mono]), dtype=torch.float32)[None]
    with torch.inference_mode():
        return model.autoencoder.encode(both)


def made(model: LoadedModel, latents: torch.Tensor, size: int = 128) -> np.ndarray:
    with torch.inference_mode():
        return np.concatenate(list(blocks_of(model, latents, FRAMES, size=size, seed=1)))


def test_takes_are_as_loud_as_the_model_asks_and_no_peak_is_above_its_ceiling(
    model: LoadedModel, latents: torch.Tensor
) -> None:
    app = model.config.app
    assert app.loudness_lufs is not None and app.true_peak_dbtp is not None
    sound = made(model, latents)
    assert sound.shape == (FRAMES, 2)
    assert loudness_lufs(sound, 44100) == pytest.approx(app.loudness_lufs, abs=1.5)
    peak_db = to_db(float(np.abs(soxr.resample(sound, 44100, 4 * 44100, quality="VHQ")).max()))
    assert app.true_peak_dbtp - 3 < peak_db <= app.true_peak_dbtp + 0.1


@pytest.mark.parametrize("size", [16, 40])
def test_the_sound_does_not_depend_on_the_pieces(model: LoadedModel, latents: torch.Tensor, size: int) -> None:
    """Pieces may be smaller where memory is short."""
    whole, pieces = made(model, latents), made(model, latents, size)
    assert np.abs(whole - pieces).max() < 1e-4  # kernels round otherwise for other sizes
    assert len(list(bounds_of(model, FRAMES, size))) > 3


@pytest.mark.parametrize("size", [16, 40])
def test_calm_passages_are_quieter_whatever_the_pieces(model: LoadedModel, latents: torch.Tensor, size: int) -> None:
    arc = Arc(((0.0, 1.0), (4.0, 1.0), (4.25, 0.0)))
    quiet = dataclasses.replace(model.config.app, loudness_lufs=-30.0)  # so that no peak is limited
    softer = dataclasses.replace(model, config=dataclasses.replace(model.config, app=quiet))

    def blocks(arc: Arc, size: int = 128) -> np.ndarray:
        with torch.inference_mode():
            return np.concatenate(list(blocks_of(softer, latents, FRAMES, size=size, seed=1, arc=arc)))

    plain, calm = blocks(Arc()), blocks(arc)
    ratio = [np.sqrt(np.square(x[a:b]).sum()) for x in (calm, plain) for a, b in ((0, 4 * 44100), (5 * 44100, FRAMES))]
    assert 20 * np.log10(ratio[0] / ratio[2]) == pytest.approx(quiet.calm_db, abs=0.1)
    assert ratio[1] / ratio[3] == pytest.approx(1, abs=0.01)
    assert np.abs(blocks(arc, size) - calm).max() < 1e-4


def test_quiet_and_loud_music_comes_out_alike(model: LoadedModel, latents: torch.Tensor) -> None:
    rate = model.config.sample_rate
    with torch.inference_mode():
        quiet = model.autoencoder.encode(model.autoencoder.decode(latents) / 4)
        gains = [gain_for(model.autoencoder, x, -16.0, rate) for x in (latents, quiet)]
    assert gains[1] / gains[0] == pytest.approx(4, rel=0.25)


def test_silence_is_not_lifted(model: LoadedModel) -> None:
    with torch.inference_mode():
        silence = model.autoencoder.encode(torch.zeros(1, 2, 16 * 2048))
        assert gain_for(model.autoencoder, silence, -16.0, 44100) == 1.0


def test_models_that_ask_for_nothing_keep_their_sound(tmp_path: Path) -> None:
    tiny = load_model(write_tiny_model(tmp_path / "tiny"), device="cpu", precision="fp32")
    assert tiny.config.app.true_peak_dbtp is None
    latents = torch.randn(1, tiny.autoencoder.latent_dim, 6, generator=torch.Generator().manual_seed(1))
    frames = 6 * tiny.autoencoder.downsampling_ratio - 5
    with torch.inference_mode():
        blocks = list(blocks_of(tiny, latents, frames, size=64, seed=1))
        whole = tiny.autoencoder.decode(latents)[0, :, :frames].T.numpy()
    assert np.array_equal(np.concatenate(blocks), whole)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"loudness_lufs": -16.0}, "without a highest peak"),
        ({"true_peak_dbtp": 3.0}, "true_peak_dbtp"),
        ({"true_peak_dbtp": -1.0, "loudness_lufs": 0.0}, "loudness_lufs"),
    ],
)
def test_senseless_levels_are_refused_in_words(values: dict[str, float], words: str) -> None:
    with pytest.raises(CheckpointError, match=words):
        AppConfig(steps=8, **values)
