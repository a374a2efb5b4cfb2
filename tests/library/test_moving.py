"""Moving the takes: wherever it is stopped, the folder in use has every take, and the next time goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from musicapp import paths
from musicapp.audio import growing
from musicapp.errors import LibraryError
from musicapp.library import edits, moving, sidecar, takes, trash
from musicapp.library.takes import list_takes
from tests.library.test_takes import write_take


@pytest.fixture
def old(home: Path) -> Path:
    """A folder of takes with everything that may be in one."""
    folder = paths.takes_folder()
    for name in ("a", "b", "c"):
        edits.tag(write_take(folder, name), add=(f"tag {name}",))
    write_take(folder, "bare", sidecar=False)
    trash.put(folder, write_take(folder, "gone"))
    (folder / "broken.wav").write_text("x")
    takes.set_aside(folder, [folder / "broken.wav"])
    (folder / "notes.txt").write_text("mine")
    if os.name == "nt":  # where links need rights of their own
        write_take(folder, "linked", sidecar=False)
    else:
        (folder / "linked.wav").symlink_to(write_take(home / "elsewhere", "linked").path)
    return folder


@pytest.fixture(params=["linked", "copied"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """On one disk, and from one to another."""
    if request.param == "copied":

        def refused(*_args: object) -> None:
            raise OSError("another disk")

        monkeypatch.setattr(moving.os, "link", refused)
    return str(request.param)


def told(folder: Path) -> list[tuple[object, ...]]:
    return [(take.take_id, take.tags, take.request, take.frames) for take in list_takes(folder)]


def sounds(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name[0] != "."}


def test_all_takes_are_moved_and_what_is_not_ours_stays(old: Path, tmp_path: Path, how: str) -> None:
    before, files = told(old), sounds(old)
    steps = list(moving.move(tmp_path / "neu é"))
    assert {step.phase for step in steps} == {moving.COPYING, moving.TIDYING} and steps[-1].done == steps[-1].total
    new = paths.takes_folder()
    assert new == tmp_path / "neu é" and told(new) == before
    assert sounds(new) == files - {"notes.txt"} and sounds(old) == {"notes.txt"}
    assert [each.take.take_id for each in trash.inside(new)] == ["gone"]
    assert moving.unfinished() is None
    list(moving.move(old))
    assert told(paths.takes_folder()) == before and sounds(old) == files


def test_stopped_anywhere_it_goes_on(old: Path, tmp_path: Path, how: str) -> None:
    before, new, stops = told(old), tmp_path / "new", 0
    while True:
        steps: Iterator[moving.Progress] = moving.move(new)
        ended = True
        for number, _ in enumerate(steps):
            if number >= stops * 2:
                ended = False
                steps.close()  # type: ignore[attr-defined]
                break
        assert told(paths.takes_folder()) == before, stops
        assert (moving.unfinished() is None) is ended
        if ended:
            break
        stops += 1
        (first,) = [take for take in list_takes(paths.takes_folder()) if take.take_id == "a"]
        before = [(*row[:1], (*first.tags, f"{stops}"), *row[2:]) if row[0] == "a" else row for row in before]
        edits.tag(first, add=(f"{stops}",))
    assert stops > 5 and paths.takes_folder() == new
    assert sounds(old) == {"notes.txt"} and not list(new.rglob(".writing-*"))


@pytest.mark.parametrize("phase", [moving.COPYING, moving.TIDYING])
def test_what_is_written_meanwhile_comes_along(old: Path, tmp_path: Path, how: str, phase: str) -> None:
    ids = {take.take_id for take in list_takes(old)}
    for step in moving.move(tmp_path / "new"):
        if step.phase == phase and step.done == 1 and "late" not in ids:
            write_take(old, "late")
            edits.star(next(take for take in list_takes(paths.takes_folder()) if take.take_id == "c"), on=True)
            ids.add("late")
    found = {take.take_id: take for take in list_takes(tmp_path / "new")}
    assert found.keys() == ids and moving.unfinished() is None
    assert found["c"].is_starred and found["c"].tags == ("tag c",)


def test_a_take_that_is_being_made_stays_until_the_next_time(old: Path, tmp_path: Path, how: str) -> None:
    made = next(take for take in list_takes(old) if take.take_id == "b")
    with growing.hold(made.path):
        list(moving.move(tmp_path / "new"))
        assert made.path.is_file() and moving.unfinished() is not None
    assert {take.take_id for take in list_takes(tmp_path / "new")} == {"a", "c", "bare", "linked"}
    list(moving.move(tmp_path / "new"))
    assert moving.unfinished() is None and not made.path.exists()
    assert {take.take_id for take in list_takes(tmp_path / "new")} == {"a", "b", "c", "bare", "linked"}


def test_other_files_of_the_same_name_stay_beside(old: Path, tmp_path: Path, how: str) -> None:
    new = tmp_path / "new"
    theirs = write_take(new, "a", frames=77)
    list(moving.move(new))
    assert theirs in list_takes(new) and theirs.path.stat().st_size < 2000
    assert sorted(take.frames for take in list_takes(new)) == [77, 3000, 3000, 3000, 3000, 3000]
    assert {take.tags for take in list_takes(new) if take.path.stem == "a (2)"} == {("tag a",)}


@pytest.mark.parametrize("where", ["inside", "around", "a file"])
def test_folders_that_do_not_go_are_refused_and_nothing_is_moved(old: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    target = {"inside": old / "new", "around": old.parent, "a file": tmp_path / "file" / "x"}[where]
    before = sounds(old)
    with pytest.raises(LibraryError) as caught:
        list(moving.move(target))
    assert caught.value.hint and paths.takes_folder() == old and sounds(old) == before


def test_a_disk_that_becomes_full_is_told_and_it_goes_on(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, count = told(old), 0
    real: Callable[..., object] = os.link

    def full(*args: object) -> object:
        nonlocal count
        count += 1
        if count == 3:
            raise OSError("link refused")
        return real(*args)

    def no_room(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(moving.os, "link", full)
    monkeypatch.setattr(moving.os, "fsync", no_room)
    with pytest.raises(LibraryError, match="No space left") as caught:
        list(moving.move(tmp_path / "new"))
    assert "Free some space" in caught.value.hint and told(paths.takes_folder()) == before
    monkeypatch.setattr(moving.os, "link", real)
    monkeypatch.setattr(moving.os, "fsync", lambda _descriptor: None)
    list(moving.move(tmp_path / "new"))
    assert told(tmp_path / "new") == before and paths.takes_folder() == tmp_path / "new"


@pytest.mark.parametrize("where", ["file", "file/below", "too long"])
def test_a_move_that_cannot_begin_is_not_offered_to_be_gone_on_with(old: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("somebody's")
    target = tmp_path / ("x" * 300 if where == "too long" else where)
    with pytest.raises(LibraryError):
        list(moving.move(target))
    assert moving.unfinished() is None and paths.takes_folder() == old and (tmp_path / "file").read_text()


def test_a_damaged_note_of_a_move_is_none(home: Path) -> None:
    place = paths.data_folder() / "takes-move.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    for damage in ("", "{", "[]", '{"from": 1, "to": 2}', '{"from": "a", "to": "b"}'):
        place.write_text(damage)
        assert moving.unfinished() is None
    assert not sidecar.of(place).with_suffix(".bad").exists()


def test_the_folder_is_chosen_before_the_first_take(home: Path, tmp_path: Path) -> None:
    assert not paths.takes_folder().exists()
    list(moving.move(tmp_path / "large disk" / "takes"))
    assert paths.takes_folder() == tmp_path / "large disk" / "takes" and moving.unfinished() is None
    write_take(paths.takes_folder(), "first")
    list(moving.move(paths.usual_takes_folder()))
    assert [take.take_id for take in list_takes(paths.usual_takes_folder())] == ["first"]


@pytest.mark.skipif(os.name == "nt", reason="Links need rights of their own on Windows.")
def test_a_usual_folder_on_a_disk_that_is_not_there_is_no_new_one(home: Path, tmp_path: Path) -> None:
    paths.usual_takes_folder().parent.mkdir(parents=True, exist_ok=True)
    paths.usual_takes_folder().symlink_to(tmp_path / "stick")
    with pytest.raises(LibraryError, match="is not there"):
        list(moving.move(tmp_path / "new"))
    assert paths.takes_folder() == paths.usual_takes_folder()
