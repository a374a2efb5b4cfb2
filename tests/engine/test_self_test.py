"""The look at a loaded model: good ones pass, ones that cannot make sound are refused with the reason."""

from __future__ import annotations

import pytest
import torch

from musicapp.checkpoints.load import load_model
from musicapp.engine import self_test
from musicapp.errors import CheckpointError
from tests.tiny_model import write_tiny_model


@pytest.fixture
def model(tmp_path):
    return load_model(write_tiny_model(tmp_path / "tiny", text_encoder="none"))


@pytest.mark.parametrize("autoencoder", ["spectral", "oobleck"])
@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_random_weights_of_a_sane_size_pass(tmp_path, autoencoder, precision):
    folder = write_tiny_model(tmp_path / "tiny", text_encoder="none", autoencoder=autoencoder)
    self_test.check(load_model(folder, precision=precision))


def change(network, how):
    """Every number of a network changed in place."""
    with torch.no_grad():
        for weight in network.parameters():
            how(weight)


@pytest.mark.parametrize(
    ("part", "how", "words"),
    [
        ("autoencoder", lambda w: w.zero_(), "the same sound|silence"),
        ("autoencoder", lambda w: w.fill_(float("nan")), "not finite"),
        ("autoencoder", lambda w: w.mul_(1e4), "autoencoder makes"),
        ("dit", lambda w: w.zero_(), "nothing but zeros"),
        ("dit", lambda w: w.fill_(float("inf")), "not finite"),
        ("dit", lambda w: w.mul_(1e4), "transformer"),
    ],
)
def test_a_model_that_cannot_make_sound_is_refused(model, part, how, words):
    change(getattr(model, part), how)
    with pytest.raises(CheckpointError, match=words) as caught:
        self_test.check(model)
    assert caught.value.hint


def test_an_empty_block_is_refused_and_one_that_training_begins_with_is_not(model):
    block = model.dit.blocks[1]
    for name, weight in block.named_parameters():
        if "to_out" in name:
            weight.zero_()
    self_test.check(model)
    change(block, lambda w: w.zero_())
    with pytest.raises(CheckpointError, match="Block 2 of the model's transformer"):
        self_test.check(model)


def test_the_test_leaves_no_trace_in_the_noise_of_takes(model):
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    self_test.check(model)
    assert torch.equal(torch.rand(4), expected)
