"""The index is a cache: whatever happens to it, every take is listed and found, and nothing of the files is changed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from musicapp.analysis import measures
from musicapp.audio import wave_io
from musicapp.errors import LibraryError
from musicapp.library import database, edits, order, query, sidecar, takes, trash
from musicapp.library.facts import Facts
from musicapp.library.index import Index, place_of
from musicapp.library.take import Take
from musicapp.request import TakeRequest
from tests.library.test_takes import files_in, write_take
from tests.sound_devices import ROOT

PROMPTS = {
    "a": "calm piano, 90 bpm, in C minor",
    "b": "driving techno, 130 bpm, F# minor",
    "c": "ピアノ曲、静か",
    "d": "Café música, no 7 “live”",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for take_id, prompt in PROMPTS.items():
        take = write_take(tmp_path / "takes", take_id, frames=10)
        request = replace(take.request, prompt=prompt, seed=4000 + ord(take_id), negative_prompt=f"noise {take_id}")
        takes.save(replace(take, request=request))
    return tmp_path / "takes"


@pytest.fixture
def open_index(folder: Path, home: Path) -> Iterator[Callable[[], Index]]:
    made: list[Index] = []

    def open_one() -> Index:
        made.append(Index(folder))
        return made[-1]

    yield open_one
    for index in made:
        index.close()


def filled(index: Index) -> Index:
    index.survey()
    while index.learn():
        pass
    return index


def ids(index: Index, text: str) -> str:
    found = index.search(text)
    assert found is not None
    return "".join(sorted(Path(path).stem for path in found))


def check_all(index: Index, folder: Path) -> None:
    """All is listed and found, whatever was there before."""
    assert index.survey() == takes.survey(folder)
    assert ids(filled(index), "piano") == "a" and ids(index, "noise") == "abcd"


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


def _sql(place: Path, sql: str) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute(sql)
    connection.close()


def test_names_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    names = [
        "10",
        "Song",
        "song 2",
        "song 2b",
        "Song 010",
        "song 10, slow",
        "song 11",
        "Sóng 100",
        "song " + "9" * 6000,
        "é",
    ]
    takes_ = [replace(write_take(tmp_path, f"t{number}"), title=name) for number, name in enumerate(names)]
    found = order.sorted_by(order.NAME, reversed(takes_), lambda _take: Facts())
    assert [take.title for take in found] == [*names[:1], "é", *names[1:-1]]


ODD_NAMES = (b"S\xfc\xdfes", b"\xff\xfe", b"Zeile\nzwei", b"a'b\"c;--%20", "ü".encode() * 120)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are no text")
def test_names_in_any_encoding_are_listed_found_measured_and_handed_over(
    folder: Path, open_index: Callable[[], Index], tmp_path: Path
) -> None:
    """From old archives and disks; one of them once hid all takes."""
    day = os.fsencode(next(folder.rglob("a.wav")).parent)
    Path(os.fsdecode(day + b"/caf\xe9")).mkdir()
    for place in (day, day + b"/caf\xe9"):
        for name in ODD_NAMES:
            for ending in (b".wav", b".json"):
                Path(os.fsdecode(place + b"/" + name + ending)).write_bytes(
                    Path(os.fsdecode(day + b"/a" + ending)).read_bytes()
                )
    count = 2 * len(ODD_NAMES) + len(PROMPTS)
    for index in (filled(open_index()), filled(open_index())):
        found = index.survey()
        assert len(found.takes) == count and found == takes.survey(folder) and found.unreadable == []
        assert index.search("noise") == {str(take.path) for take in found.takes}
        assert {take.path for take in index.remembered()} == {take.path for take in found.takes}
    odd = next(take for take in found.takes if os.fsencode(take.path).endswith(b"caf\xe9/S\xfc\xdfes.wav"))
    assert measures.measure(odd.path).true_peak_db is not None
    for form in ("wav24", "flac", "mp3", "ogg"):
        target = odd.path.with_name(f"{odd.path.stem}.{form}")
        wave_io.export(odd.path, target, sample_rate=odd.sample_rate, format=form, tags={}, overwrite=False)
        assert target.stat().st_size > 0
    edits.tag(odd, add=("kept",))
    assert [take.tags for take in index.reread([odd.path])] == [("kept",)]
    assert index.search("#kept") == {str(odd.path)}
    thrown = trash.put(folder, odd)
    index.reread([odd.path])
    assert index.search("#kept") == set() and len(trash.inside(folder)) == 1
    assert trash.restore(folder, thrown) == odd.path


def test_a_half_letter_in_a_prompt_costs_nothing(folder: Path, open_index: Callable[[], Index]) -> None:
    sidecar.change(
        next(folder.rglob("a.wav")), lambda told: {**told, "request": {**told["request"], "prompt": "\ud800 calm"}}
    )
    index = filled(open_index())
    assert len(index.survey().takes) == len(PROMPTS) and ids(index, "calm") == "a" and ids(index, "noise") == "abcd"


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
