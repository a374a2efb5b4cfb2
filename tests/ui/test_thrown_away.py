"""Takes that are thrown away and brought back, in the window and in other ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from musicapp.cli.main import main
from musicapp.library import moving, trash
from musicapp.ui.dialogs.trash import TrashDialog
from tests.ui.conftest import Desk
from tests.ui.library_desk import key, mark, shown, take_of, told

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


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
