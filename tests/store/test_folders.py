"""Removing models and moving all of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from musicapp import paths
from musicapp.description import catalogue
from musicapp.errors import ModelStoreError
from musicapp.store import download, folders, known, locks, shelf, sources
from tests.store.conftest import model_files
from tests.store.hub_server import TOKEN, Hub


@pytest.fixture
def one(models: Path) -> Path:
    """A model that is here."""
    for name, data in model_files().items():
        (models / "one" / name).parent.mkdir(parents=True, exist_ok=True)
        (models / "one" / name).write_bytes(data)
    return models / "one"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_removed_model_is_gone_and_its_room_is_told(one: Path, models: Path) -> None:
    assert folders.remove("one", models) == sum(map(len, model_files().values()))
    assert not one.exists() and not list(models.glob(".removed*"))


def test_what_a_killed_removal_left_goes_with_the_next(one: Path, models: Path) -> None:
    (models / ".removed-1234").mkdir()
    folders.remove("one", models)
    assert not (models / ".removed-1234").exists()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [("builtin", "ships with the app"), ("two", "no model “two”"), ("../models/one", "no name"), ("", "no name")],
)
def test_what_cannot_be_removed(one: Path, models: Path, key: str, sentence: str) -> None:
    with pytest.raises(ModelStoreError, match=sentence):
        folders.remove(key, models)
    assert one.is_dir()


def test_an_unfinished_download_is_listed_and_can_be_removed(hub: Hub, models: Path) -> None:
    item = known.find("stable-audio-open-small")
    run = download.fetch(item, models, token=TOKEN)
    next(p for p in run if p.phase == "fetching" and p.done_bytes > 100_000)
    with pytest.raises(ModelStoreError, match="being fetched"):
        folders.remove(item.key, models)
    run.close()  # type: ignore[attr-defined]
    listed = shelf.find(item.key)
    assert listed is not None and listed.state == shelf.UNFINISHED and listed.arrived_bytes > 100_000
    folders.remove(item.key, models)
    listed = shelf.find(item.key)
    assert listed is not None and listed.state == shelf.KNOWN_ONLY and listed.arrived_bytes == 0


@pytest.mark.parametrize("links", [True, False])
def test_models_move_whole_and_are_found_there(
    one: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:  # as to another disk

        def refuse(*_args: object, **_options: object) -> None:
            raise OSError("no links between disks")

        monkeypatch.setattr(os, "link", refuse)
    before, target = contents(one), tmp_path / "other disk" / "models"
    steps = list(folders.move(target))
    assert steps[-1].done_bytes == steps[-1].total_bytes
    assert paths.user_models_folder() == target and contents(target / "one") == before and not one.exists()
    assert catalogue.find_model("one") == target / "one"
    list(folders.move(models))  # and back, into the emptied folder
    assert paths.user_models_folder() == models and contents(one) == before


def test_what_is_no_model_stays_where_it_is(one: Path, models: Path, tmp_path: Path) -> None:
    """The folder that was chosen for models may be one with other things in it."""
    music = tmp_path / "my music"
    (music / "album").mkdir(parents=True)
    (music / "album" / "song.wav").write_bytes(b"mine" * 1000)
    (music / "notes.txt").write_text("mine")
    mine = contents(music)
    list(folders.move(music))
    assert (music / "one").is_dir() and shelf.disk_use().used_bytes == sum(map(len, model_files().values()))
    (music / sources.UNFINISHED / "two").mkdir(parents=True)
    (models / "notes.txt").write_text("another")  # in nobody's way
    list(folders.move(models))
    assert contents(music) == mine and one.is_dir() and (models / sources.UNFINISHED / "two").is_dir()
    assert (models / "notes.txt").read_text() == "another"


def test_giving_up_and_failing_leave_everything_where_it_was(
    one: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, target = contents(one), tmp_path / "elsewhere"
    run = folders.move(target)
    next(iter(run))
    run.close()  # type: ignore[attr-defined]
    assert paths.user_models_folder() == models and contents(one) == before and not list(target.iterdir())

    def full(*_args: object, **_options: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("musicapp.store.folders.shutil.copytree", full)
    with pytest.raises(ModelStoreError, match="could not be moved"):
        list(folders.move(target))
    assert paths.user_models_folder() == models and contents(one) == before


def test_folders_that_cannot_take_the_models(one: Path, models: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "taken" / "one").mkdir(parents=True)
    cases = {
        models: "are in",
        models / "below": "are in",
        tmp_path / "file": "is a file",
        tmp_path / "taken": "something called “one”",
    }
    for target, sentence in cases.items():
        with pytest.raises(ModelStoreError, match=sentence):
            list(folders.move(target))
    with locks.alone(models / sources.UNFINISHED / "x", "busy"), pytest.raises(ModelStoreError, match="being fetched"):
        list(folders.move(tmp_path / "free"))
    assert one.is_dir()


def test_a_disk_that_is_not_there_is_said(one: Path, models: Path, tmp_path: Path) -> None:
    target = tmp_path / "stick" / "models"
    list(folders.move(target))
    (tmp_path / "stick").rename(tmp_path / "pulled out")
    with pytest.raises(ModelStoreError, match="is not there") as caught:
        folders.usable()
    assert "Connect its disk" in caught.value.hint and not target.exists()
    assert shelf.disk_use().used_bytes == 0 and all(item.key != "one" for item in shelf.list_items())
    list(folders.move(models))  # without it, too
    assert folders.usable() == models


def test_a_damaged_note_of_the_folder_means_the_usual_one(home: Path) -> None:
    paths.moved_models_file().parent.mkdir(parents=True, exist_ok=True)
    for data in (b"", b"\xff\xfe", b"relative/folder\n"):
        paths.moved_models_file().write_bytes(data)
        assert paths.user_models_folder() == home / "data" / "models"
