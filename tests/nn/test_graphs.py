"""Recorded calls: the same bytes as plain ones, in memory of their own, and plain ones wherever recording fails."""

from __future__ import annotations

import logging

import pytest
import torch
from torch import Tensor

from musicapp.description.configs import AttentionOptions, DiTConfig
from musicapp.nn.dit import DiffusionTransformer
from musicapp.nn.graphs import MOST, Graphs, Record, Run
from tests.graph_tape import tape_record


def transformer(**changes: object) -> DiffusionTransformer:
    values = {"io_channels": 4, "embed_dim": 64, "depth": 2, "num_heads": 2, "cond_token_dim": 32, **changes}
    torch.manual_seed(0)
    network = DiffusionTransformer(DiTConfig(**values)).eval().requires_grad_(False)  # type: ignore[arg-type]
    for parameter in network.parameters():
        parameter.normal_(std=0.2)
    return network


def counted(network: DiffusionTransformer) -> list[int]:
    """Grows by one for each call that passes through Python."""
    calls: list[int] = []
    network.register_forward_hook(lambda *_: calls.append(0))
    return calls


CONFIGS: dict[str, dict[str, object]] = {
    "plain": {},
    "adaLN": {"global_cond_type": "adaLN", "global_cond_dim": 6, "patch_size": 2},
    "Stable Audio 3": {
        "timestep_features_type": "expo",
        "timestep_features_logsnr": True,
        "num_memory_tokens": 4,
        "local_add_cond_dim": 3,
        "attn_kwargs": AttentionOptions("rms", differential=True),
        "sliding_window": (2, 2),
    },
}


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@torch.inference_mode()
def test_replayed_calls_have_the_bytes_of_plain_ones_whatever_they_are_given(name: str, dtype: torch.dtype) -> None:
    network = transformer(**CONFIGS[name]).to(dtype)
    calls, graphs, draw = counted(network), Graphs(network), torch.Generator().manual_seed(1)
    graphs.start(tape_record)
    config = network.config

    def numbers(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=draw)

    for prompt in range(3):
        given: dict[str, object] = {"cross": network.looks(numbers(1, 5, 32)), "valid": None}
        if config.global_cond_dim:
            given["global_cond"] = numbers(1, config.global_cond_dim)
        if config.local_add_cond_dim:
            given |= {"local_add": numbers(1, 3, 12), "valid": torch.arange(12)[None] < 10 - prompt}
        kept = []
        for step in range(4):
            x, timestep = numbers(1, 4, 12), torch.tensor([1 - step / 4])
            kept.append((graphs(x, timestep, **given), network(x, timestep, **given)))
        for replayed, plain in kept:  # an answer stays what it was when others have followed it
            assert torch.equal(replayed, plain)
    assert len(calls) == 12 + 2  # one as it is, one recorded, and the plain ones


@torch.inference_mode()
def test_each_shape_is_recorded_the_second_time_and_few_are_kept() -> None:
    network = transformer()
    calls, graphs = counted(network), Graphs(network)
    graphs.start(tape_record)

    def ask(latents: int, batch: int = 1, prompt: bool = False) -> None:
        cross = torch.zeros(batch, 3, 32) if prompt else None
        graphs(torch.zeros(batch, 4, latents), torch.full((batch,), 0.5), cross=cross)

    for latents in (6, 7):
        for batch, prompt in ((1, False), (1, True), (2, True)):
            for expected in (1, 1, 0, 0):
                before = len(calls)
                ask(latents, batch, prompt)
                assert len(calls) - before == expected
    assert graphs.longest == 14
    for latents in range(20, 20 + MOST):
        ask(latents)
    before = len(calls)
    ask(7)
    assert len(calls) == before + 1 and graphs.longest == 0


@torch.inference_mode()
def test_without_memory_or_after_forgetting_calls_are_plain_again() -> None:
    network = transformer()
    calls, graphs = counted(network), Graphs(network)
    x, timestep = torch.ones(1, 4, 6), torch.tensor([0.5])
    graphs.start(tape_record)
    for _ in range(3):
        graphs(x, timestep, cross=None)
    for weight in network.parameters():  # elsewhere in memory, as adapters put them
        weight.data = 2 * weight.data
    graphs.forget()
    assert torch.equal(graphs(x, timestep, cross=None), network(x, timestep, cross=None))
    graphs(x, timestep, cross=None)
    graphs.rest(True)
    before = len(calls)
    for _ in range(3):
        graphs(x, timestep, cross=None)
    assert len(calls) == before + 3 and graphs.longest == 0 and graphs.is_on
    graphs.rest(False)
    for _ in range(4):
        graphs(x, timestep, cross=None)
    assert len(calls) == before + 5


@pytest.mark.parametrize("fails_in", ["beginning", "recording"])
@torch.inference_mode()
def test_what_cannot_be_recorded_is_made_as_it_is_and_said_once(
    fails_in: str, caplog: pytest.LogCaptureFixture
) -> None:
    def record(run: Run) -> Run:
        raise RuntimeError("CUDA error: operation not permitted when stream is capturing")

    def make() -> Record:
        return record(lambda: x) if fails_in == "beginning" else record  # type: ignore[return-value]

    network = transformer()
    graphs = Graphs(network)
    graphs.start(make)
    x, timestep = torch.ones(1, 4, 6), torch.tensor([0.5])
    with caplog.at_level(logging.WARNING):
        answers = [graphs(x, timestep, cross=None) for _ in range(5)]
    assert all(torch.equal(answer, network(x, timestep, cross=None)) for answer in answers)
    assert not graphs.is_on and len(caplog.records) == 1
    assert "without graphs from now on" in caplog.text and "not permitted" in caplog.text


@torch.inference_mode()
def test_a_cancel_while_recording_is_no_failure() -> None:
    class Stopped(Exception):  # noqa: N818 - an outcome, not an error
        pass

    network, stops = transformer(), [False]

    def before(*_: object) -> None:
        if stops[0]:
            raise Stopped

    network.blocks[1].register_forward_pre_hook(before)
    graphs, x, timestep = Graphs(network), torch.ones(1, 4, 6), torch.tensor([0.5])
    graphs.start(tape_record)
    wanted = graphs(x, timestep, cross=None)
    stops[0] = True
    with pytest.raises(Stopped):
        graphs(x, timestep, cross=None)
    stops[0] = False
    assert graphs.is_on and all(torch.equal(graphs(x, timestep, cross=None), wanted) for _ in range(3))
