"""The index is a cache: whatever happens to it, every take is listed and found, and nothing of the files is changed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from musicapp.errors import LibraryError
from musicapp.library import database, edits, order, query, sidecar, takes
from musicapp.library.facts import Facts
from musicapp.library.index import Index, place_of
from musicapp.library.take import Take
from musicapp.request import TakeRequest
from tests.library.indexes import check_all, filled, ids
from tests.library.test_takes import files_in, write_take
from tests.sound_devices import ROOT


def test_a_survey_gives_what_the_files_say_the_first_time_and_later(
    folder: Path, open_index: Callable[[], Index]
) -> None:
    before = files_in(folder)
    index = open_index()
    assert index.problem == "" and index.survey() == takes.survey(folder) == index.survey()
    again = open_index()
    assert again.remembered() == takes.survey(folder).takes == again.survey().takes
    assert files_in(folder) == before


def test_the_newest_are_remembered_first_and_damage_among_them_hides_no_other(
    folder: Path, open_index: Callable[[], Index]
) -> None:
    days = {"c": "2026-11-03", "a": "2026-11-02", "d": "2026-11-01", "b": "2025-01-01"}
    for take in takes.survey(folder).takes:
        takes.save(replace(take, created=datetime.fromisoformat(f"{days[take.take_id]}T12:00:00+01:00")))
    index = open_index()
    index.survey()
    assert [take.take_id for take in index.newest(3)] == ["c", "a", "d"] and index.facts_of(index.newest(1)[0])
    assert index.newest(200) == index.remembered() == takes.survey(folder).takes
    with sqlite3.connect(place_of(folder)) as connection:
        connection.execute("UPDATE takes SET told = '{\"request\": ' WHERE path LIKE '%c.wav'")
        connection.execute("UPDATE takes SET told = '[2026]' WHERE path LIKE '%a.wav'")
    connection.close()
    assert [take.take_id for take in open_index().newest(2)] == ["d", "b"]
    check_all(index, folder)


def test_unchanged_takes_are_not_read_again(
    folder: Path, open_index: Callable[[], Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index().survey()
    read: list[str] = []
    of_file = takes.take_file.read

    def noted(path: Path) -> Take | None:
        read.append(path.stem)
        return of_file(path)

    monkeypatch.setattr(takes.take_file, "read", noted)
    index = open_index()
    found = {take.take_id: take for take in index.survey().takes}
    assert read == [] and len(found) == 4
    edits.star(found["b"], on=True)
    found["c"].path.unlink()
    write_take(folder, "e", frames=10)
    assert {take.take_id: take.is_starred for take in index.survey().takes} == {
        "a": False,
        "b": True,
        "d": False,
        "e": False,
    }
    assert sorted(read) == ["b", "e"]
    assert "c" not in ids(index, "noise")


SEARCHES = [
    ("piano", "a"),
    ("PIANO calm", "a"),
    ("iano", "a"),
    ("ピアノ", "c"),
    ("曲", "c"),
    ("cafe musica", "d"),
    ("Café MÚSICA", "d"),
    ("130", "b"),
    ("130 bpm", "b"),
    ("130bpm", "b"),
    ("130 bpm techno", "b"),
    ("techno 130BPM driving", "b"),
    ("130b", "b"),
    ("130bp", "b"),
    ('"130bpm"', "b"),
    ('"techno, 130bpm"', "b"),
    ("0b", "ab"),
    ("13bpm", ""),
    ("130bps", ""),
    ("f# minor", "b"),
    ("F♯", "b"),
    ('"c minor"', "a"),
    ("c minor", "ab"),
    ("seed 4099", "c"),
    ("noise d", "abcd"),  # every take has a seed
    ('"noise d"', "d"),
    ("built-in", "abcd"),
    ("nothing like it", ""),
    ("piano techno", ""),
    ("“live”", "d"),
    ("'", ""),
    ('a" OR "b', "a"),
    ("%", ""),
    ("*", ""),
    ("NEAR(a b)", ""),
    ("x" * 5000, ""),
]


@pytest.mark.parametrize("with_fts5", [True, False])
def test_a_search_finds_parts_of_words_in_any_script(
    open_index: Callable[[], Index], monkeypatch: pytest.MonkeyPatch, with_fts5: bool
) -> None:
    if not with_fts5:
        monkeypatch.setattr(database, "_SEARCH", "CREATE VIRTUAL TABLE search USING fts_of_another_build(text)")
    index = filled(open_index())
    assert index._database.has_fts5 is with_fts5
    texts = {take.take_id: _text(index, take) for take in index.survey().takes}
    for text, expected in SEARCHES:
        assert ids(index, text) == expected, text
        words = query.words_of(text)
        assert "".join(sorted(name for name in texts if query.is_found(words, texts[name]))) == expected, text


@pytest.mark.parametrize("text", ["140bpm", '"140 bpm"', "140 bpm", "techno 140b", '"140bpm, dark"', '"140 bpm, dark"'])
def test_a_tempo_is_found_however_the_prompt_writes_it(text: str) -> None:
    for prompt in ("Techno 140bpm, dark", "techno 140 BPM, dark"):
        assert query.is_found(query.words_of(text), query.folded(prompt))
    assert not query.is_found(query.words_of(text), query.folded("techno 145 bpm, dark"))


def _text(index: Index, take: Take) -> str:
    known = index.facts_of(take)
    return query.text_of(take, known.tempo_bpm, known.key)


@pytest.mark.parametrize("text", ["", "  ", '""', "\0"])
def test_a_search_for_nothing_asks_for_nothing(open_index: Callable[[], Index], text: str) -> None:
    assert open_index().search(text) is None


def test_labels_are_found_at_once_and_what_was_taken_off_no_more(folder: Path, open_index: Callable[[], Index]) -> None:
    index = filled(open_index())
    (take,) = [take for take in index.survey().takes if take.take_id == "b"]
    take = edits.rename(edits.tag(take, add=("night drive",)), "Überholspur")
    assert index.reread([take.path]) == [take]
    assert ids(index, "#night") == ids(index, "uberholspur") == ids(index, "techno") == "b"
    index.reread([edits.tag(take, remove=("night drive",)).path])
    assert ids(index, "#night") == ""
    index.reread([edits.note_measured(take, tempo_bpm=65.2, key="A major").path])
    assert ids(index, "65.2 bpm") == ids(index, "a major") == "b"
    assert index.facts_of(take) == Facts(65.2, "A major")


def test_a_survey_that_nobody_waits_for_any_more_ends(
    folder: Path, open_index: Callable[[], Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    index, read, of_file = open_index(), [], takes.take_file.read

    def closing(path: Path) -> Take | None:
        read.append(path)
        index.close()
        return of_file(path)

    monkeypatch.setattr(takes.take_file, "read", closing)
    with pytest.raises(LibraryError, match="closed"):
        index.survey()
    assert len(read) == 1
    monkeypatch.undo()
    check_all(open_index(), folder)


def test_rebuilding_reads_every_take_and_names_what_cannot_be_read(
    folder: Path, open_index: Callable[[], Index]
) -> None:
    (folder / "broken.wav").write_text("no sound")
    os.utime(folder / "broken.wav", (1, 1))
    found = open_index().rebuild()
    assert len(found.takes) == 4 and [file.path.name for file in found.unreadable] == ["broken.wav"]


def test_programs_that_use_one_index_at_a_time_lose_nothing(folder: Path, open_index: Callable[[], Index]) -> None:
    code = """
import sys
from pathlib import Path
from musicapp.library import edits
from musicapp.library.index import Index
index = Index(Path(sys.argv[1]))
for number in range(6):
    found = index.survey().takes
    index.reread(edits.tag(take, add=(f"{sys.argv[2]}{number}",)).path for take in found)
    index.learn()
    if number == 3:
        index.rebuild()
assert not index.problem, index.problem
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(folder), name], cwd=ROOT, env=dict(os.environ))
        for name in ("left", "right")
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    index = filled(open_index())
    assert ids(index, "#left5 #right5 #left0") == "abcd"
    check_all(index, folder)


def test_orders_put_what_is_not_known_last(folder: Path, open_index: Callable[[], Index]) -> None:
    index = filled(open_index())

    def ordered(name: str) -> str:
        return "".join(take.take_id for take in order.sorted_by(name, found, index.facts_of))

    found = index.survey().takes
    assert ordered(order.NEWEST) == "".join(take.take_id for take in found)
    assert ordered(order.TEMPO)[:2] == "ab" and ordered(order.KEY)[:2] == "ab"
    assert ordered(order.NAME) == "dabc" or ordered(order.NAME)[:2] == "da"
    assert sorted(ordered(order.LENGTH)) == list("abcd")


def test_a_take_without_labels_is_told_by_its_prompt_alone() -> None:
    request = TakeRequest("id12", "calm piano", 30, 7)
    take = Take("id12", Path("id12.wav"), request, takes.take_file.BEGINNING, 44100, 2, 1, 0, "", 0)
    assert query.text_of(take) == "calm piano\nseed 7\nid12" and not sidecar.of(take.path).exists()


def test_takes_without_a_sidecar_and_unfinished_ones_are_found_too(
    folder: Path, open_index: Callable[[], Index]
) -> None:
    """They are in no index, since nothing tells when they change, but they are listed: a search has to find them."""
    bare, unfinished = next(folder.rglob("a.wav")), next(folder.rglob("b.wav"))
    sidecar.of(bare).unlink()
    sidecar.change(unfinished, lambda told: {**told, "is_finished": False})
    index = filled(open_index())
    (tagged,) = {take.request.prompt for take in index.survey().takes if take.path == bare}
    assert ids(index, tagged) == "a" and ids(index, "driving 130") == "b"
    assert index.search("nothing of that") == set()
    edits.rename(next(take for take in takes.survey(folder).takes if take.path == bare), "Night drive")
    index.reread([bare])
    assert ids(index, "night") == "a"
    bare.unlink()
    unfinished.unlink()
    index.reread([bare, unfinished])
    assert index.search("night") == index.search("driving") == set()
