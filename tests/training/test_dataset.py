"""Shards keep what was written, survive a kill, and give batches of equal length."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from musicapp.errors import MusicAppError
from musicapp.training import latents
from musicapp.training.dataset import Shards, ShardWriter, audio_batch, draw_duration
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


def test_normalised_latents_have_no_mean_and_unit_deviation(tmp_path):
    shards = Shards([write_latent_shard(tmp_path, [400, 500])])
    statistics = latents.statistics_of(shards)
    z = torch.from_numpy(shards.read(0)).float().T[None] * 3 + 2
    moved = latents.Statistics(statistics.mean * 3 + 2, statistics.scale * 3).normalise(z)
    assert moved.mean().abs() < 0.02
    assert moved.std() == pytest.approx(1, abs=0.05)
