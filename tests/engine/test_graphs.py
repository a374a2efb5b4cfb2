"""Takes whose steps are replayed: the same bytes as without, for every kind of request; and when they are not."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from musicapp import paths
from musicapp.audio import wave_io
from musicapp.checkpoints.load import LoadedModel, load_model
from musicapp.engine import graph_probe, memory, steering
from musicapp.engine.engine import Engine
from musicapp.engine.graph_probe import FILE_NAME, Probe
from musicapp.request import Lora, TakeRequest
from musicapp.shape import Loop, Source
from tests import making
from tests.checkpoints.test_stable_audio_3 import folder as stable_audio_3
from tests.engine.test_filling import music, written
from tests.graph_tape import tape_record
from tests.measure_lora import write_adapter
from tests.tiny_model import write_tiny_model

__all__ = ["stable_audio_3"]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(
        tmp_path_factory.mktemp("models") / "tiny",
        objective="rf_denoiser",
        timeline=True,
        section_s=16.0,
        max_duration_s=120,
        refusal_scale=2.0,
        dim=32,
    )


def asked(model: Path, **changes: object) -> TakeRequest:
    values: dict[str, Any] = {"prompt": "calm piano", "duration_s": 2.0, "seed": 7, "steps": 4, "precision": "fp32"}
    return TakeRequest("one", model=str(model), **(values | changes))


def made(engine: Engine, request: TakeRequest, path: Path) -> bytes:
    path.unlink(missing_ok=True)
    list(making.make(engine, request, path))
    return path.read_bytes()


@pytest.fixture
def replaying(engine: Engine) -> Iterator[list[int]]:
    """Counts the replays of the model that is held: those that are made once `begin` was called."""
    replays: list[int] = []
    yield replays
    if engine.models.held is not None:
        engine.models.held.model.graphs.stop()


def begin(engine: Engine, replays: list[int]) -> LoadedModel:
    """Have the model that is held replay its steps."""

    def make_record() -> Any:
        record = tape_record()

        def counting(run: Any) -> Any:
            replay = record(run)

            def counted() -> Any:
                replays.append(0)
                return replay()

            return counted

        return counting

    assert engine.models.held is not None
    model = engine.models.held.model
    model.graphs.start(make_record)
    return model


REQUESTS: dict[str, dict[str, Any]] = {
    "plain": {"guidance_scale": 1.0},
    "guided": {"guidance_scale": 3.0},
    "with a negative prompt": {"guidance_scale": 3.0, "negative_prompt": "drums"},
    "pushed": {"prompt": "techno, no drums"},
    "with an arc": {"prompt": "starts quiet, drop at 0:01", "duration_s": 3.0},
    "in windows": {"duration_s": 34.0, "guidance_scale": 1.0, "steps": 3},
    "a loop": {"loop": Loop(1, 120.0), "prompt": "piano, 120 bpm"},
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_take_has_the_same_bytes_with_and_without_graphs(
    engine: Engine, tiny: Path, tmp_path: Path, replaying: list[int], kind: str
) -> None:
    request = asked(tiny, **REQUESTS[kind])
    plain = made(engine, request, tmp_path / "take.wav")
    begin(engine, replaying)
    assert made(engine, request, tmp_path / "take.wav") == plain and replaying
    if kind != "in windows":  # which takes seconds
        count = len(replaying)
        assert made(engine, request, tmp_path / "take.wav") == plain  # all shapes are known by now
        assert len(replaying) >= 2 * count


def test_passages_and_variations_have_the_same_bytes(
    engine: Engine, tiny: Path, tmp_path: Path, replaying: list[int]
) -> None:
    path = written(tmp_path / "source.wav", music(3.0))
    sources = Source(str(path), regions=((1.0, 2.0),)), Source(str(path), variation=0.5)
    requests = [asked(tiny, source=source) for source in sources]
    plain = [made(engine, request, tmp_path / "take.wav") for request in requests]
    begin(engine, replaying)
    assert [made(engine, request, tmp_path / "take.wav") for request in requests] == plain and replaying


def test_padded_takes_of_stable_audio_3_have_the_same_bytes(
    engine: Engine, stable_audio_3: Path, tmp_path: Path, replaying: list[int]
) -> None:
    for changes in ({"guidance_scale": 4.0}, {"guidance_scale": 4.0, "negative_prompt": "drums"}):
        request = asked(stable_audio_3, duration_s=0.9, **changes)
        plain = made(engine, request, tmp_path / "take.wav")
        model = begin(engine, replaying)
        assert made(engine, request, tmp_path / "take.wav") == plain and replaying
        model.graphs.stop()


def test_other_adapters_let_go_of_what_was_recorded(
    engine: Engine, tiny: Path, tmp_path: Path, replaying: list[int]
) -> None:
    request = asked(tiny)
    plain = made(engine, request, tmp_path / "take.wav")
    model = begin(engine, replaying)
    made(engine, request, tmp_path / "take.wav")
    adapter = tmp_path / "adapter.safetensors"
    write_adapter(model.networks, adapter, 4)
    adapted = replace(request, loras=(Lora(str(adapter), 1.0),))
    replayed = made(engine, adapted, tmp_path / "take.wav")
    assert engine.models.held is not None and engine.models.held.model is model and model.graphs.is_on
    assert made(engine, request, tmp_path / "take.wav") == plain
    model.graphs.stop()
    assert made(engine, adapted, tmp_path / "take.wav") == replayed != plain


@pytest.mark.parametrize("kind", ["tiny", "stable_audio_3"])
def test_guidance_as_one_batch_is_the_same_up_to_rounding_and_counts_as_memory(
    engine: Engine,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    replaying: list[int],
) -> None:
    """What a GPU does, on the processor."""
    wanted = asked(request.getfixturevalue(kind), duration_s=0.9, guidance_scale=4.0)
    made(engine, wanted, tmp_path / "take.wav")
    apart = wave_io.read(tmp_path / "take.wav")[0]
    assert engine.models.held is not None
    model = engine.models.held.model
    completed = making.prepare(engine, wanted).request
    monkeypatch.setattr(memory, "decode_bytes", lambda *_, **__: 0)
    needed = [memory.needs(model, completed, memory.MemoryPlan())["cpu"]]
    for module in (steering, memory):
        monkeypatch.setattr(module, "joins_halves", lambda device: True)
    needed.append(memory.needs(model, completed, memory.MemoryPlan())["cpu"])
    assert needed[1] > needed[0]
    batches: list[int] = []
    hook = model.dit.register_forward_pre_hook(lambda _, given: batches.append(len(given[0])))
    try:
        plain = made(engine, wanted, tmp_path / "take.wav")
        together = wave_io.read(tmp_path / "take.wav")[0]
        assert batches == [2] * 4
        assert np.abs(together - apart).max() < 1e-2 * np.abs(apart).max()  # phases are searched
    finally:
        hook.remove()
    begin(engine, replaying)
    assert made(engine, wanted, tmp_path / "take.wav") == plain and len(replaying) == 3


def test_steps_that_ask_their_numbers_are_not_replayed(
    engine: Engine, tiny: Path, tmp_path: Path, replaying: list[int]
) -> None:
    request = asked(tiny, quality="quick", steps=24)
    plain = made(engine, request, tmp_path / "take.wav")
    begin(engine, replaying)
    assert made(engine, request, tmp_path / "take.wav") == plain and not replaying


def test_the_memory_of_recorded_steps_is_counted_and_given_up_when_it_is_short(
    engine: Engine, tiny: Path, tmp_path: Path, replaying: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = making.prepare(engine, asked(tiny, guidance_scale=3.0)).request
    assert engine.models.held is not None
    model = engine.models.held.model
    plain, with_graphs = (memory.MemoryPlan(graphs=graphs) for graphs in (False, True))
    sizes = [memory.needs(model, request, way)["cpu"] for way in (plain, with_graphs)]
    assert sizes[1] - sizes[0] > 2 * memory.GRAPH_BYTES
    enough = {"cpu": sizes[1]}
    assert memory.choose(model, request, enough) == plain  # nothing replays here
    begin(engine, replaying)
    assert memory.choose(model, request, enough) == with_graphs and not with_graphs.remark
    wav = made(engine, request, tmp_path / "take.wav")
    assert replaying and model.graphs.longest > 0
    made(
        engine, replace(request, duration_s=20.0, denoising="whole", guidance_scale=1.0), tmp_path / "take.wav"
    )  # a longer one is kept
    assert memory.needs(model, request, with_graphs)["cpu"] > sizes[1]
    monkeypatch.setenv("MUSICAPP_MEMORY_GB", str((sizes[0] + 1) / 1e9))
    replaying.clear()
    assert made(engine, request, tmp_path / "take.wav") == wav
    assert not replaying and model.graphs.longest == 0 and model.graphs.is_on
    monkeypatch.delenv("MUSICAPP_MEMORY_GB")
    assert made(engine, request, tmp_path / "take.wav") == wav and replaying


def test_running_out_while_recording_costs_the_graphs_alone(
    engine: Engine, tiny: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def no_room(run: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    request = asked(tiny)
    plain = made(engine, request, tmp_path / "take.wav")
    assert engine.models.held is not None
    graphs = engine.models.held.model.graphs
    graphs.start(lambda: no_room)
    with caplog.at_level(logging.WARNING):
        assert made(engine, request, tmp_path / "take.wav") == plain
    assert not graphs.is_on and "recording one failed: CUDA out of memory" in caplog.text


def test_the_probe_measures_both_ways_and_compares_bytes(tiny: Path, stable_audio_3: Path) -> None:
    for folder in (tiny, stable_audio_3):
        found = graph_probe.measure(load_model(folder), tape_record)
        assert found is not None and found.is_same and found.plain_s > 0 and found.replayed_s > 0

    def wrong_record() -> Any:
        return lambda run: lambda: run() + 1e-3

    other = graph_probe.measure(load_model(tiny), wrong_record)
    assert other is not None and not other.is_same


def test_graphs_are_used_only_where_they_are_quicker_and_the_same() -> None:
    assert Probe(0.020, 0.010, is_same=True).suits
    assert not Probe(0.020, 0.0199, is_same=True).suits
    assert not Probe(0.020, 0.010, is_same=False).suits


def test_what_cannot_be_recorded_is_tried_again_at_the_next_start(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def refused() -> Any:
        raise RuntimeError("CUDA error: operation not permitted when stream is capturing")

    assert graph_probe.measure(load_model(tiny), refused) is None
    monkeypatch.setattr(graph_probe, "measure", lambda model, make_record: None)
    model = replace(load_model(tiny), device=torch.device("cuda"))
    graph_probe.begin(model, "tiny", "GPU 1")
    assert not model.graphs.is_on and not (paths.data_folder() / FILE_NAME).exists()


def test_a_probe_is_made_once_for_a_model_a_precision_and_a_device(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """By the device's name alone: where there is one, `cuda_record` is not asked for before the second call."""
    measured: list[str] = []

    def measure(model: LoadedModel, make_record: object) -> Probe:
        measured.append(model.precision)
        return Probe(0.02, 0.01, is_same=model.precision == "bf16")

    monkeypatch.setattr(graph_probe, "measure", measure)
    on_gpu = {p: replace(load_model(tiny, precision=p), device=torch.device("cuda")) for p in ("fp32", "bf16")}
    for _ in range(2):
        for model in on_gpu.values():
            graph_probe.begin(model, "tiny", "GPU 1")
    assert measured == ["fp32", "bf16"]
    assert [model.graphs.is_on for model in on_gpu.values()] == [False, True]
    graph_probe.begin(on_gpu["bf16"], "tiny", "GPU 2")
    assert len(measured) == 3
    file = paths.data_folder() / FILE_NAME
    assert len(json.loads(file.read_text())["measured"]) == 3
    on_cpu = load_model(tiny)
    graph_probe.begin(on_cpu, "tiny", "CPU")
    assert len(measured) == 3 and not on_cpu.graphs.is_on
    for damage in ('{"version": 1, "measured": {"a": {"plain_s": "x"}}}', "[]", "{", '{"version": 1}', "null"):
        file.write_text(damage)
        graph_probe.begin(on_gpu["fp32"], "tiny", "GPU 1")
        assert list(json.loads(file.read_text())["measured"]) and list(file.parent.glob("graphs.json.bad*"))
    assert len(measured) == 8
    file.write_text('{"version": 2, "measured": {}}')
    graph_probe.begin(on_gpu["fp32"], "tiny", "GPU 1")
    assert len(measured) == 9
