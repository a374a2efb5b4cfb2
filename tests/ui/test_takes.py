"""The list of takes: kept on disk, there again at the next start, and a way back to every setting."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from musicapp import paths
from musicapp.audio import tags, wave_io
from musicapp.ui.state import take_list_model as roles
from musicapp.ui.state.take_library import SHOWN_AT_ONCE
from tests.many_takes import write_many
from tests.ui.conftest import Desk


def test_takes_and_form_are_there_again_at_the_next_start(open_desk: Callable[[], Desk]) -> None:
    desk = open_desk()
    first = desk.make_take("calm piano")
    second = desk.make_take("warm pads")
    desk.studio.library.open(first.take_id)
    desk.studio.take_settings.set_prompt("half a thou")
    desk.studio.player.set_volume(-12.0)
    desk.theme.choose("light")
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    again.wait(lambda: len(again.studio.library.model.rows) == 2)
    assert [row.take_id for row in again.studio.library.model.rows] == [second.take_id, first.take_id]
    again.wait(lambda: again.studio.library.current and again.studio.library.current.take_id == first.take_id)
    assert again.window.prompts.prompt.toPlainText() == "half a thou"
    assert round(again.studio.player.volume_db) == -12
    assert again.studio.settings.theme == "light"
    assert not again.studio.player.is_playing  # nothing plays unasked at the start


def test_a_later_start_shows_the_newest_of_many_at_once_and_then_all(
    open_desk: Callable[[], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write_many(paths.takes_folder(), SHOWN_AT_ONCE + 40, seconds=0.5)
    newest_first = [take.take_id for take in reversed(made)]
    desk = open_desk()
    desk.wait(lambda: desk.studio.library.is_read)
    desk.window.close()
    desk.studio.close()
    inserted: list[tuple[int, int]] = []
    begin = roles.TakeListModel.beginInsertRows
    monkeypatch.setattr(
        roles.TakeListModel,
        "beginInsertRows",
        lambda model, parent, first, last: (inserted.append((first, last)), begin(model, parent, first, last)),
    )
    again = open_desk()
    again.wait(lambda: again.studio.library.is_read)
    assert [row.take_id for row in again.studio.library.model.rows] == newest_first
    assert inserted == [(0, SHOWN_AT_ONCE - 1), (SHOWN_AT_ONCE, len(made) - 1)]


def test_a_click_shows_and_plays(desk: Desk) -> None:
    first = desk.make_take("calm piano")
    desk.studio.player.stop()
    desk.make_take("warm pads")
    view = desk.window.takes.view
    row = desk.studio.library.model.row_of(first.take_id)
    area = view.visualRect(desk.studio.library.model.index(row))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert desk.studio.player.shown is not None and desk.studio.player.shown.take_id == first.take_id
    assert desk.studio.player.is_playing
    assert desk.page.title.text() == "Calm piano"
    assert str(first.request.seed) in desk.page.details.text()


def test_a_right_click_marks_no_second_row(desk: Desk) -> None:
    desk.make_take("calm piano")
    desk.make_take("warm pads")
    view = desk.window.takes.view
    before = view.currentIndex()
    other = desk.studio.library.model.index(1 - before.row() if before.isValid() else 1)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=view.visualRect(other).center())
    assert view.currentIndex() == before


def test_enter_in_the_list_plays_and_letters_stay_shortcuts(desk: Desk) -> None:
    desk.studio.library.auto_play = "off"
    desk.make_take()
    view = desk.window.takes.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert desk.studio.player.is_playing
    QTest.keyClick(view, Qt.Key.Key_L)
    assert desk.studio.player.is_looping


def test_use_settings_brings_all_back(desk: Desk) -> None:
    desk.studio.take_settings.set_sampling(steps=11)
    take = desk.make_take("calm piano", 1.5)
    desk.studio.take_settings.set_prompt("else")
    desk.studio.take_settings.set_duration(40.0)
    desk.studio.take_settings.set_sampling(steps=30)
    desk.studio.take_settings.roll_seed()
    desk.page.recall.click()
    request = desk.studio.take_settings.make_request()
    assert replace(request, take_id=take.take_id) == take.request
    assert desk.window.prompts.prompt.toPlainText() == "calm piano"


def test_settings_that_are_not_understood_are_told_and_go_on_into_exports(
    open_desk: Callable[[], Desk], home: Path
) -> None:
    desk = open_desk()
    take = desk.make_take("calm piano")
    desk.window.close()
    desk.studio.close()
    sidecar = take.path.with_suffix(".json")
    values = json.loads(sidecar.read_text())
    values["request"] |= {"<b>tempo</b>": 120, "version": 3, "loras": [{"path": "/gone/brass.safetensors"}]}
    sidecar.write_text(json.dumps(values))
    again = open_desk()  # shows the take as it was remembered until the folder has been looked at
    again.wait(lambda: (now := again.studio.library.current) is not None and now.left_out)
    assert not again.message
    again.page.recall.click()
    assert "does not know all of this take's settings: “<b>tempo</b>”." in again.message
    assert "a newer Musicapp" in again.message and "not the adapter “brass.safetensors”" in again.message
    assert again.window.message_bar.text.textFormat() == Qt.TextFormat.PlainText
    assert again.studio.take_settings.make_request().prompt == "calm piano"
    again.window.export.button.click()
    again.wait(lambda: again.studio.exporter.last)
    assert again.studio.exporter.last is not None
    exported = tags.settings_of(wave_io.read_tags(again.studio.exporter.last.path))
    assert exported is not None and exported["<b>tempo</b>"] == 120 and exported["version"] == 3


def test_the_seed_can_be_copied(desk: Desk) -> None:
    take = desk.make_take()
    desk.page.copy_seed.click()
    assert QGuiApplication.clipboard().text() == str(take.request.seed)


def test_rows_tell_title_length_seed_and_time(desk: Desk) -> None:
    take = desk.make_take("calm piano", 1.5)
    index = desk.studio.library.model.index(0)
    assert index.data() == "Calm piano"
    assert index.data(roles.DETAIL_ROLE) == f"0:01.5 · seed {take.request.seed}"
    assert index.data(roles.TIME_ROLE) == f"{take.created.astimezone():%H:%M}"
    assert str(take.request.seed) in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_looking_at_another_take_does_not_stop_the_one_being_made(desk: Desk) -> None:
    old = desk.make_take("old")
    desk.studio.player.stop()
    desk.host.script = "chunk"
    desk.studio.take_settings.set_prompt("new")
    desk.studio.take_settings.set_duration(3.0)
    desk.studio.generation.start()
    desk.wait(lambda: desk.studio.open_takes.being_made)
    (live,) = desk.studio.open_takes.being_made
    desk.studio.library.open(old.take_id)
    desk.wait(lambda: live.audio.available_s >= 2.0)
    desk.studio.library.open(live.take_id)
    assert desk.studio.player.shown is live
    desk.host.write(desk.host.requests[-1], 3)
    desk.host.finish(desk.host.requests[-1])
    desk.wait(lambda: desk.studio.library.current and desk.studio.library.current.take_id == live.take_id)


def test_a_take_whose_file_is_gone_is_told(desk: Desk, home: Path) -> None:
    first = desk.make_take("calm piano")
    desk.studio.player.stop()
    desk.make_take("warm pads")
    first.path.unlink()
    desk.studio.library.open(first.take_id)
    desk.wait(lambda: "is gone" in desk.message)


def test_damaged_sidecars_do_not_hide_other_takes(open_desk: Callable[[], Desk], home: Path) -> None:
    desk = open_desk()
    damaged, whole = desk.make_take("damaged"), desk.make_take("whole")
    desk.window.close()
    desk.studio.close()
    damaged.path.with_suffix(".json").write_text("{")
    again = open_desk()
    again.wait(lambda: len(again.studio.library.model.rows) == 2)  # put together from the tags of its audio
    assert again.studio.library.model.find(whole.take_id) is not None


def test_takes_can_be_kept_in_another_folder(desk: Desk, tmp_path: Path, open_desk: Callable[[], Desk]) -> None:
    first = desk.make_take("harp", 1.0)
    place = tmp_path / "Aufnahmen\u00a0é"
    desk.studio.library.choose_folder(place)
    desk.wait(lambda: desk.studio.library.model.rows == [])
    assert str(first.path.parents[3]) in desk.message
    second = desk.make_take("piano", 1.0)
    assert second.path.is_relative_to(place) and first.path.is_file()
    desk.window.close()
    desk.studio.close()
    again = open_desk()
    again.wait(lambda: [row.take_id for row in again.studio.library.model.rows] == [second.take_id])
    again.studio.library.choose_folder(first.path.parents[3])
    again.wait(lambda: [row.take_id for row in again.studio.library.model.rows] == [first.take_id])
    (tmp_path / "file").touch()
    again.studio.library.choose_folder(tmp_path / "file" / "below")
    again.wait(lambda: "Takes cannot be kept in" in again.message)
    assert again.make_take("bass", 1.0).path.is_relative_to(first.path.parents[3])
