"""The takes as rows for a list view: newest first, the one being made on top."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from musicapp.library.takes import Take
from musicapp.request import TakeRequest, format_duration
from musicapp.ui.state.open_take import title_of

TAKE_ID_ROLE = Qt.ItemDataRole.UserRole + 1
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 2
TIME_ROLE = Qt.ItemDataRole.UserRole + 3
FRACTION_ROLE = Qt.ItemDataRole.UserRole + 4
IS_SHOWN_ROLE = Qt.ItemDataRole.UserRole + 5

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
    """Rows of takes, found by take id."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[TakeRow] = []
        self._shown_id = ""

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(row.request.prompt)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.request.prompt[:400]}\n{_details(row)} · {_when(row.created)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.request.prompt[:120]}, {row.note or _details(row)}, {_when(row.created)}"
        if role == DETAIL_ROLE:
            return row.note or _details(row)
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

    def _tell(self, number: int) -> None:
        index = self.index(number)
        self.dataChanged.emit(index, index)


def _row_for(take: Take) -> TakeRow:
    return TakeRow(take.take_id, take.request, take.created, take)


def _details(row: TakeRow) -> str:
    duration_s = row.take.frames / row.take.sample_rate if row.take else row.request.duration_s
    seed = f"seed {row.request.seed}" if row.take is None or row.take.is_finished else "unfinished"
    return f"{format_duration(round(duration_s, 1))} · {seed}"


def _when(created: datetime) -> str:
    local, today = created.astimezone(), datetime.now().astimezone().date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"
