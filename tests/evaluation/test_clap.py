"""CLAP's score from a checkpoint folder, with a tiny model of the same layout."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from musicapp.errors import CheckpointError
from musicapp.evaluation.clap import Clap
from musicapp.evaluation.memory import _heard_by, _in_clap
from musicapp.training.dataset import Shards
from tests.evaluation.sounds import notes, stereo, write_renders
from tests.tiny_model import write_tiny_text_encoder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLAP with narrow towers and random weights."""
    path = tmp_path_factory.mktemp("clap")
    write_tiny_text_encoder(path)
    text = transformers.ClapTextConfig.from_pretrained(path)
    torch.manual_seed(0)
    audio = transformers.ClapAudioConfig(
        patch_embeds_hidden_size=16,
        hidden_size=128,
        depths=[1, 1, 1, 1],
        num_attention_heads=[1, 1, 2, 2],
        projection_dim=16,
    )
    transformers.ClapModel(
        transformers.ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=16)
    ).save_pretrained(path)
    transformers.ClapFeatureExtractor(truncation="rand_trunc").save_pretrained(path)
    return path


def test_embeddings_are_unit_and_the_same_every_time(folder: Path) -> None:
    clap = Clap(folder)
    sounds = [stereo(notes([60, 64, 67], 1.0)), stereo(np.random.default_rng(0).normal(size=20 * 44100))]
    first, again = clap.sounds(sounds), clap.sounds(sounds)
    texts = clap.texts(["calm piano", "drums"])
    assert torch.equal(first, again)
    torch.testing.assert_close(torch.cat([first, texts]).norm(dim=1), torch.ones(4))
    assert (first[0] - first[1]).abs().max() > 1e-3 and first.shape == texts.shape


def test_a_copy_is_nearest_in_its_embeddings(folder: Path, tmp_path: Path) -> None:
    write_renders(tmp_path, "learnt", 14.0, 3)
    shards, judge = Shards([tmp_path]), Clap(folder)
    copied = shards.read(1).astype(np.float32) / 32767
    new = [stereo(notes([60 + shift, 64, 67], 1.0)) for shift in (0, 5)]
    found = _in_clap(judge, shards, [[copied, new[0]], new[1:]])
    assert found["generated"]["largest"] > 0.9999 > found["new_renders"]["largest"] and found["beyond"] >= 1
    assert len(_heard_by(judge, copied)) == 1 and len(_heard_by(judge, np.concatenate([copied, copied]))) == 3


def test_a_folder_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be loaded") as caught:
        Clap(tmp_path)
    assert "preprocessor_config.json" in caught.value.hint


def test_weights_that_were_cut_short_are_refused_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "clap")
    weights = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(CheckpointError, match="cannot be loaded"):
        Clap(copy)
