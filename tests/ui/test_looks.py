"""Rows of takes: outline, tempo and key, found in the background; thousands of them stay quick."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from musicapp import paths
from musicapp.audio import tags
from musicapp.audio.wave_io import WaveWriter
from musicapp.handover import form as forms
from musicapp.handover.form import form_of
from musicapp.library import sidecar, takes
from musicapp.request import TakeRequest
from musicapp.ui.state import looks, measures
from musicapp.ui.state import take_list_model as roles
from musicapp.ui.state.measures import OUTLINE_COLUMNS
from musicapp.ui.state.take_list_model import TakeListModel
from tests.ui.conftest import Desk
from tests.ui.fake_host import SAMPLE_RATE, music


def earlier_takes(count: int, seconds: float = 0.2) -> list[takes.Take]:
    """Takes on disk, as earlier sessions left them."""
    now, audio, made = datetime.now().astimezone(), music(1, round(seconds * SAMPLE_RATE)), []
    for number in range(count):
        when = now - timedelta(minutes=number)
        request = TakeRequest(f"t{number:05}", f"take {number}, {60 + number % 120} bpm, A minor", seconds, number)
        path = takes.new_take_path(paths.takes_folder(), request.take_id, when)
        path.parent.mkdir(parents=True, exist_ok=True)
        with WaveWriter(path, SAMPLE_RATE, 2, len(audio), tags=tags.request_tags(request)) as writer:
            writer.write(audio)
        made.append(takes.Take(path.stem, path, request, when, SAMPLE_RATE, 2, len(audio), 0.9, "Small", 1.0))
    return made


def test_rows_tell_tempo_and_key_and_show_an_outline(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take("funky bass, 110 bpm, in E minor", 2.0)
    index = desk.studio.library.model.index(0)
    desk.wait(lambda: index.data(roles.OUTLINE_ROLE) is not None)
    outline = index.data(roles.OUTLINE_ROLE)
    assert outline.shape == (OUTLINE_COLUMNS,) and outline.max() == 255
    assert index.data(roles.DETAIL_ROLE).startswith("0:02 · 110 bpm · E minor · seed ")
    assert "110 bpm" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert (paths.cache_folder() / "takes").is_dir()


def test_only_rows_that_are_seen_are_measured_and_scrolling_never_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = earlier_takes(3000, seconds=0.02)
    gate = threading.Event()
    measure = measures.measured
    monkeypatch.setattr(looks, "measured", lambda *words: gate.wait() and measure(*words))
    model, view = desk.studio.library.model, desk.window.takes.view
    model.set_takes(made)
    for number in range(0, 3000, 150):  # painting that waited for a measurement would never end
        view.scrollTo(model.index(number))
        view.viewport().grab()
    gate.set()
    desk.wait(lambda: desk.studio.looks.is_idle, 60_000)
    assert len(desk.studio.looks._known) < 600  # of 3,000
    view.scrollTo(model.index(2999))
    view.viewport().grab()
    desk.wait(lambda: model.index(2999).data(roles.OUTLINE_ROLE) is not None)


def test_a_take_whose_file_is_gone_keeps_its_row(desk: Desk) -> None:
    (take,) = earlier_takes(1)
    take.path.unlink()
    model = desk.studio.library.model
    model.set_takes([take])
    index = model.index(0)
    index.data(roles.OUTLINE_ROLE)
    desk.wait(lambda: desk.studio.looks.is_idle)
    assert index.data(roles.OUTLINE_ROLE) is None
    assert "60 bpm" in index.data(roles.DETAIL_ROLE)
    desk.window.takes.view.viewport().grab()


def test_the_list_says_that_it_reads_until_it_has(desk: Desk) -> None:
    from musicapp.ui.widgets.take_list import NO_TAKES, READING, TakeList

    fresh = TakeList(desk.studio.library, desk.studio.search, desk.theme)
    desk.qtbot.addWidget(fresh)
    assert fresh.empty.text() == READING
    desk.studio.library.loaded.emit()
    assert fresh.empty.text() == NO_TAKES


def test_a_model_without_looks_has_rows() -> None:
    model = TakeListModel()
    request = TakeRequest("a", "calm", 3.0, 1)
    model.put(roles.TakeRow("a", request, datetime.now().astimezone()))
    assert model.index(0).data(roles.DETAIL_ROLE) == "0:03 · seed 1"


@pytest.mark.parametrize(
    ("prompt", "duration_s", "words", "bar_s"),
    [
        ("funk, 120 bpm, F# minor", 30.0, "120 bpm · F♯/G♭ minor", 2.0),
        ("waltz, 90 bpm, in 3/4", 30.0, "90 bpm", 2.0),
        ("174 bpm, 7/8", 30.0, "174 bpm", 3.5 * 60 / 174),
        ("a calm piano", 30.0, "", None),
        ("", 30.0, "", None),
    ],
)
def test_the_form_is_what_was_asked_for(prompt: str, duration_s: float, words: str, bar_s: float | None) -> None:
    form = form_of(TakeRequest("a", prompt, duration_s, 1), duration_s)
    assert form.words == words
    assert form.bar_s == (pytest.approx(bar_s) if bar_s else None)
    bars = form.bars()
    assert [number for _, number in bars] == list(range(1, len(bars) + 1))
    if bar_s:
        np.testing.assert_allclose([second for second, _ in bars], np.arange(len(bars)) * bar_s)
        assert bars[-1][0] < duration_s <= bars[-1][0] + bar_s + 1e-6


def test_bars_of_long_takes_begin_anew_with_every_section() -> None:
    form = form_of(TakeRequest("a", "house, 124 bpm", 285.0, 1), 285.0)
    assert "".join(part.letter for part in form.parts).startswith("ABACABA")
    starts = {second for second, _ in form.bars()}
    assert all(part.start_s in starts for part in form.parts)
    steps = np.diff([second for second, _ in form.bars()])
    assert form.bar_s is not None
    assert np.abs(steps - form.bar_s).max() < 0.1  # sections begin on patches, up to 93 ms off


def test_a_model_that_is_gone_still_has_bars_of_a_stated_tempo(tmp_path: Path) -> None:
    forms._config_of.cache_clear()
    form = form_of(TakeRequest("a", "120 bpm", 300.0, 1, model=str(tmp_path / "gone")), 300.0)
    assert form.bar_s == 2.0 and not form.parts


def test_the_stage_shows_the_form_before_there_is_sound(desk: Desk) -> None:
    desk.host.script = "denoising"
    settings = desk.studio.take_settings
    settings.set_prompt("house, 124 bpm")
    settings.set_duration(285.0)
    desk.studio.generation.start()
    desk.wait(lambda: desk.page.waveform._ruler._form is not None)
    form = desk.page.waveform._ruler._form
    assert form is not None and form.parts and form.bar_s
    assert desk.page.waveform.visible_s == pytest.approx((0.0, 285.0))
    assert desk.page.waiting.isVisible() and "of" in desk.page.note.text()
    assert desk.page.waiting.bar.value() > 0
    image = desk.page.waveform.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    strip = [image.pixel(x, 9) for x in range(60, image.width() - 10)]
    assert len(set(strip)) > 3  # blocks, letters and bar numbers


def test_quitting_does_not_wait_for_a_take_to_be_measured(desk: Desk) -> None:
    (take,) = earlier_takes(1, seconds=285.0)
    desk.studio.library.model.set_takes([take])
    desk.studio.library.model.index(0).data(roles.OUTLINE_ROLE)
    desk.wait(lambda: desk.studio.looks._under_way)
    desk.studio.looks.close()
    desk.studio._looking.close(timeout_s=10.0)
    assert not desk.studio._looking._thread.is_alive()
    assert not sidecar.of(take.path).exists()  # nothing was heard to the end
