"""Takes that are heard while they form: what is heard, when, and that the take is the same."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.audio import wave_io
from musicapp.engine import previews
from musicapp.engine.engine import Engine
from musicapp.engine.events import Event, Finished, Preview, Progress
from musicapp.engine.previews import Ear
from musicapp.request import TakeRequest
from musicapp.shape import Lane, Loop, Source
from tests import making
from tests.engine.test_filling import FAMILIES
from tests.tiny_model import write_tiny_model

RATE = 44100


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("families")
    families = {**FAMILIES, "v": {**FAMILIES["v"], "window_latents": 200}}
    return {
        name: write_tiny_model(folder / name, text_encoder="none", max_duration_s=60, **options)  # type: ignore[arg-type]
        for name, options in families.items()
    }


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(autouse=True)
def plenty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of time: what previews may cost is another question."""
    monkeypatch.setattr(previews, "SHARE", 1e6)


def request_of(model: Path, **changes: object) -> TakeRequest:
    request = TakeRequest("one", "piano", 8.0, 7, model=str(model), steps=6, precision="fp32", version=2)
    return replace(request, **changes)  # type: ignore[arg-type]


def events_of(engine: Engine, request: TakeRequest, path: Path, ear: Ear = lambda: None) -> list[Event]:
    prepared = making.prepare(engine, request)
    return list(engine.make(prepared, path, ear=ear))


@pytest.mark.parametrize("family", list(FAMILIES))
def test_a_take_is_the_same_whether_somebody_listens_or_not(
    engine: Engine, models: dict[str, Path], tmp_path: Path, family: str
) -> None:
    request = request_of(models[family])
    quiet = events_of(engine, request, tmp_path / "quiet.wav")
    heard = events_of(engine, request, tmp_path / "heard.wav", lambda: RATE * 3)
    assert (tmp_path / "quiet.wav").read_bytes() == (tmp_path / "heard.wav").read_bytes()
    assert not any(isinstance(event, Preview) for event in quiet)
    found = [event for event in heard if isinstance(event, Preview)]
    # Behind the steps 2 to 5 of 6: from a third on, and not behind the last one, whose sound is the take's own.
    steps = [event.step for event, after in itertools.pairwise(heard) if isinstance(after, Preview)]
    assert steps == [2, 3, 4, 5] and len(found) == 4
    for event in found:
        sound = np.frombuffer(event.samples, np.float32).reshape(-1, 2)
        assert event.first_frame <= RATE * 2 and event.first_frame + len(sound) >= RATE * 5
        assert np.isfinite(sound).all() and np.abs(sound).max() > 0


def test_a_loop_is_heard_before_its_seam_is_made(engine: Engine, models: dict[str, Path], tmp_path: Path) -> None:
    request = request_of(models["few"], loop=Loop(), duration_s=3.0)
    events_of(engine, request, tmp_path / "quiet.wav")
    heard = events_of(engine, request, tmp_path / "heard.wav", lambda: 0)
    assert (tmp_path / "quiet.wav").read_bytes() == (tmp_path / "heard.wav").read_bytes()
    assert len([event for event in heard if isinstance(event, Preview)]) == 4
    steps = [(event.step, event.steps) for event in heard if isinstance(event, Progress) and event.phase == "denoising"]
    assert steps == [(step, 12) for step in range(1, 13)]  # those of the seam are told from the start


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of a chord."""
    path, time_s = tmp_path_factory.mktemp("music") / "chord.wav", np.arange(8 * RATE) / RATE
    sound = sum(np.sin(2 * np.pi * pitch * time_s) for pitch in (220.0, 277.2, 329.6)) * 0.1
    soundfile.write(path, np.stack([sound, 0.7 * sound], axis=1), RATE, subtype="FLOAT")
    return path


SHAPES: dict[str, dict[str, object]] = {
    "passage": {"regions": ((3.0, 5.0),)},
    "passages": {"regions": ((1.0, 1.5), (6.0, 7.9))},
    "behind": {"after_s": 3.0},
    "in front": {"before_s": 3.0},
    "comp": {"picks": ((0.0, 0), (4.0, 1)), "joint_s": 1.0},
}


@pytest.mark.parametrize(
    ("family", "shape"),
    [("v", "passages"), ("flow", "behind"), ("few", "comp"), ("few", "in front"), ("few", "passage")],
)
def test_a_passage_is_heard_among_what_stays_and_the_take_is_the_same(
    engine: Engine, models: dict[str, Path], music: Path, tmp_path: Path, family: str, shape: str
) -> None:
    lanes = (Lane(str(music)),) if shape == "comp" else ()
    request = request_of(models[family], source=Source(str(music), lanes=lanes, **SHAPES[shape]))  # type: ignore[arg-type]
    events_of(engine, request, tmp_path / "quiet.wav")
    heard = events_of(engine, request, tmp_path / "heard.wav", lambda: 0)
    assert (tmp_path / "quiet.wav").read_bytes() == (tmp_path / "heard.wav").read_bytes()
    found = [event for event in heard if isinstance(event, Preview)]
    assert len(found) == (8 if shape == "passages" else 4)
    prepared = making.prepare(engine, request)
    assert prepared.canvas is not None
    true, gaps = prepared.canvas.audio, prepared.canvas.gaps
    for number, event in enumerate(found):
        gap = gaps[number // 4]
        sound = np.frombuffer(event.samples, np.float32).reshape(-1, 2)
        assert np.isfinite(sound).all()
        first, end = event.first_frame, event.first_frame + len(sound)
        assert first <= gap.first and end >= min(gap.end, gap.first + 2 * RATE), "all of it, and what is before"
        stays = np.ones(len(sound), bool)
        stays[gap.first - first : gap.end - first] = False
        np.testing.assert_array_equal(sound[stays], true[first:end][stays])
        assert (sound != true[first:end])[~stays].any()
        if number % 4:  # each in the place of the one before
            assert first == found[number - 1].first_frame and len(event.samples) == len(found[number - 1].samples)


def test_what_is_heard_of_a_passage_at_its_end_is_what_the_take_has(
    engine: Engine, models: dict[str, Path], music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "FROM", 0.9)
    source = Source(str(music), regions=((3.0, 5.0),))
    heard = events_of(engine, request_of(models["flow"], steps=20, source=source), tmp_path / "take.wav", lambda: 0)
    last = [event for event in heard if isinstance(event, Preview)][-1]
    sound = np.frombuffer(last.samples, np.float32).reshape(-1, 2)
    true = wave_io.read(tmp_path / "take.wav")[0][last.first_frame :][: len(sound)]
    inside = slice(3 * RATE - last.first_frame, 5 * RATE - last.first_frame)
    a, b = sound[inside], true[inside]
    assert float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())) > 0.98


def test_a_long_continuation_is_heard_where_somebody_listens_in_it(
    engine: Engine, models: dict[str, Path], music: Path, tmp_path: Path
) -> None:
    """Each window of it from its beginning on, but where the ear is in what it makes, there."""
    source = Source(str(music), after_s=8.0)
    heard = events_of(engine, request_of(models["v"], source=source), tmp_path / "take.wav", lambda: 14 * RATE)
    firsts = [event.first_frame / RATE for event in heard if isinstance(event, Preview)]
    assert firsts == sorted(firsts) and firsts[0] < 8 < firsts[-1]
    assert any(12.5 < first < 13.5 for first in firsts)


def test_the_estimate_before_the_last_step_becomes_the_take(
    engine: Engine, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a flow that goes straight on from there: what is heard at its end is what the file has at the same place."""
    monkeypatch.setattr(previews, "FROM", 0.9)
    request = request_of(models["flow"], steps=40, duration_s=4.0)
    heard = events_of(engine, request, tmp_path / "take.wav", lambda: 0)
    take = wave_io.read(tmp_path / "take.wav")[0]
    likeness = []
    for event in heard:
        if isinstance(event, Preview):
            sound = np.frombuffer(event.samples, np.float32).reshape(-1, 2)
            true = take[event.first_frame :][: len(sound)]
            likeness.append(float((sound * true).sum() / np.sqrt((sound**2).sum() * (true**2).sum())))
    assert likeness[-1] > 0.99 and likeness[-1] >= likeness[0]


def test_the_ear_moves_and_may_turn_away(engine: Engine, models: dict[str, Path], tmp_path: Path) -> None:
    places: list[int | None] = [0, None, 5 * RATE, 100 * RATE]
    asked = iter(places)
    heard = events_of(engine, request_of(models["few"]), tmp_path / "take.wav", lambda: next(asked))
    found = [event.first_frame for event in heard if isinstance(event, Preview)]
    assert len(found) == 2 and found[0] == 0 and 3 * RATE < found[1] <= 4 * RATE


def test_a_preview_that_fails_costs_the_take_nothing(
    engine: Engine, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fail(*_: object) -> None:
        tried.append(1)
        raise RuntimeError("not enough memory")

    monkeypatch.setattr(previews.Previews, "_decoded", fail)
    heard = events_of(engine, request_of(models["few"], duration_s=3.0), tmp_path / "take.wav", lambda: 0)
    assert isinstance(heard[-1], Finished) and len(tried) == 1
    assert not any(isinstance(event, Preview) for event in heard)


def test_previews_wait_until_the_take_is_long_enough_for_them(
    engine: Engine, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SHARE", 0.0)
    heard = events_of(engine, request_of(models["few"]), tmp_path / "take.wav", lambda: 0)
    assert not any(isinstance(event, Preview) for event in heard)
    assert [event.step for event in heard if isinstance(event, Progress) and event.phase == "denoising"] == [
        *range(1, 7)
    ]
