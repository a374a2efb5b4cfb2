"""The engine in this process: what comes out for what goes in."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from musicapp.audio import wave_io
from musicapp.audio.riff import read_layout
from musicapp.checkpoints.load import load_model
from musicapp.engine import denoise
from musicapp.engine.engine import Engine
from musicapp.engine.events import (
    AudioChunk,
    Event,
    Finished,
    ModelLoaded,
    ModelLoading,
    Progress,
    Started,
)
from musicapp.engine.request_facts import read_request
from musicapp.engine.steering import Prompts, steer
from musicapp.errors import CheckpointError, EngineError, ExportError, OutOfMemory, RequestError
from musicapp.request import TakeRequest
from tests import making
from tests.tiny_model import LATENT_DIM, write_tiny_model


class StopAskedError(Exception):
    """Raised by the tests' own stop checks."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    """One engine for all tests, so that the model is read once."""
    return Engine()


def request(model: Path, **changes: object) -> TakeRequest:
    values = {"take_id": "one", "prompt": "calm piano", "duration_s": 2.0, "seed": 7, "precision": "fp32", **changes}
    return TakeRequest(model=str(model), **values)  # type: ignore[arg-type]


def make(engine: Engine, path: Path, wanted: TakeRequest) -> list[Event]:
    return list(making.make(engine, wanted, path))


def test_events_tell_the_life_of_a_take_in_order(tiny: Path, tmp_path: Path) -> None:
    events = make(Engine(), tmp_path / "new" / "take.wav", request(tiny, duration_s=5.0))
    kinds = [type(event) for event in events]
    assert kinds[:3] == [ModelLoading, ModelLoaded, Started] and kinds[-1] is Finished
    steps = [e for e in events if isinstance(e, Progress) and e.phase == "denoising"]
    assert [(e.step, e.steps) for e in steps] == [(n, 4) for n in (1, 2, 3, 4)]
    assert all(e.remaining_s >= 0 for e in events if isinstance(e, Progress))
    chunks = [e for e in events if isinstance(e, AudioChunk)]
    starts = [chunk.first_frame for chunk in chunks]
    ends = [chunk.first_frame + chunk.frame_count for chunk in chunks]
    assert starts == [0, *ends[:-1]] and ends[-1] == 220500 and chunks[0].frame_count < chunks[1].frame_count
    assert kinds.index(AudioChunk) > max(i for i, e in enumerate(events) if e in steps)


def test_started_says_what_the_model_decided(engine: Engine, tiny: Path, tmp_path: Path) -> None:
    started = next(e for e in make(engine, tmp_path / "a.wav", request(tiny)) if isinstance(e, Started))
    done = started.request
    assert (done.steps, done.guidance_scale, done.sampler) == (4, 3.0, "dpmpp-3m-sde")
    assert (done.device, done.precision, started.total_frames, started.channels) == ("cpu", "fp32", 88200, 2)


@pytest.mark.parametrize(("duration_s", "frames"), [(0.5, 22050), (12.345, 544415), (1.0, 44100)])
def test_file_has_exactly_the_frames_asked_for(
    engine: Engine, tiny: Path, tmp_path: Path, duration_s: float, frames: int
) -> None:
    path = tmp_path / "take.wav"
    finished = make(engine, path, request(tiny, duration_s=duration_s))[-1]
    layout = read_layout(path)
    assert isinstance(finished, Finished) and finished.total_frames == frames
    assert layout is not None and layout.is_complete and (layout.frames, layout.bits) == (frames, 32)
    audio, rate = wave_io.read(path)
    assert rate == 44100 and finished.peak == pytest.approx(float(abs(audio).max())) and finished.peak > 0


def test_same_request_same_bytes_whatever_the_take_is_called(engine: Engine, tiny: Path, tmp_path: Path) -> None:
    make(engine, tmp_path / "a.wav", request(tiny))
    make(engine, tmp_path / "b.wav", request(tiny, take_id="two", device="cpu", steps=4))
    make(engine, tmp_path / "c.wav", request(tiny, seed=8))
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert (tmp_path / "a.wav").read_bytes()[-9000:] != (tmp_path / "c.wav").read_bytes()[-9000:]


def audio_of(engine: Engine, path: Path, wanted: TakeRequest) -> torch.Tensor:
    make(engine, path, wanted)
    return torch.from_numpy(wave_io.read(path)[0])


def test_prompt_negative_prompt_length_and_guidance_are_all_heard(engine: Engine, tiny: Path, tmp_path: Path) -> None:
    plain = audio_of(engine, tmp_path / "plain.wav", request(tiny))
    changes: list[dict[str, object]] = [
        {"prompt": "loud drums"},
        {"negative_prompt": "drums"},
        {"guidance_scale": 1.0},
        {"duration_s": 2.04},  # as many latents, so the timing condition alone
    ]
    for number, change in enumerate(changes):
        other = audio_of(engine, tmp_path / f"{number}.wav", request(tiny, **change))
        count = min(len(plain), len(other))
        assert not torch.equal(plain[:count], other[:count]), change


def test_a_timeline_is_heard_and_so_is_how_strongly_it_is_asked_for(engine: Engine, tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "model", timeline=True)
    plain = audio_of(engine, tmp_path / "plain.wav", request(model, prompt="piano in C, 90 bpm"))
    assert torch.equal(plain, audio_of(engine, tmp_path / "again.wav", request(model, prompt="piano in C, 90 bpm")))
    for number, change in enumerate(({"prompt": "piano in C, 91 bpm"}, {"guidance_scale": 4.0})):
        other = audio_of(
            engine, tmp_path / f"{number}.wav", request(model, **{"prompt": "piano in C, 90 bpm", **change})
        )
        assert not torch.equal(plain, other)


def test_the_half_without_the_prompt_knows_the_end_but_not_the_tempo(tmp_path: Path) -> None:
    model = load_model(write_tiny_model(tmp_path / "model", timeline=True, objective="rectified_flow"))
    told: list[torch.Tensor] = []

    def spy(_: torch.nn.Module, args: tuple[object, ...], cond: dict[str, torch.Tensor]) -> None:
        told.append(cond["input_concat"])

    model.dit.register_forward_pre_hook(spy, with_kwargs=True)
    asked = TakeRequest(take_id="t", prompt="120 bpm in A minor", duration_s=1.0, seed=1, guidance_scale=3.0)
    network = steer(model, Prompts(model.conditioner, model.device), asked, read_request(asked), 22)
    with torch.inference_mode():
        network(torch.zeros(1, LATENT_DIM, 22), torch.ones(1))
    wanted, null = told
    assert wanted[:, :40].any() and not null[:, :40].any()
    torch.testing.assert_close(wanted[:, 40:], null[:, 40:])


def test_repeated_prompt_is_encoded_once(
    engine: Engine, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(engine.models.load(str(tiny), precision="fp32"))
    assert engine.models.held is not None
    calls: list[object] = []
    conditioner = engine.models.held.model.conditioner
    encode = conditioner.encode

    def counting(batch: list[dict[str, str | float]], latents: int) -> object:
        calls.append(batch)
        return encode(batch, latents)

    monkeypatch.setattr(conditioner, "encode", counting)
    for number in range(3):
        make(engine, tmp_path / f"{number}.wav", request(tiny, prompt="never heard before", seed=number))
    assert len(calls) == 1


def test_model_stays_loaded_until_another_one_or_another_precision_is_asked_for(wordless: Path, tmp_path: Path) -> None:
    engine = Engine()

    def loads(**changes: object) -> int:
        events = make(engine, tmp_path / f"{len(list(tmp_path.iterdir()))}.wav", request(wordless, **changes))
        return sum(isinstance(event, ModelLoading) for event in events)

    assert [loads(), loads(), loads(precision="int8"), loads(precision="int8"), loads()] == [1, 0, 1, 0, 1]
    assert [type(event) for event in engine.models.load(str(wordless), precision="fp32")] == [ModelLoaded]


@pytest.mark.parametrize("precision", ["int8", "int4", "bf16", "fp16"])
def test_other_precisions_make_nearly_the_same_take(
    engine: Engine, with_phases: Path, tmp_path: Path, precision: str
) -> None:
    exact = audio_of(engine, tmp_path / "exact.wav", request(with_phases))
    rough = audio_of(engine, tmp_path / "rough.wav", request(with_phases, precision=precision))
    assert 0 < float((rough - exact).norm() / exact.norm()) < 0.2


@pytest.mark.parametrize(
    ("objective", "sampler"), [("v", "dpmpp-2m"), ("rectified_flow", "euler"), ("rf_denoiser", "pingpong")]
)
def test_every_objective_and_a_window_of_fixed_length(tmp_path: Path, objective: str, sampler: str) -> None:
    folder = write_tiny_model(
        tmp_path / "model", objective=objective, variable_length=False, text_encoder="t5", autoencoder="oobleck"
    )
    events = make(Engine(), tmp_path / "take.wav", request(folder, duration_s=1.5, sampler=sampler))
    assert isinstance(events[-1], Finished) and events[-1].total_frames == 66150
    assert torch.isfinite(torch.from_numpy(wave_io.read(tmp_path / "take.wav")[0])).all()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"prompt": " "}, RequestError, "prompt is empty"),
        ({"duration_s": 301.0}, RequestError, "at most 5:00"),
        ({"duration_s": float("nan")}, RequestError, "not a number"),
        ({"sampler": "euler"}, RequestError, "does not fit"),
        ({"sampler": "dpmp"}, RequestError, "no sampler"),
        ({"steps": 0}, RequestError, "0 steps"),
        ({"device": "cuda"}, RequestError, "no NVIDIA"),
        ({"model": "nothing-like-it"}, CheckpointError, "no model"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_sentence_and_no_file(
    engine: Engine,
    tiny: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    error: type[Exception],
    words: str,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)  # also on a machine that has a card
    wanted = dataclasses.replace(request(tiny), **changes)  # type: ignore[arg-type]
    with pytest.raises(error, match=words):
        make(engine, tmp_path / "take.wav", wanted)
    assert not (tmp_path / "take.wav").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9, 0.99])
def test_stopping_before_any_layer_leaves_no_file(tiny: Path, tmp_path: Path, share: float) -> None:
    """The check is asked before every layer of sampling and decoding; the engine works on afterwards."""
    asked, limit = 0, 10**9

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked > limit:
            raise StopAskedError

    engine, wanted = Engine(check), request(tiny)
    make(engine, tmp_path / "whole.wav", wanted)
    asked_for_whole, asked = asked, 0
    assert asked_for_whole > 200
    limit = int(share * asked_for_whole) // 2  # the second take needs no text encoder, so asks less
    with pytest.raises(StopAskedError):
        make(engine, tmp_path / "stopped.wav", wanted)
    assert not (tmp_path / "stopped.wav").exists()
    limit = 10**9
    make(engine, tmp_path / "again.wav", wanted)
    assert (tmp_path / "again.wav").read_bytes() == (tmp_path / "whole.wav").read_bytes()


def test_nobody_listening_any_more_leaves_no_file(engine: Engine, tiny: Path, tmp_path: Path) -> None:
    events = making.make(engine, request(tiny), tmp_path / "take.wav")
    while not isinstance(next(events), AudioChunk):
        pass
    assert (tmp_path / "take.wav").exists()
    events.close()
    assert not (tmp_path / "take.wav").exists()


def test_file_that_exists_is_kept(engine: Engine, tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    path.write_bytes(b"precious")
    with pytest.raises(ExportError, match="already"):
        make(engine, path, request(tiny))
    assert path.read_bytes() == b"precious"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: not enough memory")])
def test_lack_of_memory_is_said_plainly(
    engine: Engine, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(denoise, "sample", fail)
    with pytest.raises(OutOfMemory) as caught:
        make(engine, tmp_path / "take.wav", request(tiny))
    assert "0:02 needs about" in caught.value.message and "more than is free" in caught.value.message
    assert caught.value.fits_s == 1.0 and caught.value.hint == "0:01 would fit."


def test_numbers_out_of_hand_are_no_take(
    engine: Engine, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denoise, "steer", lambda *args, **named: lambda x, t: x * float("nan"))
    with pytest.raises(EngineError, match="out of hand"):
        make(engine, tmp_path / "take.wav", request(tiny))


def test_second_take_has_an_estimate_from_the_start(engine: Engine, tiny: Path, tmp_path: Path) -> None:
    def firsts(name: str) -> Progress:
        return next(e for e in make(engine, tmp_path / name, request(tiny)) if isinstance(e, Progress))

    assert firsts("a.wav").step == 1
    again = firsts("b.wav")
    assert again.step == 0 and 0 < again.remaining_s < 60
