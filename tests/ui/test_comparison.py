"""Comparing takes: in step, at one loudness, blind, with their settings side by side."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from musicapp.audio import tags, wave_io
from musicapp.audio.loudness import loudness_lufs
from musicapp.audio.true_peak import true_peak
from musicapp.library import sidecar
from musicapp.library.takes import Take
from musicapp.ui.dialogs.compare import CompareDialog
from musicapp.ui.state.comparison import LETTERS, MOST
from musicapp.ui.state.take_gain import CEILING_DB
from tests.ui.conftest import Desk
from tests.ui.fake_host import SAMPLE_RATE

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
SECONDS = 2.5


def takes_of(desk: Desk, levels: tuple[float, ...]) -> list[Take]:
    """Takes of one steady tone each, an octave apart, at these levels; the last one is on the stage."""
    desk.studio.library.auto_play = "off"
    made = []
    for number, level in enumerate(levels):
        take = desk.make_take(f"take {number}", SECONDS)
        desk.wait(lambda: desk.studio.looks.is_idle)
        time = np.arange(take.frames) / SAMPLE_RATE
        tone = level * np.sin(2 * np.pi * 220 * 2**number * time)
        with wave_io.WaveWriter(take.path, SAMPLE_RATE, 2, take.frames, tags=tags.request_tags(take.request)) as writer:
            writer.write(np.stack([tone, tone], axis=1).astype(np.float32))
        made.append(take)
    last = desk.make_take("the stage", SECONDS)
    desk.studio.looks._known.clear()
    desk.studio.library.open(last.take_id)
    return made


def compared(desk: Desk, takes: list[Take]) -> CompareDialog:
    for take in takes:
        desk.studio.comparison.add(take)
    desk.window.show_comparison()
    dialog = desk.window.compare
    assert dialog is not None
    comparison = desk.studio.comparison
    desk.wait(lambda: comparison.is_running and comparison.is_matched and desk.studio.looks.is_idle)
    for take in takes:
        opened = desk.studio.open_takes.find(take.take_id)
        assert opened is not None
        desk.wait(lambda opened=opened: opened.audio.buffer.is_complete)
    return dialog


def heard(desk: Desk, frames: int) -> np.ndarray:
    return desk.output.pump(frames)


def pitch_hz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound))))
    return float(spectrum.argmax() * SAMPLE_RATE / len(sound))


def test_a_switch_goes_on_at_the_same_frame_and_the_loudness_stays(desk: Desk) -> None:
    takes = takes_of(desk, (0.5, 0.05, 0.2))
    dialog = compared(desk, takes)
    player, comparison = desk.studio.player, desk.studio.comparison
    player.set_volume(0.0)
    player.play()
    desk.wait(lambda: desk.output.is_open)
    heard(desk, 8192)
    found = []
    for letter, place in (("A", 0), ("B", 1), ("3", 2), ("1", 0)):
        before = player.position
        QTest.keyClicks(dialog, letter)
        assert comparison.place == place and abs(player.position - before) < 4096
        heard(desk, 4096)  # the fade is over
        sound = heard(desk, 16384)
        assert pitch_hz(sound) == pytest.approx(220 * 2**place, rel=0.02)
        found.append(loudness_lufs(np.tile(sound, (4, 1)), SAMPLE_RATE))
    assert max(found) - min(found) < 1.0  # of the meter's weighting of other pitches, see the next test
    assert desk.studio.open_takes.shown is not None and desk.studio.open_takes.shown.request.prompt == "the stage"


def test_all_takes_get_one_loudness_that_none_of_their_peaks_forbids(desk: Desk) -> None:
    takes = takes_of(desk, (0.9, 0.01))
    compared(desk, takes)
    comparison, reached = desk.studio.comparison, []
    for place, take in enumerate(takes):
        audio, rate = wave_io.read(take.path)
        played = audio * 10 ** (comparison.gain_db(place) / 20)
        reached.append(loudness_lufs(played, rate))
        assert 20 * np.log10(true_peak(played)) <= CEILING_DB + 0.05
    assert reached[0] == pytest.approx(reached[1], abs=0.1)


def test_what_the_sound_card_gets_of_each_take_is_as_loud(desk: Desk) -> None:
    """Bass, a tone, noise and bursts, played in turn by switching: within 0.1 LU by the meter of whole files."""
    random, takes = np.random.default_rng(3), takes_of(desk, (0.5, 0.05, 0.2, 0.3))
    time = np.arange(takes[0].frames) / SAMPLE_RATE
    noise = random.uniform(-1, 1, len(time))
    sounds = (
        0.5 * np.sin(2 * np.pi * 55 * time),
        0.04 * np.sin(2 * np.pi * 3000 * time),
        0.1 * noise,
        0.4 * noise * (time % 0.1 < 0.03),
    )
    for take, sound in zip(takes, sounds, strict=True):
        with wave_io.WaveWriter(take.path, SAMPLE_RATE, 2, take.frames, tags=tags.request_tags(take.request)) as writer:
            writer.write(np.stack([sound, 0.7 * sound], axis=1).astype(np.float32))
    desk.studio.looks._known.clear()
    dialog, player = compared(desk, takes), desk.studio.player
    player.set_volume(-6.0)
    player.set_looping(True)
    player.play()
    desk.wait(lambda: desk.output.is_open)
    heard(desk, 8192)
    reached = []
    for letter in "BADC":
        QTest.keyClicks(dialog, letter)
        heard(desk, 8192)  # switched, and the fade is over
        whole = heard(desk, takes[0].frames)  # once around, from wherever it is
        reached.append(loudness_lufs(np.concatenate([whole] * 4), SAMPLE_RATE))
    assert max(reached) - min(reached) < 0.1


def test_blind_shuffles_and_hides_until_it_is_revealed(desk: Desk) -> None:
    takes = takes_of(desk, (0.3, 0.3, 0.3))
    dialog, comparison = compared(desk, takes), desk.studio.comparison
    comparison._shuffle = lambda found: found.reverse()
    dialog.blind.click()
    assert [take.take_id for take in comparison.takes] == [take.take_id for take in reversed(takes)]
    shown = " ".join(part.text() + part.toolTip() for part in dialog.findChildren(QLabel) if part.isVisible())
    shown += " ".join(button.accessibleName() + button.toolTip() + button.text() for button in dialog.letters)
    assert "take 0" not in shown.lower() and "seed" not in shown.lower()
    assert desk.studio.open_takes.shown.request.prompt == "the stage"  # the picture gives nothing away
    dialog.reveal.click()
    assert "Take 2" in dialog.letters[0].accessibleName()


def test_settings_stand_side_by_side_and_differences_are_marked(desk: Desk) -> None:
    takes = takes_of(desk, (0.3, 0.3))
    dialog = compared(desk, takes)
    rows = {row.name: row for row in desk.studio.comparison.rows()}
    assert rows["Prompt"].values == ("take 0", "take 1") and rows["Prompt"].differs and not rows["Length"].differs
    shown: list[str] = []

    def is_shown() -> bool:
        shown[:] = [part.text() for part in dialog.findChildren(QLabel) if part.isVisible()]
        return "≠ Prompt" in shown

    desk.wait(is_shown)
    assert "Length" in shown and "take 1" in shown


def test_the_winner_is_starred_in_its_sidecar(desk: Desk) -> None:
    takes = takes_of(desk, (0.3, 0.3))
    dialog = compared(desk, takes)
    QTest.keyClicks(dialog, "B")
    QTest.keyClicks(dialog, "S")
    desk.wait(lambda: sidecar.read(takes[1].path).get("starred") is True)
    assert sidecar.read(takes[0].path).get("starred") is not True and "★" in dialog.letters[1].text()


def test_closing_brings_the_stage_back_and_gives_the_memory_back(desk: Desk) -> None:
    takes = takes_of(desk, (0.3, 0.3))
    dialog, shown = compared(desk, takes), desk.studio.open_takes.shown
    assert shown is not None
    desk.studio.player.seek(30_000)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert desk.studio.player.transport.source is shown.audio.buffer and desk.studio.player.position == 30_000
    assert all(desk.studio.open_takes.find(take.take_id) is None for take in takes)
    assert desk.studio.player.transport.gain == pytest.approx(10 ** (desk.studio.player.take_gain_db / 20))
    desk.window.show_comparison()  # the takes are still chosen
    assert desk.studio.comparison.is_running and len(desk.studio.comparison.takes) == 2


def test_another_take_on_the_stage_ends_the_comparison(desk: Desk) -> None:
    takes = takes_of(desk, (0.3, 0.3))
    compared(desk, takes)
    desk.studio.library.open(takes[0].take_id)
    assert not desk.studio.comparison.is_running
    assert desk.studio.player.transport.source is desk.studio.open_takes.shown.audio.buffer  # type: ignore[union-attr]


@pytest.mark.parametrize("by_key", [False, True])
def test_a_letter_goes_on_after_another_take_came_on_the_stage(desk: Desk, by_key: bool) -> None:
    """As when bars were glued: the new take is shown, and the next comp is made of the same takes."""
    takes = takes_of(desk, (0.5, 0.05, 0.2))
    dialog, comparison = compared(desk, takes), desk.studio.comparison
    desk.make_take("another one", SECONDS)
    desk.wait(lambda: not comparison.is_running)
    assert not dialog.play.isEnabled() and "choose a letter" in dialog.play.toolTip()
    assert dialog.note.text() == dialog.play.toolTip()
    if by_key:
        QTest.keyClick(dialog, Qt.Key.Key_B)
    else:
        dialog.letters[1].click()
    assert comparison.heard == takes[1] and dialog.letters[1].isChecked()
    assert dialog.play.isEnabled() and dialog.from_here.isEnabled()
    opened = desk.studio.open_takes.find(takes[1].take_id)
    assert opened is not None and desk.studio.player.transport.source is opened.audio.buffer


def test_what_cannot_be_compared_is_said(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    comparison = desk.studio.comparison
    comparison.add(None)
    take = desk.make_take("one", 0.5)
    for _ in range(2):
        desk.window.add_to_comparison()
    assert len(comparison.takes) == 1
    desk.window.show_comparison()
    assert desk.window.compare is not None and "at least two" in desk.window.compare.note.text()
    assert not comparison.is_running and not desk.window.compare.play.isEnabled()
    from dataclasses import replace

    comparison.add(replace(take, take_id="other", sample_rate=48000))
    assert len(comparison.takes) == 1 and "cannot be heard in step" in desk.message
    for number in range(10):
        comparison.add(replace(take, take_id=f"more{number}"))
    assert len(comparison.takes) == MOST == len(LETTERS)
    comparison.clear()
    assert not comparison.takes


def action_of(desk: Desk, name: str) -> QAction:
    found = desk.window.findChild(QAction, f"action_{name}")
    assert isinstance(found, QAction)
    return found


def test_marked_takes_are_compared_and_exported_together(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    for prompt in ("one, 120 bpm", "two, 120 bpm"):
        desk.make_take(prompt, 1.0)
    desk.window.takes.view.selectAll()
    exporter = desk.studio.exporter
    action_of(desk, "export_all").trigger()
    desk.wait(lambda: not exporter.is_running and len(list(exporter.folder.glob("*.wav"))) == 2)
    action_of(desk, "export_project").trigger()
    desk.wait(lambda: not exporter.is_running and list(exporter.folder.glob("*.dawproject")))
    action_of(desk, "compare_marked").trigger()
    assert desk.studio.comparison.is_running and len(desk.studio.comparison.takes) == 2
