"""The one way back: what was done last to the form or to takes is undone first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

MOST_STEPS = 100


@dataclass(frozen=True, eq=False)
class _Step:
    words: str
    undo: Callable[[], None]
    is_valid: Callable[[], bool]


class Undo(QObject):
    """`changed` tells that something else, or nothing, would be undone next."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: list[_Step] = []

    def push(
        self, words: str, undo: Callable[[], None], is_valid: Callable[[], bool] = lambda: True
    ) -> Callable[[], None]:
        """Remember how to undo what was done; what undoes just this, wherever it stands, once.

        words     what was done, for people
        is_valid  whether there is still something to undo of it
        """
        step = _Step(words, undo, is_valid)
        self._steps = [*self._steps[1 - MOST_STEPS :], step]
        self.changed.emit()
        return lambda: self._take(step)

    @property
    def words(self) -> str:
        """What would be undone, "" for nothing."""
        step = self._next()
        return step.words if step else ""

    def undo(self) -> None:
        """Undo what was done last."""
        if (step := self._next()) is not None:
            self._take(step)

    def _next(self) -> _Step | None:
        return next((step for step in reversed(self._steps) if step.is_valid()), None)

    def _take(self, step: _Step) -> None:
        if step in self._steps:
            self._steps.remove(step)
            step.undo()
            self.changed.emit()
