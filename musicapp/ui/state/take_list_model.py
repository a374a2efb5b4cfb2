"""The takes as rows for a list view: newest first, the one being made on top."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from musicapp.library.takes import Take
from musicapp.request import TakeRequest, format_duration
from musicapp.ui.state.looks import Look, Looks
from musicapp.ui.state.open_take import title_of

TAKE_ID_ROLE = Qt.ItemDataRole.UserRole + 1
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 2
TIME_ROLE = Qt.ItemDataRole.UserRole + 3
FRACTION_ROLE = Qt.ItemDataRole.UserRole + 4
IS_SHOWN_ROLE = Qt.ItemDataRole.UserRole + 5
OUTLINE_ROLE = Qt.ItemDataRole.UserRole + 6

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


@dataclass(frozen=True)
class TakeRow:
    """One row. `take` is None while it is being made; then `fraction` and `note` tell how far it is."""

    take_id: str
    request: TakeRequest
    created: datetime
    take: Take | None = None
    fraction: float | None = None
    note: str = ""


class TakeListModel(QAbstractListModel):
    """Rows of takes, found by take id. What a row looks like is found when it is first seen."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[TakeRow] = []
        self._shown_id = ""
        self._looks: Looks | None = None

    def follow(self, looks: Looks) -> None:
        """Show what these find out."""
        self._looks = looks
        looks.found.connect(self._look_found)

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(row.request.prompt)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.request.prompt[:400]}\n{self._details(row)} · {_when(row.created)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.request.prompt[:120]}, {row.note or self._details(row)}, {_when(row.created)}"
        if role == DETAIL_ROLE:
            return row.note or self._details(row)
        if role == OUTLINE_ROLE:
            look = self._look(row)
            return look.measures.outline if look and look.measures else None
        values = {
            TAKE_ID_ROLE: row.take_id,
            TIME_ROLE: _when(row.created),
            FRACTION_ROLE: row.fraction if row.take is None else None,
            IS_SHOWN_ROLE: row.take_id == self._shown_id,
        }
        return values.get(role)

    def row_of(self, take_id: str) -> int:
        """The row of a take, -1 if there is none."""
        return next((number for number, row in enumerate(self.rows) if row.take_id == take_id), -1)

    @property
    def shown_row(self) -> int:
        """The row of the take on the stage, -1 if there is none."""
        return self.row_of(self._shown_id)

    def find(self, take_id: str) -> TakeRow | None:
        """The row's content."""
        number = self.row_of(take_id)
        return self.rows[number] if number >= 0 else None

    def set_takes(self, takes: list[Take]) -> None:
        """Show these takes, newest first, below the one being made."""
        making = [row for row in self.rows if row.take is None]
        ordered = sorted(takes, key=lambda take: take.created, reverse=True)
        self.beginResetModel()
        self.rows = making + [_row_for(take) for take in ordered]
        self.endResetModel()

    def put(self, row: TakeRow) -> None:
        """Add a row on top, or replace the row of the same take."""
        number = self.row_of(row.take_id)
        if number < 0:
            self.beginInsertRows(QModelIndex(), 0, 0)
            self.rows.insert(0, row)
            self.endInsertRows()
        else:
            self.rows[number] = row
            self._tell(number)

    def put_take(self, take: Take) -> None:
        """Show a finished take."""
        self.put(_row_for(take))

    def set_progress(self, take_id: str, fraction: float | None, note: str) -> None:
        """Tell how far the take being made is."""
        number = self.row_of(take_id)
        if number >= 0 and self.rows[number].take is None:
            self.rows[number] = replace(self.rows[number], fraction=fraction, note=note)
            self._tell(number)

    def remove(self, take_id: str) -> None:
        """Take a row away."""
        number = self.row_of(take_id)
        if number >= 0:
            self.beginRemoveRows(QModelIndex(), number, number)
            del self.rows[number]
            self.endRemoveRows()

    def set_shown(self, take_id: str) -> None:
        """Mark the take on the stage."""
        changed = [self.row_of(self._shown_id), self.row_of(take_id)]
        self._shown_id = take_id
        for number in changed:
            if number >= 0:
                self._tell(number)

    def _look(self, row: TakeRow) -> Look | None:
        return self._looks.of(row.request, row.take, _duration_s(row)) if self._looks else None

    def _look_found(self, take_id: str) -> None:
        number = self.row_of(take_id)
        if number >= 0:
            self._tell(number)

    def _details(self, row: TakeRow) -> str:
        look = self._look(row)
        seed = f"seed {row.request.seed}" if row.take is None or row.take.is_finished else "unfinished"
        parts = (format_duration(round(_duration_s(row), 1)), look.form.words if look else "", seed)
        return " · ".join(part for part in parts if part)

    def _tell(self, number: int) -> None:
        index = self.index(number)
        self.dataChanged.emit(index, index)


def _row_for(take: Take) -> TakeRow:
    return TakeRow(take.take_id, take.request, take.created, take)


def _duration_s(row: TakeRow) -> float:
    return row.take.duration_s if row.take else row.request.duration_s


def _when(created: datetime) -> str:
    local, today = created.astimezone(), datetime.now().astimezone().date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"
