"""An index that is damaged, of a later version, in the way, read-only or on a full disk costs no take."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from musicapp.errors import LibraryError
from musicapp.library import database, takes
from musicapp.library.index import Index, place_of
from tests.library.indexes import check_all, filled, ids
from tests.library.test_takes import write_take


@pytest.mark.parametrize(
    "damage",
    [
        lambda place: place.write_bytes(b""),
        lambda place: place.write_bytes(b"no database at all" * 500),
        lambda place: place.write_bytes(place.read_bytes()[:5000]),
        lambda place: place.write_bytes(place.read_bytes()[:4096] + os.urandom(len(place.read_bytes()) - 4096)),
        lambda place: _sql(place, "DROP TABLE takes"),
        lambda place: _sql(place, "DROP TABLE search"),
        lambda place: _sql(place, "PRAGMA application_id = 5"),
        lambda place: _sql(place, "PRAGMA user_version = 0"),
        lambda place: _sql(place, "ALTER TABLE takes RENAME COLUMN told TO said"),
        lambda place: _sql(place, "UPDATE takes SET told = '{'"),
        lambda place: _sql(place, "UPDATE takes SET told = '[1]', frames = 'x', stamp = 5, key = NULL"),
        lambda place: _sql(place, "DELETE FROM search"),
    ],
)
def test_a_damaged_index_is_made_anew(
    folder: Path, open_index: Callable[[], Index], damage: Callable[[Path], object]
) -> None:
    filled(open_index()).close()
    database_files = [path for path in place_of(folder).parent.iterdir() if path != place_of(folder)]
    assert not database_files, "a closed database is one file"
    damage(place_of(folder))
    index = open_index()
    assert index.survey() == takes.survey(folder)
    if ids(filled(index), "noise") != "abcd":  # only the texts were gone, which no survey can see
        index.rebuild()
    check_all(index, folder)
    assert index.problem == "" and ids(filled(open_index()), "piano") == "a"


def test_an_index_that_is_damaged_while_it_is_open_is_made_anew(folder: Path, open_index: Callable[[], Index]) -> None:
    index = filled(open_index())
    index._database.connection.execute("DROP TABLE takes")
    assert ids(index, "piano") == "a"
    check_all(index, folder)


def test_the_index_of_a_later_version_stays_as_it_is(folder: Path, open_index: Callable[[], Index]) -> None:
    filled(open_index()).close()
    _sql(place_of(folder), "PRAGMA user_version = 7")
    before = place_of(folder).read_bytes()
    index = open_index()
    assert "newer Musicapp" in index.problem
    check_all(index, folder)
    with pytest.raises(LibraryError, match="newer Musicapp"):
        index.rebuild()
    check_all(index, folder)
    index.close()
    assert place_of(folder).read_bytes() == before


@pytest.mark.parametrize("kind", ["file in the way", "folder in the way"])
def test_an_index_that_cannot_be_kept_is_said_and_all_works(
    folder: Path, home: Path, open_index: Callable[[], Index], kind: str
) -> None:
    if kind == "file in the way":
        place_of(folder).parent.parent.mkdir(parents=True, exist_ok=True)
        place_of(folder).parent.touch()
    else:
        place_of(folder).mkdir(parents=True)
    index = open_index()
    assert "cannot be kept" in index.problem
    check_all(index, folder)


def test_an_index_that_may_only_be_read_is_said_and_all_works(
    folder: Path, open_index: Callable[[], Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(open_index()).close()
    connect = sqlite3.connect

    def read_only(place: str, **options: object) -> sqlite3.Connection:
        where = place if place == ":memory:" else f"file:{place}?mode=ro"
        return connect(where, uri=True, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(database.sqlite3, "connect", read_only)
    index = open_index()
    assert "readonly" in index.problem.replace("-", "")
    check_all(index, folder)


def test_a_disk_that_becomes_full_costs_only_the_index(folder: Path, open_index: Callable[[], Index]) -> None:
    index = filled(open_index())
    (pages,) = index._database.connection.execute("PRAGMA page_count").fetchone()
    index._database.connection.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(40):
        write_take(folder, f"x{number}", frames=10)
    assert len(index.survey().takes) == 44 and "full" in index.problem
    assert index.survey() == takes.survey(folder) and len(ids(filled(index), "piano")) > 40


def _sql(place: Path, sql: str) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute(sql)
    connection.close()
