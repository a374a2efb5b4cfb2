"""A batch: the rows of a file through the queue, into a folder, on this machine or on others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.errors import MusicAppError
from musicapp.queueing.batch_file import Row
from musicapp.queueing.batch_folder import BatchFolder, Done
from musicapp.queueing.entries import Entries
from musicapp.queueing.maker import EngineDiedError, Made, Maker
from musicapp.request import TakeRequest

MOST_TRIES = 3  # of a take whose engine died


@dataclass(frozen=True)
class Answer:
    """What became of a take: `made`, or the problem."""

    take_id: str
    made: Made | None = None
    problem: MusicAppError | None = None


class Workers(Protocol):
    """Where takes are made."""

    @property
    def has_room(self) -> bool:
        """Whether another take can be given now."""

    def give(self, request: TakeRequest) -> None:
        """Have a take made; only while there is room."""

    def answer(self) -> Answer | None:
        """Wait for the next one that is made or failed; None when there is room now. Raises EngineError when there
        will be none.
        """

    def close(self) -> None:
        """Give up what is being made."""


class Alone:
    """One engine on this machine."""

    def __init__(self, maker: Maker, folder: Path, form: str) -> None:
        self._maker, self._folder, self._form = maker, folder, form
        self._given: TakeRequest | None = None

    @property
    def has_room(self) -> bool:
        return self._given is None

    def give(self, request: TakeRequest) -> None:
        self._given = request

    def answer(self) -> Answer | None:
        request, self._given = self._given, None
        assert request is not None
        try:
            return Answer(request.take_id, self._maker.make(request, self._folder, self._form))
        except MusicAppError as problem:
            return Answer(request.take_id, problem=problem)

    def close(self) -> None:
        self._maker.close()


@dataclass(frozen=True)
class Result:
    """What became of a row. status: "made", "there" for what an earlier run made, or "failed" """

    row: Row
    status: str
    done: Done | None = None
    took_s: float = 0.0
    message: str = ""
    hint: str = ""


def key_of(row: Row, form: str) -> str:
    """What a file in the folder is known by."""
    return f"{row.key}.{form}"


def run(
    rows: list[Row], folder: BatchFolder, form: str, start: Callable[[], Workers], begins: Callable[[Entries], None]
) -> Generator[Result, None, None]:
    """Make every row that is not there yet, and tell of each; in the order of the file, but for those that take longer.

    start   makes the workers; not called when there is nothing to do
    begins  is told the queue each time that a take begins
    """
    known = folder.done()
    for row in rows:
        if (done := known.get(key_of(row, form))) is not None:
            yield Result(row, "there", done)
    missing = {row.request.take_id: row for row in rows if key_of(row, form) not in known}
    if not missing:
        return
    entries, tries = Entries(), Counter[str]()
    entries.add(row.request for row in missing.values())
    workers = start()
    try:
        while len(entries):
            while workers.has_room and (entry := entries.next()) is not None:
                entries.begin(entry.request, "")
                begins(entries)
                workers.give(entry.request)
            if (answer := workers.answer()) is None:
                continue
            tries[answer.take_id] += 1
            if isinstance(answer.problem, EngineDiedError) and tries[answer.take_id] < MOST_TRIES:
                entries.put_back(answer.take_id)
                continue
            entries.end(answer.take_id)
            yield _result(missing[answer.take_id], answer, folder, form)
    finally:
        workers.close()


def _result(row: Row, answer: Answer, folder: BatchFolder, form: str) -> Result:
    try:
        if answer.problem is not None:
            raise answer.problem
        assert answer.made is not None
        ending = EXPORT_FORMATS[form].suffix
        done = folder.keep(answer.made.path, key_of(row, form), row.name, ending, row.request.seed)
    except MusicAppError as problem:
        return Result(row, "failed", message=problem.message, hint=problem.hint)
    return Result(row, "made", done, answer.made.took_s)
