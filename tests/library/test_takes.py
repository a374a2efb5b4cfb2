"""The library is its files: whatever is damaged or half written, no take is lost and nothing is deleted."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
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
from musicapp.library import sidecar
from musicapp.library.takes import Take, list_takes, mended, new_take_path, rescue, save
from musicapp.request import TakeRequest
from tests.effort import reading_at_most

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
    later = {"tempo": 120, "version": 3}
    sidecar.write_text(json.dumps({**values, "version": 9, "stars": 5, "request": {**values["request"], **later}}))
    assert list_takes(tmp_path) == [replace(take, left_out=later)]


def test_what_a_later_version_began_is_rescued_with_all_of_its_settings(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a", sidecar=False)
    later = {"version": 3, "stems": ["drums"], "loras": [{"path": "x", "blocks": [1]}]}
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
    assert {path.suffix for path in take.path.parent.iterdir() if path.name != sidecar.LOCK} == {".wav", ".json"}


def test_takes_are_listed_without_their_sound(tmp_path: Path) -> None:
    for i in range(20):
        write_take(tmp_path, f"t{i}", frames=100_000, when=WHEN + timedelta(hours=i))
    with reading_at_most(20 * (64 << 10)):  # of 16 MB
        assert [take.take_id for take in list_takes(tmp_path)] == [f"t{i}" for i in reversed(range(20))]
