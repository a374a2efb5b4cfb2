"""The database behind the list of takes: a cache in the user's cache folder, which may be deleted at any time.

Whatever is wrong with it costs no take: a damaged one is made anew; beside one that cannot be written, or that a later
version made, the same is kept in memory until the program ends, and `problem` says so.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from pathlib import Path

log = logging.getLogger(__name__)

APPLICATION_ID = 0x4D757361  # "Musa"
VERSION = 1
BUSY_S = 5.0
CACHE_PAGES = -8192  # negative: in KiB
_TABLES = """
CREATE TABLE takes (
    number INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,      -- below the folder of takes, with / between
    stamp TEXT NOT NULL,            -- size, time and number of both files
    sample_rate INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    told TEXT NOT NULL,             -- the values of the sidecar
    tempo_bpm REAL,                 -- of the prompt, as is the key
    key TEXT                        -- NULL while the prompt is not read
);
"""
# Three letters at a time: any part of a word is found, in scripts without spaces, too.
_SEARCH = "CREATE VIRTUAL TABLE search USING fts5(text, tokenize='trigram')"
_SEARCH_WITHOUT_FTS5 = "CREATE TABLE search (rowid INTEGER PRIMARY KEY, text TEXT)"


class LaterVersionError(Exception):
    """A database that a later version of the program made."""


class Database:
    """An open database. `has_fts5` is False where SQLite was built without it: searches then read every text.

    problem  why it is kept in memory, as a whole sentence; "" when it lies on disk
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.problem = ""
        self.connection = self._opened()
        self.has_fts5 = self._has_fts5()

    def close(self) -> None:
        """Give the file back. Safe to repeat."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.close()

    def start_anew(self) -> None:
        """Throw everything away and begin with an empty one, on disk if that goes."""
        self.close()
        if not isinstance(self._of_later_version(), LaterVersionError):
            remove(self.place)
        self.problem = ""
        self.connection = self._opened()
        self.has_fts5 = self._has_fts5()

    def move_to_memory(self, error: sqlite3.Error) -> None:
        """Go on without the file, which is as it was; what was in it has to be read again."""
        self.close()
        self.connection = self._without_file(error)
        self.has_fts5 = self._has_fts5()

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._open_file()
        except LaterVersionError:
            self.problem = (
                f"The list of takes in “{self.place}” was made by a newer Musicapp and stays as it is; "
                "this one keeps its own in memory."
            )
            return _in_memory()
        except (sqlite3.Error, OSError) as error:
            return self._without_file(error)

    def _without_file(self, error: Exception) -> sqlite3.Connection:
        self.problem = f"The list of takes cannot be kept in “{self.place}” ({error}); it is read anew at each start."
        log.warning("%s", self.problem)
        return _in_memory()

    def _open_file(self) -> sqlite3.Connection:
        self.place.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _checked(_connect(str(self.place)))
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            log.warning("%s is damaged and made anew: %r", self.place, error)
        remove(self.place)
        return _checked(_connect(str(self.place)))

    def _of_later_version(self) -> LaterVersionError | None:
        try:
            if self.place.is_file():
                _checked(_connect(str(self.place))).close()
        except LaterVersionError as error:
            return error
        except (sqlite3.Error, OSError):
            pass
        return None

    def _has_fts5(self) -> bool:
        (sql,) = self.connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'search'").fetchone()
        return "fts5" in sql


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the content of a database is at fault; if not, it is locked, read-only, without room ..."""
    of_system = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR
    return isinstance(error, sqlite3.DatabaseError) and not of_system


def remove(place: Path) -> None:
    """Delete a database with what belongs to it, as far as the system allows."""
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(OSError):
            place.with_name(place.name + ending).unlink(missing_ok=True)


def _in_memory() -> sqlite3.Connection:
    connection = _connect(":memory:")
    _fill(connection)
    return connection


def _connect(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute(f"PRAGMA cache_size = {CACHE_PAGES}")
    return connection


def _checked(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection whose database is one of ours, and can be written; an empty one is filled.

    Raises LaterVersionError, and sqlite3.DatabaseError for anything else.
    """
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise LaterVersionError
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (count,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        (name,) = connection.execute("PRAGMA application_id").fetchone()
        if not count:
            _fill(connection)
        elif name != APPLICATION_ID or version != VERSION:
            raise sqlite3.DatabaseError("no list of takes of this version")
        connection.execute("BEGIN IMMEDIATE")  # fails where it cannot be written
        connection.execute("SELECT number, path, stamp, told, tempo_bpm, key FROM takes LIMIT 1").fetchone()
        connection.execute("SELECT rowid, text FROM search LIMIT 1").fetchone()
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _fill(connection: sqlite3.Connection) -> None:
    """Make the tables, all or none. A second program that does so at the same time waits, and finds them."""
    connection.execute("BEGIN IMMEDIATE")
    (count,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not count:
        connection.execute(_TABLES)
        try:
            connection.execute(_SEARCH)
        except sqlite3.OperationalError as error:
            log.info("searching without FTS5: %s", error)
            connection.execute(_SEARCH_WITHOUT_FTS5)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
