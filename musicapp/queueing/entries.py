"""What waits to be made, is being made, or failed, in order. Plain values: no clock, no disk, no engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from musicapp.request import TakeRequest, new_take_id

WAITING, MAKING, FAILED = "waiting", "making", "failed"
STATES = (WAITING, MAKING, FAILED)


@dataclass(frozen=True)
class Entry:
    """A take that is wanted. Its seed is drawn already, so it is known which music comes.

    path           of its float WAV, from the moment it begins
    message, hint  why it failed
    is_live        a passing wish: the next one takes its place
    left_out       what of its settings this version does not understand, see `request.Recalled`
    """

    request: TakeRequest
    state: str = WAITING
    path: str = ""
    message: str = ""
    hint: str = ""
    is_live: bool = False
    left_out: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def take_id(self) -> str:
        """The id that every event of the take carries."""
        return self.request.take_id


@dataclass(frozen=True)
class Removed:
    """An entry that was taken out. before: the ids of those of its state before it, the nearest first"""

    entry: Entry
    before: tuple[str, ...]


class Entries:
    """The queue's order: first what is being made, then what waits, then what failed. Unknown ids change nothing."""

    def __init__(self, entries: Iterable[Entry] = (), *, is_paused: bool = False) -> None:
        self._all = list(entries)
        self.is_paused = is_paused

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._of(MAKING) + self._of(WAITING) + self._of(FAILED))

    def __len__(self) -> int:
        return len(self._all)

    def find(self, take_id: str) -> Entry | None:
        """The entry of this id."""
        return next((entry for entry in self._all if entry.take_id == take_id), None)

    @property
    def waiting(self) -> list[Entry]:
        """Those to be made, the next one first."""
        return self._of(WAITING)

    @property
    def making(self) -> list[Entry]:
        """Those that began."""
        return self._of(MAKING)

    @property
    def failed(self) -> list[Entry]:
        """Those of which nothing came."""
        return self._of(FAILED)

    def add(self, requests: Iterable[TakeRequest], *, at_front: bool = False, is_live: bool = False) -> None:
        """Put takes behind all others, or before all that wait."""
        new = [Entry(request, is_live=is_live) for request in requests]
        self._all = new + self._all if at_front else self._all + new

    def next(self) -> Entry | None:
        """The one to make now; None when nothing waits. While the queue is paused that is only a passing wish."""
        return next((entry for entry in self.waiting if entry.is_live or not self.is_paused), None)

    def begin(self, request: TakeRequest, path: str) -> None:
        """A take is being made into this file; one that nobody queued is in the queue from now on."""
        if self.find(request.take_id) is None:
            self._all.insert(0, Entry(request))
        self._change(request.take_id, state=MAKING, path=path)

    def end(self, take_id: str) -> None:
        """Forget a take: it is made, or nobody wants it any more."""
        self.remove([take_id])

    def fail(self, take_id: str, message: str, hint: str) -> None:
        """Keep a take of which nothing came, to be tried again."""
        self._change(take_id, state=FAILED, message=message, hint=hint)

    def put_back(self, take_id: str) -> None:
        """Let one that began wait once more, before all others: nothing of it is left."""
        self._change(take_id, state=WAITING, path="")

    def again(self, take_id: str, *, at_front: bool = False) -> None:
        """Let one that began wait once more: under a new id, since something of it may be on disk under the old one."""
        entry = self.find(take_id)
        if entry is None or entry.state == WAITING:
            return
        fresh = replace(entry, request=replace(entry.request, take_id=new_take_id()), state=WAITING, path="")
        self._all.remove(entry)
        self._all.insert(0 if at_front else len(self._all), replace(fresh, message="", hint=""))

    def remove(self, take_ids: Collection[str]) -> None:
        """Forget these."""
        self._all = [entry for entry in self._all if entry.take_id not in take_ids]

    def take_out(self, take_ids: Collection[str]) -> list[Removed]:
        """Forget these; what `put_in` needs to have them again."""
        gone = []
        for state in STATES:
            before: tuple[str, ...] = ()
            for entry in self._of(state):
                if entry.take_id in take_ids:
                    gone.append(Removed(entry, before))
                before = (entry.take_id, *before)
        self.remove(take_ids)
        return gone

    def put_in(self, gone: Iterable[Removed]) -> None:
        """Have these again, each behind the nearest of those before it that is still there, or first."""
        for removed in gone:
            if self.find(removed.entry.take_id) is None:
                places = {other.take_id: number for number, other in enumerate(self._all)}
                place = next((places[take_id] + 1 for take_id in removed.before if take_id in places), 0)
                self._all.insert(place, removed.entry)

    def move(self, take_id: str, place: int) -> bool:
        """Make one that waits the `place`-th of those that wait, from 0; whether that changed anything."""
        waiting = self.waiting
        before = next((number for number, entry in enumerate(waiting) if entry.take_id == take_id), None)
        place = min(max(place, 0), len(waiting) - 1)
        if before is None or before == place:
            return False
        waiting.insert(place, waiting.pop(before))
        self._all = self._of(MAKING) + waiting + self._of(FAILED)
        return True

    def _of(self, state: str) -> list[Entry]:
        return [entry for entry in self._all if entry.state == state]

    def _change(self, take_id: str, **values: Any) -> None:
        self._all = [replace(entry, **values) if entry.take_id == take_id else entry for entry in self._all]
