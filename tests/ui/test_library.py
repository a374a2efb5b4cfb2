"""Many takes in the window: searched, ordered, starred, named, tagged, thrown away and brought back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from musicapp.cli.main import main
from musicapp.library import edits, moving, sidecar, takes, trash
from musicapp.library.takes import Take
from musicapp.ui.dialogs.tags import TagsDialog
from musicapp.ui.dialogs.trash import TrashDialog
from musicapp.ui.state import take_list_model as roles
from musicapp.ui.state.take_choice import Heading
from musicapp.ui.state.take_list_model import TakeRow
from tests.library.test_takes import WHEN, write_take
from tests.ui.conftest import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")
PROMPTS = ("calm piano, 90 bpm, in C minor", "driving techno, 130 bpm", "calm piano, 90 bpm, in C minor", "harp")


def write(folder: Path, number: int, prompt: str) -> Take:
    take = write_take(folder, f"take{number}", frames=4410 * (number + 1), when=WHEN + timedelta(hours=number))
    take = replace(take, request=replace(take.request, prompt=prompt, seed=100 + number))
    takes.save(take)
    return take


@pytest.fixture
def made(home: Path) -> list[Take]:
    return [write(home / "takes", number, prompt) for number, prompt in enumerate(PROMPTS)]


@pytest.fixture
def library(made: list[Take], open_desk: Callable[[], Desk]) -> Desk:
    desk = open_desk()
    desk.window.resize(1200, 800)
    desk.window.stage.focus_waveform()
    desk.wait(lambda: desk.studio.search.text == "" and len(desk.studio.library.model.lines) == len(PROMPTS))
    return desk


def shown(desk: Desk) -> str:
    """The numbers of the takes in the list, | for a heading."""
    lines = desk.studio.library.model.lines
    return "".join("|" if isinstance(line, Heading) else line.take_id[4:] for line in lines)


def mark(desk: Desk, *numbers: int) -> None:
    """Mark takes as Ctrl and clicks do."""
    view, model = desk.window.takes.view, desk.studio.library.model
    for place, number in enumerate(numbers):
        index = model.index(model.row_of(f"take{number}"))
        if place:
            view.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
        else:
            view.mark(index)


def key(desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or desk.window, key, modifiers)


def told(desk: Desk, number: int) -> dict[str, object]:
    row = desk.studio.library.model.find(f"take{number}")
    assert row is not None and row.take is not None
    values: dict[str, object] = json.loads(sidecar.of(row.take.path).read_text())
    return values


def take_of(desk: Desk, number: int) -> Take:
    row = desk.studio.library.model.find(f"take{number}")
    assert row is not None and row.take is not None
    return row.take


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


def test_takes_are_thrown_away_by_a_key_and_brought_back(library: Desk, home: Path) -> None:
    library.studio.library.open("take2", play=True)
    mark(library, 2, 3)
    library.window.stage.focus_waveform()
    key(library, Qt.Key.Key_Delete)
    library.qtbot.wait(50)
    assert shown(library) == "3210", "the key works in the list alone"
    library.window.takes.view.setFocus()
    key(library, Qt.Key.Key_Delete)
    library.wait(lambda: "2 takes are in the trash" in library.message)
    assert shown(library) == "10" and not library.studio.player.is_playing and "playback was stopped" in library.message
    assert library.studio.library.current == take_of(library, 1)
    assert len(trash.inside(home / "takes")) == 2
    library.studio.search.set_text("harp")
    library.wait(lambda: shown(library) == "")
    library.studio.messages.accept_offer()
    library.wait(lambda: shown(library) == "3")
    library.studio.search.show_all()
    assert shown(library) == "3210" and trash.inside(home / "takes") == []
    assert library.studio.undo.words == "", "once undone there is nothing left to undo"


def test_undoing_knows_what_was_brought_back_deleted_or_moved_in_other_ways(
    library: Desk, home: Path, tmp_path: Path
) -> None:
    """Star, throw away three; bring one back by hand, delete one for good, move the folder: the third comes back."""
    studio, undo = library.studio, library.studio.undo
    mark(library, 0)
    key(library, Qt.Key.Key_F)
    library.wait(lambda: undo.words == "Star")
    studio.take_edits.throw_away([take_of(library, number) for number in (0, 1, 2)])
    library.wait(lambda: undo.words == "Throw away")
    by_id = {each.take.take_id: each for each in trash.inside(home / "takes")}
    studio.take_trash.restore([by_id["take0"]])
    library.wait(lambda: shown(library) == "30")
    studio.take_trash.delete([by_id["take1"]])
    library.wait(lambda: len(trash.inside(home / "takes")) == 1)
    list(moving.move(tmp_path / "elsewhere"))
    studio.library.load()
    library.wait(lambda: take_of(library, 0).path.is_relative_to(tmp_path / "elsewhere"))
    undo.undo()
    library.wait(lambda: shown(library) == "320")
    assert undo.words == "Star" and library.message == ""
    undo.undo()
    library.wait(lambda: not take_of(library, 0).is_starred)
    assert told(library, 0)["starred"] is False and undo.words == "" and library.message == ""


def test_nothing_is_offered_back_once_the_trash_is_empty(library: Desk, home: Path) -> None:
    library.studio.take_edits.throw_away([take_of(library, 0)])
    library.wait(lambda: library.studio.undo.words == "Throw away")
    library.studio.take_trash.delete(trash.inside(home / "takes"))
    library.wait(lambda: library.studio.undo.words == "")
    assert library.window.actions_.undo.isEnabled() is False and library.message == ""


def test_what_the_command_line_brings_back_is_shown_again(library: Desk, home: Path) -> None:
    library.studio.take_edits.throw_away([take_of(library, 0), take_of(library, 1)])
    library.wait(lambda: library.studio.undo.words == "Throw away")
    assert main(["takes", "restore", "take0"]) == 0
    library.studio.library.load()
    library.wait(lambda: shown(library) == "320")
    library.studio.undo.undo()
    library.wait(lambda: shown(library) == "3210")


def test_one_take_that_is_gone_costs_no_other(library: Desk, home: Path) -> None:
    """Of four marked takes one was thrown away elsewhere: the others are starred, thrown away, and come back."""
    studio = library.studio
    takes_ = [take_of(library, number) for number in (1, 0, 3, 2)]
    away = trash.put(home / "takes", takes_[1])
    studio.take_edits.star(takes_)
    library.wait(lambda: "no longer there" in library.message)
    assert all(told(library, number)["starred"] for number in (1, 2, 3))
    library.wait(lambda: shown(library) == "321")
    studio.take_edits.throw_away(takes_)
    library.wait(lambda: len(trash.inside(home / "takes")) == 4)
    library.wait(lambda: studio.undo.words == "Throw away")
    other = next(each.take.path for each in trash.inside(home / "takes") if each.take.path != away)
    other.unlink()
    studio.undo.undo()
    library.wait(lambda: len(shown(library)) == 2)
    assert [each.take.path for each in trash.inside(home / "takes")] == [away]
    studio.messages.put_aside()
    assert "no longer there" in library.message, "told of both takes that were gone"


def test_what_is_thrown_away_while_it_is_changed_stays_away(library: Desk, home: Path) -> None:
    """F and Del at once: the star arrives when the take is on its way into the trash."""
    for _ in range(3):
        takes_ = [take_of(library, number) for number in (1, 2)]
        library.studio.take_edits.star(takes_)
        library.studio.take_edits.throw_away(takes_)
        library.wait(lambda: library.studio.undo.words == "Throw away")
        library.qtbot.wait(30)
        assert shown(library) == "30"
        library.studio.undo.undo()
        library.wait(lambda: shown(library) == "3210")
    assert told(library, 1)["starred"] is True


def test_the_last_take_leaves_an_empty_stage(library: Desk) -> None:
    mark(library, 0, 1, 2, 3)
    library.window.takes.view.setFocus()
    key(library, Qt.Key.Key_Delete)
    library.wait(lambda: "in the trash" in library.message)
    assert library.studio.player.shown is None and shown(library) == ""
    key(library, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    library.wait(lambda: shown(library) == "3210")


def test_what_is_being_made_or_exported_stays_and_is_told(library: Desk) -> None:
    library.studio.take_edits.is_exported = lambda take_id: take_id == "take1"
    library.studio.take_edits.throw_away([take_of(library, 1)])
    assert "being exported and stayed" in library.message and shown(library) == "3210"
    library.host.script = "denoising"
    library.studio.take_settings.set_prompt("organ")
    library.studio.generation.start()
    library.wait(lambda: len(library.studio.library.model.lines) == 5)
    view = library.window.takes.view
    view.setFocus()
    view.mark(library.studio.library.model.index(0))
    library.window.actions_.takes.throw_away.trigger()
    assert "being made stays" in library.message and len(library.studio.library.model.lines) == 5


def test_the_trash_is_shown_emptied_after_a_question_and_brought_back_from(library: Desk, home: Path) -> None:
    library.studio.take_edits.throw_away([take_of(library, number) for number in (0, 1, 2)])
    library.wait(lambda: "3 takes" in library.message)
    action = library.window.findChild(QAction, "action_show_trash")
    assert action is not None
    action.trigger()
    dialog = library.window.findChild(TrashDialog)
    assert dialog is not None
    library.wait(lambda: dialog.list.count() == 3)
    assert "Driving techno" not in dialog.list.item(0).text() and "piano" in dialog.list.item(0).text()
    dialog.restore.click()
    library.wait(lambda: shown(library) == "32" and dialog.list.count() == 2)
    dialog.delete_some.click()
    assert dialog.no.isVisible() and "for good" in dialog.question.text()
    dialog.no.click()
    assert len(trash.inside(home / "takes")) == 2
    dialog.delete_all.click()
    dialog.yes.click()
    library.wait(lambda: dialog.list.count() == 0)
    assert trash.inside(home / "takes") == [] and dialog.empty.text() == "The trash is empty."
    assert not dialog.delete_all.isEnabled() and "nothing in the trash" in dialog.delete_all.toolTip()


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
    desk.studio.library.load()
    desk.qtbot.wait(100)
    assert desk.message == "", "once is enough"
    away.rename(disk)
    desk.studio.library.load()
    desk.wait(lambda: shown(desk) == "3210")
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
