"""Conditions: numbers by their formula, texts with their padding, the assembly."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from musicapp.errors import RequestError
from musicapp.nn.blocks import ExpoFeatures, expo_frequencies
from musicapp.nn.conditioners import ClapTextConditioner, Conditioner, NumberConditioner, T5Conditioner


class FakeEncoder(nn.Module):
    """Embeds ids; layer n adds n. Stands for a text encoder of width 6."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(10, 6)
        self.config = SimpleNamespace(d_model=6, hidden_size=6)

    def forward(self, input_ids, attention_mask, output_hidden_states=False):
        hidden = self.table(input_ids)
        return SimpleNamespace(last_hidden_state=hidden, hidden_states=[hidden, hidden + 1, hidden + 2])


def tokenize(texts):
    mask = torch.tensor([[1] * min(len(t), 4) + [0] * (4 - min(len(t), 4)) for t in texts])
    return mask * 3, mask


def test_numbers_are_clamped_and_ordered_value_sine_cosine():
    conditioner = NumberConditioner(5, 10, 30)
    tokens, mask = conditioner([-3.0, 15.0, 99.0])
    assert tokens.shape == (3, 1, 5) and mask.all() and mask.shape == (3, 1)
    for token, unit in zip(tokens[:, 0], (0.0, 0.25, 1.0), strict=True):
        angles = 2 * math.pi * unit * conditioner.frequencies
        features = torch.cat((torch.tensor([unit]), angles.sin(), angles.cos()))
        torch.testing.assert_close(token, conditioner.linear(features), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("width", [6, 4])
def test_t5_padding_rows_are_exactly_zero_even_after_a_projection(width):
    conditioner = T5Conditioner(FakeEncoder(), tokenize, width)
    assert isinstance(conditioner.proj_out, nn.Linear) == (width != 6)
    tokens, mask = conditioner(["ab", "abcdef"])
    assert mask.tolist() == [[True, True, False, False], [True] * 4]
    assert not tokens[0, 2:].any() and tokens[0, :2].abs().min() > 0


def test_clap_takes_the_asked_layer_and_keeps_padding_features():
    encoder = FakeEncoder()
    tokens, mask = ClapTextConditioner(encoder, tokenize, 6, feature_layer=-2)(["ab"])
    torch.testing.assert_close(tokens[0], encoder.table(torch.tensor([3, 3, 0, 0])) + 1)
    assert mask.tolist() == [[True, True, False, False]]


def conditioner():
    parts = {"prompt": T5Conditioner(FakeEncoder(), tokenize, 6), "seconds": NumberConditioner(6, 0, 9)}
    return Conditioner(
        {**parts, "total": NumberConditioner(6, 0, 9)},
        cross_ids=("prompt", "total", "seconds"),
        global_ids=("seconds", "total"),
        default_keys={"total": "length"},
    )


def test_conditions_are_joined_in_the_order_of_the_ids():
    whole = conditioner()
    made = whole.encode([{"prompt": "ab", "seconds": 1, "length": 4}])
    seconds = whole.conditioners["seconds"]([1.0])[0]
    total = whole.conditioners["total"]([4.0])[0]
    assert made.cross.shape == (1, 6, 6) and made.mask.tolist() == [[True, True, False, False, True, True]]
    torch.testing.assert_close(made.cross[:, 4:], torch.cat((total, seconds), dim=1))
    torch.testing.assert_close(made.global_cond, torch.cat((seconds[:, 0], total[:, 0]), dim=1))
    assert made.prepend is None and made.input_concat is None and made.null_concat is None


def test_a_summary_is_the_mean_of_the_tokens_and_nothing_without_the_prompt():
    parts = {"prompt": T5Conditioner(FakeEncoder(), tokenize, 6), "seconds": NumberConditioner(6, 0, 9)}
    whole = Conditioner(
        parts, cross_ids=("prompt",), global_ids=("seconds", "summary"), summaries={"summary": "prompt"}
    )
    made = whole.encode([{"prompt": "ab", "seconds": 1}, {"prompt": "abc", "seconds": 2}])
    for row, count in enumerate(made.mask.sum(1).tolist()):
        torch.testing.assert_close(made.global_cond[row, 6:], made.cross[row, :count].mean(0))
    torch.testing.assert_close(made.null_global[:, :6], made.global_cond[:, :6])
    assert made.global_cond[:, 6:].any() and not made.null_global[:, 6:].any()


def test_a_default_key_is_used_item_by_item_and_a_missing_value_is_named():
    whole = conditioner()
    batch = [{"prompt": "a", "seconds": 1, "length": 4}, {"prompt": "a", "seconds": 1, "length": 4, "total": 7}]
    made = whole.encode(batch)
    torch.testing.assert_close(made.cross[1, 4], whole.conditioners["total"]([7.0])[0][0, 0])
    with pytest.raises(RequestError, match="seconds"):
        whole.encode([{"prompt": "a", "total": 3}])


def test_fixed_frequencies_have_the_published_bits():
    frequencies = expo_frequencies(128)
    ratios = frequencies[1:].double() / frequencies[:-1].double()
    torch.testing.assert_close(ratios, torch.full_like(ratios, 20000.0 ** (1 / 127)), rtol=3e-6, atol=0)
    # Where rounding is a close call: the recorded features of the reference are met with these values only.
    bits = {0: "0x1.0p-1", 44: "0x1.ee95a8p+3", 86: "0x1.98c4f8p+8", 124: "0x1.eea17ep+12"}
    assert {place: frequencies[place].item() for place in bits} == {p: float.fromhex(b) for p, b in bits.items()}


def test_fixed_features_are_cosines_then_sines():
    features = ExpoFeatures(4)(torch.tensor([0.0, 0.5]))
    assert features.shape == (2, 4) and features[0].tolist() == [1, 1, 0, 0]
    assert features[1, 2] == pytest.approx(math.sin(math.pi / 2))


def test_a_number_with_fixed_frequencies_is_clamped_and_has_no_weights_but_the_layer():
    conditioner = NumberConditioner(6, 0, 384, expo=True)
    assert set(conditioner.state_dict()) == {"linear.weight", "linear.bias"}
    tokens, mask = conditioner([-3.0, 0.0, 384.0, 1000.0])
    assert tokens.shape == (4, 1, 6) and mask.all()
    assert tokens[0].equal(tokens[1]) and tokens[2].equal(tokens[3]) and not tokens[1].equal(tokens[2])
