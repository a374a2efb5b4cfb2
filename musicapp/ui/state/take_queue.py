"""The queue behind Generate: what waits, what is next, how long it takes, and what a crash left of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp.engine.events import EngineLost
from musicapp.engine.pace import Speeds
from musicapp.errors import LibraryError, MusicAppError, RequestError
from musicapp.queueing import queue_file
from musicapp.queueing.entries import FAILED, MAKING, Entries, Entry, Removed
from musicapp.request import TakeRequest
from musicapp.ui.state.background import Lane
from musicapp.ui.state.engine_state import EngineState
from musicapp.ui.state.generation import Generation, Outcome
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.state.undo import Undo

log = logging.getLogger(__name__)

MOST_VARIATIONS = 8
HELD = "The engine stopped twice in a short time, so the queue waits."


class TakeQueue(QObject):
    """One take after the other is handed to `Generation`; each change is on disk before it is shown.

    changed  entries came, went, moved, began or failed, or the queue was paused
    added    the TakeRequest of each that came
    variations_changed  how many takes one press makes
    """

    changed = Signal()
    added = Signal(object)
    variations_changed = Signal(int)

    def __init__(
        self,
        generation: Generation,
        settings: TakeSettings,
        messages: Messages,
        engine: EngineState,
        files: Lane,
        undo: Undo,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._generation, self._settings, self._messages, self._files = generation, settings, messages, files
        self._undo = undo
        self.relocated: Callable[[TakeRequest], TakeRequest] = lambda request: request  # see `lineage.relocated`
        self.variations = 1  # takes that one press makes
        self._note = ""
        self._is_held = False  # paused by itself, not by the user: until nothing waits, or the user goes on
        self._entries = self._read()
        self._begun = self._entries.making  # when the window went; what became of them has to be looked up
        self._speeds = Speeds()
        self._has_complained = self._is_closed = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._advance)
        generation.began.connect(self._began)
        generation.ended.connect(self._ended)
        generation.asked.connect(self.generate)
        generation.asked_again.connect(self.retry)
        generation.asked_shorter.connect(self._make_shorter)
        engine.lost.connect(self._engine_lost)

    def start(self) -> None:
        """Look what became of those that were being made when the window went, and offer to go on."""
        begun = self._begun
        if self._note:
            self._messages.post("warning", self._note, "Earlier takes are safe.", about="queue file")
        if not self._entries.waiting and not begun:
            return

        def look() -> list[str]:
            return [entry.take_id for entry in begun if queue_file.is_made(entry)]

        self._files.run(look, self._looked)

    def _looked(self, made: list[str]) -> None:
        for entry in reversed(self._begun):
            if entry.take_id in made:
                self._entries.end(entry.take_id)
            else:
                self._entries.again(entry.take_id, at_front=True)
        count = len(self._entries.waiting)
        self._changed()
        self._soon.start()  # the user may have gone on already
        if count and self.is_paused:
            self._messages.post(
                "notice",
                "One take of before waits to be made." if count == 1 else f"{count} takes of before wait to be made.",
                "The queue is paused.",
                offer=("Go on", self.go_on),
                about="queue",
                stays=True,
            )

    def close(self) -> None:
        """Begin nothing more. What waits is on disk."""
        self._is_closed = True
        self._soon.stop()

    def forget_running(self) -> None:
        """The window closes, and the user has decided about the take being made."""
        for entry in self._entries.making:
            self._entries.end(entry.take_id)
        self._changed()

    @property
    def entries(self) -> list[Entry]:
        """What is being made, then what waits, then what failed."""
        return list(self._entries)

    @property
    def is_paused(self) -> bool:
        """Whether what waits goes on waiting when the take being made is done."""
        return self._entries.is_paused

    @property
    def waiting(self) -> list[Entry]:
        """What is made next, in order."""
        return self._entries.waiting

    @property
    def failed(self) -> list[Entry]:
        """Those that can be tried again."""
        return self._entries.failed

    def set_variations(self, count: int) -> None:
        """Make so many takes with one press, each with another seed."""
        count = min(max(count, 1), MOST_VARIATIONS)
        if count != self.variations:
            self.variations = count
            self.variations_changed.emit(count)

    def generate(self, *, at_front: bool = False) -> None:
        """Make takes of the current settings, or queue them while one is made; problems become a message."""
        try:
            requests = self._settings.make_requests(self.variations)
        except MusicAppError as problem:
            self._messages.post_error(problem, about=self._settings.problem_field)
            return
        self.add(requests, at_front=at_front)

    def generate_next(self) -> None:
        """The same, before all that wait."""
        self.generate(at_front=True)

    def add(
        self,
        requests: list[TakeRequest],
        *,
        at_front: bool = False,
        is_live: bool = False,
        is_late: bool = False,
    ) -> None:
        """Queue takes; where none is being made, the first begins at once, even while the queue is paused.

        is_late  the window is about to close: none begins, and they are there at the next start
        """
        if not self._has_room(len(requests)):
            return
        is_free = not (is_late or self._generation.is_running) and self._entries.next() is None
        self._entries.add(requests, at_front=at_front or is_free, is_live=is_live)
        self._changed()
        for request in requests:
            self.added.emit(request)
        if is_free:
            self._generation.make(self.relocated(requests[0]))
        elif not is_live:
            seeds = ", ".join(str(request.seed) for request in requests)
            self._messages.remark(f"Queued, seed {seeds}")

    def cancel(self, take_id: str) -> None:
        """Give one up, whether it is being made, waits, or failed."""
        if self._is_running(take_id):
            self._generation.cancel()
        else:
            self._take_out([take_id])

    def cancel_all(self) -> None:
        """Give up what is being made and what waits."""
        self.cancel_waiting()
        self._generation.cancel()

    def cancel_waiting(self, *, live_only: bool = False) -> None:
        """Give up what waits."""
        self._take_out([entry.take_id for entry in self._entries.waiting if entry.is_live or not live_only])

    def clear(self) -> None:
        """Give up what waits, and take those that failed out of the list."""
        self._take_out([entry.take_id for entry in (*self._entries.waiting, *self._entries.failed)])

    def _take_out(self, take_ids: list[str]) -> None:
        """Prompts and drawn seeds are in no other place: it can be undone, but for passing wishes."""
        gone = [removed for removed in self._entries.take_out(take_ids) if not removed.entry.is_live]
        if take_ids:
            self._changed()
        if not gone:
            return
        count = len(gone)
        undo = self._undo.push("Take out of the queue", lambda: self._put_in(gone))
        self._messages.post(
            "notice",
            "One take is out of the queue." if count == 1 else f"{count} takes are out of the queue.",
            offer=("Undo", undo),
            about="out of the queue",
        )

    def _put_in(self, gone: list[Removed]) -> None:
        self._messages.dismiss("out of the queue")
        if not self._has_room(len(gone)):
            return
        self._entries.put_in(gone)
        self._changed()
        count = len(gone)
        are = "One take is" if count == 1 else f"{count} takes are"
        self._messages.remark(f"{are} in the queue again")
        self._soon.start()

    def _has_room(self, count: int) -> bool:
        """Whether so many more can be queued; if not, that is said."""
        if len(self._entries) + count <= queue_file.MOST:
            return True
        problem = RequestError(
            f"The queue holds {queue_file.MOST} takes at most.", hint="For more, use “musicapp batch”."
        )
        self._messages.post_error(problem, about="queue")
        return False

    def retry(self, take_id: str) -> None:
        """Have one that failed made again, before all that wait."""
        entry = self._entries.find(take_id)
        if entry is None or entry.state != FAILED:
            return
        self._entries.again(take_id, at_front=True)
        self._changed()
        if not self._generation.is_running:
            self._generation.make(self.relocated(self._entries.waiting[0].request))

    def retry_failed(self) -> None:
        """Have all that failed made again, behind what waits."""
        for entry in self._entries.failed:
            self._entries.again(entry.take_id)
        self._changed()
        self._soon.start()

    def move(self, take_id: str, place: int) -> None:
        """Make one that waits the `place`-th of those that wait, from 0."""
        if self._entries.move(take_id, place):
            self._changed()

    def pause(self) -> None:
        """Make the take that is being made, then no other."""
        self._is_held = False
        self._set_paused(True)

    def go_on(self) -> None:
        """Make what waits."""
        self._messages.dismiss("queue")
        self._is_held = False
        self._set_paused(False)
        self._soon.start()

    def _set_paused(self, is_paused: bool) -> None:
        if is_paused != self._entries.is_paused:
            self._entries.is_paused = is_paused
            self._changed()

    def is_live(self, take_id: str) -> bool:
        """Whether it is a passing wish."""
        entry = self._entries.find(take_id)
        return entry is not None and entry.is_live

    @property
    def done_in_s(self) -> dict[str, float]:
        """Seconds until each take is done, with all before it. It ends with the last one of which that is known."""
        total_s, found = 0.0, {}
        for entry in self._entries:
            needed_s = self._needed_s(entry) if entry.state != FAILED else None
            if needed_s is None:
                break
            total_s += needed_s
            found[entry.take_id] = total_s
        return found

    @property
    def left_s(self) -> float | None:
        """Seconds until everything is made; None when nothing tells, or nothing is to be made."""
        last = next((entry for entry in reversed(self.entries) if entry.state != FAILED), None)
        return self.done_in_s.get(last.take_id) if last else None

    def _needed_s(self, entry: Entry) -> float | None:
        if entry.state == MAKING and self._generation.left_s is not None:
            return self._generation.left_s
        return self._speeds.expected_s(entry.request, Path(entry.request.model).name)

    def _make_shorter(self, refused: TakeRequest, fits_s: float) -> None:
        """In the place of one that needs too much memory; nothing came of its seed yet."""
        self._entries.end(refused.take_id)
        self._settings.set_duration(fits_s)
        self._settings.set_seed(refused.seed)
        self.generate(at_front=True)

    def _is_running(self, take_id: str) -> bool:
        run = self._generation.run
        return run is not None and run.request.take_id == take_id

    def _advance(self) -> None:
        if self._is_closed or self._generation.is_running:
            return
        entry = self._entries.next()
        if entry is not None:
            self._generation.make(self.relocated(entry.request), by_itself=True)

    def _began(self, request: TakeRequest) -> None:
        run = self._generation.run
        assert run is not None
        is_new = self._entries.find(request.take_id) is None
        self._entries.begin(request, str(run.path))
        self._changed()
        if is_new:
            self.added.emit(request)

    def _ended(self, outcome: Outcome) -> None:
        if outcome.kind in ("made", "cancelled") or self.is_live(outcome.take_id):
            self._entries.end(outcome.take_id)
        else:
            self._entries.fail(outcome.take_id, outcome.message, outcome.hint)
        if outcome.kind == "made":
            self._speeds = Speeds()
        self._changed()
        if outcome.kind != "lost":  # then it is not known yet whether the engine starts again
            self._soon.start()

    def _engine_lost(self, _event: EngineLost, is_restarted: bool) -> None:
        if is_restarted:
            self._soon.start()
        elif self._entries.waiting:
            self._is_held = True
            self._set_paused(True)
            self._messages.remark(HELD)

    def _changed(self) -> None:
        if self._is_closed:
            return
        if self._is_held and not (self._entries.waiting or self._entries.making):
            self._is_held = self._entries.is_paused = False
            self._messages.dismiss("queue")
        try:
            queue_file.write(self._entries)
            self._has_complained = False
        except LibraryError as problem:  # said once, and tried again at the next change
            if not self._has_complained:
                self._has_complained = True
                self._messages.post("error", problem.message, problem.hint, about="queue file", stays=True)
        self.changed.emit()

    def _read(self) -> Entries:
        found = queue_file.read()
        self._note = found.note
        if found.entries.waiting or found.entries.making:
            self._is_held = found.entries.is_paused = True
        return found.entries
