"""Levels in the window: what is heard is what is exported, at any loudness of any take."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from musicapp import paths, settings
from musicapp.audio import tags, wave_io
from musicapp.audio.loudness import loudness_lufs
from musicapp.library import sidecar
from musicapp.library.takes import Take
from musicapp.ui.state import measures
from musicapp.ui.state.take_gain import CEILING_DB, TARGET_LUFS
from tests.analysis.test_listening import band
from tests.ui.conftest import Desk
from tests.ui.fake_host import SAMPLE_RATE, music


def rewritten(desk: Desk, take: Take, audio: np.ndarray) -> None:
    """Put other sound into a take that is not open, and open it."""
    with wave_io.WaveWriter(take.path, SAMPLE_RATE, 2, len(audio), tags=tags.request_tags(take.request)) as writer:
        writer.write(audio.astype(np.float32))


def opened(desk: Desk, level: float, prompt: str) -> Take:
    """A take of 2 s whose highest sample is `level`, on the stage and measured."""
    desk.studio.library.auto_play = "off"
    take = desk.make_take(prompt, 2.0)
    other = desk.make_take("something else", 1.0)
    desk.wait(lambda: desk.studio.looks.is_idle)  # else it would be measured as it was
    audio = music(7, 2 * SAMPLE_RATE)
    rewritten(desk, take, audio * (level / np.abs(audio).max()))
    desk.studio.library.open(other.take_id)
    desk.studio.looks._known.clear()
    desk.studio.library.open(take.take_id)
    shown = desk.studio.player.shown
    assert shown is not None
    desk.wait(lambda: shown.audio.buffer.is_complete and desk.studio.take_gain.measures is not None)
    return take


def heard(desk: Desk) -> np.ndarray:
    """One second from the start, as the sound card gets it at full volume, after ramps."""
    player = desk.studio.player
    player.set_volume(0.0)
    player.seek(0)
    player.play()
    desk.wait(lambda: desk.output.is_open)
    sound = desk.output.pump(SAMPLE_RATE)
    player.pause()
    return sound


def test_a_take_beyond_full_scale_is_heard_as_it_is_exported(desk: Desk) -> None:
    opened(desk, 2.0, "far too loud")
    assert desk.studio.player.take_gain_db == pytest.approx(-6.02, abs=0.01)
    sound = heard(desk)
    with desk.qtbot.waitSignal(desk.studio.exporter.exported, timeout=10_000) as done:
        desk.studio.exporter.export()
    exported, _ = wave_io.read(done.args[0].path)
    np.testing.assert_allclose(sound[2000:], exported[2000 : len(sound)], atol=1e-4)
    label = desk.page.levels
    assert "LUFS" in label.text() and "dBTP" in label.text() and "full scale" in label.toolTip()


def test_ordinary_takes_play_bit_for_bit(desk: Desk) -> None:
    take = opened(desk, 0.8, "ordinary")
    assert desk.studio.player.take_gain_db == 0.0
    original, _ = wave_io.read(take.path)
    np.testing.assert_array_equal(heard(desk)[2000:], original[2000:SAMPLE_RATE])


@pytest.mark.parametrize("level", [0.05, 0.9, 2.0])
def test_matched_takes_play_at_one_loudness_and_never_above_full_scale(desk: Desk, level: float) -> None:
    take = opened(desk, level, "compared")
    desk.window.transport.match.click()
    assert desk.studio.take_gain.is_matching
    gain_db = desk.studio.player.take_gain_db
    original, _ = wave_io.read(take.path)
    played = original * 10 ** (gain_db / 20)
    reached = loudness_lufs(played, SAMPLE_RATE)
    found = desk.studio.take_gain.measures
    assert found is not None
    assert reached == pytest.approx(TARGET_LUFS, abs=0.2) or found.true_peak_db + gain_db == pytest.approx(CEILING_DB)
    assert found.true_peak_db + gain_db <= CEILING_DB + 1e-6
    assert np.abs(heard(desk)).max() <= 1.0
    with desk.qtbot.waitSignal(desk.studio.exporter.exported, timeout=10_000) as done:
        desk.studio.exporter.export()
    exported, _ = wave_io.read(done.args[0].path)
    np.testing.assert_allclose(exported, original * min(1.0, 1 / level), atol=1e-4)  # not touched by the switch


def test_the_switch_is_remembered_and_has_a_menu_entry(open_desk: Callable[[], Desk]) -> None:
    desk = open_desk()
    desk.window.actions_.match.trigger()
    assert desk.window.transport.match.isChecked()
    desk.window.close()
    desk.studio.close()
    assert settings.load().match_loudness
    again = open_desk()
    assert again.window.transport.match.isChecked() and again.window.actions_.match.isChecked()


def test_silence_and_very_short_takes_have_levels(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    take = desk.make_take("nothing", 1.0)
    for audio in (np.zeros((SAMPLE_RATE, 2)), np.full((1, 2), 0.5)):
        rewritten(desk, take, audio)
        found = measures.measure(take.path)
        assert found.matching_gain_db(TARGET_LUFS, CEILING_DB) <= 24 or not np.isfinite(found.true_peak_db)
        assert len(found.outline) == measures.OUTLINE_COLUMNS


def test_asked_and_heard_stand_side_by_side_and_in_the_sidecar(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    take = desk.make_take("piano, 96 bpm, F major", 3.0)
    rewritten(desk, take, band(96, 5, seconds=6.0))
    desk.wait(lambda: desk.studio.looks.is_idle)
    desk.studio.looks._known.clear()
    found = measures.measured(take.path, take.take_id)
    assert found.heard is not None and found.heard.key == "F major"
    desk.studio.library.open(desk.make_take("another", 1.0).take_id)
    desk.studio.library.open(take.take_id)
    desk.wait(lambda: desk.studio.looks.is_idle and desk.studio.take_gain.measures is not None)
    details = desk.window.findChild(QLabel, "take_details").toolTip()
    assert f"asked 96 bpm · F major, heard {found.heard.tempo_bpm:g} bpm · F major" in details
    noted = sidecar.read(take.path)["measured"]
    assert noted["key"] == "F major" and noted["loudness_lufs"] == round(found.loudness_lufs, 2)
    assert noted["size"] == take.path.stat().st_size


@pytest.mark.parametrize("damage", ["", "{}", "[]", "[" * 100_000, '{"version": 1, "stamp": null}'])
def test_a_damaged_memory_is_measured_again(desk: Desk, damage: str) -> None:
    desk.studio.library.auto_play = "off"
    take = desk.make_take("remembered", 1.0)
    found = measures.measured(take.path, take.take_id)
    file = paths.cache_folder() / "takes" / f"{take.take_id}.json"
    assert json.loads(file.read_text())["version"] == measures.VERSION
    file.write_text(damage)
    again = measures.measured(take.path, take.take_id)
    assert again.loudness_lufs == found.loudness_lufs and (again.outline == found.outline).all()
    rewritten(desk, take, np.zeros((SAMPLE_RATE, 2)))  # another file: what is remembered does not hold
    assert not np.isfinite(measures.measured(take.path, take.take_id).loudness_lufs)


def test_the_meter_shows_the_highest_peak_until_it_is_clicked(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take("meter", 1.0)
    meter = desk.window.transport.meter
    desk.studio.player.transport.wanted_levels = (1.5, 0.2)
    meter.show_levels(0.99, 0.2)
    assert meter.is_over == [True, False] and meter.highest_db == pytest.approx(3.52, abs=0.01)
    meter.show_levels(0.1, 0.1)
    assert meter.is_over == [True, False]
    meter.grab()
    desk.qtbot.mouseClick(meter, Qt.MouseButton.LeftButton)
    assert meter.is_over == [False, False]


def test_the_key_works_everywhere_but_in_text(desk: Desk) -> None:
    prompt = desk.window.prompts.prompt
    prompt.setFocus()
    desk.qtbot.keyClick(prompt, Qt.Key.Key_E)
    assert not desk.studio.take_gain.is_matching and prompt.toPlainText().lower().endswith("e")
    desk.window.takes.view.setFocus()
    desk.qtbot.keyClick(desk.window.takes.view, Qt.Key.Key_E)
    assert desk.studio.take_gain.is_matching and desk.window.transport.match.isChecked()
    desk.qtbot.keyClick(desk.window.takes.view, Qt.Key.Key_E)
    assert not desk.studio.take_gain.is_matching
