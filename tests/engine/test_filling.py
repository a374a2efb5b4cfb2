"""Passages made anew, music added, loops: what stays is the same to the last bit, and what is made fits in."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st

from musicapp.audio import source_file, tags, wave_io
from musicapp.checkpoints.load import load_model
from musicapp.engine import canvas, source_facts
from musicapp.engine.engine import Engine
from musicapp.engine.events import AudioChunk, Finished, Progress, Started
from musicapp.engine.request_facts import read_request
from musicapp.errors import RequestError
from musicapp.nn.phases import Known
from musicapp.nn.spectral import SpectralDecoder, mid_side, short_time_spectrum
from musicapp.request import TakeRequest
from musicapp.shape import Lane, Loop, Source
from tests import making
from tests.checkpoints.test_stable_audio_3 import folder as stable_audio_3
from tests.test_request import refusal
from tests.tiny_model import write_tiny_model

__all__ = ["stable_audio_3"]

RATE = 44100
FAMILIES: dict[str, dict[str, object]] = {
    "v": {"autoencoder": "oobleck", "variable_length": False, "window_latents": 64},
    "flow": {"objective": "rectified_flow", "autoencoder": "oobleck"},
    "few": {"objective": "rf_denoiser", "timeline": True},
}


@pytest.fixture(scope="module")
def engines() -> dict[str, Engine]:
    return {name: Engine() for name in FAMILIES}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("families")
    return {
        name: write_tiny_model(folder / name, text_encoder="none", max_duration_s=60, **options)  # type: ignore[arg-type]
        for name, options in FAMILIES.items()
    }


def music(seconds: float, seed: int = 0, channels: int = 2, rate: int = RATE) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    tones = sum(np.sin(2 * np.pi * f * time + rng.random()) for f in rng.uniform(80, 2000, 6))
    return (0.05 * np.stack([tones] * channels, axis=1) + 0.01 * rng.standard_normal((len(time), channels))).astype(
        "f4"
    )


def written(path: Path, audio: np.ndarray, rate: int = RATE) -> Path:
    soundfile.write(path, audio, rate, subtype="FLOAT")
    return path


def asked(model: Path, **shape: object) -> TakeRequest:
    values = {
        "take_id": "one",
        "prompt": "piano, 120 bpm",
        "duration_s": 2.0,
        "seed": 7,
        "precision": "fp32",
        "steps": 2,
    }
    return TakeRequest(model=str(model), **{**values, **shape})  # type: ignore[arg-type]


def made(engine: Engine, request: TakeRequest, path: Path) -> np.ndarray:
    path.unlink(missing_ok=True)
    events = list(making.make(engine, request, path))
    audio = wave_io.read(path)[0]
    started = next(event for event in events if isinstance(event, Started))
    finished = events[-1]
    assert isinstance(finished, Finished) and finished.total_frames == started.total_frames == len(audio)
    assert sum(event.frame_count for event in events if isinstance(event, AudioChunk)) == len(audio)
    steps = [event for event in events if isinstance(event, Progress) and event.phase == "denoising"]
    assert [event.step for event in steps] == list(range(1, len(steps) + 1)) and steps[-1].step == steps[-1].steps
    assert np.isfinite(audio).all()
    return audio


def is_inside(frames: int, regions: tuple[tuple[float, float], ...]) -> np.ndarray:
    inside = np.zeros(frames, bool)
    for start, end in regions:
        inside[round(start * RATE) : round(end * RATE)] = True
    return inside


@pytest.mark.parametrize("family", list(FAMILIES))
def test_outside_of_random_passages_every_sample_stays(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path, family: str
) -> None:
    rng = np.random.default_rng(5)
    audio = music(4.0, seed=3)
    path, number = written(tmp_path / "source.wav", audio), 0
    for _ in range(4):
        edges = np.sort(rng.choice(np.arange(1, 39), 10, replace=False)) / 10 + rng.random() / 20
        regions = tuple((float(a), float(b)) for a, b in edges.reshape(5, 2))
        number += len(regions)
        request = asked(models[family], source=Source(str(path), regions=regions), seed=number)
        out = made(engines[family], request, tmp_path / "take.wav")
        inside = is_inside(len(audio), regions)
        assert len(out) == len(audio) and np.abs(out - audio)[~inside].max() == 0.0
        assert all((out != audio)[is_inside(len(audio), (region,))].any() for region in regions)


@pytest.mark.parametrize("place", [((0.0, 0.5),), ((1.5, 2.0),), ((0.0, 2.0),), ((1.0, 2.04),), ((0.7, 0.8),)])
def test_passages_at_the_ends_all_of_it_and_tiny_ones(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path, place: tuple[tuple[float, float], ...]
) -> None:
    audio = music(2.0)
    request = asked(models["few"], source=Source(str(written(tmp_path / "a.wav", audio)), regions=place))
    out = made(engines["few"], request, tmp_path / "take.wav")
    inside = is_inside(len(audio), place)
    assert (out != audio)[inside].any()
    np.testing.assert_array_equal(out[~inside], audio[~inside])


def test_a_source_of_another_rate_stays_as_it_was_resampled(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path
) -> None:
    path = written(tmp_path / "a.wav", music(3.0, channels=1, rate=8000), 8000)
    out = made(
        engines["few"], asked(models["few"], source=Source(str(path), regions=((1.0, 2.0),))), tmp_path / "t.wav"
    )
    resampled = source_file.read(path, sample_rate=RATE, channels=2).audio
    inside = is_inside(len(out), ((1.0, 2.0),))
    np.testing.assert_array_equal(out[~inside], resampled[~inside])


@pytest.mark.parametrize("family", list(FAMILIES))
@pytest.mark.parametrize("side", ["before_s", "after_s"])
def test_music_is_added_also_beyond_a_models_window(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path, family: str, side: str
) -> None:
    audio = music(2.0, seed=2)
    path, added = written(tmp_path / "a.wav", audio), 9.5
    request = asked(models[family], source=Source(str(path), **{side: added}))  # type: ignore[arg-type]
    out = made(engines[family], request, tmp_path / "take.wav")
    assert len(out) == len(audio) + round(added * RATE)
    kept = out[: len(audio)] if side == "after_s" else out[-len(audio) :]
    np.testing.assert_array_equal(kept, audio)
    new = out[len(audio) :] if side == "after_s" else out[: -len(audio)]
    assert all(np.abs(part).max() > 1e-4 for part in np.array_split(new, 10))


@pytest.mark.parametrize(
    ("loop", "frames"), [(Loop(1, 120.0), 88200), (Loop(1, 174.0), 60828), (Loop(2, 97.0, 3.0), 163670)]
)
def test_a_loop_has_exactly_the_frames_of_its_bars(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path, loop: Loop, frames: int
) -> None:
    for family in FAMILIES if loop.bpm == 120 else ["few"]:
        assert len(made(engines[family], asked(models[family], loop=loop), tmp_path / "take.wav")) == frames
    assert canvas.frames_for(8 * 4 * 60 / 120, RATE) == 705_600


def test_closing_a_loop_changes_its_ends_alone(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path
) -> None:
    audio = music(4.0)
    request = asked(models["few"], source=Source(str(written(tmp_path / "a.wav", audio)), seam_s=1.0))
    out = made(engines["few"], request, tmp_path / "take.wav")
    half = RATE // 2
    np.testing.assert_array_equal(out[half:-half], audio[half:-half])
    assert (out[:half] != audio[:half]).any() and (out[-half:] != audio[-half:]).any()


def test_a_part_becomes_a_loop_and_the_rest_is_left_away(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path
) -> None:
    audio = music(4.0)
    source = Source(str(written(tmp_path / "a.wav", audio)), seam_s=0.5, from_s=1.0, to_s=3.0)
    out = made(engines["few"], asked(models["few"], source=source), tmp_path / "take.wav")
    part, quarter = audio[RATE : 3 * RATE], RATE // 4
    assert len(out) == 2 * RATE
    np.testing.assert_array_equal(out[quarter:-quarter], part[quarter:-quarter])
    assert (out[:quarter] != part[:quarter]).any() and (out[-quarter:] != part[-quarter:]).any()
    for part_s, words in (((1.0, 4.5), "does not lie inside"), ((1.0, 1.2), "too short")):
        wrong = replace(source, from_s=part_s[0], to_s=part_s[1])
        with pytest.raises(RequestError, match=words) as caught:
            making.prepare(engines["few"], asked(models["few"], source=wrong))
        assert refusal(caught.value)


def test_models_with_channels_for_it_are_told_what_stays(stable_audio_3: Path, tmp_path: Path) -> None:
    audio = music(1.1)
    path = written(tmp_path / "a.wav", audio)
    engine, told = Engine(), []
    request = asked(stable_audio_3, source=Source(str(path), regions=((0.4, 0.7),)))
    list(engine.models.load(str(stable_audio_3), precision="fp32"))
    assert engine.models.held is not None
    engine.models.held.model.dit.register_forward_pre_hook(
        lambda _, args, more: told.append(more["local_add"]), with_kwargs=True
    )
    out = made(engine, request, tmp_path / "take.wav")
    inside = is_inside(len(audio), ((0.4, 0.7),))
    np.testing.assert_array_equal(out[~inside], audio[~inside])
    mask, kept = told[0][0, 0], told[0][0, 1:]
    assert 0 < mask.sum() < len(mask) and (kept[:, mask == 0] == 0).all() and (kept[:, mask == 1] != 0).any()


@pytest.mark.parametrize("region", [(1.0, 2.5), (5.0, 8.0), (1.98, 2.2)])
def test_a_passage_outside_of_its_source_is_refused(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path, region: tuple[float, float]
) -> None:
    source = Source(str(written(tmp_path / "a.wav", music(2.0))), regions=(region,))
    with pytest.raises(RequestError, match="does not lie inside") as caught:
        making.prepare(engines["few"], asked(models["few"], source=source))
    assert refusal(caught.value)


@pytest.mark.parametrize("precision", ["bf16", "fp16", "int8"])
@pytest.mark.parametrize("family", ["few", "flow"])
def test_other_precisions_fill_too(models: dict[str, Path], tmp_path: Path, family: str, precision: str) -> None:
    audio = music(1.0)
    source = Source(str(written(tmp_path / "a.wav", audio)), regions=((0.4, 0.7),))
    out = made(Engine(), asked(models[family], source=source, precision=precision), tmp_path / "take.wav")
    inside = is_inside(len(audio), ((0.4, 0.7),))
    np.testing.assert_array_equal(out[~inside], audio[~inside])


def test_a_canvas_is_the_same_bytes_every_time(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path
) -> None:
    path = written(tmp_path / "a.wav", music(2.0))
    request = asked(models["few"], source=Source(str(path), regions=((0.5, 1.5),)))
    made(engines["few"], request, tmp_path / "one.wav")
    made(Engine(), request, tmp_path / "two.wav")
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()


@given(
    st.integers(1, 4000),
    st.integers(0, 4000),
    st.integers(1, 4000),
    st.integers(24, 900),
    st.sampled_from([1, 2, 8]),
    st.booleans(),
)
def test_windows_make_every_latent_of_a_gap_once_and_fit_the_model(
    before: int, behind: int, length: int, longest: int, multiple: int, is_fixed: bool
) -> None:
    longest -= longest % multiple
    gap, total = (before, before + length), before + length + behind
    found = list(canvas.windows(gap, total, longest=longest, context=430, multiple=multiple, is_fixed=is_fixed))
    assert found[0].start == gap[0] and found[-1].end == gap[1]
    assert all(a.end == b.start for a, b in itertools.pairwise(found))
    for window in found:
        assert 0 <= window.first <= window.start < window.end <= window.first + window.count <= total
        assert window.count <= longest and window.first % multiple == 0
        assert window.first == 0 or window.start - window.first >= min(longest // 3, 430) - multiple


def test_phases_run_on_from_known_sound(models: dict[str, Path]) -> None:
    """A decoder that searches for phases leads them on from what stays: where both overlap they agree."""
    decoder = load_model(models["few"]).autoencoder.decoder
    assert isinstance(decoder, SpectralDecoder)
    time = np.arange(2048 * 64) / RATE
    tone = torch.from_numpy(0.2 * np.sin(2 * np.pi * 1234.5 * time + 1.0)).float()
    audio = torch.stack([tone, tone])
    spectrum = short_time_spectrum(mid_side(audio[None])[0], decoder.window, 512)
    where = torch.zeros(len(tone), dtype=torch.bool)
    where[: 2048 * 32 + 500] = True
    magnitude = spectrum.abs() * (4 / decoder.config.n_fft)
    free = decoder.phases(magnitude)[0]
    led = decoder.phases(magnitude, known=Known(mid_side(audio[None])[0], where))[0]
    near = slice(2048 * 32 + 500, 2048 * 32 + 500 + 4096)
    mid = mid_side(audio[None])[0, 0]

    def likeness(found: torch.Tensor) -> float:
        return float(torch.nn.functional.cosine_similarity(found[near], mid[near], dim=0))

    assert likeness(led) > 0.9 > likeness(free)
    torch.testing.assert_close(led[4096 : 2048 * 30], mid[4096 : 2048 * 30], atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("bpm", [84.0, 120.0, 150.0])
def test_bars_are_found_by_ear(bpm: float) -> None:
    beat, audio = 60 / bpm, np.zeros((RATE * 20, 2), np.float32)
    rng = np.random.default_rng(1)
    first = 0.31
    for number in range(int((20 - first) / beat) - 1):
        at, decay = round((first + number * beat) * RATE), np.exp(-np.arange(8000) / 1500)
        kick = np.sin(2 * np.pi * 60 * np.arange(8000) / RATE) * decay * (1.0 if number % 4 == 0 else 0.2)
        audio[at : at + 8000] += (kick + 0.1 * rng.standard_normal(8000) * decay)[:, None]
    start = source_facts.bar_start_s(audio, RATE, bpm, 4.0, True)
    off = (start - first + 2 * beat) % (4 * beat) - 2 * beat
    assert abs(off) < 0.03
    facts = source_facts.completed(
        read_request(TakeRequest("a", f"rock, {bpm:g} bpm", 5, 1)), Source("x.wav", after_s=5), audio, RATE
    )
    assert facts.prompt.tempo_bpm == bpm and facts.prompt.tonic is not None and facts.prompt.bars_from_s == start


def lanes_in(folder: Path, count: int, seconds: float = 3.0) -> tuple[list[np.ndarray], Source]:
    """Takes of one length, and the source that they make together, with no picks yet."""
    sounds = [music(seconds, seed=number) for number in range(count)]
    paths = [written(folder / f"lane{number}.wav", sound) for number, sound in enumerate(sounds)]
    first, *others = (Lane(str(path)) for path in paths)
    return sounds, Source(first.path, lanes=tuple(others), picks=((0.0, 0),))


@pytest.mark.parametrize("family", list(FAMILIES))
def test_passages_of_several_takes_are_glued_and_stay_as_they_are(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path, family: str
) -> None:
    sounds, source = lanes_in(tmp_path, 3)
    picks = ((0.0, 2), (0.6, 0), (1.1, 0), (1.5, 1), (1.6, 2), (2.9, 1))
    request = asked(models[family], source=replace(source, picks=picks), prompt="piano, 120 bpm")
    out = made(engines[family], request, tmp_path / "take.wav")
    wanted = np.concatenate(
        [
            sounds[number][round(a * RATE) : round(b * RATE)]
            for (a, number), b in zip(picks, [0.6, 1.1, 1.5, 1.6, 2.9, 3.0], strict=True)
        ]
    )
    # Half a bar at 120 is a second: as much of it as the passages on both sides have room for, a half of each.
    joints = is_inside(len(out), ((0.1, 1.05), (1.05, 1.55), (1.55, 2.1), (2.4, 3.0)))
    np.testing.assert_array_equal(out[~joints], wanted[~joints])
    assert all((out != wanted)[is_inside(len(out), ((cut - 0.04, cut + 0.04),))].any() for cut in (0.6, 1.5, 1.6, 2.9))
    events = list(making.make(engines[family], request, tmp_path / "again.wav"))
    started = next(event for event in events if isinstance(event, Started))
    assert started.request.source is not None and started.request.source.joint_s == 1.0
    assert all(len(lane.sha256) == 64 for lane in started.request.source.lanes)
    # What the take says of itself makes it again.
    assert (tmp_path / "take.wav").read_bytes() == (tmp_path / "again.wav").read_bytes()
    recalled = tags.recalled(wave_io.read_tags(tmp_path / "take.wav"), "two")
    assert recalled is not None and recalled.request.source == started.request.source and not recalled.left_out


def test_one_take_alone_is_copied_and_takes_that_are_not_heard_need_not_be_there(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path
) -> None:
    sounds, source = lanes_in(tmp_path, 2)
    (tmp_path / "lane1.wav").unlink()
    list(making.make(engines["few"], asked(models["few"], source=source), tmp_path / "take.wav"))
    np.testing.assert_array_equal(wave_io.read(tmp_path / "take.wav")[0], sounds[0])


def test_takes_that_cannot_be_glued_are_refused(
    engines: dict[str, Engine], models: dict[str, Path], tmp_path: Path
) -> None:
    _, source = lanes_in(tmp_path, 2)
    for picks, words in ((((0.0, 0), (4.0, 1)), "behind the end"), (((0.0, 0), (0.5, 2)), "not there")):
        with pytest.raises(RequestError, match=words) as caught:
            making.prepare(engines["few"], asked(models["few"], source=replace(source, picks=picks)))
        assert refusal(caught.value)
    both = replace(source, picks=((0.0, 0), (1.0, 1)))
    completed = making.prepare(engines["few"], asked(models["few"], source=both)).request.source
    assert completed is not None
    written(tmp_path / "lane1.wav", music(3.0, seed=9))
    with pytest.raises(RequestError, match="not the sound any more"):
        making.prepare(engines["few"], asked(models["few"], source=completed))
    written(tmp_path / "lane1.wav", music(2.5))
    with pytest.raises(RequestError, match="not equally long"):
        making.prepare(engines["few"], asked(models["few"], source=both))
