"""Many takes in the window: searched, ordered, starred, named, tagged, thrown away and brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from musicapp.cli.main import main
from musicapp.library import edits, moving, sidecar
from musicapp.library.takes import Take
from musicapp.ui.dialogs.tags import TagsDialog
from musicapp.ui.state import take_list_model as roles
from musicapp.ui.state.take_list_model import TakeRow
from tests.ui.conftest import Desk
from tests.ui.library_desk import PROMPTS, key, mark, shown, take_of, told, write

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


def test_a_search_is_typed_found_and_left_by_keys(library: Desk) -> None:
    field = library.window.takes.search.field
    key(library, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    library.wait(field.hasFocus)
    QTest.keyClicks(field, "piano")
    library.wait(lambda: shown(library) == "20")
    assert library.window.takes.count.text() == "2 of 4"
    QTest.keyClicks(field, " 102")
    library.wait(lambda: shown(library) == "2")
    key(library, Qt.Key.Key_Down)
    assert library.window.takes.view.hasFocus()
    assert [take.take_id for take in library.window.takes.chosen()] == ["take2"], "the stage's own is not shown"
    key(library, Qt.Key.Key_Return)
    library.wait(lambda: library.studio.library.current == take_of(library, 2))
    QTest.keyClicks(field, "xyz")
    library.wait(lambda: shown(library) == "")
    assert library.window.takes.empty.text() == "No take has all of these words."
    library.window.takes.show_all.click()
    library.wait(lambda: shown(library) == "3210" and field.text() == "")
    assert library.window.takes.count.text() == "4"


def test_stars_are_set_filtered_and_undone(library: Desk) -> None:
    mark(library, 0, 3)
    key(library, Qt.Key.Key_F)
    library.wait(lambda: take_of(library, 0).is_starred and take_of(library, 3).is_starred)
    assert told(library, 3)["starred"] is True
    library.window.takes.search.only_starred.click()
    assert shown(library) == "30"
    index = library.studio.library.model.index(0)
    assert index.data(roles.IS_STARRED_ROLE) and "With a star" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    key(library, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    library.wait(lambda: shown(library) == "")
    assert "No take has a star" in library.window.takes.empty.text()
    library.window.takes.search.only_starred.click()
    assert shown(library) == "3210" and told(library, 0)["starred"] is False


def test_orders_and_groups(library: Desk, open_desk: Callable[[], Desk]) -> None:
    search, model = library.studio.search, library.studio.library.model
    library.wait(lambda: model.facts_of(take_of(library, 1)).tempo_bpm == 130)
    for order, expected in (
        ("length", "0123"),
        ("tempo", "2013"),
        ("name", "2013"),
        ("key", "2031"),
        ("newest", "3210"),
    ):
        search.set_order(order)
        assert shown(library) == expected, order
    mark(library, 0, 1)
    search.set_by_prompt(True)
    assert shown(library) == "|3|20|1"
    assert [take.take_id for take in library.window.takes.chosen()] == ["take0", "take1"], "marks stay where they were"
    heading = model.index(2)
    assert "2 takes" in heading.data(roles.DETAIL_ROLE) and "unfolded" in heading.data(
        Qt.ItemDataRole.AccessibleTextRole
    )
    library.window.takes.view.mark(heading)
    library.window.takes.view.setFocus()
    key(library, Qt.Key.Key_Return)
    assert shown(library) == "|3||1" and library.window.takes.count.text() == "4"
    library.window.takes.view.viewport().grab()
    search.set_order("length")
    library.window.close()
    library.studio.close()
    again = open_desk()
    assert shown(again) == "|02|1|3", "as it was left"


def test_a_marked_prompt_is_all_of_its_takes(library: Desk, home: Path) -> None:
    """Never the take on the stage, which is somewhere else; folded or not, and also when a take comes meanwhile."""
    view, model, chosen = library.window.takes.view, library.studio.library.model, library.window.takes.chosen
    library.studio.library.open("take3")
    library.studio.search.set_by_prompt(True)
    assert shown(library) == "|3|20|1"
    view.setFocus()
    view.mark(model.index(2))
    key(library, Qt.Key.Key_F)
    library.wait(lambda: take_of(library, 0).is_starred and take_of(library, 2).is_starred)
    assert not take_of(library, 3).is_starred and not take_of(library, 1).is_starred
    key(library, Qt.Key.Key_Return)
    assert shown(library) == "|3||1"
    write(home / "takes", 4, "harp")
    write(home / "takes", 5, "organ")
    library.studio.library.load()
    library.wait(lambda: shown(library) == "|5|43||1")
    assert [take.take_id for take in chosen()] == ["take2", "take0"], "it stays marked"
    library.window.takes.reveal("take0")
    assert shown(library) == "|5|43|20|1" and [take.take_id for take in chosen()] == ["take0"]
    view.mark(model.index(5))
    view.selectionModel().select(model.index(6), QItemSelectionModel.SelectionFlag.Select)
    assert [take.take_id for take in chosen()] == ["take2", "take0"], "each once"
    key(library, Qt.Key.Key_Delete)
    library.wait(lambda: "2 takes are in the trash" in library.message)
    assert shown(library) == "|5|43|1"


def test_what_is_heard_of_the_take_on_the_stage_marks_no_other_row(library: Desk) -> None:
    library.studio.library.open("take1")
    library.wait(lambda: library.studio.looks.is_idle)
    mark(library, 3)
    library.window.stage.focus_waveform()
    assert library.studio.library.current is not None
    library.studio.library.noted(replace(library.studio.library.current, measured={"key": "C minor"}))
    exported = library.studio.exporter.take
    assert isinstance(exported, Take) and exported.measured == {"key": "C minor"}
    assert [take.take_id for take in library.window.takes.chosen()] == ["take3"]


def test_what_is_heard_of_a_take_takes_no_edit_of_it_back(library: Desk) -> None:
    library.studio.library.open("take1")
    before = library.studio.library.current
    assert before is not None
    library.studio.take_edits.tag([before], add=("mine",), remove=())
    library.wait(lambda: take_of(library, 1).tags == ("mine",))  # by the edit: what is heard changes it, too
    library.studio.library.noted(replace(before, measured={"key": "C minor"}))  # heard before the edit, told behind it
    heard = library.studio.library.current
    assert heard is not None and heard.tags == ("mine",) and heard.measured == {"key": "C minor"}
    assert take_of(library, 1) == heard


def test_a_name_is_typed_in_the_row(library: Desk) -> None:
    library.studio.library.open("take1")
    mark(library, 1)
    key(library, Qt.Key.Key_F2)
    field = library.window.takes.view.findChild(QLineEdit, "take_name")
    assert field is not None and field.accessibleName() and field.placeholderText() == "Driving techno, 130 bpm"
    QTest.keyClicks(field, "Überholspur")
    QTest.keyClick(field, Qt.Key.Key_Return)
    library.wait(lambda: take_of(library, 1).title == "Überholspur")
    assert library.studio.library.model.index(2).data() == "Überholspur" == library.page.title.text()
    library.studio.undo.undo()
    library.wait(lambda: library.page.title.text() == "Driving techno, 130 bpm")
    mark(library, 3)
    key(library, Qt.Key.Key_F2)
    field = library.window.takes.view.findChildren(QLineEdit, "take_name")[-1]
    QTest.keyClicks(field, "Strings")
    library.studio.looks.found.emit("take3")  # the row changes meanwhile
    library.studio.library.model.set_shown("take3")
    QTest.keyClicks(field, " of light")
    QTest.keyClick(field, Qt.Key.Key_Return)
    library.wait(lambda: take_of(library, 3).title == "Strings of light")
    assert library.studio.library.current == take_of(library, 1), "Return kept the name and opened nothing"
    library.studio.take_edits.rename(take_of(library, 1), "x" * 300)
    assert "200 is the most" in library.message and told(library, 1)["title"] == ""


def test_takes_that_come_do_not_end_the_typing_of_a_name(library: Desk, home: Path) -> None:
    """Or the rest of the name would be keys: s takes a seed, l loops, t opens the tags."""
    library.studio.search.set_order("name")
    library.studio.library.open("take1")
    mark(library, 3)
    library.window.takes.view.setFocus()
    key(library, Qt.Key.Key_F2)
    field = library.window.takes.view.findChild(QLineEdit, "take_name")
    assert field is not None
    QTest.keyClicks(field, "Str")
    library.make_take("another, made meanwhile")
    write(home / "takes", 4, "from elsewhere")
    library.studio.library.load()
    library.wait(lambda: library.studio.library.model.find("take4"))
    library.studio.search.set_only_starred(True)
    library.studio.search.set_only_starred(False)
    library.studio.take_edits.throw_away([take_of(library, 0)])
    library.wait(lambda: "in the trash" in library.message)
    library.studio.library.open("take2")
    assert QApplication.focusWidget() is field and field.text() == "Str"
    QTest.keyClicks(field, "ings")
    QTest.keyClick(field, Qt.Key.Key_Return)
    library.wait(lambda: take_of(library, 3).title == "Strings")
    library.wait(lambda: len(library.studio.library.model.lines) == 5)
    titles = [line.title for line in library.studio.library.model.lines if isinstance(line, TakeRow)]
    assert titles == sorted(titles, key=str.casefold) and "Strings" in titles, "all is as it would have been"
    key(library, Qt.Key.Key_F2)
    key(library, Qt.Key.Key_Escape)
    library.studio.take_edits.throw_away([take_of(library, 1)])
    library.wait(lambda: len(library.studio.library.model.lines) == 4)


def test_tags_of_several_takes_are_edited_at_once(library: Desk) -> None:
    edits.tag(take_of(library, 0), add=("both", "mine"))
    edits.tag(take_of(library, 1), add=("Both",))
    library.studio.library.load()
    library.wait(lambda: take_of(library, 1).tags)
    mark(library, 0, 1)
    library.window.takes.view.setFocus()
    key(library, Qt.Key.Key_T)
    dialog = library.window.findChild(TagsDialog)
    assert dialog is not None and dialog.field.text() == "Both" and "only some" in dialog.note.text()
    dialog.field.setText("y" * 41)
    dialog.keep.click()
    assert dialog.isVisible() and "40 is the most" in dialog.note.text()
    dialog.field.setText("")
    next(chip for chip in dialog.offered if chip.text() == "mine").click()
    assert dialog.field.text() == "mine"
    dialog.field.setText("mine, take home")
    dialog.keep.click()
    library.wait(lambda: "take home" in take_of(library, 1).tags)
    assert take_of(library, 0).tags == ("mine", "take home") and take_of(library, 1).tags == ("mine", "take home")
    library.studio.search.set_text("#take")
    library.wait(lambda: shown(library) == "10")
    library.studio.undo.undo()
    library.wait(lambda: set(take_of(library, 0).tags) == {"mine", "both"} and take_of(library, 1).tags == ("Both",))
    library.wait(lambda: shown(library) == "")


def test_a_menu_opens_on_a_row_for_the_marked_takes(library: Desk) -> None:
    view, model = library.window.takes.view, library.studio.library.model
    mark(library, 3, 2)
    places = [view.visualRect(model.index(number)).center() for number in range(4)]
    for place, expected in ((places[0], 2), (places[3], 1)):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place))
        QApplication.sendEvent(view.viewport(), event)
        menu = next(menu for menu in library.window.takes.findChildren(QMenu, "take_menu") if menu.isVisible())
        texts = [action.text() for action in menu.actions()]
        assert library.window.actions_.takes.star.text() in texts and len(library.window.takes.chosen()) == expected
        menu.close()
        QApplication.sendPostedEvents(menu, 52)
    away = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, view.height() - 3), QPoint(0, 0))
    QApplication.sendEvent(view.viewport(), away)
    assert not any(menu.isVisible() for menu in library.window.takes.findChildren(QMenu, "take_menu"))


def test_what_a_take_was_made_from_is_told_and_shown(library: Desk) -> None:
    origin = {"take_id": "take0", "how": "extended"}
    sidecar.change(take_of(library, 3).path, lambda values: {**values, "made_from": origin})
    library.studio.library.load()
    library.wait(lambda: take_of(library, 3).made_from)
    index = library.studio.library.model.index(0)
    assert "Extended from “Calm piano" in index.data(Qt.ItemDataRole.ToolTipRole)
    mark(library, 3)
    library.studio.search.set_text("harp")
    library.wait(lambda: shown(library) == "3")
    library.window.actions_.takes.origin.trigger()
    assert [take.take_id for take in library.window.takes.chosen()] == ["take0"] and shown(library) == "3210"


def test_what_other_programs_do_is_seen_when_the_window_is_looked_at_again(
    library: Desk, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["takes", "name", "take1", "From outside"]) == 0
    assert main(["takes", "trash", "take2"]) == 0
    write(home / "takes", 7, "oboe")
    monkeypatch.setattr(library.studio.library, "_looked_at_s", -100.0)
    library.studio.library.look_again()
    library.wait(lambda: shown(library) == "7310")
    assert take_of(library, 1).title == "From outside"
    library.studio.search.set_text("outside")
    library.wait(lambda: shown(library) == "1")


def test_settings_of_a_take_all_but_the_seed_or_the_seed_alone(library: Desk) -> None:
    form = library.studio.take_settings
    library.studio.library.open("take1")
    library.wait(lambda: library.studio.player.shown is not None)
    form.set_prompt("my own words")
    form.set_seed(5)
    library.window.stage.focus_waveform()
    key(library, Qt.Key.Key_S)
    assert (form.prompt, form.seed, form.seed_is_locked) == ("my own words", 101, True)
    key(library, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert (form.prompt, form.seed, form.seed_is_locked) == (PROMPTS[1], 101, True)
    key(library, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (form.prompt, form.seed) == ("my own words", 101)
    key(library, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (form.prompt, form.seed, form.seed_is_locked) == ("my own words", 5, False)
    key(library, Qt.Key.Key_R)
    assert (form.prompt, form.seed, form.seed_is_locked) == (PROMPTS[1], 101, True)
    library.page.recall.setFocus()
    library.studio.messages.accept_offer()
    assert (form.prompt, form.seed) == ("my own words", 5)


def test_an_index_that_cannot_be_kept_is_told_and_all_is_listed(
    made: Sequence[Take], home: Path, open_desk: Callable[[], Desk]
) -> None:
    (home / "cache").mkdir()
    (home / "cache" / "library").touch()
    desk = open_desk()
    assert shown(desk) == "3210" and "cannot be kept" in desk.message
    desk.studio.search.set_text("harp")
    desk.wait(lambda: shown(desk) == "3")


def test_all_takes_move_to_another_folder_and_a_stopped_move_goes_on(
    library: Desk, home: Path, tmp_path: Path, open_desk: Callable[[], Desk]
) -> None:
    steps = moving.move(tmp_path / "new")
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    library.window.close()
    library.studio.close()
    again = open_desk()
    assert "Not all takes were moved" in again.message and shown(again) == "3210"
    again.studio.messages.accept_offer()
    again.wait(lambda: "All takes are in" in again.message)
    again.wait(lambda: take_of(again, 0).path.is_relative_to(tmp_path / "new"))
    assert shown(again) == "3210" and not list((home / "takes").rglob("*.wav"))
    again.studio.search.set_text("harp")
    again.wait(lambda: shown(again) == "3")


def test_a_folder_on_a_disk_that_is_not_connected_is_said_once(
    library: Desk, home: Path, tmp_path: Path, open_desk: Callable[[], Desk]
) -> None:
    disk, away = tmp_path / "disk", tmp_path / "away"
    list(moving.move(disk))
    library.window.leave()
    library.studio.close()
    disk.rename(away)
    desk = open_desk()
    desk.wait(lambda: "is not there" in desk.message)
    assert str(disk) in desk.message and "Connect its disk" in desk.message and shown(desk) == ""
    desk.studio.messages.put_aside()
    with desk.qtbot.waitSignal(desk.studio.library.loaded):
        desk.studio.library.load()
    desk.settle()
    assert desk.message == "", "once is enough"
    away.rename(disk)
    desk.studio.library.load()
    desk.wait(lambda: shown(desk) == "3210")
    desk.settle()  # by then it has been seen that the folder is there
    disk.rename(away)
    desk.studio.library.load()
    desk.wait(lambda: "is not there" in desk.message)
    desk.studio.messages.accept_offer()
    desk.wait(lambda: "Takes are kept in" in desk.message and str(home / "takes") in desk.message)


def test_every_control_of_the_list_has_a_name_and_a_tip(library: Desk) -> None:
    for name in ("takes_search", "takes_only_starred", "takes_order", "takes_show_all"):
        found = library.window.takes.findChild(QWidget, name)
        assert found is not None and found.accessibleName() and found.toolTip(), name


def test_thousands_of_takes_are_marked_searched_and_thrown_out_of_the_list_at_once(
    library: Desk, made: Sequence[Take]
) -> None:
    many = [
        replace(made[0], take_id=f"many{number}", path=made[0].path.with_name(f"many{number}.wav"), title=str(-number))
        for number in range(5000)
    ]
    model, view = library.studio.library.model, library.window.takes.view
    model.set_takes(many)
    view.selectAll()
    assert len(library.window.takes.chosen()) == 5000 and library.window.actions_.takes.star.isEnabled()
    library.studio.search.set_order("name")
    assert len(library.window.takes.chosen()) == 5000
    model.remove(*(take.take_id for take in many[:4999]))
    assert [take.take_id for take in library.window.takes.chosen()] == ["many4999"]
