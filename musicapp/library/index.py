"""The takes of one folder as a start finds them quickly, and the search in them.

The files are the library: each take whose files have another size, time or number than the index knows is read again,
and one that is gone goes. What the index says of the others is checked like a sidecar's own words.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote_to_bytes

from musicapp import paths
from musicapp.audio.wave_layout import FLOAT, WaveLayout
from musicapp.errors import LibraryError
from musicapp.library import database, facts, query, sidecar, take_file, takes
from musicapp.library.facts import Facts
from musicapp.library.take import Take, values_of
from musicapp.library.takes import Survey

log = logging.getLogger(__name__)

SHORTEST_FOUND = 3  # letters, which the index goes by
_COLUMNS = "path, stamp, sample_rate, channels, frames, told, tempo_bpm, key"
_QUOTED = "//"  # no name below a folder begins like this
_SURROGATE = re.compile("[\ud800-\udfff]")
LEARNT_AT_ONCE = 100  # prompts; about 0.2 s
_Result = TypeVar("_Result")


class Index:
    """Of one folder of takes. Every method may be called from any thread.

    facts  tempo and key by the path of a take, as far as they are known
    """

    def __init__(self, folder: Path, place: Path | None = None) -> None:
        self.folder = folder
        self.facts: dict[str, Facts] = {}
        self._lock = threading.RLock()
        self._database = database.Database(place or place_of(folder))
        self._asked: dict[str, Facts] = {}  # by prompt, for takes of one prompt
        self._beside: dict[str, Take] = {}  # what is looked at again each time: without a sidecar, or not finished
        self._is_closed = False

    @property
    def problem(self) -> str:
        """Why it is kept in memory, as a whole sentence; "" when it lies on disk."""
        return self._database.problem

    def close(self) -> None:
        """Give the database back. What is still under way in another thread ends soon, with a LibraryError."""
        self._is_closed = True
        with self._lock:
            self._database.close()

    def remembered(self) -> list[Take]:
        """The takes of the last survey, newest first, without a look at the folder."""
        rows = self._safely(self._known)
        found = [self._from_row(Path(self._path(name)), row) for name, row in rows.items()]
        return takes.newest_first([take for take in found if take])

    def newest(self, count: int) -> list[Take]:
        """The first of `remembered`, as far as their dates tell as text, in little time; none where SQLite cannot."""
        sql = (
            f"SELECT {_COLUMNS} FROM takes ORDER BY"
            " CASE WHEN json_valid(told) THEN json_extract(told, '$.created') END DESC LIMIT ?"
        )
        try:
            rows = self._run(sql, count)
        except sqlite3.Error as error:  # built without JSON, or damaged: `remembered` sees to that
            log.info("the newest takes are not known: %r", error)
            return []
        found = [self._from_row(Path(self._path(name)), tuple(row)) for name, *row in rows]
        return takes.newest_first([take for take in found if take])

    def survey(self, *, skip: Collection[str] = ()) -> Survey:
        """`takes.survey`, reading only what changed."""
        known = self._safely(self._known)
        read_anew: dict[str, tuple[str, Take]] = {}
        seen: set[str] = set()
        beside: dict[str, Take] = {}

        def read(path: Path) -> Take | None:
            if self._is_closed:  # nobody waits for the list any more
                return None
            name, stamp = self._name(path), stamp_of(path)
            seen.add(name)
            if name in known and known[name][0] == stamp and (take := self._from_row(path, known[name])):
                return take
            take = take_file.read(path)
            if take is not None and stamp and take.is_finished:
                read_anew[name] = stamp, take
            elif take is not None:
                beside[name] = take
            return take

        found = takes.survey(self.folder, skip=skip, read=read)
        self._beside = beside
        gone = [name for name in known if name not in seen and Path(name).stem not in skip]
        try:
            self._safely(lambda: self._write(read_anew.items(), gone))
        except LibraryError:
            raise
        except Exception:  # the files are the library: what cannot be remembered is read again the next time
            log.exception("the list of takes could not be written")
        return found

    def facts_of(self, take: Take) -> Facts:
        """Tempo and key of a take, as far as they are known by now."""
        return self.facts.get(str(take.path)) or facts.of(take, Facts())

    def reread(self, changed: Iterable[Path]) -> list[Take]:
        """Look at some sound files again; those that are takes. Those that are gone go from the index."""
        rows, gone, found = [], [], []
        for path in changed:
            name, stamp = self._name(path), stamp_of(path)
            take = takes.load(path) if path.is_file() else None
            self._beside = {known: other for known, other in self._beside.items() if known != name}
            if take is None:
                gone.append(name)
                continue
            found.append(take)
            if stamp and take.is_finished:
                rows.append((name, (stamp, take)))
                self._ask(take.request.prompt)
            else:
                self._beside = {**self._beside, name: take}
        self._safely(lambda: self._write(rows, gone))
        return found

    def learn(self) -> int:
        """Read tempo and key out of some prompts that are new here; how many takes are left."""

        def learn() -> int:
            rows = self._run("SELECT number, path, told FROM takes WHERE key IS NULL LIMIT ?", LEARNT_AT_ONCE)
            told_by_number = {number: self._told(self._path(name), told) for number, name, told in rows}
            with self._database.connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                for number, take in told_by_number.items():
                    self._write_facts(number, take)
            (left,) = self._run("SELECT count(*) FROM takes WHERE key IS NULL")[0]
            return int(left)

        return self._safely(learn)

    def search(self, text: str) -> set[str] | None:
        """The paths of the takes that have all words of a search, see `query`; None when it asks for nothing."""
        words = query.words_of(text)
        if not words:
            return None
        conditions: list[str] = []
        values: list[str] = []
        asked: list[str] = []
        for ways in map(query.ways_of, words):
            if self._database.has_fts5 and min(map(len, ways)) >= SHORTEST_FOUND:
                asked.append(" OR ".join('"' + way.replace('"', '""') + '"' for way in ways))
            else:
                conditions.append(f"({' OR '.join('instr(text, ?) > 0' for _ in ways)})")
                values += ways
        if asked:
            conditions.insert(0, "text MATCH ?")
            values.insert(0, " AND ".join(f"({ways})" for ways in asked))
        sql = f"SELECT path FROM takes JOIN search ON search.rowid = number WHERE {' AND '.join(conditions)}"
        found = {self._path(name) for (name,) in self._safely(lambda: self._run(sql, *values))}
        return found | {str(take.path) for take in self._beside.values() if query.is_found(words, self._text_of(take))}

    def rebuild(self) -> Survey:
        """Throw the index away and read every take again. Raises LibraryError where it is not ours to throw away."""
        with self._lock:
            self._database.start_anew()
            self.facts.clear()
        if self.problem:
            raise LibraryError(self.problem, hint="The takes themselves are all there and can be used.")
        found = self.survey()
        while self.learn():
            pass
        return found

    def _safely(self, work: Callable[[], _Result]) -> _Result:
        """Do it; a database that turns out to be damaged, or cannot be written any more, is replaced first."""
        with self._lock:
            if self._is_closed:
                raise LibraryError("The list of takes is closed.")
            try:
                return work()
            except sqlite3.Error as error:
                log.warning("the list of takes is made anew: %r", error)
                if database.is_damage(error) or self._database.problem:
                    self._database.start_anew()
                else:
                    self._database.move_to_memory(error)
                self._fill_again()
                return work()

    def _fill_again(self) -> None:
        rows: dict[str, tuple[str, Take]] = {}

        def read(path: Path) -> Take | None:
            stamp, take = stamp_of(path), take_file.read(path)
            if take is not None and stamp and take.is_finished:
                rows[self._name(path)] = stamp, take
            return take

        takes.survey(self.folder, read=read)
        self._write(rows.items(), ())

    def _known(self) -> dict[str, tuple[Any, ...]]:
        rows = self._run(f"SELECT {_COLUMNS} FROM takes")
        return {name: row for name, *row in rows}  # type: ignore[misc]

    def _from_row(self, path: Path, row: tuple[Any, ...]) -> Take | None:
        _stamp, sample_rate, channels, frames, told, tempo_bpm, key = row
        try:
            take = take_file.as_told(
                path, WaveLayout(sample_rate, channels, FLOAT, 32, 0, frames, frames), json.loads(told)
            )
        except Exception as error:  # whatever stands there, the file itself can be read
            log.warning("the index of %s is damaged: %r", path, error)
            return None
        if key is not None:
            self.facts[str(path)] = facts.of(take, Facts(tempo_bpm, key))
        return take

    def _write(self, rows: Iterable[tuple[str, tuple[str, Take]]], gone: Iterable[str]) -> None:
        """All or nothing."""
        rows, gone = list(rows), list(gone)
        if not rows and not gone:
            return
        with self._database.connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            for name in (*gone, *(name for name, _ in rows)):
                connection.execute(
                    "DELETE FROM search WHERE rowid IN (SELECT number FROM takes WHERE path = ?)", [name]
                )
                connection.execute("DELETE FROM takes WHERE path = ?", [name])
            for name, (stamp, take) in rows:
                told = json.dumps(values_of(take), ensure_ascii=True, separators=(",", ":"))
                asked = self._asked.get(take.request.prompt)
                values = (name, stamp, take.sample_rate, take.channels, take.frames, told)
                tempo_and_key = (asked.tempo_bpm, asked.key) if asked else (None, None)
                number = connection.execute(
                    f"INSERT INTO takes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (*values, *tempo_and_key),
                ).lastrowid
                known = facts.of(take, asked or Facts())
                if asked:
                    self.facts[self._path(name)] = known
                text = query.text_of(take, known.tempo_bpm, known.key)
                connection.execute("INSERT INTO search (rowid, text) VALUES (?, ?)", (number, text))

    def _told(self, path: str, told: str) -> Take | None:
        """What the index says of a take, without its length; None where that is damaged."""
        try:
            take = take_file.as_told(Path(path), WaveLayout(1, 1, FLOAT, 32, 0, 0, 0), json.loads(told))
        except Exception as error:  # whatever stands there, the file itself can be read
            log.warning("the index of %s is damaged: %r", path, error)
            return None
        self._ask(take.request.prompt)
        return take

    def _write_facts(self, number: int, take: Take | None) -> None:
        run = self._database.connection.execute
        if take is None:  # read again from its file, at the next survey
            run("DELETE FROM search WHERE rowid = ?", [number])
            run("DELETE FROM takes WHERE number = ?", [number])
            return
        asked = self._ask(take.request.prompt)
        known = self.facts[str(take.path)] = facts.of(take, asked)
        run("UPDATE takes SET tempo_bpm = ?, key = ? WHERE number = ?", (asked.tempo_bpm, asked.key, number))
        text = query.text_of(take, known.tempo_bpm, known.key)
        run("UPDATE search SET text = ? WHERE rowid = ?", (text, number))

    def _text_of(self, take: Take) -> str:
        known = facts.of(take, self._ask(take.request.prompt))
        return query.text_of(take, known.tempo_bpm, known.key)

    def _ask(self, prompt: str) -> Facts:
        if prompt not in self._asked:
            self._asked[prompt] = facts.asked_for(prompt)
        return self._asked[prompt]

    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.connection.execute(sql, values).fetchall()

    def _name(self, path: Path) -> str:
        """What a file is called in the database, which has text alone: names in other encodings are quoted."""
        name = str(path)[len(str(self.folder)) + 1 :].replace(os.sep, "/")
        return _QUOTED + quote(os.fsencode(name)) if _SURROGATE.search(name) else name

    def _path(self, name: str) -> str:
        if name.startswith(_QUOTED):
            name = os.fsdecode(unquote_to_bytes(name.removeprefix(_QUOTED)))
        return f"{self.folder}{os.sep}{name.replace('/', os.sep)}"


def place_of(folder: Path) -> Path:
    """Where the index of a folder of takes lies."""
    key = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]
    return paths.cache_folder() / "library" / f"{key}.sqlite"


def stamp_of(path: Path) -> str:
    """What tells both files of a take from those that they may become; "" when either is missing."""
    try:
        found = [file.stat() for file in (path, sidecar.of(path))]
    except OSError:
        return ""
    return " ".join(f"{file.st_size}.{file.st_mtime_ns}.{file.st_ino}" for file in found)
