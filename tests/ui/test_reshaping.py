"""Takes out of sounds, from the window: start from one, make a passage anew, go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QPushButton, QSlider

from musicapp.library import moving
from musicapp.library.take import Take
from musicapp.request import VERSION, TakeRequest
from musicapp.shape import Lane, Loop, Source
from musicapp.ui import intake
from tests.ui.conftest import Desk


def on_stage(desk: Desk) -> Take:
    """A take that was made and is shown."""
    take = desk.make_take("calm piano", 2.0)
    desk.wait(lambda: desk.studio.reshaping.whole is not None and desk.window.actions_.redo_passage.isEnabled())
    return take


def requests_of(desk: Desk, count: int) -> list[TakeRequest]:
    desk.wait(lambda: len(desk.host.requests) >= count)
    return desk.host.requests


def sound(path: Path, seconds: float = 3.0) -> Path:
    soundfile.write(path, np.full((round(seconds * 8000), 1), 0.1), 8000)
    return path


def test_a_sound_of_others_is_offered_as_a_start_and_let_go_again(desk: Desk, tmp_path: Path) -> None:
    form = desk.studio.take_settings
    assert not desk.window.source.isVisible() and form.source is None
    desk.window.intake.take([sound(tmp_path / "hum.wav")])
    desk.wait(lambda: desk.studio.messages.current is not None)
    message = desk.studio.messages.current
    assert message is not None and message.offer is not None and message.offer[0] == "Start from it"
    desk.studio.messages.accept_offer()
    desk.wait(lambda: form.source is not None)
    assert desk.window.source.isVisible() and "hum.wav" in desk.window.source.name.toolTip()
    slider = desk.find("variation")
    assert isinstance(slider, QSlider) and slider.value() == 10 and slider.accessibleName()
    slider.setValue(5)
    form.set_prompt("strings")
    form.set_duration(20.0)
    request = form.make_request()
    assert request.source == Source(str(tmp_path / "hum.wav"), variation=0.25)
    assert request.duration_s == 3.0 and request.version == VERSION
    desk.qtbot.mouseClick(desk.find("clear_source"), Qt.MouseButton.LeftButton)
    assert form.source is None and not desk.window.source.isVisible()
    assert form.make_request().duration_s == 20.0


def test_a_file_that_is_no_source_is_told_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    for path, words in ((tmp_path / "gone.wav", "is gone"), (sound(tmp_path / "tick.wav", 0.1), "too short")):
        desk.studio.messages.dismiss()
        desk.studio.reshaping.start_from(path)
        desk.wait(lambda: desk.studio.messages.current is not None)
        assert desk.studio.messages.current is not None and words in desk.studio.messages.current.text
        assert desk.studio.take_settings.source is None


def test_the_marked_passage_of_a_take_is_made_anew_as_often_as_asked(desk: Desk) -> None:
    take = on_stage(desk)
    made = len(desk.host.requests)
    desk.window.actions_.redo_passage.trigger()
    assert len(desk.host.requests) == made, "nothing is marked"
    assert desk.studio.messages.current is not None and "no passage" in desk.studio.messages.current.text
    desk.studio.player.set_region((22050, 66150))
    desk.studio.queue.set_variations(3)
    desk.window.actions_.redo_passage.trigger()
    redone = requests_of(desk, made + 3)[made:]
    assert len({request.seed for request in redone}) == 3
    for request in redone:
        assert request.source == Source(str(take.path), take_id=take.take_id, regions=((0.5, 1.5),))
        assert (request.prompt, request.model) == ("calm piano", take.request.model)


def test_a_take_goes_on_and_is_started_from(desk: Desk) -> None:
    take = on_stage(desk)
    made = len(desk.host.requests)
    desk.window.actions_.go_on.trigger()
    request = requests_of(desk, made + 1)[-1]
    assert request.source == Source(str(take.path), take_id=take.take_id, after_s=30.0)
    desk.wait(lambda: not desk.studio.generation.is_running)
    desk.studio.library.open(take.take_id)
    desk.window.actions_.come_before.trigger()
    request = requests_of(desk, made + 2)[-1]
    assert request.source == Source(str(take.path), take_id=take.take_id, before_s=30.0)
    desk.wait(lambda: not desk.studio.generation.is_running)
    desk.studio.library.open(take.take_id)
    desk.window.actions_.close_loop.trigger()
    request = requests_of(desk, made + 3)[-1]
    assert request.source == Source(str(take.path), take_id=take.take_id, seam_s=0.5)
    desk.wait(lambda: not desk.studio.generation.is_running)
    desk.studio.library.open(take.take_id)
    desk.studio.player.set_region((22050, 66150))
    desk.window.actions_.close_loop.trigger()
    request = requests_of(desk, made + 4)[-1]
    wanted = Source(str(take.path), take_id=take.take_id, seam_s=0.25, from_s=0.5, to_s=1.5)
    assert request.source == wanted
    desk.wait(lambda: not desk.studio.generation.is_running)
    desk.studio.library.open(take.take_id)
    desk.window.actions_.start_from.trigger()
    source = desk.studio.take_settings.source
    assert source == Source(str(take.path), take_id=take.take_id, variation=0.5)
    assert desk.studio.take_settings.source_s == take.duration_s


def test_shaping_needs_a_take(desk: Desk) -> None:
    actions = desk.window.actions_
    assert not any(action.isEnabled() for action in (actions.redo_passage, actions.go_on, actions.start_from))
    on_stage(desk)
    assert all(action.isEnabled() for action in (actions.redo_passage, actions.go_on, actions.start_from))


def test_a_source_comes_back_with_the_settings_of_its_take_and_by_undo(desk: Desk) -> None:
    form = desk.studio.take_settings
    source = Source("/somewhere/hum.wav", "ab" * 32, variation=0.3)
    form.recall(TakeRequest("old", "harp", 2.0, 7, source=source))
    assert form.source == source and form.make_request().source == source
    values = form.values()
    form.set_source(None)
    form.set_values(values)
    assert form.source == source
    form.recall(TakeRequest("plain", "harp", 2.0, 7))
    assert form.source is None and form.make_request().version == 1, "an old take is made as it was"
    form.set_prompt("harp and flute")
    assert form.make_request().version == VERSION


def test_the_form_asks_for_a_loop_of_the_bars_of_its_length(desk: Desk) -> None:
    form, tick = desk.studio.take_settings, desk.find("make_loop")
    assert isinstance(tick, QCheckBox) and not tick.isChecked()
    form.set_prompt("funk, 97 bpm, 3/4")
    form.set_duration_text("4 bars")
    assert form.make_request().loop is None
    desk.qtbot.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick.rect().center() - QPoint(tick.width() // 3, 0))
    assert form.make_request().loop == Loop(4, 97.0, 3.0)
    form.set_duration(5.0)
    assert form.make_request().loop == Loop(), "of no number of bars"
    desk.studio.undo.undo()
    assert form.loop is None and not tick.isChecked()
    # A take's bars come back though the prompt names no tempo, and its length is one of whole frames.
    form.recall(TakeRequest("old", "funk", 151200 / 44100, 7, loop=Loop(1, 70.0)))
    assert tick.isChecked() and form.make_request().loop == Loop(1, 70.0)
    form.set_duration(2.0)
    assert form.make_request().loop == Loop()
    form.set_source(Source("/somewhere/hum.wav", variation=0.3), 2.0)
    assert form.make_request().loop is None and not tick.isEnabled() and "no loop" in tick.toolTip()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source("/x/a.wav", "ab" * 32, regions=((5.0, 8.0), (10.0, 12.5))), "a.wav, 0:05-0:08, 0:10-0:12.5 made anew"),
        (Source("/x/a.wav", "ab" * 32, after_s=300.0), "a.wav, 5:00 behind it"),
        (Source("/x/a.wav", "ab" * 32, before_s=30.0), "a.wav, 0:30 in front of it"),
        (Source("/x/a.wav", "ab" * 32, seam_s=4.0), "a.wav, closed to a loop"),
        (
            Source("/x/a.wav", lanes=(Lane("/x/b.wav"),), picks=((0.0, 0), (2.0, 1)), joint_s=1.0),
            "and other takes, glued",
        ),
    ],
)
def test_what_was_made_of_a_source_comes_back_and_is_made_again(desk: Desk, source: Source, words: str) -> None:
    """Also where it is longer than the model's own takes."""
    form, old = desk.studio.take_settings, TakeRequest("old", "harp", 320.0, 7, source=source)
    form.recall(old)
    assert replace(form.make_request(), take_id="old") == replace(old, steps=None, guidance_scale=None, sampler=None)
    assert words in desk.window.source.name.toolTip() or words in desk.window.source.name.text()
    assert not desk.find("variation").isVisible() and not desk.find("length").isEnabled()
    assert "source" in desk.find("length").toolTip()
    form.set_variation(0.3)
    assert form.source == source, "there is nothing to vary"
    values = form.values()
    desk.qtbot.mouseClick(desk.find("clear_source"), Qt.MouseButton.LeftButton)
    assert desk.find("length").isEnabled() and form.make_request().source is None
    form.set_values(values)
    assert form.as_request().duration_s == 320.0 and form.as_request().source == source


def test_dropped_music_of_others_can_just_be_played(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(intake.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    path = sound(tmp_path / "hum ♪.wav")
    desk.window.intake.take([path])
    desk.wait(lambda: desk.studio.messages.current is not None)
    also = desk.find("message_also_2")
    assert isinstance(also, QPushButton) and also.isVisible() and also.text() == "Play it"
    desk.qtbot.mouseClick(also, Qt.MouseButton.LeftButton)
    assert opened == [str(path)]
    desk.studio.messages.accept_offer()
    desk.wait(lambda: desk.studio.take_settings.source is not None)
    desk.studio.messages.post("notice", "Something else.")
    assert not also.isVisible()


def test_what_waits_is_made_from_takes_that_went_elsewhere_meanwhile(desk: Desk, home: Path, tmp_path: Path) -> None:
    """Variations of one take: its folder moves while they wait, and it is thrown away before the last one."""
    take = on_stage(desk)
    desk.studio.queue.set_variations(3)
    desk.host.script = "denoising"
    desk.studio.reshaping.go_on()
    desk.wait(lambda: len(desk.studio.queue.waiting) == 2)
    list(moving.move(tmp_path / "new"))
    desk.studio.library.load()
    desk.wait(lambda: (row := desk.studio.library.model.find(take.take_id)) and row.take and row.take.path != take.path)
    desk.studio.generation.cancel()
    desk.wait(lambda: len(requests_of(desk, 1)) == 3)
    moved = desk.host.requests[-1].source
    assert moved is not None and Path(moved.path).is_relative_to(tmp_path / "new") and Path(moved.path).is_file()
    row = desk.studio.library.model.find(take.take_id)
    assert row is not None and row.take is not None
    desk.studio.take_edits.throw_away([row.take])
    desk.wait(lambda: "in the trash" in desk.message)
    desk.studio.generation.cancel()
    desk.wait(lambda: len(desk.host.requests) == 4)
    thrown = desk.host.requests[-1].source
    assert thrown is not None and "Trash" in thrown.path and Path(thrown.path).is_file()
    desk.studio.queue.cancel_all()
    desk.wait(lambda: not desk.studio.generation.is_running)
