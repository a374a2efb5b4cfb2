"""Menus and keys for the list of takes: the menu Library, and the one that opens on a row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from musicapp.library import lineage
from musicapp.ui.choice_menu import ChoiceMenu
from musicapp.ui.dialogs.tags import TagsDialog
from musicapp.ui.dialogs.trash import TrashDialog
from musicapp.ui.state.comparison import FEWEST, MOST
from musicapp.ui.state.take_search import LABELS
from musicapp.ui.studio import Studio
from musicapp.ui.theme import Theme
from musicapp.ui.words import marked, tr, tr_all

if TYPE_CHECKING:
    from musicapp.ui.main_window import MainWindow

Add = Callable[..., QAction]
CHOOSE = marked("Choose a take in the list first.")


class TakeActions(QObject):
    """Acts on the takes that are marked in the list, or else on the one on the stage.

    add  puts an action into a menu, as `Actions` does
    """

    def __init__(self, window: MainWindow, studio: Studio, theme: Theme, menu: QMenu, add: Add) -> None:
        super().__init__(window)
        self._window, self._studio, self._theme, self._list = window, studio, theme, window.takes
        self._fill(menu, add)
        self._list.menu_wanted.connect(self._open_menu)
        self._list.view.selectionModel().selectionChanged.connect(self._show_state)
        for signal in (studio.search.changed, studio.library.current_changed, studio.take_edits.edited):
            signal.connect(self._show_state)
        self._show_state()

    def _fill(self, menu: QMenu, add: Add) -> None:
        window, search = self._window, self._studio.search
        add(menu, "search_takes", tr("&Search takes"), "Ctrl+F", window.parts.go_to_search)
        self.only_starred = add(menu, "only_starred", tr("Only with a st&ar"), "Shift+F", self._toggle_only_starred)
        self.only_starred.setCheckable(True)
        ChoiceMenu(menu, tr("S&ort by"), "takes_order", lambda: tr_all(LABELS), lambda: search.order, search.set_order)
        self.by_prompt = add(menu, "by_prompt", tr("&Group by prompt"), "G", self._toggle_by_prompt)
        self.by_prompt.setCheckable(True)
        menu.addSeparator()
        self.star = add(menu, "star", tr("S&tar"), "F", self._star)
        self.star.setCheckable(True)
        self.rename = add(menu, "rename", tr("&Name …"), "F2", self._list.rename)
        self.tags = add(menu, "tags", tr("Ta&gs …"), "T", self._edit_tags)
        self.origin = add(menu, "show_origin", tr("Show what &it was made from"), "", self._show_origin)
        self.export_all = add(menu, "export_all", tr("Export the mar&ked takes"), "", self._export_all)
        self.export_project = add(menu, "export_project", tr("As a &project for DAWs"), "", self._export_project)
        self.compare = add(menu, "compare_marked", tr("Co&mpare the marked takes …"), "", self._compare)
        self.throw_away = add(menu, "throw_away", tr("To the t&rash"), "Del", self._throw_away)
        self.throw_away.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._list.view.addAction(self.throw_away)  # the key works in the list alone
        menu.addSeparator()
        add(menu, "show_trash", tr("Show the tras&h …"), "", self._show_trash)
        add(menu, "read_again", tr("Read the folder again"), "F5", self._studio.library.load)
        add(menu, "move_takes", tr("Mo&ve all takes to another folder …"), "", window.move_takes)

    def _open_menu(self, place: QPoint) -> None:
        """The menu of the marked takes; the keys stand beside their entries."""
        actions, menu = self._window.actions_, QMenu(self._list)
        menu.setObjectName("take_menu")
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        show = menu.addAction(tr("&Show and play"))
        show.triggered.connect(self._play)
        show.setEnabled(len(self._list.chosen()) == 1)
        menu.addSeparator()
        menu.addActions([self.star, self.rename, self.tags, self.origin])
        menu.addSeparator()
        uses = menu.addMenu(tr("&Use of the take on the stage"))
        uses.addActions([actions.recall, actions.recall_but_seed, actions.recall_seed])
        menu.addActions([actions.export, self.export_all, self.export_project, self.compare])
        menu.addSeparator()
        menu.addAction(self.throw_away)
        menu.popup(place)

    def _play(self) -> None:
        if takes := self._list.chosen():
            self._studio.library.open(takes[0].take_id, play=True)

    def _star(self) -> None:
        self._studio.take_edits.star(self._list.chosen())

    def _export_all(self) -> None:
        self._studio.exporter.export_all(self._list.chosen())

    def _export_project(self) -> None:
        self._studio.exporter.export_project(self._list.chosen())

    def _compare(self) -> None:
        self._studio.comparison.clear()
        for take in self._list.chosen():
            self._studio.comparison.add(take)
        self._window.show_comparison()

    def _edit_tags(self) -> None:
        takes = self._list.chosen()
        if takes:
            known = {tag for row in self._studio.library.model.rows if row.take for tag in row.take.tags}
            dialog = TagsDialog(takes, sorted(known, key=str.casefold), self._window)
            dialog.chosen.connect(lambda add, remove: self._studio.take_edits.tag(takes, add=add, remove=remove))
            dialog.open()

    def _throw_away(self) -> None:
        marked = self._list.marked()
        if any(row.take is None for row in marked):
            self._studio.messages.post(
                "warning",
                "What is being made stays.",
                "Cancel it, or wait until it is done, then throw it away.",
                about="trash",
            )
        self._studio.take_edits.throw_away([row.take for row in marked if row.take is not None])

    def _show_origin(self) -> None:
        takes = self._list.chosen()
        origin = lineage.origin_of(takes[0]) if takes else None
        if origin is not None and self._studio.library.model.find(origin.take_id) is not None:
            self._list.reveal(origin.take_id)
        elif origin is not None and not origin.take_id and (source := takes[0].request.source) is not None:
            self._studio.sounds.take_apart(Path(source.path))
        elif origin is not None:
            what = "take" if origin.take_id else f"file “{origin.name}”"
            self._studio.messages.post(
                "notice",
                f"The {what} that this one was made from is not in the list.",
                "It may be in the trash." if origin.take_id else "Sounds from elsewhere stay where they are.",
                about="origin",
            )

    def _show_trash(self) -> None:
        TrashDialog(self._studio.take_trash, self._theme, self._window).open()

    def _toggle_only_starred(self) -> None:
        self._studio.search.set_only_starred(not self._studio.search.only_starred)

    def _toggle_by_prompt(self) -> None:
        self._studio.search.set_by_prompt(not self._studio.search.by_prompt)

    def _show_state(self) -> None:
        takes = self._list.chosen()
        for action, can in (
            (self.star, bool(takes)),
            (self.rename, len(takes) == 1),
            (self.tags, bool(takes)),
            (self.export_all, bool(takes)),
            (self.export_project, bool(takes)),
            (self.compare, FEWEST <= len(takes) <= MOST),
            (self.throw_away, bool(self._list.marked())),
        ):
            action.setEnabled(can)
            action.setToolTip("" if can else tr(CHOOSE))
        if not self.compare.isEnabled():
            self.compare.setToolTip(tr("Mark {fewest} to {most} takes in the list.", fewest=FEWEST, most=MOST))
        self.origin.setEnabled(len(takes) == 1 and lineage.origin_of(takes[0]) is not None)
        self.star.setChecked(bool(takes) and all(take.is_starred for take in takes))
        self.only_starred.setChecked(self._studio.search.only_starred)
        self.by_prompt.setChecked(self._studio.search.by_prompt)
