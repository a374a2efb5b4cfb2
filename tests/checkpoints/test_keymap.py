"""Weight names: published to ours and back without loss."""

from __future__ import annotations

import pytest

from musicapp.checkpoints import keymap
from tests.checkpoints import tiny_model


def test_every_name_comes_back():
    for name in tiny_model.random_weights(tiny_model.description()):
        assert keymap.to_published(keymap.to_ours(name)) == name


@pytest.mark.parametrize(
    ("published", "ours"),
    [
        ("model.model.timestep_features.weight", "dit.timestep_features.weight"),
        ("model.model.transformer.layers.3.cross_attend_norm.beta", "dit.blocks.3.cross_norm.beta"),
        ("model.model.transformer.layers.3.pre_norm.gamma", "dit.blocks.3.self_norm.gamma"),
        ("model.model.transformer.layers.12.ff.ff.0.proj.weight_scale", "dit.blocks.12.ff.to_gated.weight_scale"),
        ("model.model.transformer.layers.0.ff.ff.2.bias", "dit.blocks.0.ff.to_out.bias"),
        ("model.model.transformer.layers.0.self_attn.q_norm.weight", "dit.blocks.0.self_attn.q_norm.weight"),
        ("model.model.transformer.layers.0.to_scale_shift_gate", "dit.blocks.0.to_scale_shift_gate"),
        ("model.model.transformer.memory_tokens", "dit.memory_tokens"),
        ("model.model.transformer.global_cond_embedder.0.bias", "dit.global_cond_embedder.0.bias"),
        ("conditioner.conditioners.a.embedder.embedding.0.weights", "conditioner.conditioners.a.frequencies"),
        ("conditioner.conditioners.a.embedder.embedding.1.bias", "conditioner.conditioners.a.linear.bias"),
        ("conditioner.conditioners.prompt.proj_out.bias", "conditioner.conditioners.prompt.proj_out.bias"),
        ("pretransform.model.decoder.layers.7.weight_v", "autoencoder.decoder.layers.7.weight_v"),
    ],
)
def test_known_names(published, ours):
    assert keymap.to_ours(published) == ours
    assert keymap.to_published(ours) == published


def test_weight_norm_in_both_spellings():
    assert keymap.weight_norm_parts("a.b.weight_g") == ("a.b.weight", "g")
    assert keymap.weight_norm_parts("a.parametrizations.weight.original1") == ("a.weight", "v")
    assert keymap.weight_norm_parts("a.b.weight") is None


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("diffusion.model.model.x", "training"),
        ("transformer_blocks.0.norm1.weight", "diffusers"),
        ("encoder.layers.0.bias", "autoencoder"),
        ("bert.embeddings", "no weights"),
    ],
)
def test_foreign_files_are_told_by_their_names(name, word):
    assert word in keymap.layout([name])
    assert keymap.layout([name, "model.model.x"]) == "published"
