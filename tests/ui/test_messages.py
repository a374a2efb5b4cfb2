"""Which message is in front: causes before consequences, questions until they are answered, nothing that is over."""

from __future__ import annotations

import pytest

from musicapp.errors import LibraryError, RequestError
from musicapp.ui.state import messages as messages_module
from musicapp.ui.state.messages import Messages


@pytest.fixture
def messages(qapp: object) -> Messages:
    return Messages()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in a list so that tests can move it."""
    now = [100.0]
    monkeypatch.setattr(messages_module.time, "monotonic", lambda: now[0])
    return now


def shown(messages: Messages) -> str:
    return messages.current.text if messages.current else ""


def test_a_cause_stays_in_front_of_its_consequence(messages: Messages, clock: list[float]) -> None:
    messages.post_error(LibraryError("The folder is gone."))
    clock[0] += 0.01
    messages.post_error(LibraryError("The sound file of this take is gone."))
    assert shown(messages) == "The folder is gone."
    messages.put_aside()
    assert shown(messages) == "The sound file of this take is gone."
    clock[0] += 60
    messages.post_error(LibraryError("Something new."))
    assert shown(messages) == "Something new."


def test_a_question_waits_for_its_answer(messages: Messages, clock: list[float]) -> None:
    answers: list[str] = []
    messages.post(
        "notice",
        "Keep it?",
        offer=("Keep", lambda: answers.append("kept")),
        about="part 1",
        closed=lambda: answers.append("gone"),
        stays=True,
    )
    clock[0] += 5
    messages.post("error", "An export failed.")
    messages.dismiss()  # a new take begins
    assert shown(messages) == "Keep it?"
    messages.accept_offer()
    assert answers == ["kept"] and messages.current is None
    messages.put_aside()
    assert answers == ["kept"]


def test_what_is_over_goes_wherever_it_stands(messages: Messages, clock: list[float]) -> None:
    messages.post_error(RequestError("“x” is not a seed."), about="seed")
    clock[0] += 5
    messages.post("error", "An export failed.")
    messages.dismiss("seed")
    assert shown(messages) == "An export failed."
    messages.put_aside()
    assert messages.current is None


def test_notices_make_room_and_nothing_stands_twice(messages: Messages, clock: list[float]) -> None:
    messages.post("notice", "Saved.")
    clock[0] += 5
    for _ in range(3):
        messages.post("error", "The disk is full.", about="settings")
        clock[0] += 5
    messages.put_aside()
    assert messages.current is None


def test_only_errors_of_the_app_lead_to_the_log(messages: Messages) -> None:
    messages.post_error(RequestError("The prompt is empty."))
    assert messages.current is not None and not messages.current.with_log
    messages.dismiss()
    messages.post_error(LibraryError("The disk is gone."))
    assert messages.current is not None and messages.current.with_log
