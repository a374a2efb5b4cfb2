"""Marks that snap to bars and beats: by mouse, by keys, at every zoom, and not at all where there is no tempo."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from musicapp import paths
from musicapp.analysis import heard
from musicapp.analysis.bars import Bars
from musicapp.handover.form import Form, Part
from musicapp.ui.state import measures
from tests.ui.conftest import Desk

BEAT_S = 0.5  # 120 bpm
CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def with_take(desk: Desk, prompt: str = "calm piano, 120 bpm", duration_s: float = 20.0) -> Desk:
    desk.studio.library.auto_play = "off"
    desk.make_take(prompt, duration_s)
    desk.wait(lambda: desk.studio.looks.is_idle)
    desk.qtbot.wait(30)
    return desk


def drag(desk: Desk, start_s: float, end_s: float, modifiers: Qt.KeyboardModifier = NONE) -> tuple[float, float]:
    """Mark a part by the mouse; what is marked then, in seconds."""
    waveform, port = desk.waveform, desk.waveform.viewport()

    def at(second: float) -> QPoint:
        return waveform.mapFromScene(waveform.getViewBox().mapViewToScene(QPointF(second, 0.0)))

    QTest.mousePress(port, Qt.MouseButton.LeftButton, modifiers, at(start_s))
    for place in ((start_s + end_s) / 2, end_s):
        QTest.mouseMove(port, at(place))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, modifiers, at(end_s))
    return marked(desk)


def marked(desk: Desk) -> tuple[float, float]:
    region = desk.studio.player.region
    assert region is not None
    return region[0] / 44100, region[1] / 44100


def test_a_form_knows_its_bars_and_beats() -> None:
    form = Form(10.0, beat_s=0.5, beats_in_bar=4.0)
    assert form.bars_s() == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert form.beats_s() == pytest.approx([number * 0.5 for number in range(20)])
    assert Form(3.0, beat_s=0.5, beats_in_bar=3.5).beats_s() == pytest.approx([0, 0.5, 1, 1.5, 1.75, 2.25, 2.75])
    parts = Form(8.1, beat_s=0.5, parts=(Part(0.0, "A"), Part(4.1, "B"))).beats_s()
    assert 4.1 in parts and 4.6 in parts and 4.0 not in parts and 4.5 not in parts
    assert Form(10.0).bars_s() == Form(10.0).beats_s() == []


def test_marks_go_to_beats_and_to_bars_when_beats_cannot_be_seen(desk: Desk) -> None:
    with_take(desk)
    free = drag(desk, 1.63, 3.37)
    assert free == pytest.approx((1.63, 3.37), abs=0.05) and free[0] % BEAT_S
    desk.page.snap.click()
    desk.studio.player.clear_loop()
    desk.waveform.show_part(0.0, 8.0)
    assert drag(desk, 1.63, 3.37) == (1.5, 3.5)
    desk.studio.player.clear_loop()
    assert drag(desk, 3.37, 1.63) == (1.5, 3.5)  # backwards
    assert drag(desk, 3.5, 5.4) == (1.5, 5.5)  # an edge that is there moves alone
    desk.studio.player.clear_loop()
    desk.waveform.fit()
    desk.waveform.resize(200, 120)
    assert drag(desk, 4.9, 9.2) == (4.0, 10.0)
    desk.studio.player.clear_loop()
    assert drag(desk, 18.4, 20.0)[1] == 20.0


def test_a_drag_from_a_line_to_the_same_line_leaves_the_marks_as_they_were(desk: Desk) -> None:
    with_take(desk).studio.grid.set_on(True)
    desk.waveform.show_part(0.0, 8.0)
    assert drag(desk, 1.5, 3.5) == drag(desk, 4.93, 5.08) == (1.5, 3.5)


def test_ctrl_marks_off_the_grid(desk: Desk) -> None:
    with_take(desk).studio.grid.set_on(True)
    desk.waveform.show_part(0.0, 8.0)
    for modifiers, expected in ((CTRL, 1.63), (NONE, 1.5)):
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(QEvent.Type.MouseMove, QPointF(), QPointF(), Qt.MouseButton.NoButton, left, modifiers)
        assert desk.waveform._snapped(1.63, event) == expected


def test_keys_mark_at_beats(desk: Desk) -> None:
    player = with_take(desk).studio.player
    desk.waveform.setFocus()
    QTest.keyClick(desk.waveform, Qt.Key.Key_B)
    assert desk.studio.grid.is_on and desk.window.actions_.snap.isChecked() and desk.page.snap.isChecked()
    for second, key in ((2.2, Qt.Key.Key_BracketLeft), (5.8, Qt.Key.Key_BracketRight)):
        player.seek(round(second * 44100))
        QTest.keyClick(desk.waveform, key)
    assert marked(desk) == (2.0, 6.0)
    player.clear_loop()
    player.seek(round(2.2 * 44100))
    QTest.keyClick(desk.waveform, Qt.Key.Key_Right)  # without Shift as ever
    assert player.position / 44100 % BEAT_S
    player.seek(2 * 44100)
    for _ in range(3):
        QTest.keyClick(desk.waveform, Qt.Key.Key_Right, SHIFT)
    assert marked(desk) == (2.0, 3.5)
    QTest.keyClick(desk.waveform, Qt.Key.Key_Left, SHIFT)
    assert marked(desk) == (2.0, 3.0)
    player.seek(20 * 44100)
    QTest.keyClick(desk.waveform, Qt.Key.Key_Right, SHIFT)
    assert player.position == 20 * 44100


def test_without_a_tempo_marks_stay_where_they_are(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "bars_of", lambda *_words: None)
    with_take(desk, "calm piano")
    remarks: list[str] = []
    desk.studio.messages.remarked.connect(remarks.append)
    desk.studio.grid.toggle()
    assert remarks == ["No tempo was asked for, and no bars are heard for sure: marks stay where they are put."]
    desk.waveform.show_part(0.0, 8.0)
    assert drag(desk, 1.63, 3.37) == pytest.approx((1.63, 3.37), abs=0.02)
    assert desk.studio.grid.next(1.0, 1) is None and desk.studio.grid.near(1.23) == 1.23


@pytest.mark.parametrize("certainty", [0.5, 0.99])
@pytest.mark.parametrize("prompt", ["calm piano", "calm piano, 120 bpm"])
def test_bars_that_are_heard_for_sure_are_the_grid_where_no_tempo_was_asked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, certainty: float, prompt: str
) -> None:
    monkeypatch.setattr(heard, "bars_of", lambda *_words: Bars(0.3, 0.4, 3.0, certainty))
    grid = with_take(desk, prompt).studio.grid
    grid.set_on(True)
    desk.waveform.show_part(0.0, 8.0)
    expected = (1.5, 3.0) if "bpm" in prompt else (1.5, 3.1) if certainty > 0.9 else (1.43, 3.07)
    assert drag(desk, 1.43, 3.07) == pytest.approx(expected, abs=0.02 if expected == (1.43, 3.07) else 1e-4)
    if certainty > 0.9 and "bpm" not in prompt:
        shown = desk.studio.player.shown
        assert shown is not None
        look = desk.studio.looks.of(shown.request, shown.take, shown.audio.duration_s)
        assert look is not None and look.form.bars_s()[:3] == pytest.approx([0.3, 1.5, 2.7])
        assert look.form.into_bar_s(1.9) == pytest.approx(0.4)
        assert look.form.into_bar_s(0.1) == pytest.approx(1.0)  # before the first bar


def test_heard_bars_survive_a_restart_and_a_damaged_memory_is_measured_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heard, "bars_of", lambda *_words: Bars(0.3, 0.4, 3.0, 0.99))
    take = desk.make_take("calm piano", 4.0)
    desk.wait(lambda: desk.studio.looks.is_idle)
    monkeypatch.setattr(heard, "bars_of", lambda *_words: None)
    kept = measures.measured(take.path, take.take_id).heard
    assert kept is not None and kept.bars == Bars(0.3, 0.4, 3.0, 0.99)
    memory = paths.cache_folder() / "takes" / f"{take.take_id}.json"
    for wrong in (-1, "x", None, 1e400):
        values = json.loads(memory.read_text())
        values["heard"]["bars"] = {"first_s": 0.1, "beat_s": wrong, "beats_in_bar": 4, "certainty": 1}
        memory.write_text(json.dumps(values))
        found = measures.measured(take.path, take.take_id).heard
        assert found is not None and found.bars is None
        monkeypatch.setattr(heard, "bars_of", lambda *_words: Bars(0.3, 0.4, 3.0, 0.99))
        memory.unlink()
        measures.measured(take.path, take.take_id)
        monkeypatch.setattr(heard, "bars_of", lambda *_words: None)


def test_it_stays_on_over_a_restart(open_desk: Callable[[], Desk]) -> None:
    first = open_desk()
    first.studio.grid.toggle()
    first.window.close()
    first.studio.close()
    assert open_desk().studio.grid.is_on
