"""Live: the newest wish is made and heard, and nothing that was asked for otherwise is given up."""

from __future__ import annotations

import pytest

from musicapp.queueing.entries import MAKING
from tests.ui.conftest import Desk
from tests.ui.queue_desk import finish, queue_up, saved

# The offscreen platform has no window manager to tell.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_live_makes_the_newest_wish_and_gives_the_one_before_up(desk: Desk) -> None:
    desk.host.script = "chunk"
    form, queue = desk.studio.take_settings, desk.studio.queue
    desk.window.generate.live.click()
    seed = form.seed
    form.set_prompt("harp")
    desk.wait(lambda: len(desk.host.requests) == 1)
    desk.wait(lambda: desk.studio.open_takes.being_made)
    old = desk.host.paths[desk.host.requests[0].take_id]
    for words in ("harp, slow", "harp, slow, dark"):
        form.set_prompt(words)
    desk.wait(lambda: len(desk.host.requests) == 2)
    assert desk.host.requests[1].prompt == "harp, slow, dark"
    assert [request.seed for request in desk.host.requests] == [seed, seed]
    assert "can be kept" not in desk.message and saved() == []
    desk.wait(lambda: not old.exists())
    assert desk.window.queue.isHidden()
    desk.studio.live.set_on(False)
    form.set_prompt("no wish")
    desk.qtbot.wait(700)
    assert len(desk.host.requests) == 2
    queue.cancel_all()
    desk.wait(lambda: not desk.studio.generation.is_running)


def test_live_is_heard_in_the_place_of_the_wish_before_but_of_nothing_else(desk: Desk) -> None:
    form, player, shown = desk.studio.take_settings, desk.studio.player, desk.studio.open_takes
    queue_up(desk, "by a press")
    desk.wait(lambda: player.is_playing and not desk.studio.generation.is_running)
    desk.studio.live.set_on(True)
    heard = []
    for words in ("wish one", "wish two"):
        form.set_prompt(words)
        desk.wait(lambda: desk.host.requests[-1].prompt == words and not desk.studio.generation.is_running)  # noqa: B023
        assert shown.shown is not None
        heard.append(shown.shown.request.prompt)
    assert heard == ["by a press"] * 2, "never interrupted"
    player.stop()
    for words in ("wish three", "wish four"):
        form.set_prompt(words)
        desk.wait(lambda: desk.host.requests[-1].prompt == words and not desk.studio.generation.is_running)  # noqa: B023
        desk.wait(lambda: player.is_playing)
        assert shown.shown is not None and shown.shown.request.prompt == words
    desk.studio.live.set_on(False)
    queue_up(desk, "by a press again")
    desk.wait(lambda: len(desk.host.requests) == 6 and not desk.studio.generation.is_running)
    assert shown.shown is not None and shown.shown.request.prompt == "wish four"


def test_live_leaves_takes_alone_that_were_asked_for(busy: Desk) -> None:
    busy.studio.live.set_on(True)
    busy.studio.take_settings.set_prompt("a wish")
    busy.wait(lambda: len(busy.studio.queue.waiting) == 4)
    busy.studio.take_settings.set_prompt("another wish")
    busy.wait(lambda: busy.studio.queue.waiting[0].request.prompt == "another wish")
    assert len(busy.studio.queue.waiting) == 4 and busy.studio.queue.entries[0].state == MAKING
    finish(busy)
    busy.wait(lambda: len(busy.host.requests) == 2)
    assert busy.host.requests[1].prompt == "another wish"
    busy.studio.queue.cancel_all()
    busy.wait(lambda: not busy.studio.generation.is_running)
