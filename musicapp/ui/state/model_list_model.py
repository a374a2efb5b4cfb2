"""Models as rows for a list view, under two headings: here, and to be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from musicapp.errors import LicenceNeeded
from musicapp.ui.state.model_shelf import ModelShelf
from musicapp.ui.words import duration, marked, said, size, tr

if TYPE_CHECKING:
    from musicapp.store.shelf import Item

KEY_ROLE = Qt.ItemDataRole.UserRole + 1
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 2
FRACTION_ROLE = Qt.ItemDataRole.UserRole + 3
IN_USE_ROLE = Qt.ItemDataRole.UserRole + 4

HEADINGS = {True: marked("On this computer"), False: marked("To download")}

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


@dataclass(frozen=True)
class ModelRow:
    """A model, or a heading: then `key` is empty."""

    key: str
    title: str
    detail: str = ""
    fraction: float | None = None
    in_use: bool = False


class ModelListModel(QAbstractListModel):
    """Rows in the shelf's order; headings cannot be chosen."""

    def __init__(self, shelf: ModelShelf) -> None:
        super().__init__(shelf)
        self._shelf = shelf
        self.rows: list[ModelRow] = []
        shelf.changed.connect(self._follow)
        self._follow()

    def row_of(self, key: str) -> int:
        """The row of a model, -1 for none."""
        return next((number for number, row in enumerate(self.rows) if row.key and row.key == key), -1)

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        has_key = index.isValid() and self.rows[index.row()].key
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if has_key else Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.title, row.detail, tr("in use") if row.in_use else "") if part)
        values = {
            Qt.ItemDataRole.DisplayRole: row.title,
            Qt.ItemDataRole.ToolTipRole: row.key or None,
            KEY_ROLE: row.key,
            DETAIL_ROLE: row.detail,
            FRACTION_ROLE: row.fraction,
            IN_USE_ROLE: row.in_use,
        }
        return values.get(role)

    def _follow(self) -> None:
        rows = self._make_rows()
        if [row.key for row in rows] == [row.key for row in self.rows]:  # keep selection and scroll position
            changed = [number for number, row in enumerate(rows) if row != self.rows[number]]
            self.rows = rows
            for number in changed:
                self.dataChanged.emit(self.index(number), self.index(number))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def _make_rows(self) -> list[ModelRow]:
        rows: list[ModelRow] = []
        for is_here in (True, False):
            items = [item for item in self._shelf.items if (item.state == "here") == is_here]
            if items:
                rows.append(ModelRow("", tr(HEADINGS[is_here])))
                rows.extend(self._row(item) for item in items)
        return rows

    def _row(self, item: Item) -> ModelRow:
        transfer = self._shelf.transfers.by_key.get(item.key)
        detail, fraction = _detail(item), None
        if item.state == "unfinished" and item.size_bytes:
            fraction, detail = item.arrived_bytes / item.size_bytes, tr("Paused")
        if transfer is not None and transfer.is_active:
            fraction, detail = transfer.fraction, said(transfer.text)
        elif transfer is not None:
            wants_licence = isinstance(transfer.error, LicenceNeeded)
            detail = (
                tr("Licence to accept")
                if wants_licence
                else tr("Stopped by an error")
                if transfer.error
                else tr("Paused")
            )
        return ModelRow(item.key, said(item.name), detail, fraction, self._shelf.is_in_use(item.key))


def _detail(item: Item) -> str:
    longest = duration(int(item.max_duration_s)) if item.max_duration_s else ""
    parts = [
        tr("Text encoder") if item.is_text_encoder else "",
        tr("up to {longest}", longest=longest) if longest else "",
    ]
    parts.append(size(item.size_bytes))
    if item.state != "here" and item.known is not None and item.known.gated:
        parts.append(tr("licence to accept"))
    return " · ".join(part for part in parts if part)
