"""The switch for Ableton Link: off and silent until it is wanted, and plays that begin with a bar of the session."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from musicapp.playback import ableton_link
from musicapp.playback.orders import Cue
from musicapp.ui.state import ableton_link as state
from musicapp.ui.widgets.link_button import LinkButton
from tests import fake_link
from tests.fake_link import FakeSession
from tests.ui.conftest import Desk


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    monkeypatch.setattr(state, "LOOK_MS", 10)
    monkeypatch.setattr(state, "ALONE_S", 0.05)
    return fake_link.install(monkeypatch)


@pytest.fixture
def linked(session: FakeSession, open_desk: Callable[[], Desk]) -> Desk:
    """A window that is in the session, with a take of 120 bpm on the stage."""
    desk = open_desk()
    desk.window.resize(1180, 760)
    desk.studio.library.auto_play = "off"
    desk.make_take("calm piano, 120 bpm", 20.0)
    desk.wait(lambda: desk.studio.looks.is_idle)
    desk.window.transport.link.click()
    return desk


def action(desk: Desk) -> QAction:
    found = desk.window.findChild(QAction, "action_ableton_link")
    assert isinstance(found, QAction)
    return found


def beat_at(session: FakeSession, cue: Cue) -> float:
    at_us = round(cue.start_s * 1e6) + 5_000_000_000
    return session.origin[1] + (at_us - session.origin[0]) * session.tempo / 60e6


def test_without_a_binding_the_menu_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, open_desk: Callable[[], Desk]
) -> None:
    monkeypatch.setattr(ableton_link, "is_installed", lambda: False)
    monkeypatch.setitem(sys.modules, "link", None)
    desk = open_desk()
    assert desk.window.transport.link.isHidden()
    assert not action(desk).isChecked() and "local network" in action(desk).toolTip()
    action(desk).trigger()
    assert "pip install LinkPython-extern" in desk.message
    assert not action(desk).isChecked() and not desk.studio.ableton_link.is_on


def test_nothing_is_sent_until_it_is_switched_on_and_nothing_after(session: FakeSession, desk: Desk) -> None:
    button = desk.window.transport.link
    assert not session.enabled and not button.isHidden() and not button.isChecked()
    assert "local network" in button.toolTip() and button.text() == "Link"
    button.click()
    assert session.enabled == [True] and action(desk).isChecked() and button.isChecked()
    assert button.text() == "Link · 120"
    action(desk).trigger()
    assert session.enabled == [True, False] and not button.isChecked() and button.text() == "Link"
    button.click()
    desk.studio.close()
    assert session.enabled[-1] is False


def test_its_button_is_no_window_before_it_stands_in_one(session: FakeSession, desk: Desk) -> None:
    button = LinkButton(desk.studio.ableton_link)
    desk.qtbot.addWidget(button)
    assert not button.isVisible() and desk.window.transport.link.isVisible()


def test_the_volume_can_be_read_beside_it_in_a_narrow_window(linked: Desk, session: FakeSession) -> None:
    session.peers, session.tempo = 12, 60e6 / 451128
    linked.wait(lambda: linked.window.transport.link.text() == "Link · 12 · 133")
    linked.window.resize(1000, 700)
    linked.qtbot.wait(20)
    for volume_db, text in ((-6.0, "−6 dB"), (-59.0, "−59 dB"), (-60.0, "silent")):
        linked.studio.player.set_volume(volume_db)
        linked.wait(lambda text=text: linked.window.transport.volume_text.text() == text)


def test_it_is_off_again_at_the_next_start(linked: Desk, open_desk: Callable[[], Desk]) -> None:
    linked.window.close()
    linked.studio.close()
    assert not open_desk().studio.ableton_link.is_on


def test_others_and_their_tempo_are_shown_as_they_mean_it(linked: Desk, session: FakeSession) -> None:
    session.peers, session.tempo = 2, 60e6 / 451128
    assert session.tempo != 133
    linked.wait(lambda: linked.window.transport.link.text() == "Link · 2 · 133")
    assert "2 other programs, 133 bpm" in linked.window.transport.link.toolTip()
    session.peers = 0
    linked.wait(lambda: linked.window.transport.link.text().startswith("Link · 1"))


def test_who_is_alone_leads_and_who_is_not_follows(linked: Desk, session: FakeSession) -> None:
    linked.make_take("calm piano, 97 bpm", 5.0)
    linked.wait(lambda: session.told == [97.0])
    linked.wait(lambda: linked.window.transport.link.text() == "Link · 97")
    session.peers = 1
    linked.wait(lambda: linked.studio.ableton_link.peers == 1)
    linked.make_take("calm piano, 140 bpm", 5.0)
    linked.wait(lambda: linked.studio.looks.is_idle)
    QTest.qWait(150)
    assert session.told == [97.0]


@pytest.mark.parametrize("at_s", [0.0, 0.75, 5.5])
def test_a_play_waits_for_the_place_in_the_bar_where_it_begins(linked: Desk, session: FakeSession, at_s: float) -> None:
    desk, transport = linked, linked.studio.player.transport
    session.peers = 1
    desk.studio.player.seek(round(at_s * 44100))
    before_s = time.perf_counter()
    desk.studio.player.play()
    cue = transport._orders.cue
    assert cue is not None and cue.every_s == pytest.approx(2.0, abs=1e-4)
    assert (beat_at(session, cue) - at_s / 0.5 + 2) % 4 == pytest.approx(2, abs=0.01)
    assert before_s < cue.start_s < time.perf_counter() + 3.0
    desk.wait(lambda: desk.window.transport.total.text() == "waiting for the bar")
    assert not desk.output.pump(1024, cue.start_s - 1.0).any()
    sound = desk.output.pump(44100, cue.start_s - 0.5)
    first = int(np.flatnonzero(np.abs(sound).sum(axis=1))[0])
    assert first == pytest.approx(22050, abs=50)
    desk.wait(lambda: desk.window.transport.total.text().startswith("/"))


@pytest.mark.parametrize("has_played", [False, True])
def test_at_the_end_a_play_begins_with_the_first_bar(linked: Desk, session: FakeSession, has_played: bool) -> None:
    desk, player = linked, linked.studio.player
    take = desk.make_take("calm piano, 120 bpm", 5.3)  # ends within a bar
    desk.wait(lambda: desk.shows(take) and desk.studio.looks.is_idle)
    session.peers = 1
    if has_played:
        player.play()
        cue = player.transport._orders.cue
        assert cue is not None
        desk.output.pump(6 * 44100, cue.start_s)
        desk.wait(lambda: not player.is_playing)
    else:
        player.seek(take.frames)
    player.play()
    cue = player.transport._orders.cue
    assert cue is not None and player.position == 0
    assert (beat_at(session, cue) + 2) % 4 == pytest.approx(2, abs=0.01)


def test_a_loop_begins_with_the_bar_and_goes_on_by_itself(linked: Desk, session: FakeSession) -> None:
    desk, player = linked, linked.studio.player
    player.set_region((2 * 44100, 4 * 44100))
    player.set_looping(True)
    player.stop()
    session.peers = 1
    player.play()
    cue = player.transport._orders.cue
    assert cue is not None and player.position == 2 * 44100
    desk.output.pump(5 * 44100, cue.start_s)
    assert player.position == pytest.approx(3 * 44100, abs=50) and player.is_playing
    assert not player.transport.is_cued


def test_another_tempo_is_told_once_and_nothing_is_stretched(linked: Desk, session: FakeSession) -> None:
    desk, remarks = linked, []
    desk.studio.messages.remarked.connect(remarks.append)
    session.peers, session.tempo = 1, 60e6 / 451128
    for _ in range(2):
        desk.studio.player.play()
        desk.studio.player.pause()
    assert remarks == ["The session plays at 133 bpm, this take at 120 bpm: it is not stretched"]


def test_a_pause_while_it_waits_and_a_switch_off_are_at_once(linked: Desk, session: FakeSession) -> None:
    desk, player = linked, linked.studio.player
    session.peers = 1
    player.play()
    player.pause()
    assert not player.transport.is_cued and not desk.output.pump(44100, time.perf_counter() + 10).any()
    desk.window.transport.link.click()
    player.play()
    assert player.transport._orders.cue is None
    assert desk.output.pump(1024, time.perf_counter()).any()
