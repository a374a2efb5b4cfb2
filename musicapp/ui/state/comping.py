"""The best bars of the takes that are compared: which of them is kept in each bar, and one take glued of them all."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QObject, Signal

from musicapp.library.take import Take
from musicapp.shape import Pick
from musicapp.ui.state.comparison import Comparison
from musicapp.ui.state.player import Player
from musicapp.ui.state.reshaping import Reshaping

USUAL_BAR_S = 2.0  # where the prompt states no tempo
MOST_BARS = 500
TOO_FEW = "Put at least two takes into the comparison."
UNEQUAL = "Only takes of one length can be glued."
ONE_ALONE = "Keep bars of more than one take, then glue."


class Comping(QObject):
    """`changed` tells of what is kept. Takes are known by their ids: blind letters may be shuffled."""

    changed = Signal()

    def __init__(
        self, comparison: Comparison, player: Player, reshaping: Reshaping, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._comparison, self._player, self._reshaping = comparison, player, reshaping
        self.kept: list[str] = []  # a take_id for each bar
        self._before: list[list[str]] = []
        self._compared: tuple[str, ...] = ()
        comparison.changed.connect(self._follow)

    @property
    def takes(self) -> list[Take]:
        """Those that are compared, in the order of their letters."""
        return self._comparison.takes

    @property
    def problem(self) -> str:
        """Why nothing can be kept, "" when it can."""
        if len(self.takes) < 2:
            return TOO_FEW
        return UNEQUAL if len({(take.frames, take.sample_rate) for take in self.takes}) > 1 else ""

    @property
    def glue_problem(self) -> str:
        """Why nothing can be glued yet."""
        return self.problem or ("" if len(set(self.kept)) > 1 else ONE_ALONE)

    @property
    def bar_s(self) -> float:
        """Seconds of a bar of these takes, or of the passages that stand for bars."""
        from musicapp.prompts.bars import bar_s  # late: the window starts without it

        take = self.takes[0]
        stated = bar_s(take.request.prompt) or USUAL_BAR_S
        return max(stated, take.duration_s / MOST_BARS)

    @property
    def bar_here(self) -> int:
        """The bar that plays."""
        rate = self.takes[0].sample_rate
        reached = self._player.position + 0.5  # a bar begins at the nearest frame, which may be half a frame early
        return min(int(reached / rate / self.bar_s), len(self.kept) - 1)

    def keep(self, bar: int, place: int, *, is_first: bool = True) -> None:
        """Keep one take in one bar. is_first: of what is taken back at once"""
        self._change([self.takes[place].take_id if n == bar else kept for n, kept in enumerate(self.kept)], is_first)

    def keep_from(self, bar: int, place: int) -> None:
        """Keep one take from a bar on."""
        self._change([self.takes[place].take_id if n >= bar else kept for n, kept in enumerate(self.kept)], True)

    def keep_from_here(self) -> None:
        """Keep the take that is heard from the bar on that plays."""
        if not self.problem and self._comparison.heard is not None:
            self.keep_from(self.bar_here, self._comparison.place)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._before)

    def undo(self) -> None:
        """Take the last change back."""
        if self._before:
            self.kept = self._before.pop()
            self.changed.emit()

    def hear_kept(self) -> None:
        """Go on in the take that is kept in the bar that plays."""
        if not self.problem and self._comparison.is_running:
            self._comparison.hear(self.place_of(self.bar_here))

    def place_of(self, bar: int) -> int:
        """Which take is kept in a bar, by its place among those that are compared."""
        return next(n for n, take in enumerate(self.takes) if take.take_id == self.kept[bar])

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The runs of bars, each with its beginning in seconds and its take's place."""
        return tuple(((first - 1) * self.bar_s, place) for place, first, _ in self.runs)

    @property
    def runs(self) -> list[tuple[int, int, int]]:
        """What is kept: a take's place, the first of its bars and the last, counted from 1."""
        found, first = [], 1
        for place, bars in itertools.groupby(range(len(self.kept)), self.place_of):
            last = first + len(list(bars)) - 1
            found.append((place, first, last))
            first = last + 1
        return found

    def glue(self) -> None:
        """Make one take of what is kept, as many variations of its joints as are asked for."""
        if not self.glue_problem:
            self._reshaping.glue(self.takes, self.picks)

    def _change(self, kept: list[str], is_first: bool) -> None:
        if kept != self.kept:
            if is_first:
                self._before.append(self.kept)
            self.kept = kept
            self.changed.emit()

    def _follow(self) -> None:
        """Other takes are compared: what was kept of those that are gone is the first one's."""
        compared = tuple(sorted(take.take_id for take in self.takes))
        if compared == self._compared:
            return
        self._compared, self._before = compared, []
        bars = 0 if self.problem else max(1, int(-(-self.takes[0].duration_s // self.bar_s)))
        first = self.takes[0].take_id if self.takes else ""
        kept = self.kept if len(self.kept) == bars else [first] * bars
        self.kept = [take_id if take_id in compared else first for take_id in kept]
        self.changed.emit()
