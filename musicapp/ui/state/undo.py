"""The one way back and forth: what was done last to the form, the settings or takes is undone first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

MOST_STEPS = 100
JOINED_S = 1.0  # typing and turning a wheel is one step, as long as there is no pause in it

Do = Callable[[], None]


@dataclass(eq=False)
class _Step:
    words: str
    undo: Do
    redo: Do | None
    state: Callable[[], bool | None] | None
    joins: str
    is_done: bool = True
    done_s: float = field(default_factory=time.monotonic)

    @property
    def is_there(self) -> bool | None:
        """Whether it is done (True) or undone (False); None where it cannot be either any more."""
        return self.state() if self.state is not None else self.is_done


class Undo(QObject):
    """`changed` tells that something else, or nothing, would be undone or redone next; `pushed` of every new step."""

    changed = Signal()
    pushed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: list[_Step] = []

    def push(
        self,
        words: str,
        undo: Do,
        redo: Do | None = None,
        *,
        state: Callable[[], bool | None] | None = None,
        joins: str = "",
    ) -> Do:
        """Remember how to undo what was done; what undoes just this, wherever it stands, once.

        words  what was done, for people
        redo   does it once more, without a push; None: it cannot be redone
        state  whether it is done (True), undone (False) or gone (None), for whoever keeps steps of its own
        joins  steps of the same name that follow each other at once are one
        """
        last = self._steps[-1] if self._steps else None
        if last is not None and joins and last.joins == joins and last.is_there:
            now = time.monotonic()
            if now - last.done_s < JOINED_S:
                last.redo, last.done_s = redo, now
                return lambda: self._take(last)
        step = _Step(words, undo, redo, state, joins)
        done = [each for each in self._steps if each.is_there]
        self._steps = [*done[1 - MOST_STEPS :], step]
        self.pushed.emit()
        self.changed.emit()
        return lambda: self._take(step)

    @property
    def words(self) -> str:
        """What would be undone, "" for nothing."""
        step = self._next()
        return step.words if step else ""

    @property
    def redo_words(self) -> str:
        """What would be redone, "" for nothing."""
        step = self._next_undone()
        return step.words if step else ""

    def undo(self) -> None:
        """Undo what was done last."""
        if (step := self._next()) is not None:
            self._take(step)

    def redo(self) -> None:
        """Do once more what was undone last, as long as nothing else was done since."""
        step = self._next_undone()
        if step is not None and step.redo is not None:
            step.is_done = True
            step.redo()
            self.changed.emit()

    def _next(self) -> _Step | None:
        return next((step for step in reversed(self._steps) if step.is_there), None)

    def _next_undone(self) -> _Step | None:
        found = None
        for step in reversed(self._steps):
            if step.is_there:
                break
            if step.is_there is False and step.redo is not None:
                found = step
        return found

    def _take(self, step: _Step) -> None:
        if step in self._steps and step.is_there:
            step.is_done = False
            step.undo()
            self.changed.emit()
