"""Shards keep what was written, survive a kill, and give batches of equal length."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn

from musicapp.errors import MusicAppError
from musicapp.training import latents
from musicapp.training.dataset import Rate, Shards, ShardWriter, audio_batch, draw_duration
from tests.training.data import truth, write_audio_shard, write_latent_shard


def test_pieces_come_back_as_they_were_written(tmp_path):
    rows = np.arange(20, dtype=np.int16).reshape(10, 2)
    with ShardWriter(tmp_path / "a", "int16", 2) as writer:
        writer.add(rows, truth(0, 1.0))
        writer.add(rows + 100, truth(1, 2.0))
    shards = Shards([tmp_path])
    assert len(shards) == 2
    assert shards.entries[1].truth == truth(1, 2.0)
    np.testing.assert_array_equal(shards.read(1), rows + 100)
    np.testing.assert_array_equal(shards.read(0, 8, 5), rows[8:])


def test_rows_without_an_index_line_are_overwritten(tmp_path):
    rows = np.ones((4, 2), dtype=np.int16)
    with ShardWriter(tmp_path, "int16", 2) as writer:
        writer.add(rows, truth(0, 1.0))
    with (tmp_path / "rows.bin").open("ab") as file:
        file.write(b"half a piece")
    with ShardWriter(tmp_path, "int16", 2) as writer:
        assert writer.count == 1
        writer.add(rows * 7, truth(1, 1.0))
    np.testing.assert_array_equal(Shards([tmp_path]).read(1), rows * 7)


def test_a_shard_of_another_kind_is_refused(tmp_path):
    ShardWriter(tmp_path, "int16", 2).close()
    with pytest.raises(MusicAppError, match="other data"):
        ShardWriter(tmp_path, "float16", 64)


def test_no_data_is_said_plainly(tmp_path):
    with pytest.raises(MusicAppError, match="No training data"):
        Shards([tmp_path])


def test_audio_batches_pad_short_pieces_with_silence(tmp_path):
    batch = audio_batch(Shards([write_audio_shard(tmp_path, [3000])]), random.Random(0), 3, 4096)
    assert batch.shape == (3, 2, 4096)
    assert batch[:, :, :3000].abs().amax() > 0.01
    assert batch[:, :, 3000:].abs().amax() == 0


def test_most_pieces_are_short_and_some_are_long():
    drawn = [draw_duration(random.Random(seed)) for seed in range(2000)]
    assert min(drawn) > 3
    assert max(drawn) <= 285
    assert sum(d <= 30 for d in drawn) > 1500
    assert any(d > 200 for d in drawn)


def test_windows_of_a_batch_have_one_length_and_tell_where_they_begin(tmp_path):
    shards = Shards([write_latent_shard(tmp_path, [60, 70, 80, 900, 1000])])
    batches = latents.WindowBatches(shards, random.Random(0), tokens=300, short=100, crop=200)
    seen_crop = False
    for _ in range(40):
        windows = batches.draw()
        assert len({w.latents.shape for w in windows}) == 1
        for window in windows:
            assert 0 <= window.seconds_start < window.truth.duration_s
            seen_crop = seen_crop or window.seconds_start > 0
    assert seen_crop


@pytest.mark.parametrize(("wanted", "given"), [(2, 2), (3, 3), (64, 3)])
def test_few_pieces_make_a_batch_of_one_stretch_of_each(tmp_path, wanted, given):
    shards = Shards([write_latent_shard(tmp_path, [60, 70, 80])])
    stretches, truths = latents.latent_batch(shards, random.Random(0), wanted, 50)
    assert stretches.shape == (given, shards.width, 50)
    assert len({truth.duration_s for truth in truths}) == len(truths) == given


@pytest.mark.parametrize("lengths", [[60, 70], [900, 1000]])
def test_music_that_is_all_short_or_all_long_makes_batches_too(tmp_path, lengths):
    shards = Shards([write_latent_shard(tmp_path, lengths)])
    batches = latents.WindowBatches(shards, random.Random(0), tokens=300, short=100, crop=200)
    seen = {windows[0].latents.shape[1] > 200 for windows in (batches.draw() for _ in range(40))}
    assert seen == ({False} if lengths[0] < 100 else {False, True})  # long ones come cut and whole


@pytest.mark.parametrize("rate", [None, Rate(44100, 2048), Rate(44100, 1024), Rate(48000, 512)])
def test_a_window_is_told_the_seconds_of_its_own_shards_rate(tmp_path, rate):
    known = rate or Rate(44100, 2048)  # shards from before they said so are the built-in model's
    with ShardWriter(tmp_path / "shard-0", "float16", 1, rate) as writer:
        for length in (60, 2048):
            rows = np.arange(length, dtype=np.float16)[:, None]  # whole numbers, exact: each row says where it is
            writer.add(rows, truth(0, length / known.rows_per_second))
    shards, rng = Shards([tmp_path]), random.Random(0)
    windows = latents.draw_windows(shards, rng, 20, 16)
    for _ in range(20):
        windows += latents.WindowBatches(shards, rng, tokens=300, short=100, crop=200).draw()
    assert len({window.seconds_start for window in windows}) > 20
    for window in windows:
        first = float(window.latents[0, 0])
        assert window.seconds_start == pytest.approx(first * known.downsampling_ratio / known.sample_rate)
    assert shards.hours == pytest.approx(2108 * known.downsampling_ratio / known.sample_rate / 3600)


class Thousandth(nn.Module):
    """An autoencoder as encoding sees one: its latents are every thousandth frame."""

    downsampling_ratio, latent_dim = 1000, 2

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(1, 1)
        self.encoder.margin = 1

    def encode(self, audio):
        return audio[..., ::1000]


def test_latents_keep_the_rate_of_their_sound_and_their_autoencoder(tmp_path):
    audio = Shards([write_audio_shard(tmp_path / "audio", [3000, 5000, 4000])])
    for _ in range(2):  # the second time there is nothing to add
        latents.write_latents(tmp_path / "latents" / "shard-0", Thousandth(), audio)
    shards = Shards([tmp_path / "latents"])
    assert shards.rate == Rate(44100, 1000)
    assert list(shards.lengths) == [n + latents.SILENT_TAIL for n in (3, 5, 4)]


def test_data_of_another_rate_are_refused_with_the_next_step(tmp_path):
    latents_of_1024 = write_latent_shard(tmp_path / "latents", [40], rate=Rate(44100, 1024))
    assert len(Shards([latents_of_1024], Rate(44100, 1024))) == 1
    with pytest.raises(MusicAppError, match=r"one latent for 2048 frames; those in .* stand for 1024 each") as error:
        Shards([latents_of_1024], Rate(44100, 2048))
    assert "run the stage encode again" in error.value.hint
    audio = write_audio_shard(tmp_path / "audio", [3000])
    with pytest.raises(MusicAppError, match=r"is for 48000 Hz; the music in .* has 44100 Hz") as error:
        Shards([audio], Rate(48000))
    assert error.value.hint == "Set sample_rate in the config to 44100."


def test_shards_of_two_rates_are_not_mixed_and_none_is_gone_on_with_at_another(tmp_path):
    write_latent_shard(tmp_path / "a", [40], rate=Rate(44100, 1024))
    write_latent_shard(tmp_path / "b", [40])
    with pytest.raises(MusicAppError, match="another rate than the shards beside it"):
        Shards([tmp_path])
    with pytest.raises(MusicAppError, match="holds other data"):
        write_latent_shard(tmp_path / "a", [40])
    write_latent_shard(tmp_path / "b", [40], rate=Rate(44100, 2048))
    assert len(Shards([tmp_path / "b"])) == 2


def test_normalised_latents_have_no_mean_and_unit_deviation(tmp_path):
    shards = Shards([write_latent_shard(tmp_path, [400, 500])])
    statistics = latents.statistics_of(shards)
    z = torch.from_numpy(shards.read(0)).float().T[None] * 3 + 2
    moved = latents.Statistics(statistics.mean * 3 + 2, statistics.scale * 3).normalise(z)
    assert moved.mean().abs() < 0.02
    assert moved.std() == pytest.approx(1, abs=0.05)
