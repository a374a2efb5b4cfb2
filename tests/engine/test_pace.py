"""Time left: from nothing, from this run, from earlier runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from musicapp.diffusion.windows import windows_of
from musicapp.engine import pace as pace_module
from musicapp.engine.pace import Pace, Speeds, key_of
from musicapp.request import TakeRequest


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in a list so that tests can move it."""
    now = [100.0]
    monkeypatch.setattr(pace_module.time, "perf_counter", lambda: now[0])
    return now


def run(folder: Path, clock: list[float], *, latents: int = 100, steps: int = 10) -> tuple[float | None, list[float]]:
    """A take with a slow first step: the first estimate, and those after each step and chunk."""
    pace = Pace(
        "model cpu", windows=windows_of([0, latents]), decoded=latents, steps=steps, latent_s=0.05, folder=folder
    )
    first, told = pace.begin(), []
    for step in range(steps):
        clock[0] += 5.0 if step == 0 else 1.0
        told.append(pace.step_done())
    for left in (latents // 2, 0):
        clock[0] += 2.0
        told.append(pace.chunk_done(latents // 2, left))
    pace.remember()
    return first, told


def test_estimate_follows_the_steps_and_reaches_zero(tmp_path: Path, clock: list[float]) -> None:
    first, told = run(tmp_path, clock)
    assert first is None
    assert told[0] == pytest.approx(9 * 5.0 + 0.5)  # nothing but the slow step is known
    assert told[1] == pytest.approx(8 * 1.0 + 0.5)
    assert told[-2:] == [pytest.approx(2.0), 0.0]


def test_earlier_runs_tell_before_the_first_step_and_scale_with_length(tmp_path: Path, clock: list[float]) -> None:
    run(tmp_path, clock)
    first, told = run(tmp_path, clock, latents=200)
    assert first == pytest.approx(2 * (10 * 1.0 + 4.0))
    assert told[1] == pytest.approx(8 * 1.0 + 2 * 4.0)


def test_later_windows_count_before_they_are_sampled_and_no_more_then(tmp_path: Path, clock: list[float]) -> None:
    run(tmp_path, clock)
    windows = windows_of([0, 100, 300], before=50)
    pace = Pace("model cpu", windows=windows, decoded=300, steps=10, latent_s=0.05, folder=tmp_path)
    assert pace.begin() == pytest.approx(10 * (1.0 + 2.5) + 12.0)
    for _ in range(10):
        clock[0] += 1.0
        left = pace.step_done()
    assert left == pytest.approx(10 * 2.5 + 12.0)
    clock[0] += 2.0
    assert pace.chunk_done(50, 250) == pytest.approx(10.0 + 25.0)
    clock[0] += 30.0
    pace.windows_done(300)
    clock[0] += 2.0
    assert pace.chunk_done(50, 200) == pytest.approx(8.0)


BAD_SPEEDS = ["null", "true", '"1"', "-1", "NaN", "Infinity", "1e400", "1" + "0" * 400, "9" * 5000, "[" * 50_000, "{}"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"a": 1}', *(f'{{"model cpu": {{"step_s": 1, "decode_s": {speed}}}}}' for speed in BAD_SPEEDS)],
)
def test_a_damaged_memory_is_no_memory(tmp_path: Path, clock: list[float], content: str) -> None:
    (tmp_path / pace_module.FILE_NAME).write_text(content)
    first, _ = run(tmp_path, clock)
    assert first is None
    assert run(tmp_path, clock)[0] is not None


def test_a_folder_that_cannot_be_written_costs_only_the_estimate(tmp_path: Path, clock: list[float]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert run(blocked, clock)[1][-1] == 0.0


def test_memory_stays_short(tmp_path: Path, clock: list[float]) -> None:
    for number in range(pace_module.MOST_ENTRIES + 5):
        pace = Pace(f"model {number}", windows=windows_of([0, 10]), decoded=10, steps=1, latent_s=0.05, folder=tmp_path)
        pace.begin()
        pace.step_done()
        pace.chunk_done(10, 0)
        pace.remember()
    kept = pace_module._read(tmp_path / pace_module.FILE_NAME)
    assert len(kept) == pace_module.MOST_ENTRIES and f"model {pace_module.MOST_ENTRIES + 4}" in kept


def request(**changes: object) -> TakeRequest:
    return replace(TakeRequest("t", "harp", 5.0, 1), **changes)  # type: ignore[arg-type]


def test_speeds_tell_of_takes_that_wait(tmp_path: Path, clock: list[float]) -> None:
    key = key_of("my model", "cpu", "int8", 3.0)
    for least in (0, 500):
        windows = windows_of([0, max(100, least)])
        pace = Pace(key, windows=windows, decoded=100, steps=10, latent_s=0.05, least=least, folder=tmp_path)
        pace.begin()
        for _ in range(10):
            clock[0] += 1.0
            pace.step_done()
        clock[0] += 4.0
        pace.chunk_done(100, 0)
        pace.remember()
        speeds = Speeds(tmp_path)
        assert speeds.expected_s(request(), "my model") == pytest.approx(14.0)
        twice_s = 14.0 if not least else 4.0  # all of a fixed window is sampled, however short the take
        assert speeds.expected_s(request(duration_s=10.0), "my model") == pytest.approx(14.0 + twice_s)
        assert speeds.expected_s(request(steps=20), "my model") == pytest.approx(24.0)
    assert speeds.expected_s(request(), "another") is None
    assert speeds.expected_s(request(device="cuda"), "my model") is None
    assert speeds.expected_s(request(precision="int8", device="cpu"), "my model") == pytest.approx(14.0)
    assert speeds.expected_s(request(guidance_scale=1.0), "my model") is None
    assert Speeds(tmp_path / "nowhere").expected_s(request(), "my model") is None


def test_speeds_of_versions_that_knew_less_tell_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / pace_module.FILE_NAME).write_text('{"my model cpu int8 guided": {"step_s": 1, "decode_s": 1}}')
    assert Speeds(tmp_path).expected_s(request(), "my model") is None
