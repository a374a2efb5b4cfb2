"""The spectrogram in the window: shown, marked, grown and remembered like the waveform in whose place it stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from musicapp.audio import wave_io
from musicapp.ui.colour_map import level_colours
from musicapp.ui.state.background import Done, Lane, Problem
from musicapp.ui.state.spectrum_view import SpectrumView
from tests.audio.test_spectrogram import at, sweep
from tests.ui.conftest import Desk
from tests.ui.fake_host import SAMPLE_RATE
from tests.ui.test_waveform import drag, turn_wheel

LENGTH_S = 4.0


@pytest.fixture
def swept(desk: Desk) -> Desk:
    """A sweep on the stage, as a spectrogram."""
    studio = desk.studio
    studio.library.auto_play = "off"
    take = desk.make_take("sweep", LENGTH_S)
    other = desk.make_take("other", 1.0)
    desk.wait(lambda: studio.looks.is_idle)
    with wave_io.WaveWriter(take.path, SAMPLE_RATE, 2, round(LENGTH_S * SAMPLE_RATE)) as writer:
        writer.write(sweep(LENGTH_S))
    studio.library.open(other.take_id)
    studio.library.open(take.take_id)
    QTest.keyClick(desk.waveform, Qt.Key.Key_W)
    desk.wait(lambda: studio.spectrum.whole and studio.spectrum.whole.is_complete)
    return desk


def picture(desk: Desk) -> QImage:
    """What is seen of the plot, without its axes."""
    waveform = desk.waveform
    area = waveform.mapFromScene(waveform.getViewBox().sceneBoundingRect()).boundingRect()
    return waveform.grab().toImage().copy(area)


def is_sharp(spectrum: SpectrumView, start_s: float) -> bool:
    return spectrum.sharp is not None and spectrum.sharp.start_frame == start_s * SAMPLE_RATE


def brightest_hz(seen: QImage, second: float, start_s: float, end_s: float) -> float:
    """The pitch of the lightest pixel above a second, on the dark stage."""
    x = round((second - start_s) / (end_s - start_s) * seen.width())
    light = [QColor(seen.pixel(x, y)).lightness() for y in range(seen.height())]
    return 30.0 * (20_000 / 30) ** (1 - (int(np.argmax(light)) + 0.5) / seen.height())


def test_the_lightest_pixel_follows_a_sweep_at_every_zoom(swept: Desk) -> None:
    swept.studio.player.seek(0)
    spectrum = swept.studio.spectrum
    for start_s, end_s in ((0.0, LENGTH_S), (1.0, 3.0), (2.0, 2.5)):
        swept.waveform.show_part(start_s, end_s)
        swept.waveform.grab()  # offscreen nothing is painted by itself that was not asked for
        swept.wait(partial(is_sharp, spectrum, start_s))
        seen = picture(swept)
        for share in (0.2, 0.5, 0.8):
            second = start_s + share * (end_s - start_s)
            told = brightest_hz(seen, second, start_s, end_s)
            assert abs(np.log2(told / at(second, LENGTH_S))) < 0.25


def test_button_menu_and_name_say_what_is_shown(swept: Desk) -> None:
    assert swept.waveform.accessibleName() == "Spectrogram"
    assert swept.page.spectrogram.isChecked() and swept.window.actions_.spectrogram.isChecked()
    swept.page.spectrogram.click()
    assert swept.waveform.accessibleName() == "Waveform"
    assert not swept.window.actions_.spectrogram.isChecked() and swept.studio.spectrum.whole is None
    swept.window.actions_.spectrogram.trigger()
    assert swept.page.spectrogram.isChecked()


def test_parts_are_marked_and_zoomed_in_it(swept: Desk) -> None:
    before = picture(swept)
    drag(swept, 1.0, 3.0)
    region = swept.studio.player.region
    assert region is not None and [frame / SAMPLE_RATE for frame in region] == pytest.approx([1.0, 3.0], abs=0.02)
    after = picture(swept)
    middle = before.width() // 2, before.height() - 3
    assert after.pixel(*middle) == before.pixel(*middle)  # inside the part it is as it was
    turn_wheel(swept, 4, 2.0)
    left, right = swept.waveform.visible_s
    assert 1.0 < left < 2.0 < right < 3.0


def test_both_themes_have_their_colours(swept: Desk) -> None:
    swept.theme.choose("light")
    top = QColor(picture(swept).pixel(3, 3))
    assert top.lightness() > 220
    swept.theme.choose("dark")
    assert QColor(picture(swept).pixel(3, 3)).lightness() < 40


@pytest.mark.parametrize("is_dark", [True, False])
def test_lightness_goes_one_way_in_equal_steps(is_dark: bool) -> None:
    colours = [QColor(colour) for colour in level_colours(is_dark)]
    rgb = np.array([(colour.redF(), colour.greenF(), colour.blueF()) for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)
    seen = 116 * np.cbrt(luminance) - 16  # CIE L*, a measure other than the one they were made by
    steps = np.diff(seen[8:]) if is_dark else -np.diff(seen[8:])
    assert (steps > -0.6).all() and abs(seen[-1] - seen[0]) > 70
    halves = abs(seen[128] - seen[8]), abs(seen[-1] - seen[128])
    assert 0.6 < halves[0] / halves[1] < 1.6


def test_a_take_that_is_made_is_drawn_as_far_as_it_is(desk: Desk) -> None:
    studio, host = desk.studio, desk.host
    studio.spectrum.set_on(True)
    host.script, host.chunks = "denoising", 5
    studio.take_settings.set_prompt("long")
    studio.take_settings.set_duration(20.0)
    studio.generation.start()
    desk.wait(lambda: host.requests)
    request = host.requests[-1]
    host.write(request, 2)
    desk.wait(lambda: studio.spectrum.whole and studio.spectrum.whole.known_frames > 7 * SAMPLE_RATE)
    whole = studio.spectrum.whole
    assert whole is not None and not whole.is_complete
    desk.waveform.grab()
    host.write(request, 5)
    host.finish(request)
    desk.wait(lambda: whole.is_complete)
    assert studio.spectrum.whole is whole and whole.view(0, 20 * SAMPLE_RATE, 40).max(axis=0).min() > 0


class CountedLane(Lane):
    """Counts what it is given."""

    count = 0

    def run(self, work: Callable[[], Any], done: Done | None = None, failed: Problem | None = None) -> None:
        self.count += 1
        super().run(work, done, failed)


def test_nothing_is_computed_while_there_is_nothing_new(desk: Desk) -> None:
    studio, host = desk.studio, desk.host
    lane = CountedLane("counted")
    spectrum = SpectrumView(studio.open_takes, lane)

    def is_idle() -> bool:
        QTest.qWait(40)
        before = lane.count
        QTest.qWait(80)
        return lane.count == before

    spectrum.set_on(True)
    host.script, host.chunks = "denoising", 5
    studio.take_settings.set_prompt("long")
    studio.take_settings.set_duration(20.0)
    studio.generation.start()
    desk.wait(lambda: host.requests and studio.player.shown)
    shown = studio.player.shown
    assert shown is not None
    for end_frame in (0, 20 * SAMPLE_RATE):  # there is no sound yet
        spectrum.sharpen(0, end_frame, 400)
        assert is_idle() and spectrum.whole is not None and not spectrum.whole.known
    host.write(host.requests[-1], 2)
    desk.wait(lambda: spectrum.whole and spectrum.whole.known_frames > 7 * SAMPLE_RATE)
    spectrum.sharpen(SAMPLE_RATE, 2 * SAMPLE_RATE, 400)
    desk.wait(lambda: is_sharp(spectrum, 1.0))
    spectrum.sharpen(0, 20 * SAMPLE_RATE, 100)
    shown.audio.grew.emit()  # there are no more columns by it
    assert is_idle()
    host.write(host.requests[-1], 5)
    host.finish(host.requests[-1])
    desk.wait(lambda: spectrum.whole and spectrum.whole.is_complete)
    assert is_idle()
    lane.close()


def test_it_is_remembered(open_desk: Callable[[], Desk]) -> None:
    first = open_desk()
    first.studio.spectrum.set_on(True)
    first.window.leave()
    first.studio.close()
    assert open_desk().studio.spectrum.is_on
