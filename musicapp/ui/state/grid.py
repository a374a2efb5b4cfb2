"""The grid of bars and beats: whether marks snap to it, and where its lines are in the take on the stage."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from PySide6.QtCore import QObject, Signal

from musicapp.handover.form import Form
from musicapp.ui.state.looks import Looks
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.player import Player

NO_TEMPO = "No tempo was asked for, and no bars are heard for sure: marks stay where they are put."


class Grid(QObject):
    """`changed` tells that it was switched on or off. Its lines are those of the waveform: asked for, else heard."""

    changed = Signal()

    def __init__(self, player: Player, looks: Looks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player, self._looks, self._messages = player, looks, messages
        self.is_on = False
        self._known: tuple[Form, list[float], list[float]] | None = None  # of which form: bars, beats

    def set_on(self, on: bool) -> None:
        """Snap from now on, or no more."""
        if on != self.is_on:
            self.is_on = on
            self.changed.emit()

    def toggle(self) -> None:
        """On or off; where there is nothing to snap to, that is told."""
        self.set_on(not self.is_on)
        if self.is_on and self._player.shown is not None and not self._lines()[0]:
            self._messages.remark(NO_TEMPO)

    def near(self, second: float, least_s: float = 0.0) -> float:
        """The line next to a time, or that time: when it is off, and without a tempo.

        least_s  lines nearer to each other are left out: what cannot be told apart on the screen
        """
        lines = self._usable(least_s)
        place = bisect_left(lines, second)
        return min(lines[max(0, place - 1) : place + 1], key=lambda line: abs(line - second), default=second)

    def next(self, second: float, step: int) -> float | None:
        """The beat before (-1) or behind (1) a time; None when it is off, without a tempo and at the ends."""
        lines = self._usable(0.0)
        tiny = 0.0005  # times are whole frames, lines are not
        place = bisect_right(lines, second + tiny) if step > 0 else bisect_left(lines, second - tiny) - 1
        return lines[place] if 0 <= place < len(lines) else None

    def _usable(self, least_s: float) -> list[float]:
        if not self.is_on:
            return []
        bars, beats = self._lines()
        return beats if len(beats) > 1 and beats[1] - beats[0] >= least_s else bars

    def _lines(self) -> tuple[list[float], list[float]]:
        """Bars and beats of the take on the stage, with its end; both empty without a tempo."""
        shown = self._player.shown
        look = self._looks.of(shown.request, shown.whole, shown.audio.duration_s) if shown else None
        if look is None:
            return [], []
        if self._known is None or self._known[0] is not look.form:
            bars, beats = look.form.bars_s(), look.form.beats_s()
            ends = [look.form.duration_s] if bars else []
            self._known = look.form, bars + ends, beats + ends
        return self._known[1], self._known[2]
