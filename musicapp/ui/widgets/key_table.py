"""A table of all actions with their keys, and the fields to choose others."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from musicapp.settings import MOST_KEYS
from musicapp.ui.shortcuts import Keys, Row, holder_of, native, reason_against
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.described import described, label, restyle, set_available
from musicapp.ui.widgets.key_field import KeyField
from musicapp.ui.words import marked, tr

PRESS = marked("Press a key for the marked action here.")
NOT_CHOSEN = marked("Mark an action first.")
LEAST_ROWS = 8


class KeyTable(QWidget):
    """`changed` tells that `keys`, which holds those of every action, is another draft."""

    changed = Signal()

    def __init__(self, rows: list[Row], keys: Mapping[str, Keys], usual: Mapping[str, Keys]) -> None:
        super().__init__()
        self._rows, self._usual = rows, usual
        self.keys: dict[str, Keys] = dict(keys)
        self.search = described(QLineEdit(), "key_search", tr("Find an action"), tr("By its words or its key"))
        self.search.setPlaceholderText(tr("Find an action or a key"))
        self.table = described(QTableWidget(len(rows), 2), "key_table", tr("Actions and their keys"))
        self.table.setToolTip("")
        self.table.setHorizontalHeaderLabels([tr("Action"), tr("Keys")])
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.field = described(KeyField(), "key_field", tr("New key"), tr(PRESS))
        self.field.setPlaceholderText(tr("Press a key"))
        self.set = _button("key_set", tr("&Set"), tr("Use this key instead of the keys of the marked action"))
        self.add = _button("key_add", tr("A&dd"), tr("Use this key as well"))
        self.remove = _button("key_remove", tr("&No key"), tr("The marked action has no key any more"))
        self.reset = _button("key_reset", tr("&Usual key"), tr("The usual keys of the marked action"))
        self.reset_all = _button("key_reset_all", tr("&All usual keys"), tr("The usual keys of every action"))
        self.note = label(tr(PRESS), tone="muted")
        self.note.setObjectName("key_note")
        self.note.setWordWrap(True)
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.table.currentCellChanged.connect(self._show_state)
        self.field.pressed.connect(self._show_state)
        self.set.clicked.connect(self._set)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        self._fill()
        self.table.setCurrentCell(0, 0)

    def _lay_out(self) -> None:
        choice = QHBoxLayout()
        choice.setSpacing(SPACE)
        choice.addWidget(self.field, 1)
        choice.addWidget(self.set)
        choice.addWidget(self.add)
        others = QHBoxLayout()
        others.setSpacing(SPACE)
        others.addWidget(self.remove)
        others.addWidget(self.reset)
        others.addStretch(1)
        others.addWidget(self.reset_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_WIDE, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addLayout(choice)
        layout.addWidget(self.note)
        layout.addLayout(others)
        self.table.setMinimumHeight(LEAST_ROWS * self.fontMetrics().height())

    @property
    def current(self) -> str:
        """The action that is marked, "" for none."""
        row = self.table.currentRow()
        return self._rows[row].name if 0 <= row < len(self._rows) and not self.table.isRowHidden(row) else ""

    def choose(self, name: str) -> None:
        """Mark an action."""
        self.table.setCurrentCell(next(n for n, row in enumerate(self._rows) if row.name == name), 0)

    def _set(self) -> None:
        self._use((self.field.key,))

    def _add(self) -> None:
        kept = [key for key in self.keys[self.current] if key != self.field.key]
        self._use((*kept, self.field.key)[-MOST_KEYS:])

    def _remove(self) -> None:
        self._use(())

    def _reset(self) -> None:
        self._use(self._usual[self.current])

    def _reset_all(self) -> None:
        self.keys = dict(self._usual)
        self._done()

    def _use(self, keys: Keys) -> None:
        """Give the marked action keys; whoever had one of them loses it, as was said."""
        name = self.current
        for other, each in self.keys.items():
            if other != name:
                self.keys[other] = tuple(key for key in each if key not in keys)
        self.keys[name] = keys
        self._done()

    def _done(self) -> None:
        self.field.show_key("")
        self._fill()
        self._show_state()
        self.changed.emit()

    def _fill(self) -> None:
        for number, row in enumerate(self._rows):
            keys = self.keys[row.name]
            for column, words in enumerate((row.words, ", ".join(map(native, keys)) or tr("none", "no key"))):
                item = self.table.item(number, column)
                if item is None:
                    self.table.setItem(number, column, item := QTableWidgetItem())
                item.setText(words)
                font = item.font()
                font.setBold(keys != self._usual[row.name])
                item.setFont(font)

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        for number in range(len(self._rows)):
            row = self._rows[number]
            words = (row.words, *map(native, self.keys[row.name]))
            self.table.setRowHidden(number, not any(wanted in each.casefold() for each in words))
        if not self.current:
            shown = next((n for n in range(len(self._rows)) if not self.table.isRowHidden(n)), -1)
            self.table.setCurrentCell(shown, 0)
        self._show_state()

    def _show_state(self, *_cell: object) -> None:
        name, key = self.current, self.field.key
        reason = reason_against(key) if key else ""
        missing = tr(NOT_CHOSEN) if not name else tr("Press a key in the field first.") if not key else reason
        set_available(self.set, missing)
        set_available(self.add, missing)
        set_available(self.remove, tr(NOT_CHOSEN) if not name else "" if self.keys[name] else tr("It has no key."))
        is_own = bool(name) and self.keys[name] != self._usual[name]
        set_available(self.reset, "" if is_own else tr("These are its usual keys.") if name else tr(NOT_CHOSEN))
        set_available(self.reset_all, "" if self.keys != self._usual else tr("All keys are the usual ones."))
        warning = reason or self._conflict(name, key)
        self.note.setText(warning or tr(PRESS))
        restyle(self.note, "tone", "warning" if warning else "muted")

    def _conflict(self, name: str, key: str) -> str:
        holder = holder_of(key, self.keys, name) if key and name else None
        if holder is None:
            return ""
        words = next((row.words for row in self._rows if row.name == holder), holder)
        return tr("{key} is a key of “{words}”, which loses it when you use it here.", key=native(key), words=words)


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = described(QPushButton(text), name, text.replace("&", ""), tip)
    button.setAutoDefault(False)
    return button
