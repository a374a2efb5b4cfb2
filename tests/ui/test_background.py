"""Lanes: work elsewhere, answers here, in order."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from musicapp.errors import LibraryError, MusicAppError
from musicapp.ui.garbage import GarbageKeeper
from musicapp.ui.state.background import Lane


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    made = Lane("test")
    yield made
    made.close()


def test_work_is_done_elsewhere_and_answered_here_in_order(lane: Lane, qtbot: QtBot) -> None:
    worked: list[str] = []
    answers: list[tuple[int, str]] = []

    def work(number: int) -> int:
        worked.append(threading.current_thread().name)
        return number

    for number in range(5):
        lane.run(lambda number=number: work(number), lambda n: answers.append((n, threading.current_thread().name)))
    qtbot.waitUntil(lambda: len(answers) == 5)
    assert answers == [(n, threading.main_thread().name) for n in range(5)]
    assert set(worked) == {"lane-test"}


def test_failures_become_errors_for_people(lane: Lane, qtbot: QtBot) -> None:
    told: list[MusicAppError] = []

    def known() -> None:
        raise LibraryError("The file is gone.", hint="Look elsewhere.")

    def unknown() -> None:
        raise ZeroDivisionError

    lane.run(known, None, told.append)
    lane.run(unknown, None, told.append)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[0].message == "The file is gone."
    assert "unexpected" in told[1].message and "log" in told[1].hint


def test_a_closed_lane_finishes_its_work_and_answers_no_more(qtbot: QtBot) -> None:
    lane = Lane("test")
    done: list[int] = []
    answers: list[int] = []
    gate = threading.Event()
    lane.run(gate.wait)
    lane.run(lambda: done.append(1), lambda _: answers.append(1))
    gate.set()
    lane.close()
    lane.run(lambda: done.append(2))
    qtbot.wait(20)
    assert (done, answers) == ([1], [])


class Noted:
    """Notes the thread in which it goes."""

    def __init__(self, gone: list[str]) -> None:
        self.gone = gone

    def __del__(self) -> None:
        self.gone.append(threading.current_thread().name)

    def work(self, _found: object = None) -> object:
        return self.gone


def test_what_hangs_on_a_job_goes_in_the_thread_of_the_window(lane: Lane, qtbot: QtBot) -> None:
    gone: list[str] = []
    for _ in range(100):
        lane.run(Noted(gone).work, Noted(gone).work, Noted(gone).work)
    qtbot.waitUntil(lambda: len(gone) == 300)
    late: list[str] = []
    lane.run(Noted(late).work, Noted(late).work)
    lane.close()
    assert set(gone) == set(late) == {threading.main_thread().name} and len(late) == 2


def test_garbage_in_cycles_goes_in_the_thread_of_the_window(lane: Lane, qtbot: QtBot) -> None:
    gone: list[str] = []
    keeper = GarbageKeeper()
    try:
        stays = [[] for _ in range(5)]
        lane.run(lambda: stays.extend([[number] for number in range(50_000)]))  # enough for Python to look by itself
        for _ in range(20):
            noted = Noted(gone)
            noted.itself = noted  # type: ignore[attr-defined]
            del noted
            qtbot.wait(1)
        keeper.settle()  # looks at them all
        assert gone == [threading.main_thread().name] * 20
        left = Noted(gone)
        left.itself = left  # type: ignore[attr-defined]
        del left
        made = [[number] for number in range(5000)]
        qtbot.waitUntil(lambda: len(gone) == 21)
        assert made and set(gone) == {threading.main_thread().name}
    finally:
        keeper.close()
        gc.enable()
        gc.unfreeze()
