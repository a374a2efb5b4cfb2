"""How takes look: form and measures of those that somebody wants to see, found in the background, newest wish first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp.errors import MusicAppError
from musicapp.handover.form import Form, form_of
from musicapp.library import edits
from musicapp.library.takes import Take
from musicapp.request import TakeRequest
from musicapp.ui.state.background import Lane
from musicapp.ui.state.measures import Measures, measured
from musicapp.ui.state.sound import Sound

log = logging.getLogger(__name__)
MOST_WISHES = 64  # what was scrolled past long ago is forgotten


@dataclass(frozen=True)
class Look:
    """`measures` is None while the take is being made, and when its file cannot be read."""

    form: Form
    measures: Measures | None = None


@dataclass(frozen=True)
class _Wish:
    """What is written on a take (its title, a star) changes nothing of how it looks."""

    request: TakeRequest
    path: Path | None  # None while it is made
    duration_s: float
    take: Take | Sound | None = field(compare=False)


class Looks(QObject):
    """`found` carries the take_id of which `of` now knows more. Ask in the UI thread only.

    noted  the take, when what was heard of it came into its sidecar
    """

    found = Signal(str)
    noted = Signal(object)

    def __init__(self, measuring: Lane, quick: Lane, parent: QObject | None = None) -> None:
        """measuring  for work that may take seconds for a take; quick  for the form of one that is being made"""
        super().__init__(parent)
        self._measuring, self._quick = measuring, quick
        self._known: dict[str, tuple[_Wish, Look]] = {}
        self._wishes: dict[str, _Wish] = {}  # the last one is the newest
        self._under_way: dict[str, _Wish] = {}
        self._urgent = ""
        self._is_closed = False

    def close(self) -> None:
        """Find out no more: who quits does not wait for a take to be measured."""
        self._is_closed = True
        self._wishes.clear()

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for is found."""
        return not self._under_way and not self._wishes

    def hurry(self, take_id: str) -> None:
        """This take comes before all others."""
        self._urgent = take_id

    def of(self, request: TakeRequest, take: Take | Sound | None, duration_s: float) -> Look | None:
        """What is known of a take by now. What is not known yet will be `found`."""
        wish = _Wish(request, take.path if take else None, duration_s, take)
        take_id = take.take_id if take else request.take_id
        known, look = self._known.get(take_id, (None, None))
        if wish not in (known, self._under_way.get(take_id)):
            if take is None:
                self._fulfil(take_id, wish, self._quick)
            else:
                self._want(take_id, wish)
        return look

    def _want(self, take_id: str, wish: _Wish) -> None:
        self._wishes.pop(take_id, None)
        self._wishes[take_id] = wish
        if len(self._wishes) > MOST_WISHES:
            del self._wishes[next(iter(self._wishes))]
        self._go_on()

    def _go_on(self) -> None:
        """Measure the take that was asked for last, one at a time."""
        if self._wishes and all(wish.take is None for wish in self._under_way.values()):
            take_id = self._urgent if self._urgent in self._wishes else next(reversed(self._wishes))
            self._fulfil(take_id, self._wishes.pop(take_id), self._measuring)

    def _fulfil(self, take_id: str, wish: _Wish, lane: Lane) -> None:
        self._under_way[take_id] = wish
        _, before = self._known.get(take_id, (None, None))

        def work() -> tuple[Look, Take | None]:
            form = before.form if before else form_of(wish.request, wish.duration_s)
            measures, noted = _measures(wish.take, lambda: self._is_closed) if wish.take else (None, None)
            bars = measures.heard.bars if measures and measures.heard else None
            if bars is not None and bars.is_sure:
                form = form.with_heard_bars(bars.first_s, bars.beat_s, bars.beats_in_bar)
            return Look(form, measures), noted

        def done(outcome: tuple[Look, Take | None]) -> None:
            look, noted = outcome
            if noted is not None:
                self.noted.emit(noted)
            self._keep(take_id, wish, look)

        lane.run(work, done, lambda _error: self._keep(take_id, wish, before or Look(Form(wish.duration_s))))

    def _keep(self, take_id: str, wish: _Wish, look: Look) -> None:
        """An older wish, answered by another lane, is better than nothing, but than nothing alone."""
        is_newest = self._under_way.get(take_id) == wish
        if is_newest:
            del self._under_way[take_id]
        if is_newest or take_id not in self._known:
            self._known[take_id] = wish, look
            self.found.emit(take_id)
        self._go_on()


def _measures(take: Take | Sound, should_stop: Callable[[], bool]) -> tuple[Measures | None, Take | None]:
    """None for a file that is gone or damaged: whoever opens it is told. And the take, where that came into it."""
    try:
        found = measured(take.path, take.take_id, should_stop)
        return found, _noted(take, found) if isinstance(
            take, Take
        ) else None  # nothing is written beside files of others
    except MusicAppError as error:
        log.info("take %s: %s %s", take.take_id, error.message, error.detail)
        return None, None


def _noted(take: Take, found: Measures) -> Take | None:
    """Keep in the sidecar of a finished take what was heard of it; None where it stands there, or cannot."""
    if not take.is_finished:
        return None
    try:
        noted = found.as_noted(take.path)
        if any(take.measured.get(name) != value for name, value in noted.items()):
            return edits.note_measured(take, **noted)
    except (OSError, MusicAppError) as error:  # it can be measured again
        log.info("take %s: what was measured is not kept: %s", take.take_id, error)
    return None
