"""Low-rank changes of a weight by their laws."""

from __future__ import annotations

import pytest
import torch

from musicapp.nn import lora

ROWS, COLUMNS, RANK = 6, 5, 2


@pytest.fixture
def weight():
    torch.manual_seed(0)
    return torch.randn(ROWS, COLUMNS)


def parts_of(kind):
    torch.manual_seed(1)
    return {name: torch.rand(shape) + 0.1 for name, shape in lora.shapes_of(kind, RANK, ROWS, COLUMNS).items()}


def lengths(weight, dim):
    return torch.linalg.vector_norm(weight, dim=dim)


def test_plain_is_the_sum_with_the_product(weight):
    parts = parts_of("lora")
    expected = weight.clone()
    for row in range(ROWS):
        for column in range(COLUMNS):
            expected[row, column] += 0.7 * (parts["lora_B"][row] * parts["lora_A"][:, column]).sum()
    torch.testing.assert_close(lora.adapted(weight, "lora", parts, 0.7), expected)


@pytest.mark.parametrize("suffix", ["", "-xs"])
def test_magnitudes_become_the_lengths_of_rows_or_columns(weight, suffix):
    for kind, dim in (("dora-rows", 1), ("dora-cols", 0)):
        parts = parts_of(kind + suffix)
        changed = lora.adapted(weight, kind + suffix, parts, 0.7)
        torch.testing.assert_close(lengths(changed, dim), parts["magnitude"])
        plain = lora.adapted(weight, "lora" + suffix, parts, 0.7)
        torch.testing.assert_close(
            torch.nn.functional.normalize(changed, dim=dim), torch.nn.functional.normalize(plain, dim=dim)
        )
    parts = parts_of("bora" + suffix)
    torch.testing.assert_close(lengths(lora.adapted(weight, "bora" + suffix, parts, 0.7), 0), parts["magnitude_c"])


def test_both_magnitudes_are_rows_first_then_columns(weight):
    parts = parts_of("bora")
    rows = lora.adapted(weight, "dora-rows", {**parts, "magnitude": parts["magnitude_r"]}, 0.7)
    nothing = {"lora_A": torch.zeros(RANK, COLUMNS), "lora_B": torch.zeros(ROWS, RANK)}
    expected = lora.adapted(rows, "dora-cols", {**nothing, "magnitude": parts["magnitude_c"]}, 1.0)
    torch.testing.assert_close(lora.adapted(weight, "bora", parts, 0.7), expected)


def test_the_weights_own_lengths_and_no_change_give_the_weight_back(weight):
    nothing = {"lora_A": torch.zeros(RANK, COLUMNS), "lora_B": torch.zeros(ROWS, RANK)}
    rows, columns = lengths(weight, 1), lengths(weight, 0)
    for kind, own in (("dora-rows", rows), ("dora-cols", columns)):
        torch.testing.assert_close(lora.adapted(weight, kind, {**nothing, "magnitude": own}, 1.0), weight)


def test_xs_works_between_singular_vectors_whatever_sign_they_come_with(weight):
    parts = {"M_xs": torch.tensor([[2.0, 0.0], [0.0, 0.5]])}
    left, values, right = torch.linalg.svd(weight, full_matrices=False)
    changed = lora.adapted(weight, "lora-xs", parts, 1.0)
    # A diagonal matrix lengthens the weight along its own directions: the signs of both sides cancel.
    torch.testing.assert_close(left.T @ changed @ right.T, torch.diag(values + torch.tensor([2.0, 0.5, 0, 0, 0])))
    mixed = {"M_xs": torch.tensor([[0.0, 1.0], [0.0, 0.0]])}
    change = lora.adapted(weight, "lora-xs", mixed, 1.0) - weight
    signs = [torch.sign(left[left[:, i].abs().argmax(), i]) for i in (0, 1)]
    torch.testing.assert_close(change, signs[0] * signs[1] * torch.outer(left[:, 0], right[1]), atol=1e-5, rtol=0)


def test_a_plain_change_of_no_strength_is_the_weight(weight):
    assert torch.equal(lora.adapted(weight, "lora", parts_of("lora"), 0.0), weight)
