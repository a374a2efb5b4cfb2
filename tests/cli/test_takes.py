"""`musicapp takes` from the words to the printed lines, on a real folder of takes."""

from __future__ import annotations

import io
import json
import os
import shlex
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from musicapp import paths
from musicapp.audio import growing
from musicapp.cli import takes as command
from musicapp.cli.main import main
from musicapp.library import index, moving, order, takes, trash
from tests.library.test_takes import write_take

PROMPTS = {"piano1": "calm piano, 90 bpm, in C minor", "piano2": "calm piano, 70 bpm", "techno": "techno, 130 bpm"}


@pytest.fixture(autouse=True)
def folder(home: Path) -> Path:
    for take_id, prompt in PROMPTS.items():
        take = write_take(paths.takes_folder(), take_id, frames=4410 * len(take_id))
        takes.save(replace(take, request=replace(take.request, prompt=prompt)))
    return paths.takes_folder()


def printed(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert main(["takes", *words]) == code
    out, err = capsys.readouterr()
    return out, err


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(printed(capsys, *words, "--json")[0])


def ids(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    return [take["take_id"] for take in told(capsys, *words)]


def test_takes_are_listed_sorted_and_searched(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.SORTS == order.ALL
    assert sorted(ids(capsys, "list")) == sorted(PROMPTS)
    assert ids(capsys, "list", "--sort", "tempo") == ["piano2", "piano1", "techno"]
    assert sorted(ids(capsys, "search", "calm", "PIANO")) == ["piano1", "piano2"]
    assert ids(capsys, "search", '"90 bpm"') == ["piano1"]
    out, _ = printed(capsys, "list", "--sort", "key")
    assert out.splitlines()[0].split()[0] == "piano1" and " 90 bpm" in out and "calm piano" in out
    assert printed(capsys, "search", "harp") == ("", "There is no such take.\n")
    assert told(capsys, "search", "harp") == []


def test_show_tells_all(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    out, _ = printed(capsys, "show", "piano1")
    for words in ("prompt     calm piano", "tempo      90 bpm", "key        C minor", "seed       7", str(folder)):
        assert words in out
    (shown,) = told(capsys, "show", str(folder / "2026" / "11" / "22" / "techno.wav"))
    assert (shown["take_id"], shown["tempo_bpm"], shown["starred"], shown["tags"]) == ("techno", 130, False, [])
    assert shown["request"]["seed"] == 7 and Path(shown["path"]).is_file()


def test_tags_stars_and_names_are_written_and_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert "#take home" in printed(capsys, "tag", "piano1", "techno", "--add", "dark,take home")[0]
    assert sorted(ids(capsys, "list", "--tag", "DARK")) == ["piano1", "techno"]
    printed(capsys, "tag", "piano1", "--remove", "dark", "--add", "x")
    assert ids(capsys, "search", "#dark") == ["techno"] and ids(capsys, "search", "#x") == ["piano1"]
    printed(capsys, "star", "piano2")
    assert ids(capsys, "list", "--starred") == ["piano2"]
    assert " *  " in printed(capsys, "star", "techno")[0]
    printed(capsys, "star", "piano2", "techno", "--off")
    assert ids(capsys, "list", "--starred") == []
    printed(capsys, "name", "techno", "Überholspur")
    assert ids(capsys, "search", "uberhol") == ["techno"] and ids(capsys, "list", "--sort", "name")[-1] == "techno"


def test_takes_go_into_the_trash_and_come_back(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    out, _ = printed(capsys, "trash", "piano1", "techno")
    assert all(Path(line).is_file() and "Trash" in line for line in out.splitlines())
    assert ids(capsys, "list") == ["piano2"] and ids(capsys, "search", "techno") == []
    assert sorted(ids(capsys, "trash")) == ["piano1", "techno"]
    (place,) = told(capsys, "restore", "techno")
    assert Path(place) == folder / "2026" / "11" / "22" / "techno.wav"
    assert ids(capsys, "search", "techno") == ["techno"] and ids(capsys, "trash") == ["piano1"]


def test_a_take_that_is_named_twice_or_gone_costs_no_other(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, _ = printed(capsys, "star", "piano1", "piano1")
    assert out.count("piano1") == 1
    put = trash.put

    def put_beside_another(folder: Path, take: takes.Take) -> Path:
        if take.take_id == "piano2":  # somebody else was quicker
            put(folder, take)
        return put(folder, take)

    monkeypatch.setattr(trash, "put", put_beside_another)
    out, err = printed(capsys, "trash", "piano1", "piano2", "techno", "piano1", code=1)
    assert [Path(line).stem for line in out.splitlines()] == ["piano1", "techno"] and "no longer there" in err
    assert ids(capsys, "list") == [] and len(ids(capsys, "trash")) == 3
    out, _ = printed(capsys, "restore", "techno", "piano1", "techno")
    assert sorted(Path(line).stem for line in out.splitlines()) == ["piano1", "techno"]


@pytest.mark.parametrize("words", [("list",), ("search", "piano"), ("trash",), ("rebuild",), ("star", "piano1")])
def test_a_folder_that_is_not_there_is_said_and_forgets_nothing(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A disk that is not connected is no empty library."""
    disk, away = tmp_path / "disk", tmp_path / "away"
    printed(capsys, "folder", str(disk))
    disk.rename(away)
    out, err = printed(capsys, *words, code=1)
    assert not out and f"“{disk}”, is not there" in err and "Connect its disk" in err
    assert not disk.exists()
    away.rename(disk)
    assert sorted(ids(capsys, "list")) == sorted(PROMPTS)


def test_a_list_has_a_line_for_each_take_whatever_its_words_are(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    """Prompts and names out of files of others, with line ends, orders to the terminal and signs that turn lines."""
    odd = "one\ntwo\x1b[31m\u202ethree\u2028four\r\x07"
    take = next(take for take in takes.list_takes(folder) if take.take_id == "techno")
    takes.save(replace(take, request=replace(take.request, prompt=odd)))
    out, _ = printed(capsys, "list")
    (line,) = [line for line in out.split("\n") if line.startswith("techno")]
    assert line.endswith("one two [31m three four") and out.count("\n") == 3
    out, _ = printed(capsys, "name", "techno", odd)
    assert out.endswith("one two [31m three four\n")


def test_the_trash_is_emptied_only_when_it_is_meant(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed(capsys, "trash", "piano1")
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert "--yes" in printed(capsys, "trash", "--empty", code=2)[1]
    for answer, code in (("n\n", 1), ("\n", 1), ("", 1)):
        terminal = io.StringIO(answer)
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", terminal)
        assert "Nothing was deleted" in printed(capsys, "trash", "--empty", code=code)[1]
    assert ids(capsys, "trash") == ["piano1"]
    assert printed(capsys, "trash", "piano2", "--empty", code=2)[0] == ""
    assert told(capsys, "trash", "--empty", "--yes") == {"deleted": 1}
    assert ids(capsys, "trash") == [] and sorted(ids(capsys, "list")) == ["piano2", "techno"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", "nothing"], 1, "no take “nothing”"),
        (["star", "piano1", "nothing"], 1, "no take “nothing”"),
        (["show", "pian"], 2, "several takes"),
        (["show", "pi"], 2, "“pi” is too short a beginning of an id"),
        (["show", ""], 2, "too short"),
        (["show", "xy"], 1, "no take “xy”"),
        (["tag", "piano1"], 2, "no tag to add"),
        (["tag", "piano1", "--add", "x" * 41], 2, "41 characters"),
        (["name", "piano1", "x" * 201], 2, "201 characters"),
        (["restore", "piano1"], 1, "no take “piano1” in the trash"),
        (["list", "--sort", "colour"], 2, "invalid choice"),
        (["folder", "takes/below"], 1, "lie in each other"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_changed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    words: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(home)
    before = told(capsys, "list")
    out, err = printed(capsys, *words, code=code)
    assert out == "" and said in err
    assert told(capsys, "list") == before


def test_a_take_that_is_being_made_stays(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    with growing.hold(folder / "2026" / "11" / "22" / "techno.wav"):
        assert "being made" in printed(capsys, "trash", "techno", code=1)[1]
    assert "techno" in ids(capsys, "list")


def test_rebuild_reads_all_and_says_what_it_may_not_touch(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert printed(capsys, "rebuild")[0] == "3 takes read.\n"
    with sqlite3.connect(index.place_of(folder)) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    assert "newer Musicapp" in printed(capsys, "rebuild", code=1)[1]
    out, err = printed(capsys, "search", "techno")
    assert "techno" in out and "newer Musicapp" in err


def test_the_folder_is_told_and_moved(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    assert printed(capsys, "folder")[0] == f"{folder}\n"
    out, err = printed(capsys, "folder", str(tmp_path / "new"))
    assert out == f"{tmp_path / 'new'}\n" and "copying 100 %" in err and "tidying 100 %" in err
    assert sorted(ids(capsys, "list")) == sorted(PROMPTS) and not list(folder.rglob("*.wav"))


def test_a_move_that_was_stopped_is_gone_on_with_by_the_command_that_is_told(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    run = moving.move(tmp_path / "new place")
    next(iter(run))
    run.close()  # type: ignore[attr-defined]
    err = printed(capsys, "folder")[1]
    words = shlex.split(err.partition("To go on: ")[2])
    assert words == ["musicapp", "takes", "folder", str(tmp_path / "new place")]
    assert printed(capsys, *words[2:])[0] == f"{tmp_path / 'new place'}\n"


def test_an_empty_trash_is_said(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert printed(capsys, "trash") == ("", "The trash is empty.\n")
    assert printed(capsys, "trash", "--json")[0] == "[]\n"


def test_a_take_is_found_by_any_path_that_leads_to_it_and_a_tag_as_it_is_shown(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = folder / "2026" / "11" / "22"
    monkeypatch.chdir(place)
    ways = [Path("techno.wav"), Path("..", "22", "techno.wav")]
    if os.name != "nt":  # where links need rights of their own
        (tmp_path / "link").symlink_to(place)
        ways.append(tmp_path / "link" / "techno.wav")
    for way in ways:
        assert [take["take_id"] for take in told(capsys, "show", str(way))] == ["techno"]
    printed(capsys, "tag", "techno", "--add", "dark")
    for tag in ("dark", "#dark", "#DARK"):
        assert ids(capsys, "list", "--tag", tag) == ["techno"]
