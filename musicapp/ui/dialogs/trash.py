"""The takes in the trash: bring them back, or delete them for good after a question."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from musicapp.library.trash import Trashed, called, shortened
from musicapp.ui import screen_room
from musicapp.ui.state.take_trash import TakeTrash
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme, scaled_font
from musicapp.ui.widgets.described import described, label, set_available, surface
from musicapp.ui.words import day, duration, marked, time_of_day, tr

SIZE = QSize(520, 420)
READING, EMPTY = marked("Reading …"), marked("The trash is empty.")
CHOOSE, NOTHING = marked("Choose takes first."), marked("There is nothing in the trash.")


class TrashDialog(QDialog):
    """Lists what was thrown away last first. Nothing goes for good without the question."""

    def __init__(self, trash: TakeTrash, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "trash_dialog", tr("Trash"))
        self.setToolTip("")
        self.setWindowTitle(tr("Trash"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._trash = trash
        self._to_delete: list[Trashed] = []
        title = label(tr("Trash"))
        title.setFont(scaled_font(title, scale=1.2, bold=True))
        self.list = described(QListWidget(), "trash_list", tr("Takes in the trash"))
        self.list.setToolTip("")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setSpacing(SPACE_TIGHT)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = label(tr(READING), tone="muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.restore = described(QPushButton(tr("&Bring back")), "trash_restore", tr("Bring the chosen takes back"))
        self.delete_some = described(
            QPushButton(tr("&Delete …")), "trash_delete", tr("Delete the chosen takes for good"), keys="Del"
        )
        self.delete_all = described(
            QPushButton(tr("&Empty …")), "trash_empty", tr("Delete everything in the trash for good")
        )
        self.leave = described(QPushButton(tr("Close")), "trash_close", tr("Close the trash"))
        self.question = label("")
        self.question.setObjectName("trash_question")
        self.question.setWordWrap(True)
        self.yes = described(QPushButton(tr("Delete for good")), "trash_yes", tr("Delete for good"))
        self.no = described(QPushButton(tr("Keep them")), "trash_no", tr("Delete nothing"))
        self.no.setProperty("role", "primary")
        for button in (self.restore, self.delete_some, self.delete_all, self.leave, self.yes, self.no):
            button.setAutoDefault(False)
        self._lay_out(title)
        self.restore.clicked.connect(self._restore)
        self.list.itemActivated.connect(self._restore)
        self.delete_some.clicked.connect(self._ask_chosen)
        self.delete_some.setShortcut("Del")
        self.delete_all.clicked.connect(self._ask_all)
        self.yes.clicked.connect(self._delete)
        self.no.clicked.connect(self._leave_question)
        self.leave.clicked.connect(self.reject)
        self.list.itemSelectionChanged.connect(self._show_state)
        trash.changed.connect(self._show)
        theme.changed.connect(self.list.viewport().update)
        screen_room.fit(self, SIZE)
        trash.load()
        self._show_state()

    def _lay_out(self, title: QWidget) -> None:
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.list)
        usual, asked = QWidget(), surface("panel")
        row = QHBoxLayout(usual)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        for button in (self.restore, self.delete_some, self.delete_all):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.leave)
        below = QVBoxLayout(asked)
        answers = QHBoxLayout()
        answers.addStretch(1)
        answers.addWidget(self.yes)
        answers.addWidget(self.no)
        below.addWidget(self.question)
        below.addLayout(answers)
        self._usual, self._asked = usual, asked
        asked.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[SPACE_WIDE * 2] * 4)
        layout.setSpacing(SPACE)
        layout.addWidget(title)
        layout.addWidget(pages, 1)
        layout.addWidget(asked)
        layout.addWidget(usual)

    def _chosen(self) -> list[Trashed]:
        inside = self._trash.inside or []
        numbers = sorted(self.list.row(item) for item in self.list.selectedItems())
        return [inside[number] for number in numbers if number < len(inside)]

    def _show(self) -> None:
        inside = self._trash.inside or []
        self._leave_question()
        self.list.clear()
        for each in inside:
            item = QListWidgetItem(_line(each))
            item.setToolTip(_line(each))
            self.list.addItem(item)
        if inside:
            self.list.setCurrentRow(0, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.list.setFocus()
        self.empty.setText(tr(EMPTY))
        self._pages.setCurrentIndex(1 if inside else 0)
        self._show_state()

    def _show_state(self) -> None:
        reason = "" if self._trash.inside else tr(NOTHING)
        set_available(self.delete_all, reason)
        for button in (self.restore, self.delete_some):
            set_available(button, reason or ("" if self._chosen() else tr(CHOOSE)))

    def _restore(self) -> None:
        self._trash.restore(self._chosen())

    def _ask_chosen(self) -> None:
        self._ask(self._chosen())

    def _ask_all(self) -> None:
        self._ask(self._trash.inside or [])

    def _ask(self, takes: Sequence[Trashed]) -> None:
        if not takes:
            return
        self._to_delete = list(takes)
        what = tr("“{name}”", name=called(takes[0].take)) if len(takes) == 1 else tr("%n takes", "", len(takes))
        self.question.setText(tr("Delete {what} for good? There is no way back.", what=what))
        self._usual.hide()
        self._asked.show()
        self.no.setFocus()

    def _delete(self) -> None:
        chosen, self._to_delete = self._to_delete, []
        self._leave_question()
        self._trash.delete(chosen)

    def _leave_question(self) -> None:
        self._asked.hide()
        self._usual.show()


def _line(each: Trashed) -> str:
    take = each.take
    local = each.since.astimezone() if each.since else None
    when = f"{day(local, with_year=True)}, {time_of_day(local)}" if local else ""
    since = tr("thrown away {when}", when=when) if when else ""
    parts = (
        shortened(called(take), 40),
        duration(round(take.duration_s, 1)),
        tr("seed {seed}", seed=take.request.seed),
        since,
    )
    return " · ".join(part for part in parts if part)
