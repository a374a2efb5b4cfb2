"""The takes as lines of a list view: those that are searched for, in the chosen order, perhaps below their prompts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from musicapp.library import lineage
from musicapp.library.facts import Facts
from musicapp.library.takes import Take
from musicapp.request import TakeRequest
from musicapp.ui.state.looks import Look, Looks
from musicapp.ui.state.open_take import title_of
from musicapp.ui.state.take_choice import Choice, Heading, lines_of
from musicapp.ui.words import day, duration, said, time_of_day, tr

TAKE_ID_ROLE = Qt.ItemDataRole.UserRole + 1
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 2
TIME_ROLE = Qt.ItemDataRole.UserRole + 3
FRACTION_ROLE = Qt.ItemDataRole.UserRole + 4
IS_SHOWN_ROLE = Qt.ItemDataRole.UserRole + 5
OUTLINE_ROLE = Qt.ItemDataRole.UserRole + 6
IS_STARRED_ROLE = Qt.ItemDataRole.UserRole + 7
HEADING_ROLE = Qt.ItemDataRole.UserRole + 8  # a Heading, None for a take

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


@dataclass(frozen=True)
class TakeRow:
    """One take. `take` is None while it is being made; then `fraction` and `note` tell how far it is."""

    take_id: str
    request: TakeRequest
    created: datetime
    take: Take | None = None
    fraction: float | None = None
    note: str = ""

    @property
    def title(self) -> str:
        """What people call it, or else its prompt."""
        return self.take.title if self.take and self.take.title else title_of(self.request.prompt)


Line = TakeRow | Heading


class TakeListModel(QAbstractListModel):
    """What a row looks like is found when it is first seen.

    rows      every take, newest first, those being made on top
    lines     what is shown of them; with a trivial choice the same
    facts_of  tempo and key of a take, to sort by
    retitled  a take_id, and what the user typed as its title
    """

    retitled = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[TakeRow] = []
        self.lines: list[Line] = []
        self.choice = Choice()
        self.facts_of: Callable[[Take], Facts] = lambda _take: Facts()
        self._places: dict[str, int] = {}  # of takes among the lines
        self._numbers: dict[str, int] = {}  # and among the rows
        self._shown_id = ""
        self._is_held = self._is_stale = False
        self._looks: Looks | None = None

    def follow(self, looks: Looks) -> None:
        """Show what these find out."""
        self._looks = looks
        looks.found.connect(self._tell_of)

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        line = self._line(index)
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if isinstance(line, TakeRow):
            return usual | Qt.ItemFlag.ItemIsEditable if line.take else usual
        return usual if line else Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self._line(index)
        if isinstance(line, Heading):
            return _of_heading(line, role)
        if line is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.EditRole:
            return line.take.title if line.take else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (line.request.prompt[:400], *self._more(line)) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (line.title[:120], *self._more(line)) if part)
        if role == DETAIL_ROLE:
            return said(line.note) or self._details(line)
        if role == OUTLINE_ROLE:
            look = self._look(line)
            return look.measures.outline if look and look.measures else None
        values = {
            TAKE_ID_ROLE: line.take_id,
            TIME_ROLE: _when(line.created),
            FRACTION_ROLE: line.fraction if line.take is None else None,
            IS_SHOWN_ROLE: line.take_id == self._shown_id,
            IS_STARRED_ROLE: bool(line.take and line.take.is_starred),
        }
        return values.get(role)

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        line = self._line(index)
        if role != Qt.ItemDataRole.EditRole or not isinstance(line, TakeRow) or line.take is None:
            return False
        self.retitled.emit(line.take_id, str(value))
        return True

    def row_of(self, take_id: str) -> int:
        """The line of a take, -1 if it is not shown."""
        return self._places.get(take_id, -1)

    @property
    def shown_row(self) -> int:
        """The line of the take on the stage, -1 if it has none."""
        return self.row_of(self._shown_id)

    @property
    def shown_takes(self) -> int:
        """How many takes can be seen, or are folded away below their prompt."""
        return sum(line.count if isinstance(line, Heading) else 1 for line in self.lines if not self._is_below(line))

    def find(self, take_id: str) -> TakeRow | None:
        """What is known of a take, whether it is shown or not."""
        number = self._number_of(take_id)
        return self.rows[number] if number >= 0 else None

    def set_takes(self, takes: list[Take]) -> None:
        """Have these takes, besides those being made."""
        making = [row for row in self.rows if row.take is None]
        self._set_rows(making + [_row_for(take) for take in takes])

    def put(self, row: TakeRow) -> None:
        """Add a row on top, or replace the row of the same take."""
        number = self._number_of(row.take_id)
        if number < 0:
            self.rows.insert(0, row)
        else:
            self.rows[number] = row
        self.arrange()

    def put_takes(self, takes: list[Take]) -> None:
        """Show finished takes as they are now, new ones in their place."""
        by_id = {take.take_id: take for take in takes}
        others = [row for row in self.rows if row.take_id not in by_id]
        self._set_rows([*others, *(_row_for(take) for take in by_id.values())])

    def renew(self, take: Take) -> None:
        """Something else is known of a finished take, which stays in its place."""
        number = self._number_of(take.take_id)
        if number >= 0 and (before := self.rows[number].take) is not None and before.path == take.path:
            self.rows[number] = _row_for(take)
            place = self.row_of(take.take_id)
            if place >= 0:
                self.lines[place] = self.rows[number]

    def set_progress(self, take_id: str, fraction: float | None, note: str) -> None:
        """Tell how far the take being made is."""
        number = self._number_of(take_id)
        if number >= 0 and self.rows[number].take is None:
            self.rows[number] = replace(self.rows[number], fraction=fraction, note=note)
            place = self.row_of(take_id)
            if place >= 0:
                self.lines[place] = self.rows[number]
                self._tell(place)

    def remove(self, *take_ids: str) -> None:
        """Take rows away."""
        gone = set(take_ids)
        self.rows = [row for row in self.rows if row.take_id not in gone]
        self.arrange()

    def set_shown(self, take_id: str) -> None:
        """Mark the take on the stage."""
        before, self._shown_id = self._shown_id, take_id
        for each in (before, take_id):
            self._tell_of(each)

    def choose(self, choice: Choice) -> None:
        """Show others, or in another order."""
        if choice != self.choice:
            self.choice = choice
            self.arrange()

    def fold(self, prompt: str) -> None:
        """Fold the takes of a prompt away below its heading, or show them again."""
        self.choose(replace(self.choice, folded=self.choice.folded ^ {prompt}))

    def hold(self, is_held: bool) -> None:
        """Leave the lines as they are while one of them is typed in, and show what changed meanwhile afterwards."""
        self._is_held = is_held
        if not is_held and self._is_stale:
            self.arrange()

    def arrange(self) -> None:
        """Show what is to be shown now, with as little change as that takes."""
        self._numbers = {row.take_id: number for number, row in enumerate(self.rows)}
        self._is_stale = self._is_held
        if self._is_held:
            return
        lines: list[Line] = lines_of(self.rows, self.choice, self.facts_of)
        before, after = [key_of(line) for line in self.lines], [key_of(line) for line in lines]
        if before == after:
            changed = [number for number, line in enumerate(lines) if line != self.lines[number]]
            self.lines = lines
            for number in changed:
                self._tell(number)
            return
        place, count = _difference(before, after)
        if count > 0:
            self.beginInsertRows(QModelIndex(), place, place + count - 1)
            self._set_lines(lines)
            self.endInsertRows()
        elif count < 0:
            self.beginRemoveRows(QModelIndex(), place, place - count - 1)
            self._set_lines(lines)
            self.endRemoveRows()
        else:
            self.beginResetModel()
            self._set_lines(lines)
            self.endResetModel()
            return
        if lines:
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def _set_rows(self, rows: list[TakeRow]) -> None:
        """Those being made first, then the newest."""
        making = [row for row in rows if row.take is None]
        made = sorted((row for row in rows if row.take is not None), key=lambda row: row.created, reverse=True)
        self.rows = [*making, *made]
        self.arrange()

    def _set_lines(self, lines: list[Line]) -> None:
        self.lines = lines
        self._places = {line.take_id: number for number, line in enumerate(lines) if isinstance(line, TakeRow)}

    def _line(self, index: _Index) -> Line | None:
        return self.lines[index.row()] if index.isValid() and index.row() < len(self.lines) else None

    def _is_below(self, line: Line) -> bool:
        return isinstance(line, TakeRow) and self.choice.by_prompt

    def _number_of(self, take_id: str) -> int:
        return self._numbers.get(take_id, -1)

    def _look(self, row: TakeRow) -> Look | None:
        return self._looks.of(row.request, row.take, _duration_s(row)) if self._looks else None

    def _details(self, row: TakeRow) -> str:
        look, take = self._look(row), row.take
        seed = tr("seed {seed}", seed=row.request.seed) if take is None or take.is_finished else tr("unfinished")
        tags = " ".join(f"#{tag}" for tag in take.tags) if take else ""
        parts = (duration(round(_duration_s(row), 1)), said(look.form.words) if look else "", tags, seed)
        return " · ".join(part for part in parts if part)

    def _more(self, row: TakeRow) -> list[str]:
        """What the eye sees in a row, and what it was made from, in words."""
        star = tr("With a star") if row.take and row.take.is_starred else ""
        return [f"{said(row.note) or self._details(row)} · {_when(row.created)}", star, self.made_from(row)]

    def made_from(self, row: TakeRow) -> str:
        """What a take was made from, for people; "" for one that was made from nothing."""
        origin = lineage.origin_of(row.take) if row.take else None
        if origin is None:
            return ""
        other = self.find(origin.take_id) if origin.take_id else None
        name = other.title[:80] if other else origin.name or tr("a take that is not here")
        return tr("{how} “{name}”", how=said(origin.how), name=name)

    def _tell_of(self, take_id: str) -> None:
        number = self.row_of(take_id)
        if number >= 0:
            self._tell(number)

    def _tell(self, number: int) -> None:
        index = self.index(number)
        self.dataChanged.emit(index, index)


def _of_heading(heading: Heading, role: int) -> Any:
    count = tr("%n takes", "", heading.count)
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
        return title_of(heading.prompt)
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return f"{title_of(heading.prompt)[:120]}, {count}, {tr('folded') if heading.is_folded else tr('unfolded')}"
    return {DETAIL_ROLE: count, HEADING_ROLE: heading}.get(role)


def key_of(line: Line) -> tuple[bool, str]:
    """What a line is known by when the lines change."""
    return (True, line.prompt) if isinstance(line, Heading) else (False, line.take_id)


def _difference(before: list[Any], after: list[Any]) -> tuple[int, int]:
    """Where one run of lines came (how many) or went (minus how many); 0 for any other change."""
    count = len(after) - len(before)
    shorter, longer = (before, after) if count > 0 else (after, before)
    place = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return (place, count) if shorter[place:] == longer[place + abs(count) :] else (0, 0)


def _row_for(take: Take) -> TakeRow:
    return TakeRow(take.take_id, take.request, take.created, take)


def _duration_s(row: TakeRow) -> float:
    return row.take.duration_s if row.take else row.request.duration_s


def _when(created: datetime) -> str:
    local, today = created.astimezone(), datetime.now().astimezone().date()
    if local.date() == today:
        return time_of_day(local)
    return day(local, with_year=local.year != today.year)
