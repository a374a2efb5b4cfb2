"""The meters of what plays: loudness and true peak of the stream that the sound card gets."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt

from musicapp.audio import wave_io
from musicapp.audio.loudness import loudness_lufs
from musicapp.audio.true_peak import true_peak
from tests.audio.test_running_loudness import tone
from tests.ui.conftest import Desk
from tests.ui.fake_host import SAMPLE_RATE

BLOCK = 1470


@pytest.fixture
def toned(desk: Desk) -> Desk:
    """5 s of 997 Hz at -18 dBFS in both channels on the stage, at full volume."""
    return on_stage(desk, tone(5.0, -18.0, SAMPLE_RATE))


def on_stage(desk: Desk, audio: np.ndarray) -> Desk:
    studio = desk.studio
    studio.library.auto_play = "off"
    take = desk.make_take("tone", len(audio) / SAMPLE_RATE)
    other = desk.make_take("other", 1.0)
    desk.wait(lambda: studio.looks.is_idle)
    with wave_io.WaveWriter(take.path, SAMPLE_RATE, 2, len(audio)) as writer:
        writer.write(audio)
    studio.library.open(other.take_id)
    studio.library.open(take.take_id)
    shown = studio.player.shown
    assert shown is not None
    desk.wait(lambda: shown.audio.buffer.is_complete)
    studio.player.set_volume(0.0)
    return desk


def play(desk: Desk, seconds: float) -> np.ndarray:
    """Let the sound card take that much, the window looking thirty times a second; what it got."""
    blocks = []
    for _ in range(round(seconds * SAMPLE_RATE / BLOCK)):
        blocks.append(desk.output.pump(BLOCK))
        desk.studio.player._follow()
    return np.concatenate(blocks)


def begin(desk: Desk) -> None:
    desk.studio.player.play()
    desk.studio.player._tick.stop()  # the test looks when it wants
    desk.wait(lambda: desk.output.is_open)


def test_a_tone_of_18_dB_reads_so_and_volume_counts(toned: Desk) -> None:
    levels = toned.studio.playing_levels
    assert levels.short_term_lufs == -math.inf
    begin(toned)
    play(toned, 4.0)
    assert levels.short_term_lufs == pytest.approx(-18.0, abs=0.05)
    assert levels.integrated_lufs == pytest.approx(-18.0, abs=0.05)
    assert levels.true_peak_db == pytest.approx(-18.0, abs=0.05)
    assert toned.window.transport.loudness.words == "short-term −18.0 LUFS, integrated −18.0 LUFS"
    assert "true peak -18.0 dBTP" in toned.window.transport.meter.words
    toned.window.transport.loudness.grab()
    toned.studio.player.seek(0)
    toned.studio.player.set_volume(-10.0)
    play(toned, 3.5)
    assert levels.short_term_lufs == pytest.approx(-28.0, abs=0.05)


@pytest.mark.parametrize("widget", ["loudness", "meter"])
def test_a_click_begins_anew(toned: Desk, widget: str) -> None:
    levels = toned.studio.playing_levels
    begin(toned)
    play(toned, 1.0)
    assert levels.integrated_lufs > -19
    toned.qtbot.mouseClick(getattr(toned.window.transport, widget), Qt.MouseButton.LeftButton)
    assert levels.integrated_lufs == levels.true_peak_db == -math.inf
    assert toned.window.transport.loudness.words == "silent"
    play(toned, 1.0)
    assert levels.integrated_lufs == pytest.approx(-18.0, abs=0.1)


def test_loops_and_jumps_read_what_the_card_got(desk: Desk) -> None:
    random = np.random.default_rng(5)
    swell = np.interp(np.arange(6 * SAMPLE_RATE), np.linspace(0, 6 * SAMPLE_RATE, 9), random.uniform(0.02, 0.4, 9))
    on_stage(desk, (random.uniform(-1, 1, (6 * SAMPLE_RATE, 2)) * swell[:, None]).astype(np.float32))
    player, levels = desk.studio.player, desk.studio.playing_levels
    player.set_region((SAMPLE_RATE, round(2.3 * SAMPLE_RATE)))
    player.set_looping(True)
    begin(desk)
    heard = [play(desk, 5.0)]
    player.set_looping(False)
    player.seek(round(3.5 * SAMPLE_RATE))
    heard.append(play(desk, 1.5))
    stream = np.concatenate(heard)
    assert levels.integrated_lufs == pytest.approx(loudness_lufs(stream, SAMPLE_RATE), abs=0.1)
    assert levels.true_peak_db == pytest.approx(20 * math.log10(true_peak(stream)), abs=0.1)


def test_every_play_begins_anew_and_a_pause_keeps_what_was_read(toned: Desk) -> None:
    levels, player = toned.studio.playing_levels, toned.studio.player
    begin(toned)
    play(toned, 1.0)
    player.pause()
    assert levels.integrated_lufs > -19
    player.seek(3 * SAMPLE_RATE)
    assert levels.integrated_lufs > -19
    begin(toned)
    assert levels.integrated_lufs == -math.inf
