"""Damaged, odd and copied files in the folder of takes: each costs only itself, and is told."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp.errors import LibraryError
from musicapp.library import take_file, takes
from musicapp.library.takes import Take, list_takes, mended, save, set_aside, survey
from tests.audio import wave_files
from tests.effort import reading_at_most
from tests.library.test_takes import RATE, WHEN, write_take


def damage_sidecar(take: Take, **values: object) -> None:
    sidecar = take.path.with_suffix(".json")
    sidecar.write_text(json.dumps({**json.loads(sidecar.read_text()), **values}))


@pytest.mark.parametrize("year", [1, 1969, 9000, 9999])
@pytest.mark.parametrize("zone", ["Z", "-23:59", "+23:59"])
@pytest.mark.parametrize("day", ["01-01T00:00:00", "12-31T23:59:59"])
def test_a_date_at_the_end_of_time_costs_only_the_date(tmp_path: Path, year: int, zone: str, day: str) -> None:
    take = write_take(tmp_path, "a")
    damage_sidecar(take, created=f"{year:04d}-{day}{zone}")
    (found,) = list_takes(tmp_path)
    assert found == take and found.created.astimezone(UTC) == WHEN
    save(found)


@pytest.mark.parametrize("value", [10**401, 1e308, float("inf"), float("nan"), -5, True, "9", [9], 2**53 + 1])
def test_numbers_out_of_range_are_not_known(tmp_path: Path, value: object) -> None:
    take, other = write_take(tmp_path, "a"), write_take(tmp_path, "b", when=WHEN - timedelta(days=1))
    damage_sidecar(take, peak=value, seconds_taken=value)
    assert survey(tmp_path).takes == [replace(take, peak=0.0, seconds_taken=0.0), other]
    assert survey(tmp_path).unreadable == []


def test_one_odd_file_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    takes_here = [write_take(tmp_path, f"t{i}", when=WHEN - timedelta(days=i)) for i in range(3)]
    read = take_file.read

    def broken(path: Path) -> Take | None:
        if path.stem == "t1":
            raise RuntimeError("what nobody thought of")
        return read(path)

    monkeypatch.setattr(take_file, "read", broken)
    found = survey(tmp_path)
    assert found.takes == [takes_here[0], takes_here[2]]
    (odd,) = found.unreadable
    assert odd.path == takes_here[1].path and "t1.wav" in odd.reason


@pytest.mark.parametrize("name", wave_files.READABLE)
def test_a_take_saved_over_by_another_program_is_still_listed(tmp_path: Path, name: str) -> None:
    take = write_take(tmp_path, "a")
    take.path.write_bytes(wave_files.READABLE[name](wave_files.base(tmp_path)))
    kept = [replace(take, frames=wave_files.FRAMES)]
    assert survey(tmp_path).takes == kept and not survey(tmp_path).unreadable
    take.path.with_suffix(".json").unlink()
    (found,) = list_takes(tmp_path)
    assert found.request.prompt == wave_files.REQUEST.prompt and found.peak == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("name", wave_files.NOT_READABLE)
def test_what_cannot_be_read_is_named_and_can_be_set_aside(tmp_path: Path, name: str) -> None:
    good, bad = write_take(tmp_path, "good"), write_take(tmp_path, "bad")
    maker, reason = wave_files.NOT_READABLE[name]
    bad.path.write_bytes(maker(wave_files.base(tmp_path)))
    os.utime(bad.path, (WHEN.timestamp(), WHEN.timestamp()))
    found = survey(tmp_path)
    assert found.takes == [good]
    (odd,) = found.unreadable
    assert odd.path == bad.path and reason in odd.reason and "bad.wav" in odd.reason
    content = bad.path.read_bytes()
    place = set_aside(tmp_path, [odd.path])
    assert survey(tmp_path) == takes.Survey([good], [])
    assert (place / "bad.wav").read_bytes() == content and (place / "bad.json").is_file()
    bad.path.write_bytes(content)
    os.utime(bad.path, (WHEN.timestamp(), WHEN.timestamp()))
    set_aside(tmp_path, [odd.path])
    assert (place / "bad (2).wav").is_file() and (place / "bad.wav").is_file()


def test_files_that_cannot_be_set_aside_stay(tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"x" * 100)
    (tmp_path / takes.SET_ASIDE).write_text("a file in the way")
    with pytest.raises(LibraryError, match="could not be moved"):
        set_aside(tmp_path, [bad])
    assert bad.is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders, and links only for some users.")
def test_pipes_links_and_folders_cost_nothing(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "circle.wav").symlink_to("circle.wav")
    (tmp_path / "nowhere.wav").symlink_to("gone.wav")
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "long.wav").write_bytes(b"RIFF\0\0\0\0WAVE")
    os.truncate(tmp_path / "long.wav", 1 << 30)
    os.utime(tmp_path / "long.wav", (0, 0))
    with reading_at_most(1 << 20):
        found = survey(tmp_path)
    assert found.takes == [take] and [odd.path.name for odd in found.unreadable] == ["long.wav"]
    take.path.with_suffix(".json").unlink()
    os.mkfifo(take.path.with_suffix(".json"))
    assert [found.take_id for found in list_takes(tmp_path)] == ["a"]


def test_a_suffix_in_capitals_is_one(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    take.path.rename(take.path.with_suffix(".WAV"))
    assert list_takes(tmp_path) == [replace(take, path=take.path.with_suffix(".WAV"))]


def test_a_copied_take_is_one_of_its_own(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    for name in ("a copy", "b"):
        for suffix in (".wav", ".json"):
            shutil.copy2(take.path.with_suffix(suffix), take.path.with_name(name + suffix))
    shutil.copytree(take.path.parent, tmp_path / "elsewhere")
    found = list_takes(tmp_path)
    assert len({take.take_id for take in found}) == 6
    assert {take.take_id: take.path.name for take in found if take.path.parent == take.path.parent}["a"] == "a.wav"
    assert all(take.request.take_id == take.take_id for take in found)


def test_a_take_without_a_sidecar_gets_one(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a", sidecar=False)
    (found,) = [mended(take) for take in list_takes(tmp_path)]
    assert take.path.with_suffix(".json").is_file() and list_takes(tmp_path) == [found]
    fresh = write_take(tmp_path, "b", sidecar=False, when=datetime.now(UTC))
    assert [mended(take) for take in list_takes(tmp_path)] and not fresh.path.with_suffix(".json").exists()


def test_a_finished_take_that_was_just_damaged_is_told_and_mended_at_once(tmp_path: Path) -> None:
    cut, empty = write_take(tmp_path, "cut"), write_take(tmp_path, "empty")
    os.truncate(cut.path, cut.path.stat().st_size - 8000)  # the time of the file is now
    os.truncate(empty.path, 0)
    found = survey(tmp_path)
    assert [odd.path for odd in found.unreadable] == [empty.path]
    (take,) = [mended(take) for take in found.takes]
    assert take.is_finished and take.frames == 2000 and take.model_name == cut.model_name


def test_a_take_from_the_future_is_mended_all_the_same(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a", sidecar=False)
    os.truncate(take.path, take.path.stat().st_size - 8000)
    to_come = WHEN.replace(year=2040)
    os.utime(take.path, (to_come.timestamp(), to_come.timestamp()))
    (found,) = [mended(take) for take in list_takes(tmp_path)]
    assert found.is_finished and found.frames == 2000 and found.created == to_come


def test_more_than_two_channels_are_no_take_and_said(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    soundfile.write(take.path, np.zeros((10, 6)), RATE)
    found = survey(tmp_path)
    assert not found.takes and "6 channels" in found.unreadable[0].reason
