"""What people write on takes stays, whoever else writes at the same time, and whatever stands there already."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from musicapp.audio.tags import request_tags
from musicapp.audio.wave_io import WaveWriter
from musicapp.errors import LibraryError, RequestError
from musicapp.library import edits, labels, sidecar, takes
from musicapp.library.takes import Take, list_takes
from tests.closed_folders import closed
from tests.library.test_takes import noise, write_take
from tests.sound_devices import ROOT


def told(take: Take) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(sidecar.of(take.path).read_text())
    return values


def test_title_tags_star_and_measures_come_back(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    edits.rename(take, "  Night\n drive ")
    edits.tag(take, add=("drums", "über"))
    edits.star(take, on=True)
    edits.note_measured(take, tempo_bpm=119.8, key="E minor", size=1)
    edits.note_measured(take, size=None)
    (found,) = list_takes(tmp_path)
    assert (found.title, found.tags, found.is_starred) == ("Night drive", ("drums", "über"), True)
    assert found.measured == {"tempo_bpm": 119.8, "key": "E minor"}
    assert replace(found, title="", tags=(), is_starred=False, measured={}) == take
    assert told(take)["version"] == 2
    taken_off = edits.tag(edits.star(edits.rename(found, ""), on=False), remove=("ÜBER",))
    assert (taken_off.title, taken_off.tags, taken_off.is_starred) == ("", ("drums",), False)
    assert list_takes(tmp_path) == [taken_off]


def test_an_edit_answers_with_what_another_program_wrote_since_the_take_was_read(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    values = told(take)
    values["request"] |= {"seed": 99, "a later setting": 1}
    sidecar.of(take.path).write_text(json.dumps(values))
    noted = edits.note_measured(take, tempo_bpm=119.8)
    assert (noted.request.seed, noted.left_out) == (99, {"a later setting": 1})
    assert list_takes(tmp_path) == [noted] == [edits.star(take, on=False)]


def test_a_sidecar_of_version_1_is_read_and_goes_on(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    before = {key: value for key, value in told(take).items() if key != "version"}
    sidecar.of(take.path).write_text(json.dumps({"version": 1, **before}))
    assert list_takes(tmp_path) == [take]
    edits.tag(take, add=("x",))
    assert told(take) == {"version": 2, **before, "tags": ["x"]}


def test_what_a_later_version_wrote_is_kept(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    later = {"version": 9, "stems": ["drums"], "made_from": {"take_id": "b", "how": "extended", "at_s": 3}}
    sidecar.of(take.path).write_text(json.dumps({**told(take), **later}))
    (found,) = list_takes(tmp_path)
    assert found.made_from == later["made_from"]
    edits.star(found, on=True)
    takes.save(found)
    assert told(take) | later == told(take) and told(take)["starred"] is True


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"request": 5, "mine": 1}', b"{" * 50])
def test_a_damaged_sidecar_is_put_aside_and_the_edit_stands(tmp_path: Path, damage: bytes) -> None:
    take = write_take(tmp_path, "a")
    sidecar.of(take.path).write_bytes(damage)
    (found,) = list_takes(tmp_path)
    assert edits.star(found, on=True).is_starred
    (again,) = list_takes(tmp_path)
    assert again.is_starred and again.request.prompt == take.request.prompt
    kept = sidecar.of(take.path).with_name("a.json.bad")
    assert kept.read_bytes() == damage if kept.exists() else told(take)["mine"] == 1


def test_a_take_without_a_sidecar_gets_one(tmp_path: Path) -> None:
    write_take(tmp_path, "a", sidecar=False)
    (found,) = list_takes(tmp_path)
    edits.tag(found, add=("x",))
    assert list_takes(tmp_path) == [replace(found, tags=("x",))]


def test_what_stands_on_a_take_that_a_crash_cut_short_stays_on_the_rescued_one(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    with WaveWriter(take.path, 44100, 2, 9000, tags=request_tags(take.request)) as wave:
        wave.write(noise(3000))
        wave.flush()
        unfinished = take.path.read_bytes()
    take.path.write_bytes(unfinished)
    edits.tag(take, add=("keep",))
    (found,) = list_takes(tmp_path)
    assert not found.is_finished
    rescued = takes.rescue(found)
    assert rescued.is_finished and rescued.tags == ("keep",) and list_takes(tmp_path) == [rescued]


def test_nothing_is_written_for_a_take_that_is_gone(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    take.path.unlink()
    sidecar.of(take.path).unlink()
    with pytest.raises(LibraryError, match="no longer there") as caught:
        edits.star(take, on=True)
    assert caught.value.hint and not sidecar.of(take.path).exists()


@pytest.mark.parametrize("value", [None, 5, {"a": 1}, ["x", 5, None, "x", "X", "a,b", "\0", "y" * 500], "text"])
def test_labels_of_another_kind_never_break_the_list(tmp_path: Path, value: object) -> None:
    take = write_take(tmp_path, "a")
    names = ("title", "tags", "starred", "made_from", "measured")
    sidecar.of(take.path).write_text(json.dumps({**told(take), **dict.fromkeys(names, value)}))
    (found,) = list_takes(tmp_path)
    assert found.request == take.request
    assert all(len(tag) <= labels.MAX_TAG_CHARACTERS and "," not in tag for tag in found.tags)
    assert edits.tag(found, add=("new",)).tags[-1] == "new"


def test_typed_labels_are_parted_and_too_long_ones_refused(tmp_path: Path) -> None:
    assert labels.typed_tags(" drums, Drums;take  home,, #x ") == ("drums", "take home", "x")
    with pytest.raises(RequestError, match="41 characters"):
        labels.typed_tags("y" * 41)
    take = write_take(tmp_path, "a")
    with pytest.raises(RequestError, match="201 characters"):
        edits.rename(take, "y" * 201)
    with pytest.raises(RequestError, match="64 tags"):
        edits.tag(take, add=tuple(map(str, range(65))))
    assert list_takes(tmp_path) == [take]


def test_programs_that_tag_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    code = """
import sys
from pathlib import Path
from musicapp.library import edits, takes
take = takes.load(Path(sys.argv[1]))
for number in range(15):
    edits.tag(take, add=(f"{sys.argv[2]}{number}",))
edits.note_measured(take, **{sys.argv[2]: 1})
"""
    names = ("a", "b", "c")
    writers = [subprocess.Popen([sys.executable, "-c", code, str(take.path), name], cwd=ROOT) for name in names]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    (found,) = list_takes(tmp_path)
    assert set(found.tags) == {f"{name}{number}" for name in names for number in range(15)}
    assert found.measured == {"a": 1, "b": 1, "c": 1}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    with closed(take.path.parent), pytest.raises(LibraryError, match="could not be saved"):
        edits.star(take, on=True)
    assert list_takes(tmp_path) == [take]
