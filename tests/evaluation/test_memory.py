"""A passage taken from the training music is found where it was taken from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.errors import CheckpointError
from musicapp.evaluation.memory import (
    COPY,
    EMBEDDED,
    LATENT_HOP,
    _in_embeddings,
    _latent_passages,
    _passages,
    _training_latents,
    nearest,
)
from musicapp.nn.audio_tower import AudioTower, load_audio_tower
from musicapp.training.dataset import Shards
from tests.evaluation.sounds import notes, stereo, write_renders
from tests.training.data import write_latent_shard


def test_a_copy_is_found_at_its_place_and_new_music_is_none(tmp_path: Path) -> None:
    write_renders(tmp_path, "held-out", 12.0, 4)
    shards = Shards([tmp_path])
    copied = 0.5 * shards.read(2, 3 * SAMPLE_RATE, 6 * SAMPLE_RATE).astype(np.float32) / 32767
    new = stereo(notes([int(p) for p in np.random.default_rng(9).integers(40, 90, 24)], 0.31))
    found = nearest(shards, [_passages(copied, 1.0), _passages(new, 1.0)])
    assert found[0].likeness > COPY and found[0].piece == 2
    assert found[0].first_s == pytest.approx(round(found[0].first_s - 3) + 3, abs=0.3)
    assert found[1].likeness < COPY


def test_silence_resembles_nothing(tmp_path: Path) -> None:
    write_renders(tmp_path, "held-out", 12.0, 1)
    silence = _passages(np.zeros((6 * SAMPLE_RATE, 2), np.float32), 1.0)
    assert nearest(Shards([tmp_path]), [silence])[0].likeness < 0.1


def test_latents_that_were_learnt_are_found_among_the_training(tmp_path: Path) -> None:
    write_latent_shard(tmp_path, [200, 300, 260], channels=8)
    shards = Shards([tmp_path])
    learnt = torch.from_numpy(shards.read(1, 40, 120).astype(np.float32))
    new = torch.randn(120, 8, generator=torch.Generator().manual_seed(5))
    found = nearest(shards, [_latent_passages(each, LATENT_HOP) for each in (learnt, new)], _training_latents)
    assert found[0].likeness > 0.99 and found[0].piece == 1
    assert found[1].likeness < 0.5


def test_copies_are_nearest_to_the_audio_tower_too(tmp_path: Path) -> None:
    write_latent_shard(tmp_path / "latents", [400, 500, 460], channels=8)
    shards, tower = Shards([tmp_path / "latents"]), tmp_path / "tower.safetensors"
    torch.manual_seed(0)
    save_file(AudioTower(8, 16, width=24).state_dict(), tower)
    learnt = torch.from_numpy(shards.read(1, 32, EMBEDDED).astype(np.float32))
    new = [torch.randn(200, 8, generator=torch.Generator().manual_seed(seed)) for seed in (5, 6)]
    found = _in_embeddings(tower, shards, [[learnt, new[0]], new[1:]])["embeddings"]
    assert found["generated"]["largest"] > 0.999 > found["new_renders"]["largest"]
    assert found["beyond"] >= 1
    assert _in_embeddings(tmp_path / "none", shards, [[learnt], new]) == {}
    save_file(AudioTower(4, 16, width=24).state_dict(), tower)  # of other latents
    assert _in_embeddings(tower, shards, [[learnt], new]) == {}


def test_a_damaged_audio_tower_gets_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tower.safetensors"
    for content in (b"", b"no weights"):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match="holds no audio tower"):
            load_audio_tower(path)
    save_file({"project_in.weight": torch.zeros(3)}, path)
    with pytest.raises(CheckpointError, match="holds no audio tower"):
        load_audio_tower(path)
