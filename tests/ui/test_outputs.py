"""The choice of an output in the window: kept while the interface is away, and never taken for its namesake."""

from __future__ import annotations

from collections.abc import Callable

from musicapp.playback.host import OutputDevice
from tests.ui.conftest import Desk

TWINS = [
    OutputDevice(0, "Built-in", "MME", True),
    OutputDevice(3, "Studio Display", "Core Audio", False),
    OutputDevice(4, "Studio Display", "Core Audio", False),
]


def choose(desk: Desk, row: int) -> None:
    box = desk.window.transport.device
    box.setCurrentIndex(row)
    box.activated.emit(row)


def test_the_second_of_two_namesakes_can_be_chosen_and_is_opened(
    open_desk: Callable[[], Desk], outputs: list[OutputDevice]
) -> None:
    outputs[:] = TWINS
    desk = open_desk()
    desk.studio.library.auto_play = "off"
    desk.make_take()
    box = desk.window.transport.device
    for row, key in ((2, "Studio Display (Core Audio)"), (3, "Studio Display (Core Audio) 2")):
        choose(desk, row)
        assert box.currentIndex() == row
        desk.studio.player.play()
        desk.wait(lambda key=key: desk.output.opened and desk.output.opened[-1] == (key, 44100))
    chosen = desk.studio.player.device_name
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    assert again.studio.player.device_name == chosen and again.window.transport.device.currentIndex() == 3


def test_an_output_that_is_away_stays_chosen_and_is_used_when_it_is_back(
    open_desk: Callable[[], Desk], outputs: list[OutputDevice]
) -> None:
    desk = open_desk()
    everything = list(outputs)
    choose(desk, 2)
    assert desk.studio.player.device_name == "USB Interface 4x4"
    desk.window.close()
    desk.studio.close()
    outputs[:] = outputs[:1]
    without = open_desk()
    without.studio.library.auto_play = "off"
    box = without.window.transport.device
    assert without.studio.player.device_name == "USB Interface 4x4"
    assert box.currentText() == "USB Interface 4x4 (not connected)"
    without.make_take()
    without.studio.player.play()
    without.wait(lambda: without.output.opened)
    assert without.output.opened[-1] == (None, 44100), "heard on the system's own output meanwhile"
    without.studio.player.pause()
    outputs[:] = everything
    without.studio.player.refresh_devices()
    without.wait(lambda: len(without.studio.player.devices) == 2)
    assert box.currentText() == "USB Interface 4x4"
    without.studio.player.play()
    without.wait(lambda: without.output.opened[-1] == ("USB Interface 4x4", 44100))
    without.window.close()
    without.studio.close()
    assert open_desk().studio.player.device_name == "USB Interface 4x4"
