"""The child process: takes commands, drives the engine, sends events. torch is imported only after it is up.

Three threads. A reader receives commands and sets stop flags, so that a cancel never waits behind running work.
A watcher leaves as soon as the parent is gone. The main thread makes one take after the other.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from musicapp import logs, part_files, paths
from musicapp.engine.commands import Cancel, Generate, Listen, Load, Ping, Quit
from musicapp.engine.events import (
    Alive,
    AudioChunk,
    Cancelled,
    DevicesFound,
    EngineReady,
    Event,
    Failed,
    Finished,
    ModelFailed,
    Queued,
    TakeEvent,
)
from musicapp.errors import EngineError, MusicAppError, OutOfMemory, refused_by_system
from musicapp.request import TakeRequest

if TYPE_CHECKING:
    from musicapp.engine.engine import Engine

log = logging.getLogger(__name__)

NICENESS = 5  # sound and window come first; 10 starves the model as soon as other programs are busy
MAX_OUTPUT_BYTES = 1 << 20


class TakeStopped(Exception):  # noqa: N818 - an outcome, not an error
    """Raised inside the engine's work when the user gave up the running take."""


@dataclass
class OpenTake:
    """A take that waits for its closing event."""

    request: TakeRequest
    path: Path
    keep_part: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    is_running: bool = False
    ear: int | None = None  # where somebody listens while it forms
    told_frames: int = 0  # that are in the file

    @property
    def kept_frames(self) -> int:
        """What is left of it when it ends early."""
        return self.told_frames if self.keep_part else 0


class OpenTakes:
    """The takes without a closing event yet. Whoever gets True from `close` may send that event."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._takes: dict[str, OpenTake] = {}

    def add(self, take: OpenTake) -> int:
        """Register a take; the number of takes ahead of it."""
        with self._lock:
            self._takes[take.request.take_id] = take
            return len(self._takes) - 1

    def begin(self, take: OpenTake) -> bool:
        """From now on only the main thread may close the take. False when it was given up before."""
        with self._lock:
            take.is_running = take.request.take_id in self._takes
            return take.is_running

    def stop(self, take_id: str) -> bool:
        """Ask a take to stop. True when it was only waiting and is closed already."""
        with self._lock:
            take = self._takes.get(take_id)
            if take is None:
                return False
            take.stop.set()
            return not take.is_running and self._takes.pop(take_id) is not None

    def listen(self, take_id: str, ear: int | None) -> None:
        """Somebody listens there while a take forms."""
        with self._lock:
            if (take := self._takes.get(take_id)) is not None:
                take.ear = ear

    def close(self, take_id: str) -> bool:
        """Forget a take; True for the first caller only."""
        with self._lock:
            return self._takes.pop(take_id, None) is not None

    def ids(self) -> list[str]:
        """Every open take, oldest first."""
        with self._lock:
            return list(self._takes)

    def is_one_running(self) -> bool:
        """Whether a file grows right now."""
        with self._lock:
            return any(take.is_running for take in self._takes.values())


class Worker:
    """Takes jobs from `jobs` on the calling thread while `read_commands` runs on another one."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._takes = OpenTakes()
        self._jobs: queue.SimpleQueue[Load | OpenTake | Quit] = queue.SimpleQueue()
        self._running: OpenTake | None = None
        self._engine: Engine | None = None

    def read_commands(self, commands: Connection) -> None:
        """Receive commands until the parent asks to quit or is gone. Runs on its own thread."""
        while True:
            try:
                command = commands.recv()
            except (EOFError, OSError):
                _leave(self._takes.is_one_running())
            self._obey(command)

    def _obey(self, command: object) -> None:
        """Do at once what cannot wait, and queue the rest."""
        match command:
            case Generate(request, path, keep_part):
                take = OpenTake(request, Path(path), keep_part)
                self._emit(Queued(request.take_id, self._takes.add(take)))
                self._jobs.put(take)
            case Listen(take_id, ear):
                self._takes.listen(take_id, ear)
            case Cancel(take_id):
                self._stop(take_id)
            case Load():
                self._jobs.put(command)
            case Ping():
                self._emit(Alive())
            case Quit():
                for take_id in self._takes.ids():
                    self._stop(take_id)
                self._jobs.put(command)
            case _:
                log.error("an unknown command was left undone: %r", command)

    def _stop(self, take_id: str) -> None:
        """Ask a take to stop: one that only waits is closed here and now, a running one by the main thread."""
        if self._takes.stop(take_id):
            self._emit(Cancelled(take_id))

    def work(self) -> None:
        """Do the jobs in the order they came, until one is to quit."""
        self._emit(EngineReady())
        self._load_engine()
        while not isinstance(job := self._jobs.get(), Quit):
            if isinstance(job, Load):
                self._load(job)
            else:
                self._make(job)

    def _load_engine(self) -> Engine:
        if self._engine is None:
            from musicapp.engine import devices  # torch: seconds, so only once the process answers
            from musicapp.engine.engine import Engine

            self._engine = Engine(self._check_stop)
            self._emit(DevicesFound(devices.found()))
        return self._engine

    def _check_stop(self) -> None:
        if self._running is not None and self._running.stop.is_set():
            raise TakeStopped

    def _load(self, asked: Load) -> None:
        model = asked.model
        try:
            for event in self._load_engine().models.load(
                model, device=asked.device, precision=asked.precision, loras=asked.loras
            ):
                self._emit(event)
        except MusicAppError as error:
            log.warning("model %s: %s %s", model, error.message, error.detail)
            self._emit(ModelFailed(model, error.message, error.hint))
        except Exception as error:
            log.exception("model %s could not be loaded", model)
            told = refused_by_system(error) or EngineError(
                "The engine hit a problem while loading the model.", hint="Details are in the log."
            )
            self._emit(ModelFailed(model, told.message, told.hint))

    def _make(self, take: OpenTake) -> None:
        """Make one take. Whatever happens, exactly one closing event goes out."""
        take_id = take.request.take_id
        self._running = take
        logs.current_take.set(take_id)
        try:
            engine = self._load_engine()
            if take.stop.is_set():
                return
            with contextlib.closing(self._events_of(engine, take)) as events:
                for event in events:
                    if isinstance(event, Finished):
                        self._close(event)
                        continue
                    if isinstance(event, AudioChunk):  # it is in the file, whatever comes now
                        take.told_frames = event.first_frame + event.frame_count
                    if isinstance(event, TakeEvent):  # what is said of the model holds without the take
                        self._check_stop()
                    self._emit(event)
        except TakeStopped:
            self._close(Cancelled(take_id, take.kept_frames))
        except MusicAppError as error:
            log.warning("take %s: %s %s", take_id, error.message, error.detail)
            fits_s = error.fits_s if isinstance(error, OutOfMemory) else 0.0
            self._close(Failed(take_id, error.message, error.hint, fits_s, take.kept_frames))
        except Exception as error:
            log.exception("take %s failed", take_id)
            told = refused_by_system(error) or EngineError("The engine hit a problem.", hint="Details are in the log.")
            self._close(Failed(take_id, told.message, told.hint, kept_frames=take.kept_frames))
        finally:
            self._running = None
            logs.current_take.set("-")

    def _events_of(self, engine: Engine, take: OpenTake) -> Generator[Event, None, None]:
        """Prepare and make a take, unless it is given up in between."""
        prepared = yield from engine.prepare(take.request)
        if self._takes.begin(take):
            yield from engine.make(prepared, take.path, keep_part=take.keep_part, ear=lambda: take.ear)

    def _close(self, event: TakeEvent) -> None:
        """Send a closing event, unless the take is closed already."""
        if self._takes.close(event.take_id):
            self._emit(event)


def serve(commands: Connection, events: Connection, output_folder: str) -> None:
    """The child's life, from the first import to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the parent, which cancels and then asks to quit
    _redirect_output(Path(output_folder))
    send_lock = threading.Lock()

    def emit(event: Event) -> None:
        with send_lock, contextlib.suppress(OSError):  # a parent that is gone: the watcher leaves in a moment
            events.send(event)

    worker = Worker(emit)
    threading.Thread(target=_watch_parent, args=(worker,), name="watch-parent", daemon=True).start()
    threading.Thread(target=worker.read_commands, args=(commands,), name="commands", daemon=True).start()
    _lower_priority()  # after the threads that answer: on Linux those started before keep theirs
    part_files.sweep(paths.data_folder())  # what an engine before it was writing when it was killed
    worker.work()
    logging.shutdown()
    sys.stdout.flush()
    # Not by return: interpreter shutdown with a loaded GPU runtime takes seconds and has nothing left to save.
    events.close()
    os._exit(0)


def _watch_parent(worker: Worker) -> None:
    """Leave when the parent is gone, however it went: daemon processes alone outlive a killed parent."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        _leave(worker._takes.is_one_running())


def _leave(is_one_running: bool) -> None:
    """The window is gone: what was heard of a take stays as a shorter one, and the process ends."""
    if is_one_running:
        from musicapp.engine import take_file  # there already: a take runs

        take_file.give_up_all()
    os._exit(1)


def _redirect_output(folder: Path) -> None:
    """Send prints and C libraries' complaints to the log folder: a window has no console."""
    output = _open_output(folder)
    for descriptor in (1, 2):
        os.dup2(output.fileno(), descriptor)
    sys.stdout = sys.stderr = output
    logs.set_up("engine")  # crash traces too


def _open_output(folder: Path) -> TextIO:
    path = folder / "engine-output.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MAX_OUTPUT_BYTES:
            path.replace(folder / "engine-output.log.1")
        return logs.open_to_append(path)
    except OSError as error:  # the work goes on without
        log.warning("no file for the engine's output: %s", error)
        return Path(os.devnull).open("a", encoding="utf-8", buffering=1)


def _lower_priority() -> None:
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    elif sys.platform == "win32":
        import ctypes

        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
