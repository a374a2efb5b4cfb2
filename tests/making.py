"""A take in this process, from its request."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from musicapp.engine.engine import Engine, Prepared
from musicapp.engine.events import Event
from musicapp.request import TakeRequest


def make(engine: Engine, request: TakeRequest, path: Path) -> Generator[Event, None, None]:
    """Every event of a take, of loading its model too."""
    prepared = yield from engine.prepare(request)
    yield from engine.make(prepared, path)


def prepare(engine: Engine, request: TakeRequest) -> Prepared:
    """What `Engine.make` takes, without the events on the way."""
    events = engine.prepare(request)
    while True:
        try:
            next(events)
        except StopIteration as done:
            prepared: Prepared = done.value
            return prepared
