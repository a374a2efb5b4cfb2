"""One engine that makes the takes of a batch, each into a file of the wanted format."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from musicapp import part_files
from musicapp.audio.tags import shared_tags
from musicapp.audio.wave_io import export
from musicapp.engine.events import Cancelled, Event, Failed, Finished, Started
from musicapp.engine.host import EngineHost
from musicapp.errors import EngineError
from musicapp.request import TakeRequest

POLL_S = 0.5  # with a limit: on Windows a wait without one cannot be interrupted
ANSWER_LIMIT_S = 10.0  # how long to wait for the engine to confirm a cancel


class EngineDiedError(EngineError):
    """The engine went away under a take; another one may make it."""


@dataclass(frozen=True)
class Made:
    """A take under its hidden name. took_s: from the request to the file"""

    path: Path
    request: TakeRequest
    took_s: float


class Maker:
    """Makes one take after the other; the model stays loaded between them.

    on_event  is told what the engine says, in the thread that waits
    """

    def __init__(self, on_event: Callable[[Event], None] = lambda event: None) -> None:
        self._on_event = on_event
        self._events: queue.Queue[Event] = queue.Queue()
        self._host = EngineHost(self._events.put)

    def make(self, request: TakeRequest, folder: Path, form: str) -> Made:
        """A take in `form`, a key of EXPORT_FORMATS, in this folder. Raises MusicAppError; then nothing is left."""
        raw, made = part_files.beside(folder / "raw"), part_files.beside(folder / "made")
        began_s = time.monotonic()
        try:
            started = self._take(request, raw)
            tags = shared_tags(started.request)
            export(raw, made, sample_rate=started.sample_rate, format=form, tags=tags, overwrite=False)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
        finally:
            raw.unlink(missing_ok=True)
        return Made(made, started.request, time.monotonic() - began_s)

    def close(self) -> None:
        """End the engine."""
        self._host.close()

    def _take(self, request: TakeRequest, path: Path) -> Started:
        started: Started | None = None
        self._host.generate(request, path)
        try:
            while True:
                try:
                    event = self._events.get(timeout=POLL_S)
                except queue.Empty:
                    continue
                self._on_event(event)
                match event:
                    case Started(take_id=request.take_id):
                        started = event
                    case Failed(take_id=request.take_id):
                        raise (EngineDiedError if event.is_lost else EngineError)(event.message, hint=event.hint)
                    case Finished(take_id=request.take_id) if started is not None:
                        return started
                    case Cancelled(take_id=request.take_id):
                        raise KeyboardInterrupt
        except BaseException:
            self._give_up(request.take_id)
            raise

    def _give_up(self, take_id: str) -> None:
        """Wait until the engine has let go of the file; one that failed is closed already."""
        self._host.cancel(take_id)
        ends_at_s = time.monotonic() + ANSWER_LIMIT_S
        with contextlib.suppress(queue.Empty, KeyboardInterrupt):
            while self._host.is_open(take_id) and time.monotonic() < ends_at_s:
                self._events.get(timeout=POLL_S)
