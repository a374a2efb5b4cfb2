"""The right rail: a search, and the takes that it finds, or all of them, with the one being made."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from musicapp.library.takes import Take
from musicapp.ui.state import take_list_model as roles
from musicapp.ui.state.take_choice import Heading
from musicapp.ui.state.take_library import TakeLibrary
from musicapp.ui.state.take_list_model import Line, TakeRow, key_of
from musicapp.ui.state.take_search import TakeSearch
from musicapp.ui.theme import SPACE_TIGHT, SPACE_WIDE, Theme
from musicapp.ui.widgets.described import described, label
from musicapp.ui.widgets.take_row_painter import TakeRowPainter
from musicapp.ui.widgets.take_search_row import TakeSearchRow
from musicapp.ui.words import marked, number, tr

NO_TAKES = marked("Takes appear here.\nThey are kept on disk as they are made.")
NONE_FOUND = marked("No take has all of these words.")
NONE_STARRED = marked("No take has a star.\nF gives the chosen ones a star.")
NONE_OF_BOTH = marked("No take with a star has all of these words.")
READING = marked("Reading takes …")


class TakeList(QFrame):
    """Heading, search and list.

    menu_wanted  where on the screen a menu for the chosen takes is to open
    """

    menu_wanted = Signal(object)

    def __init__(self, library: TakeLibrary, search: TakeSearch, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self._library, self._search, self._model = library, search, library.model
        self.view = described(_View(), "takes", tr("Takes"), tr("Click to show and play a take"))
        self.view.setToolTip("")  # rows have their own
        self.view.setModel(self._model)
        self.view.setItemDelegate(TakeRowPainter(theme, self.view))
        self.search = TakeSearchRow(search, theme)
        self.count = label("", tone="muted")
        self.count.setObjectName("take_count")
        self.empty = label(tr(READING), tone="muted")
        self.empty.setObjectName("takes_empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.show_all = described(QPushButton(tr("Show all takes")), "takes_show_all", tr("Show all takes"))
        self.show_all.setProperty("role", "link")
        self._is_read = False
        self._chosen: set[tuple[bool, str]] = set()
        self._lay_out()

        self.view.clicked.connect(self._clicked)
        self.view.activated.connect(self._open)
        self.view.menu_wanted.connect(self.menu_wanted)
        self.view.typed.connect(self._typed)
        self.search.left.connect(self._go_to_list)
        self.show_all.clicked.connect(self._show_all)
        library.current_changed.connect(self._follow)
        library.loaded.connect(self._show_loaded)
        self._model.modelAboutToBeReset.connect(self._remember_chosen)
        self._model.modelReset.connect(self._choose_again)
        for signal in (self._model.rowsInserted, self._model.rowsRemoved, self._model.modelReset, search.changed):
            signal.connect(self._show_page)
        theme.changed.connect(self.view.viewport().update)
        self._show_page()

    def _lay_out(self) -> None:
        heading = QWidget()
        row = QHBoxLayout(heading)
        row.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, 0)
        title = label(tr("Takes"), tone="section")
        title.setBuddy(self.view)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.count)
        nothing = QWidget()
        below = QVBoxLayout(nothing)
        below.addStretch(1)
        below.addWidget(self.empty)
        below.addWidget(self.show_all, 0, Qt.AlignmentFlag.AlignCenter)
        below.addStretch(1)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(nothing)
        self._pages.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, SPACE_TIGHT)
        layout.setSpacing(SPACE_TIGHT)
        layout.addWidget(heading)
        layout.addWidget(self.search)
        layout.addWidget(pages, 1)

    def chosen(self) -> list[Take]:
        """The finished takes that are marked in the list, in its order; with none, the one on the stage."""
        if marked := self.marked():
            return [row.take for row in marked if row.take is not None]
        current = self._library.current
        return [current] if current is not None else []

    def marked(self) -> list[TakeRow]:
        """The rows that are marked, also those of takes that are being made; a marked prompt is all of its takes."""
        found: dict[str, TakeRow] = {}
        for line in self._marked_lines():
            take_ids = line.take_ids if isinstance(line, Heading) else (line.take_id,)
            rows = [row for take_id in take_ids if (row := self._model.find(take_id)) is not None]
            found |= {row.take_id: row for row in rows}
        return list(found.values())

    def _marked_lines(self) -> list[Line]:
        numbers = sorted(index.row() for index in self.view.selectedIndexes())
        return [self._model.lines[number] for number in numbers if number < len(self._model.lines)]

    def rename(self) -> None:
        """Type a name for the chosen take, in its row."""
        if takes := self.chosen():
            self.reveal(takes[0].take_id)
            self._model.hold(True)  # takes that come meanwhile would end the typing, and its letters be keys
            self.view.edit(self.view.currentIndex())
            if not self.view.is_typed_in:
                self._model.hold(False)

    def _typed(self) -> None:
        self._model.hold(False)
        self._follow()

    def reveal(self, take_id: str) -> None:
        """Mark a take, after unfolding its prompt or showing all if it was hidden, and go there."""
        row = self._model.find(take_id)
        if row is not None and row.request.prompt in self._model.choice.folded:
            self._model.fold(row.request.prompt)
        if self._model.row_of(take_id) < 0:
            self._show_all()
        number = self._model.row_of(take_id)
        if number >= 0:
            self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.view.mark(self._model.index(number))

    def _clicked(self, index: QModelIndex) -> None:
        if not self.view.only_marks:  # with Ctrl or Shift rows are only marked
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        heading = index.data(roles.HEADING_ROLE)
        if isinstance(heading, Heading):
            self._model.fold(heading.prompt)
        else:
            self._library.open(index.data(roles.TAKE_ID_ROLE), play=True)

    def _go_to_list(self) -> None:
        """From the search down to what it found."""
        first = next((n for n, line in enumerate(self._model.lines) if isinstance(line, TakeRow)), -1)
        if first >= 0:
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.marked():
                self.view.mark(self._model.index(first))

    def _show_all(self) -> None:
        self.search.clear()
        self._search.show_all()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow(self) -> None:
        """The current row is the take on the stage, unless the user is walking through the list."""
        number = self._model.shown_row
        is_free = not self.view.hasFocus() and not self.view.is_typed_in
        if number >= 0 and is_free and len(self.view.selectedIndexes()) <= 1:
            self.view.mark(self._model.index(number))

    def _remember_chosen(self) -> None:
        self._chosen = {key_of(line) for line in self._marked_lines()}

    def _choose_again(self) -> None:
        """The same takes stay marked where they are now."""
        numbers = [number for number, line in enumerate(self._model.lines) if key_of(line) in self._chosen]
        if numbers:
            self.view.mark(self._model.index(numbers[0]))
            self.view.selectionModel().select(self._runs_of(numbers), QItemSelectionModel.SelectionFlag.Select)

    def _runs_of(self, numbers: list[int]) -> QItemSelection:
        """Rows as runs: thousands one by one would take Qt minutes."""
        runs, first = QItemSelection(), numbers[0]
        for row, after in zip(numbers, [*numbers[1:], -1], strict=True):
            if after != row + 1:
                runs.append(QItemSelectionRange(self._model.index(first), self._model.index(row)))
                first = after
        return runs

    def _show_page(self) -> None:
        count, choice = self._model.rowCount(), self._model.choice
        self._pages.setCurrentIndex(1 if count else 0)
        shown, all_ = self._model.shown_takes, len(self._model.rows)
        self.count.setText(
            (tr("{shown} of {all}", shown=number(shown), all=number(all_)) if choice.hides_some else number(all_))
            if all_
            else ""
        )
        if choice.hides_some:
            both = choice.found is not None and choice.only_starred
            text = tr(NONE_OF_BOTH) if both else tr(NONE_FOUND) if choice.found is not None else tr(NONE_STARRED)
        else:
            text = tr(NO_TAKES) if self._is_read else tr(READING)
        self.empty.setText(text)
        self.show_all.setVisible(choice.hides_some)

    def _show_loaded(self) -> None:
        self._is_read = True
        self._show_page()


class _View(QListView):
    menu_wanted = Signal(object)
    typed = Signal()  # the field of a row is closed

    def __init__(self) -> None:
        super().__init__()
        self.only_marks = False  # the last press was to mark rows
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)

    @property
    def is_typed_in(self) -> bool:
        """Whether a row has a field that is open."""
        return self.state() == QAbstractItemView.State.EditingState

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        self.typed.emit()

    def mark(self, index: QModelIndex) -> None:
        """Make this row the current one, and mark it alone, whatever keys are held down meanwhile."""
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:  # others would move the frame and leave the mark where it is
            marking = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            self.only_marks = bool(event.modifiers() & marking)
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu is for the marked rows; a row that is not among them is marked alone first."""
        index = self.currentIndex()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            if not index.isValid():
                return
            if not self.selectionModel().isSelected(index):
                self.mark(index)
        place = self.visualRect(index).center() if index.isValid() else self.viewport().rect().center()
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        self.menu_wanted.emit(event.globalPos() if is_mouse else self.viewport().mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_typed_in:  # what the field of a row left over
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.activated.emit(self.currentIndex())
        elif event.text().isprintable() and event.text():
            event.ignore()  # letters are shortcuts here, not a search
        else:
            super().keyPressEvent(event)
