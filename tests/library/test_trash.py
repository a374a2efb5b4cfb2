"""The trash: nothing goes for good unasked, and what comes back is what was thrown away."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from musicapp.audio import growing
from musicapp.errors import LibraryError
from musicapp.library import edits, sidecar, takes, trash
from musicapp.library.takes import list_takes
from tests.closed_folders import closed
from tests.library.test_takes import files_in, write_take


def shown(folder: Path) -> dict[str, bytes]:
    """All files but the locks."""
    return {path: content for path, content in files_in(folder).items() if not path.endswith(sidecar.LOCK)}


def test_a_take_goes_into_the_trash_and_comes_back_as_it_was(tmp_path: Path) -> None:
    take, other = edits.tag(write_take(tmp_path, "a"), add=("keep",)), write_take(tmp_path, "b")
    before = shown(tmp_path)
    place = trash.put(tmp_path, take)
    assert place == tmp_path / "Trash" / "2026" / "11" / "22" / "a.wav"
    assert list_takes(tmp_path) == [other]
    (thrown,) = trash.inside(tmp_path)
    assert thrown.take.tags == ("keep",) and thrown.take.request == take.request
    assert thrown.since is not None and abs((datetime.now(UTC) - thrown.since).total_seconds()) < 60
    assert trash.restore(tmp_path, place) == take.path
    assert shown(tmp_path) == before and trash.inside(tmp_path) == []


def test_the_trash_shows_last_what_was_thrown_away_first(tmp_path: Path) -> None:
    for name in "abc":
        trash.put(tmp_path, write_take(tmp_path, name))
    assert [each.take.take_id for each in trash.inside(tmp_path)] == ["c", "b", "a"]
    assert trash.empty(tmp_path, [trash.inside(tmp_path)[1].take.path]) == 1
    assert [each.take.take_id for each in trash.inside(tmp_path)] == ["c", "a"]
    assert trash.empty(tmp_path) == 2 and not (tmp_path / "Trash").exists()


def test_a_take_without_sidecar_and_one_with_a_damaged_one_come_back(tmp_path: Path) -> None:
    bare, damaged = write_take(tmp_path, "a", sidecar=False), write_take(tmp_path, "b")
    sidecar.of(damaged.path).write_bytes(b"{ not json")
    places = [trash.put(tmp_path, take) for take in list_takes(tmp_path)]
    assert list_takes(tmp_path) == [] and len(trash.inside(tmp_path)) == 2
    for place in places:
        trash.restore(tmp_path, place)
    assert {take.request.prompt for take in list_takes(tmp_path)} == {bare.request.prompt, damaged.request.prompt}
    assert sidecar.of(damaged.path).read_bytes() == b"{ not json"
    assert bare.path.is_file()


def test_what_others_put_into_its_place_meanwhile_stays(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    place = trash.put(tmp_path, take)
    write_take(tmp_path, "a", frames=50)
    back = trash.restore(tmp_path, place)
    assert back.name == "a (2).wav"
    assert {take.frames for take in list_takes(tmp_path)} == {50, 3000}
    again = trash.put(tmp_path, list_takes(tmp_path)[0])
    assert again.is_file() and len(trash.inside(tmp_path)) == 1


def test_unknown_keys_go_along_and_the_note_of_the_trash_goes(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    values = {**json.loads(sidecar.of(take.path).read_text()), "version": 9, "stems": [1]}
    sidecar.of(take.path).write_text(json.dumps(values))
    trash.restore(tmp_path, trash.put(tmp_path, take))
    assert json.loads(sidecar.of(take.path).read_text()) == values


def test_a_take_that_is_being_made_is_refused(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    before = shown(tmp_path)
    with growing.hold(take.path), pytest.raises(LibraryError, match="being made right now") as caught:
        trash.put(tmp_path, take)
    assert caught.value.hint and shown(tmp_path) == before


@pytest.mark.parametrize("step", ["copied", "moved"])
def test_a_kill_between_the_steps_leaves_the_take_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    take = edits.tag(write_take(tmp_path, "a"), add=("keep",))

    class Killed(BaseException):
        pass

    def killed(*_args: object, **_options: object) -> None:
        raise Killed

    if step == "copied":
        monkeypatch.setattr(Path, "rename", killed)
    else:
        monkeypatch.setattr(Path, "unlink", killed)
    with pytest.raises(Killed):
        trash.put(tmp_path, take)
    monkeypatch.undo()
    if step == "copied":
        assert list_takes(tmp_path) == [take] and trash.inside(tmp_path) == []
    else:
        assert list_takes(tmp_path) == []
        (thrown,) = trash.inside(tmp_path)
        trash.restore(tmp_path, thrown.take.path)
    assert list_takes(tmp_path) == [take]
    trash.restore(tmp_path, trash.put(tmp_path, take))
    assert list_takes(tmp_path) == [take]


def test_paths_outside_are_refused(tmp_path: Path) -> None:
    take = write_take(tmp_path / "other", "a")
    for refused in (
        lambda: trash.put(tmp_path / "takes", take),
        lambda: trash.restore(tmp_path / "takes", take.path),
        lambda: trash.empty(tmp_path / "takes", [take.path]),
        lambda: trash.empty(tmp_path / "other", [tmp_path / "other" / "Trash" / ".." / take.path.name]),
    ):
        with pytest.raises(LibraryError, match="is not in"):
            refused()
    assert takes.load(take.path) == take


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    take = write_take(tmp_path, "a")
    with closed(tmp_path), pytest.raises(LibraryError, match="could not be moved"):
        trash.put(tmp_path, take)
    assert list_takes(tmp_path) == [take]
