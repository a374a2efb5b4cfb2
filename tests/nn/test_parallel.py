"""Work in threads: the same results in the same order, settings as before, errors passed on."""

from __future__ import annotations

import threading

import pytest
import torch

from musicapp.nn.parallel import side_by_side


@pytest.fixture(params=[1, 2, 5])
def threads(request) -> int:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def test_results_keep_their_order_and_threads_are_divided(threads):
    seen = []

    def work(x):
        seen.append((threading.get_ident(), torch.get_num_threads()))
        return 2 * x

    found = side_by_side(work, [torch.tensor(1.0), torch.tensor(2.0)])
    assert [float(x) for x in found] == [2.0, 4.0]
    assert {count for _, count in seen} == {max(1, threads // 2)}
    assert torch.get_num_threads() == threads
    with torch.inference_mode():
        assert torch.mm(torch.ones(600, 600), torch.ones(600, 600)).sum() == 600**3


def test_threads_inherit_whether_gradients_are_kept(threads):
    with torch.inference_mode():
        memory = torch.zeros(2)

        def work(x):
            assert torch.is_inference_mode_enabled()
            return torch.add(x, 1, out=memory[:1]).clone()  # refused outside of inference mode

        assert float(side_by_side(work, [torch.ones(1)])[0]) == 2
    weights = torch.ones(1, requires_grad=True)
    assert not any(x.requires_grad for x in side_by_side(lambda x: x * 2, [weights, weights]))


def test_an_error_is_passed_on_and_the_setting_restored(threads):
    def work(x):
        if float(x) > 1:
            raise KeyError("stopped")
        return x

    with pytest.raises(KeyError, match="stopped"):
        side_by_side(work, [torch.tensor(1.0), torch.tensor(2.0)])
    assert torch.get_num_threads() == threads
    assert side_by_side(work, []) == []
