"""Takes that are heard while they form: only for who wants it, quietly, and never in the place of what plays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from musicapp.engine.events import Preview, Progress
from musicapp.request import TakeRequest
from musicapp.shape import Loop
from musicapp.ui.state import forming
from tests.ui.conftest import Desk

RATE = 44100


@pytest.fixture
def forming_desk(desk: Desk) -> Desk:
    """A take that is at its second step, with somebody who wants to hear it form."""
    desk.studio.forming.set_on(True)
    desk.host.script = "denoising"
    begin(desk)
    return desk


def begin(desk: Desk, duration_s: float = 20.0) -> TakeRequest:
    desk.studio.take_settings.set_prompt("calm piano")
    desk.studio.take_settings.set_duration(duration_s)
    desk.studio.generation.start()
    desk.wait(lambda: desk.studio.generation.run is not None and desk.studio.generation.run.step == 2)
    return desk.host.requests[-1]


def tell(desk: Desk, level: float, first: int = 0, seconds: float = 3.0) -> None:
    """The engine has a preview: a steady level."""
    sound = np.full((round(seconds * RATE), 2), level, np.float32)
    desk.host.emit(Preview(desk.host.requests[-1].take_id, first, sound.tobytes()))
    desk.qtbot.wait(1)


def step(desk: Desk, number: int = 3) -> None:
    desk.host.emit(Progress(desk.host.requests[-1].take_id, "denoising", number, 4, 3.0))
    desk.qtbot.wait(1)


def pump(desk: Desk, seconds: float) -> np.ndarray:
    desk.wait(lambda: desk.output.is_open)
    return np.concatenate([desk.output.pump(441) for _ in range(round(seconds * 100))])


def test_nobody_listens_unasked(desk: Desk) -> None:
    desk.host.script = "denoising"
    begin(desk)
    tell(desk, 0.5)
    assert desk.host.ears == [] and not desk.studio.player.is_playing
    desk.window.actions_.forming.trigger()
    assert desk.host.ears == [0] and desk.window.actions_.forming.isChecked()
    desk.window.actions_.forming.trigger()
    assert desk.host.ears == [0, None]


def test_previews_are_quiet_repeat_and_take_each_others_place_without_a_click(forming_desk: Desk) -> None:
    desk, player = forming_desk, forming_desk.studio.player
    player.set_volume(0.0)
    tell(desk, 0.5, first=2 * RATE)
    assert player.is_playing and player.is_forming and not player.is_waiting
    heard = [pump(desk, 2.0)]
    quiet = 0.5 * 10 ** (forming.QUIETER_DB / 20)
    assert abs(heard[0][RATE, 0] - quiet) < 1e-3 and abs(player.position - 4 * RATE) <= 441
    tell(desk, -0.3, first=2 * RATE)
    heard.append(pump(desk, 0.5))
    assert heard[-1][-1, 0] < 0 and abs(player.position - 4.5 * RATE) <= 441, "at the same place"
    heard.append(pump(desk, 2.0))  # round the end
    # No step is larger than a fade of 4 ms from the one to the other makes it.
    assert np.abs(np.diff(np.concatenate(heard)[:, 0])).max() < 0.2 * np.pi / (0.004 * RATE)


def test_the_take_itself_goes_on_from_there_when_it_has_sound(forming_desk: Desk) -> None:
    desk, player = forming_desk, forming_desk.studio.player
    tell(desk, 0.5)
    pump(desk, 1.0)
    request = desk.host.requests[-1]
    desk.host.write(request, 3)
    desk.wait(lambda: not player.is_forming)
    shown = player.shown
    assert shown is not None and player.is_playing and abs(player.position - RATE) < RATE // 10
    pump(desk, 0.1)
    heard = pump(desk, 0.1)
    true = shown.audio.buffer.audio[player.position - len(heard) : player.position]
    assert np.corrcoef(heard[:, 0], true[:, 0])[0, 1] > 0.999


def test_with_auto_play_off_the_take_does_not_play_by_itself(forming_desk: Desk) -> None:
    desk, player = forming_desk, forming_desk.studio.player
    desk.studio.library.auto_play = "off"
    tell(desk, 0.5)
    desk.host.write(desk.host.requests[-1], 3)
    desk.wait(lambda: not player.is_forming)
    assert not player.is_playing


def test_what_plays_is_never_pushed_away(desk: Desk) -> None:
    desk.make_take(duration_s=5.0)
    player = desk.studio.player
    player.play()
    desk.studio.forming.set_on(True)
    desk.host.script = "denoising"
    begin(desk)
    tell(desk, 0.5)
    assert desk.host.ears == [] and player.is_playing and not player.is_forming


def test_takes_that_are_compared_are_not_pushed_away_either(desk: Desk) -> None:
    first, second = (desk.make_take(duration_s=3.0) for _ in range(2))
    desk.studio.library.auto_play = "off"
    desk.studio.forming.set_on(True)
    desk.host.script = "denoising"
    begin(desk)
    for take in (first, second):
        desk.studio.comparison.add(take)
    desk.studio.comparison.start()
    desk.studio.player.pause()
    tell(desk, 0.5)
    assert not desk.studio.player.is_forming and desk.studio.comparison.is_running


@pytest.mark.parametrize("how", ["toggle", "stop"])
def test_who_pauses_hears_no_more_of_this_take(forming_desk: Desk, how: str) -> None:
    desk, player = forming_desk, forming_desk.studio.player
    tell(desk, 0.5)
    getattr(player, how)()
    tell(desk, 0.5)
    assert not player.is_playing and not player.is_forming and desk.host.ears == [0, None]
    step(desk)
    assert desk.host.ears == [0, None]


def test_a_click_into_the_waveform_moves_the_ear(forming_desk: Desk) -> None:
    desk, player = forming_desk, forming_desk.studio.player
    tell(desk, 0.5)
    player.seek(9 * RATE)
    assert not player.is_forming and not player.is_playing and player.position == 9 * RATE
    step(desk)
    assert desk.host.ears == [0, 9 * RATE]
    tell(desk, 0.5, first=8 * RATE)
    assert player.is_forming and player.position == 8 * RATE


@pytest.mark.parametrize(
    "act",
    [
        lambda desk: desk.studio.forming.set_on(False),
        lambda desk: desk.host.cancel(desk.host.requests[-1].take_id),
        lambda desk: desk.host.fail(desk.host.requests[-1]),
        lambda desk: desk.host.lose(),
    ],
)
def test_no_preview_outlives_what_it_is_of(forming_desk: Desk, act: Callable[[Desk], None]) -> None:
    desk, player = forming_desk, forming_desk.studio.player
    tell(desk, 0.5)
    act(desk)
    desk.wait(lambda: not player.is_forming)
    assert not player.is_playing
    tell(desk, 0.5)
    assert not player.is_forming


def test_it_and_the_tick_for_loops_stay_on_in_the_next_session(open_desk: Callable[[], Desk]) -> None:
    first = open_desk()
    first.studio.forming.set_on(True)
    first.studio.take_settings.set_loop(Loop(4, 120.0))
    first.window.close()
    first.studio.close()
    second = open_desk()
    assert second.studio.forming.is_on and second.studio.take_settings.loop is not None


def test_a_passage_that_is_redone_is_heard_where_it_lies(desk: Desk) -> None:
    desk.make_take("calm piano", 4.0)
    desk.studio.forming.set_on(True)
    desk.studio.player.pause()
    desk.studio.player.set_region((2 * RATE, 3 * RATE))
    desk.host.script = "denoising"
    desk.window.actions_.redo_passage.trigger()
    desk.wait(lambda: desk.studio.generation.run is not None and desk.studio.generation.run.step == 2)
    source = desk.host.requests[-1].source
    assert source is not None and source.regions == ((2.0, 3.0),) and desk.host.ears[-1] == 0
    tell(desk, 0.5, first=RATE)
    player = desk.studio.player
    assert player.is_forming and player.position >= RATE
    pump(desk, 0.5)
    assert abs(player.position - 1.5 * RATE) < RATE // 10
