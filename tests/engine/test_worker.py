"""What the engine's process does with commands, without a process."""

from __future__ import annotations

import multiprocessing

import pytest

from musicapp.engine import worker
from musicapp.engine.commands import Cancel, Generate, Load, Quit
from musicapp.engine.events import Cancelled, Event, Queued
from musicapp.engine.worker import Worker
from musicapp.request import TakeRequest


def told(monkeypatch: pytest.MonkeyPatch, *commands: object) -> list[Event]:
    """What a worker answers at once to commands; the sender is gone after the last one."""
    answers: list[Event] = []

    def leave(_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(worker, "_leave", leave)
    reading, writing = multiprocessing.Pipe(duplex=False)
    for command in commands:
        writing.send(command)
    writing.close()
    with pytest.raises(SystemExit):
        Worker(answers.append).read_commands(reading)
    return answers


REQUEST = TakeRequest("one", "piano", 3.0, 7)


def test_commands_are_answered_by_their_type(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    commands = Load("builtin"), Generate(REQUEST, "take.wav"), Cancel("one"), Cancel("never seen"), Quit()
    assert told(monkeypatch, *commands) == [Queued("one", 0), Cancelled("one")]
    assert not caplog.records


@pytest.mark.parametrize("unknown", [("generate", REQUEST, "take.wav"), ("cancel",), "quit", None])
def test_an_unknown_command_is_logged_and_the_next_one_is_heard(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, unknown: object
) -> None:
    assert told(monkeypatch, unknown, Generate(REQUEST, "take.wav")) == [Queued("one", 0)]
    (record,) = caplog.records
    assert record.levelname == "ERROR" and "unknown command" in record.message and repr(unknown) in record.message
