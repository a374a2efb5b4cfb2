"""Lanes: work elsewhere, answers here, in order."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from musicapp.errors import LibraryError, MusicAppError
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
