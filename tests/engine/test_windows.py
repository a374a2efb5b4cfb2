"""Long takes in windows: heard before the last is made, the same bytes every time, and as they were where asked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from musicapp.audio import wave_io
from musicapp.checkpoints.load import load_model
from musicapp.description.catalogue import find_model
from musicapp.description.config import read_config
from musicapp.diffusion.windows import windows_of
from musicapp.engine import memory
from musicapp.engine.denoise import denoising_of, plan_for
from musicapp.engine.engine import Engine
from musicapp.engine.events import AudioChunk, Finished, Progress, Started
from musicapp.engine.loudness import GLIDE_S, LoudnessGain, gain_for
from musicapp.errors import EngineError, RequestError
from musicapp.request import TakeRequest
from tests import making
from tests.tiny_model import write_tiny_model

SECONDS = 66.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with sections, whose sampler draws noise in every step."""
    return write_tiny_model(
        tmp_path_factory.mktemp("models") / "sections",
        section_s=16.0,
        timeline=True,
        max_duration_s=300,
        guidance_scale=1.0,
        dim=32,
        depth=1,
    )


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def asked(folder: Path, **changes: object) -> TakeRequest:
    values = {"take_id": "one", "prompt": "calm piano", "duration_s": SECONDS, "seed": 7, **changes}
    return TakeRequest(model=str(folder), precision="fp32", **values)  # type: ignore[arg-type]


def test_the_first_window_is_heard_before_the_others_are_made(engine: Engine, folder: Path, tmp_path: Path) -> None:
    calls, calls_at_sound = [], 0
    for event in making.make(engine, asked(folder), tmp_path / "take.wav"):
        if isinstance(event, Started):
            assert event.request.denoising == "windows"
            held = engine.models.held
            assert held is not None
            held.model.dit.register_forward_pre_hook(lambda _, args: calls.append(args[0].shape[-1]))
        if isinstance(event, AudioChunk) and not calls_at_sound:
            calls_at_sound = len(calls)
    assert isinstance(event, Finished) and event.total_frames == SECONDS * 44100
    assert held is not None
    plan = plan_for(held.model, asked(folder, denoising="windows"), 1422)
    assert calls_at_sound == 4 and len(calls) == 4 * len(plan.windows) and len(plan.windows) >= 3
    assert calls == [window.size for window in plan.windows for _ in range(4)]
    audio, _ = wave_io.read(tmp_path / "take.wav")
    assert np.isfinite(audio).all() and all(np.abs(part).max() > 0 for part in np.array_split(audio, 12))


def test_windows_give_the_same_bytes_every_time_and_the_same_sound_in_smaller_chunks(
    engine: Engine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, _ = making.make(engine, asked(folder), tmp_path / "a.wav")
    *_, _ = making.make(engine, asked(folder, take_id="two", denoising="windows"), tmp_path / "b.wav")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    monkeypatch.setattr(memory, "choose", lambda *_: memory.MemoryPlan(chunk=32))
    *_, _ = making.make(engine, asked(folder), tmp_path / "c.wav")
    ours, theirs = (wave_io.read(tmp_path / name)[0] for name in ("a.wav", "c.wav"))
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * np.abs(ours).max())


def test_a_take_of_before_there_were_windows_is_made_as_it_was(engine: Engine, folder: Path, tmp_path: Path) -> None:
    *_, _ = making.make(engine, asked(folder, denoising="whole"), tmp_path / "old.wav")
    *_, _ = making.make(engine, asked(folder), tmp_path / "new.wav")
    old, new = (wave_io.read(tmp_path / name)[0] for name in ("old.wav", "new.wav"))
    assert old.shape == new.shape and not np.array_equal(old, new)
    assert b"denoising" not in (tmp_path / "old.wav").read_bytes() and b"windows" in (tmp_path / "new.wav").read_bytes()


def test_only_takes_with_sections_are_cut_and_arcs_never(folder: Path) -> None:
    config = read_config(find_model("builtin"))
    for changes, wanted in (
        ({}, "windows"),
        ({"denoising": "windows"}, "windows"),
        ({"denoising": "whole"}, "whole"),
        ({"duration_s": 30.0}, "whole"),
        ({"duration_s": 30.0, "denoising": "windows"}, "whole"),
        ({"duration_s": 72.0}, "windows"),
        ({"duration_s": 70.0}, "whole"),
        ({"prompt": "calm piano, drums come in at 0:40"}, "whole"),
    ):
        assert denoising_of(config, asked(folder, **{"duration_s": 120.0, **changes})) == wanted, changes


def test_short_sections_are_taken_together_and_all_latents_are_made(tmp_path: Path) -> None:
    model = load_model(write_tiny_model(tmp_path / "model", section_s=1.5, text_encoder="none", max_duration_s=300))
    for seconds in (10.0, 47.3, 120.0, 285.0):
        wanted = TakeRequest("t", "piano, 97 bpm", seconds, 1, steps=2, denoising="windows")
        plan = plan_for(model, wanted, round(seconds * 44100 / 2048))
        assert [w.first for w in plan.windows] == [0, *(w.end for w in plan.windows[:-1])]
        assert plan.windows[-1].end == plan.windows[-1].stop == plan.latents
        made_s = [(w.end - w.first) * 2048 / 44100 for w in plan.windows]
        assert len(made_s) == 1 or (min(made_s) > 14 and max(made_s) < 70)


def test_numbers_that_get_out_of_hand_in_a_later_window_end_the_take(folder: Path, tmp_path: Path) -> None:
    engine, calls = Engine(), []

    def break_down(_: torch.nn.Module, args: tuple[torch.Tensor, ...], out: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return out * (float("nan") if len(calls) > 6 else 1.0)

    events = making.make(engine, asked(folder), tmp_path / "take.wav")
    with pytest.raises(EngineError, match="out of hand"):
        for event in events:
            if isinstance(event, Started):
                assert engine.models.held is not None
                engine.models.held.model.dit.register_forward_hook(break_down)
    assert len(calls) > 6 and not (tmp_path / "take.wav").exists()


def test_time_left_counts_the_windows_to_come(engine: Engine, folder: Path, tmp_path: Path) -> None:
    told = [e.remaining_s for e in making.make(engine, asked(folder), tmp_path / "a.wav") if isinstance(e, Progress)]
    assert told[-1] == 0.0 and min(told) >= 0.0 and told[4] > 0.0


def test_the_gain_of_a_take_in_windows_glides_and_is_the_same_however_it_is_cut() -> None:
    model = load_model(find_model("builtin"), device="cpu", precision="fp32")
    generator = torch.Generator().manual_seed(2)
    latents = torch.randn(1, model.autoencoder.latent_dim, 1200, generator=generator)
    latents[..., :400] *= 0.3
    latents[..., 800:] *= 0.05
    windows, ratio = windows_of([0, 400, 800, 1200]), model.autoencoder.downsampling_ratio
    blocks = {}
    for size in (10_000, 333_333):
        line = LoudnessGain(model.autoencoder, latents, windows, target_lufs=-16.0, rate=44100)
        ones = np.ones((1200 * ratio, 2), np.float32)
        blocks[size] = np.concatenate([line.over(ones[n : n + size], n) for n in range(0, len(ones), size)])
    np.testing.assert_allclose(blocks[10_000], blocks[333_333], rtol=1e-6)
    found, glide = blocks[10_000][:, 0], round(GLIDE_S * 44100)
    wanted = [gain_for(model.autoencoder, latents[..., :400], -16.0, 44100), found[400 * ratio], found[-1]]
    whole = gain_for(model.autoencoder, latents, -16.0, 44100)
    assert wanted[2] == pytest.approx(whole, rel=0.1), "what is told in the end is of all windows"
    assert wanted[0] != pytest.approx(wanted[1], rel=1e-2)
    assert wanted[1] < 0.9 * wanted[0] and wanted[2] > 1.01 * wanted[1], "the first change is down, the other up"
    margin = model.autoencoder.decoder.margin
    assert isinstance(margin, int)
    assert np.all(found[: (400 - margin) * ratio] == np.float32(wanted[0]))
    assert found[800 * ratio] == pytest.approx(wanted[1], rel=1e-5)
    assert found[800 * ratio + glide + 1] == pytest.approx(wanted[2], rel=1e-5)
    assert np.abs(np.diff(found)).max() < 1e-4


def test_requests_name_only_ways_that_there_are(engine: Engine, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no way to denoise"):
        list(making.make(engine, dataclasses.replace(asked(folder), denoising="spirals"), tmp_path / "a.wav"))
