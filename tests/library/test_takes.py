"""The library is its files: whatever is damaged or half written, no take is lost and nothing is deleted."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicapp import paths
from musicapp.audio.riff import read_layout
from musicapp.audio.tags import request_tags
from musicapp.audio.wave_io import WaveWriter, read
from musicapp.errors import LibraryError
from musicapp.library import take_file, takes
from musicapp.library.takes import Take, list_takes, mended, new_take_path, rescue, save, set_aside, survey
from musicapp.request import TakeRequest
from tests.audio import wave_files

RATE = 44100
WHEN = datetime(2026, 11, 22, 23, 59, 58, tzinfo=UTC)


def noise(frames: int) -> np.ndarray:
    return np.random.default_rng(frames).uniform(-0.5, 0.5, (frames, 2)).astype(np.float32)


def write_take(folder: Path, take_id: str, *, frames: int = 3000, when: datetime = WHEN, sidecar: bool = True) -> Take:
    request = TakeRequest(take_id, f"piano {take_id} ピアノ", 30.0, 7, device="cpu")
    path, audio = new_take_path(folder, take_id, when), noise(frames)
    path.parent.mkdir(parents=True, exist_ok=True)
    with WaveWriter(path, RATE, 2, frames, tags=request_tags(request)) as wave:
        wave.write(audio)
    os.utime(path, (when.timestamp(), when.timestamp()))
    take = Take(take_id, path, request, when, RATE, 2, frames, float(np.abs(audio).max()), "Built-in", 12.5)
    if sidecar:
        save(take)
    return take


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_take_lies_in_the_folder_of_its_day(tmp_path: Path) -> None:
    assert new_take_path(tmp_path, "ab12", WHEN) == tmp_path / "2026" / "11" / "22" / "ab12.wav"


@pytest.mark.parametrize("take_id", ["", "../x", "a/b", "a b", "x" * 65, ".hidden"])
def test_an_id_that_is_no_file_name_is_refused(tmp_path: Path, take_id: str) -> None:
    with pytest.raises(ValueError, match="cannot name a file"):
        new_take_path(tmp_path, take_id, WHEN)


def test_saved_takes_come_back_newest_first(tmp_path: Path) -> None:
    written = [write_take(tmp_path, f"take{i}", when=WHEN + timedelta(days=d)) for i, d in enumerate([3, -400, 0, 31])]
    assert list_takes(tmp_path) == sorted(written, key=lambda take: take.created, reverse=True)
    assert list_takes(tmp_path, skip=["take0", "take2"]) == [written[3], written[1]]


def test_an_empty_or_missing_library_has_no_takes(tmp_path: Path) -> None:
    assert list_takes(tmp_path) == [] and list_takes(tmp_path / "missing") == []


def test_times_of_other_zones_are_the_same_moment(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    save(replace(take, created=WHEN.astimezone()))
    assert list_takes(tmp_path)[0].created == WHEN


def test_a_take_without_sidecar_is_put_together_from_its_audio(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a", sidecar=False)
    (found,) = list_takes(tmp_path)
    assert found == replace(take, request=replace(take.request, device="auto"), model_name="builtin", seconds_taken=0.0)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\0" * 500,
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"version": 1, "take_id": "a"}',
        b'{"request": 5, "created": "x"}',
    ],
)
def test_a_damaged_sidecar_costs_nothing_and_stays(
    tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    take = write_take(tmp_path, "a")
    write_take(tmp_path, "b")
    take.path.with_suffix(".json").write_bytes(damage)
    before = files_in(tmp_path)
    found = {take.take_id: take for take in list_takes(tmp_path)}
    assert found["a"].request.prompt == take.request.prompt and found["a"].peak == pytest.approx(take.peak)
    assert found["b"].model_name == "Built-in"
    assert "damaged" in caplog.text
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("key", ["request", "created", "peak", "model_name", "seconds_taken", "take_id", "is_finished"])
@pytest.mark.parametrize("value", [None, [], "x", -1])
def test_a_sidecar_with_a_wrong_value_never_breaks_the_list(tmp_path: Path, key: str, value: object) -> None:
    take = write_take(tmp_path, "a")
    sidecar = take.path.with_suffix(".json")
    sidecar.write_text(json.dumps({**json.loads(sidecar.read_text()), key: value}))
    (found,) = list_takes(tmp_path)
    assert found.request.prompt == take.request.prompt and found.frames == take.frames


def test_settings_of_a_later_version_are_left_out_and_told(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    sidecar = take.path.with_suffix(".json")
    values = json.loads(sidecar.read_text())
    later = {"tempo": 120, "version": 2}
    sidecar.write_text(json.dumps({**values, "version": 9, "stars": 5, "request": {**values["request"], **later}}))
    assert list_takes(tmp_path) == [replace(take, left_out=later)]


def test_what_a_later_version_began_is_rescued_with_all_of_its_settings(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a", sidecar=False)
    later = {"version": 2, "stems": ["drums"], "loras": [{"path": "x", "blocks": [1]}]}
    written = request_tags(take.request, later)
    with WaveWriter(take.path, RATE, 2, 9000, tags=written) as wave:
        wave.write(noise(3000))
        wave.flush()
        unfinished = take.path.read_bytes()
    take.path.write_bytes(unfinished)
    (found,) = list_takes(tmp_path)
    assert found.left_out == later and not found.is_finished
    rescued = rescue(found)
    assert rescued.left_out == later and rescued.is_finished and rescued.created == found.created
    assert json.loads(take.path.with_suffix(".json").read_text())["request"].items() >= later.items()
    assert list_takes(tmp_path) == [rescued]
    layout = read_layout(take.path)
    assert layout is not None and layout.tags["comment"] == written["comment"]


@pytest.mark.parametrize("comment", ['{"prompt": "x", "seed": 1e999}', '{"a":' * 50_000, "[" * 100_000])
def test_a_comment_that_cannot_be_read_never_breaks_the_list(tmp_path: Path, comment: str) -> None:
    take = write_take(tmp_path, "a")
    with WaveWriter(tmp_path / "b.wav", RATE, 2, 10, tags={"comment": comment}) as wave:
        wave.write(noise(10))
    assert list_takes(tmp_path) == [take]


@pytest.mark.parametrize("created", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday", "NaN"])
def test_a_time_that_cannot_be_shown_is_no_time(tmp_path: Path, created: str) -> None:
    take = write_take(tmp_path, "a")
    sidecar = take.path.with_suffix(".json")
    sidecar.write_text(json.dumps({**json.loads(sidecar.read_text()), "created": created}))
    (found,) = list_takes(tmp_path)
    assert found.created == WHEN and found.created.astimezone()


def test_a_file_without_a_sample_rate_is_no_take(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    content = bytearray(take.path.read_bytes())
    place = content.index(b"fmt ") + 12
    assert int.from_bytes(content[place : place + 4], "little") == RATE
    content[place : place + 4] = bytes(4)
    take.path.write_bytes(content)
    assert list_takes(tmp_path) == []


def test_files_of_others_are_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    soundfile.write(tmp_path / "holiday.wav", noise(100), RATE)
    (tmp_path / "text.wav").write_text("no music")
    os.utime(tmp_path / "text.wav", (WHEN.timestamp(), WHEN.timestamp()))  # a fresh one might be a take in the making
    (tmp_path / "empty.wav").touch()
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / ".hidden.wav").write_text("x")
    (tmp_path / "folder.wav").mkdir()
    before = files_in(tmp_path)
    with caplog.at_level(logging.INFO):
        assert list_takes(tmp_path) == []
    assert "holiday.wav" in caplog.text and "text.wav" in caplog.text
    assert files_in(tmp_path) == before


def test_a_sidecar_whose_audio_is_gone_is_no_take(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    take.path.unlink()
    assert list_takes(tmp_path) == []
    assert take.path.with_suffix(".json").exists()


def test_what_a_killed_engine_left_is_listed_playable_and_can_be_rescued(tmp_path: Path) -> None:
    path = new_take_path(tmp_path, "killed", WHEN)
    code = """
import os, signal, sys
from pathlib import Path
import numpy as np
from musicapp.audio.tags import request_tags
from musicapp.audio.wave_io import WaveWriter
from musicapp.request import TakeRequest
from tests.audio import wave_files
path = Path(sys.argv[1])
path.parent.mkdir(parents=True)
wave = WaveWriter(path, 44100, 2, 100_000, tags=request_tags(TakeRequest("killed", "half a song", 30, 7)))
wave.write(np.full((30_000, 2), 0.25, np.float32))
wave.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=60)
    before = files_in(tmp_path)
    (take,) = list_takes(tmp_path)
    assert not take.is_finished and take.frames == 30_000 and take.peak == 0.25
    assert take.request.prompt == "half a song" and take.take_id == "killed"
    assert (read(path)[0] == 0.25).all() and len(read(path)[0]) == 30_000
    assert files_in(tmp_path) == before  # looking changes nothing: the engine might be alive
    rescued = rescue(take)
    assert rescued.is_finished and list_takes(tmp_path) == [rescued]
    layout = read_layout(path)
    assert layout is not None and layout.is_complete


def test_an_unfinished_file_of_another_writer_is_found_too(tmp_path: Path) -> None:
    request = TakeRequest("a", "song", 30, 7)
    path = tmp_path / "a.wav"
    with soundfile.SoundFile(tmp_path / "open.wav", "w", RATE, 2, "FLOAT") as file:
        file.comment = request_tags(request)["comment"]
        file.write(noise(5000))
        file.flush()
        path.write_bytes((tmp_path / "open.wav").read_bytes())
    (take,) = list_takes(tmp_path, skip=["open"])
    assert not take.is_finished and take.frames == 5000
    assert mended(take) is take, "another window may be writing it"
    os.utime(path, (WHEN.timestamp(), WHEN.timestamp()))
    assert mended(take).is_finished and list_takes(tmp_path, skip=["open"])[0].frames == 5000


def test_a_file_that_has_just_been_begun_is_not_complained_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "begun.wav").write_bytes(b"RIFF")
    assert list_takes(tmp_path) == [] and not caplog.text


def test_a_sidecar_that_cannot_be_written_is_explained_and_the_old_one_stays(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    with pytest.raises(LibraryError, match="could not be saved") as caught:
        save(replace(take, path=tmp_path / "2026" / "11" / "22" / "a.wav" / "b.wav"))
    assert caught.value.hint
    assert list_takes(tmp_path) == [take]


def test_a_crash_while_saving_keeps_the_old_sidecar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take = write_take(tmp_path, "a")

    def broken(descriptor: int) -> None:
        raise OSError("the power went out")

    monkeypatch.setattr(paths.os, "fsync", broken)
    with pytest.raises(LibraryError):
        save(replace(take, model_name="other"))
    assert list_takes(tmp_path) == [take]
    assert {path.suffix for path in take.path.parent.iterdir()} == {".wav", ".json"}


def test_two_hundred_takes_are_listed_quickly(tmp_path: Path) -> None:
    for i in range(200):
        write_take(tmp_path, f"t{i}", frames=10, when=WHEN + timedelta(hours=i))
    began = time.perf_counter()
    assert len(list_takes(tmp_path)) == 200
    assert time.perf_counter() - began < 3.0


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


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and links as on Unix")
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
    began = time.process_time()
    found = survey(tmp_path)
    assert found.takes == [take] and [odd.path.name for odd in found.unreadable] == ["long.wav"]
    assert time.process_time() - began < 0.5
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
