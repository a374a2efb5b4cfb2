"""The queue as rows for a list view: what is being made, what waits, what failed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from musicapp.queueing.entries import FAILED, MAKING, WAITING, Entry
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.open_take import title_of
from musicapp.ui.state.take_queue import TakeQueue
from musicapp.ui.words import duration, said, tr

TAKE_ID_ROLE = Qt.ItemDataRole.UserRole + 1
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 2
STATE_ROLE = Qt.ItemDataRole.UserRole + 3
FRACTION_ROLE = Qt.ItemDataRole.UserRole + 4

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class QueueListModel(QAbstractListModel):
    """Passing wishes of Live are not among the rows. Rows keep their place in the view while only words change."""

    def __init__(self, queue: TakeQueue, generation: Generation) -> None:
        super().__init__(queue)
        self._queue, self._generation = queue, generation
        self.rows: list[Entry] = []
        self._done_in_s: dict[str, float] = {}
        queue.changed.connect(self._read)
        generation.run_changed.connect(self._tell)
        self._read()

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else usual | Qt.ItemFlag.ItemIsDropEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        entry = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(entry.request.prompt)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.request.prompt[:400]}\n{self._details(entry)} {said(entry.hint)}".strip()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.request.prompt[:120]}, {self._details(entry)}"
        values = {
            TAKE_ID_ROLE: entry.take_id,
            DETAIL_ROLE: self._details(entry),
            STATE_ROLE: entry.state,
            FRACTION_ROLE: self._generation.fraction if entry.state == MAKING else None,
        }
        return values.get(role)

    def entry_at(self, index: _Index) -> Entry | None:
        """What stands in a row."""
        return self.rows[index.row()] if index.isValid() and index.row() < len(self.rows) else None

    def row_of(self, take_id: str) -> int:
        """The row of a take, -1 if there is none."""
        return next((number for number, entry in enumerate(self.rows) if entry.take_id == take_id), -1)

    def place_of(self, row: int) -> int:
        """Which of those that wait would stand in this row."""
        return sum(entry.state == WAITING for entry in self.rows[:row])

    def _details(self, entry: Entry) -> str:
        if entry.state == FAILED:
            return tr("Failed: {message}", message=said(entry.message))
        if entry.state == MAKING:
            return said(self._generation.progress_text) or tr("Saving …")
        done_in_s = None if self._queue.is_paused else self._done_in_s.get(entry.take_id)
        words = [duration(entry.request.duration_s), tr("seed {seed}", seed=entry.request.seed)]
        if done_in_s is not None:
            words.append(tr("done in {time}", time=duration(max(1, round(done_in_s)))))
        return " · ".join(words)

    def _read(self) -> None:
        rows = [entry for entry in self._queue.entries if not entry.is_live]
        self._done_in_s = self._queue.done_in_s
        if [entry.take_id for entry in rows] == [entry.take_id for entry in self.rows]:
            self.rows = rows
            self._tell_all()
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def _tell(self) -> None:
        self._done_in_s = self._queue.done_in_s
        self._tell_all()

    def _tell_all(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))
