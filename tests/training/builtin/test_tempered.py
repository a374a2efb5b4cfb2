"""The stage for tempered pitches: what sounds is found, and a bank learns it from decoded magnitudes."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
import torch

from musicapp.description.spectral_configs import SpectralDecoderConfig, TemperedConfig
from musicapp.nn.autoencoder import Autoencoder, build_autoencoder
from musicapp.nn.spectral import short_time_spectrum
from musicapp.nn.tempered import LOWEST_PITCH, TemperedBank
from musicapp.training.builtin import tempered
from musicapp.training.builtin.autoencoder import autoencoder_config
from tests.training.data import write_audio_shard

RATE, HOP = 44100, 2048


@pytest.fixture
def autoencoder() -> Autoencoder:
    torch.manual_seed(1)
    config = autoencoder_config()
    assert isinstance(config.decoder, SpectralDecoderConfig)
    decoder = dataclasses.replace(config.decoder, width=16, depth=1, tempered=TemperedConfig(width=16, depth=1))
    return build_autoencoder(dataclasses.replace(config, decoder=decoder)).eval().requires_grad_(False)


def test_partials_go_to_their_pitches_with_their_levels():
    """A fifth in the bass, a tone a little sharp, a faint one beside a loud one, and nothing at all."""
    sounding = {33: 0.3, 40: 0.2, 52.2: 0.1, 64: 0.02, 76: 0.1}
    time = torch.arange(60 * HOP) / RATE
    audio = sum(level * torch.cos(2 * math.pi * 440 * 2 ** ((p - 69) / 12) * time + p) for p, level in sounding.items())
    found = tempered.partials(audio, HOP, 50)
    assert found.shape == (60, 50)
    middle = found[30]
    for pitch, level in sounding.items():
        assert middle[round(pitch) - LOWEST_PITCH] == pytest.approx(level, rel=0.05)
    others = [n for n in range(50) if n + LOWEST_PITCH not in {round(p) for p in sounding}]
    assert middle[others].max() < 0.005
    assert not tempered.partials(torch.zeros(8 * HOP), HOP, 50).any()


def test_a_bank_learns_which_pitch_sounds(tmp_path, monkeypatch):
    """Four tones of three seconds, heard as they are: after a few steps each is told from the others."""
    monkeypatch.setattr(tempered, "CROP", 128)
    monkeypatch.setattr(tempered.Run, "is_over", property(lambda run: run.step == 200))
    torch.manual_seed(1)
    bank = TemperedBank(TemperedConfig(width=32, depth=1), n_fft=2048, hop=512, stride=4)
    examples = []
    for pitch in (36, 45, 57, 69):
        tone = 0.3 * torch.cos(2 * math.pi * 440 * 2 ** ((pitch - 69) / 12) * torch.arange(64 * HOP) / RATE)
        spectrum = short_time_spectrum(tone, torch.hann_window(2048), 512).abs() * (4 / 2048)
        heard, levels = (spectrum + 1e-5).log()[:, :40].half(), tempered.partials(tone, HOP, 50)
        examples.append(tempered.Example(torch.stack([heard, heard]), torch.stack([levels, levels])))
    options = tempered.TemperedOptions(run=tmp_path / "run", audio=tmp_path, minutes=10, batch=4, learning_rate=1e-2)
    bank.load_state_dict(tempered.fit(bank, examples, options))
    for example, number in zip(examples, (8, 17, 29, 41), strict=True):
        with torch.inference_mode():
            is_on, level = bank.heard(example.heard.float())
        assert (is_on[0, 8:-8].argmax(-1) == number).all()
        assert level[0, 32, number].exp() == pytest.approx(0.3, rel=0.5)


def test_training_hears_the_decoder_and_changes_nothing_in_it(autoencoder, tmp_path, monkeypatch):
    monkeypatch.setattr(tempered.Run, "is_over", property(lambda run: run.step == 2))
    audio = write_audio_shard(tmp_path / "audio", [4 * RATE, 3 * RATE, RATE])
    options = tempered.TemperedOptions(run=tmp_path / "run", audio=audio, minutes=10, batch=2, seconds=3.5)
    before = {name: weights.clone() for name, weights in autoencoder.state_dict().items()}
    heard = list(tempered.listen(options, autoencoder))
    assert [tuple(example.levels.shape) for example in heard] == [(2, 75, 50), (2, 64, 50), (2, 21, 50)]
    assert [tuple(example.heard.shape) for example in heard] == [(2, 300, 40), (2, 256, 40), (2, 84, 40)]
    weights = tempered.train(options, autoencoder)
    assert all(torch.equal(autoencoder.state_dict()[name], tensor) for name, tensor in before.items())
    autoencoder.decoder.tempered.load_state_dict(weights)


def test_an_autoencoder_without_a_bank_is_refused(tmp_path):
    options = tempered.TemperedOptions(run=tmp_path / "run", audio=Path("none"), minutes=0.0)
    with pytest.raises(ValueError, match="no bank"):
        tempered.train(options, build_autoencoder(autoencoder_config()))
