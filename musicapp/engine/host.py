"""Where the engine runs: a child process behind one background thread. Knows neither torch nor Qt.

The window and the command line talk to an `EngineHost`; requests go in, the events of `engine/events.py` come out.
If the child dies, every open take gets its closing event, and the next request starts a new child.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from musicapp.engine import worker
from musicapp.engine.commands import Cancel, Command, Generate, Load, Quit
from musicapp.engine.events import Cancelled, EngineLost, Event, Failed, Finished, TakeEvent
from musicapp.paths import log_folder
from musicapp.request import Lora, TakeRequest

log = logging.getLogger(__name__)

CANCEL_GRACE_S = 0.3  # then a take that the child has not closed is closed here: it may be in one long computation
LOST_HINT = "Try again: the engine starts anew. Earlier takes are safe; details are in the log folder."


class EngineHost:
    """The engine in a child process.

    on_event  called from background threads, one event at a time, in the order they happened; every take gets exactly
              one closing event, and no event after it

    All methods return at once (except `close`) and may be called from any thread.
    """

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self._on_event = on_event
        self._lock = threading.Lock()
        self._telling = threading.RLock()  # held while an event is delivered
        self._child: _Child | None = None
        self._open_takes: dict[str, Path] = {}

    @property
    def is_alive(self) -> bool:
        """Whether a child process is running or being started."""
        return self._child is not None

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is no child."""
        child = self._child
        return child.process.pid if child else None

    def start(self) -> None:
        """Start the child if there is none, so that it imports its libraries before the first request."""
        with self._lock:
            self._ensure_child()

    def load(self, model: str, *, device: str = "auto", precision: str = "auto", loras: tuple[Lora, ...] = ()) -> None:
        """Read a model ahead of the first take. Answered by ModelLoading, then ModelLoaded or ModelFailed."""
        with self._lock:
            self._ensure_child().send(Load(model, device, precision, loras))

    def generate(self, request: TakeRequest, path: Path) -> None:
        """Make a take into the float WAV at `path`. Answered by Queued ... and exactly one closing event."""
        with self._lock:
            self._open_takes[request.take_id] = path
            self._ensure_child().send(Generate(request, str(path)))

    def cancel(self, take_id: str) -> None:
        """Give up a take. Answered by Cancelled, unless another closing event was already on its way.

        The answer does not wait for a child that is busy importing or inside one long computation at 4:45: it drops
        the take as soon as it comes back.
        """
        with self._lock:
            if self._child is None or take_id not in self._open_takes:
                return
            self._child.send(Cancel(take_id))
        patience = threading.Timer(CANCEL_GRACE_S, self._close_cancelled, (take_id,))
        patience.name, patience.daemon = "engine-host-cancel", True
        patience.start()

    def close(self, timeout_s: float = 3.0) -> None:
        """Cancel what is open, end the child, wait for it at most about `timeout_s`, then end it by force."""
        with self._lock:
            child = self._child
            if child is None:
                return
            child.is_closing = True
            child.send(Quit())
        child.thread.join(timeout_s)
        if child.thread.is_alive():
            child.end_by_force()
            child.thread.join(timeout_s)

    def _ensure_child(self) -> _Child:
        if self._child is None:
            self._child = _Child(self._deliver, self._child_left)
            self._child.thread.start()
        return self._child

    def _deliver(self, event: Event) -> None:
        """Hand on what the child says, except about takes that are closed already."""
        with self._telling:
            if isinstance(event, TakeEvent):
                is_closing = isinstance(event, Finished | Failed | Cancelled)
                with self._lock:
                    is_open = event.take_id in self._open_takes
                    if is_closing:
                        self._open_takes.pop(event.take_id, None)
                if not is_open:
                    if isinstance(event, Finished):  # cancelled in its last moment
                        _remove(Path(event.path))
                    return
            self._on_event(event)

    def _close_cancelled(self, take_id: str) -> None:
        with self._telling:
            with self._lock:
                path = self._open_takes.pop(take_id, None)
            if path is not None:
                _remove(path)
                self._on_event(Cancelled(take_id))

    def _child_left(self, child: _Child) -> None:
        """The child is gone, on request or not: close what is still open."""
        with self._lock:
            self._child = None
            open_takes, self._open_takes = self._open_takes, {}
        message = "The engine could not start." if child.process.pid is None else "The engine stopped."
        with self._telling:
            for take_id, path in open_takes.items():
                _remove(path)
                closing: TakeEvent = Cancelled(take_id) if child.is_closing else Failed(take_id, message, LOST_HINT)
                self._on_event(closing)
            if not child.is_closing:
                log.error("engine process lost, exit code %s", child.exit_code)
                self._on_event(EngineLost(_describe(message, child.exit_code), LOST_HINT, child.exit_code))


class _Child:
    """One child process and the thread that starts it, reads its events and sees it leave."""

    def __init__(self, on_event: Callable[[Event], None], on_left: Callable[[_Child], None]) -> None:
        self._on_event, self._on_left = on_event, on_left
        self.is_closing = False
        self.exit_code: int | None = None
        context = multiprocessing.get_context("spawn")
        commands_out, self._commands = context.Pipe(duplex=False)
        self._events, events_in = context.Pipe(duplex=False)
        self._far_ends: tuple[Connection, Connection] = (commands_out, events_in)
        self.process: SpawnProcess = context.Process(
            target=worker.serve, args=(*self._far_ends, str(log_folder())), name="musicapp-engine", daemon=True
        )
        self.thread = threading.Thread(target=self._run, name="engine-host", daemon=True)

    def send(self, command: Command) -> None:
        """Hand a command to the child. It may come before the child is up: the pipe keeps it."""
        with contextlib.suppress(OSError):  # a dying child: the thread is about to close its takes
            self._commands.send(command)

    def end_by_force(self) -> None:
        """Kill the child; it had its chance to leave by itself."""
        with contextlib.suppress(ValueError, AttributeError):
            self.process.kill()

    def _run(self) -> None:
        try:
            self._start()
            self._read_events()
        except OSError:
            log.exception("the engine process could not be started")
        finally:
            for end in (*self._far_ends, self._commands, self._events):
                end.close()
            if self.process.pid is not None:
                self.process.join()
                self.exit_code = self.process.exitcode
            self._on_left(self)

    def _start(self) -> None:
        # Ctrl-C in a terminal reaches the whole process group. The child must leave it to us; a blocked signal is
        # inherited, so this holds from its first instruction on.
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self.process.start()
        for end in self._far_ends:  # our copies: with them open the end of the child would go unnoticed
            end.close()

    def _read_events(self) -> None:
        while True:
            try:
                event = self._events.recv()
            except (EOFError, OSError):
                return
            try:
                self._on_event(event)
            except Exception:
                log.exception("a receiver of engine events failed on %s", type(event).__name__)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # on Windows a file that is open stays until the child closes and removes it
        path.unlink(missing_ok=True)


def _describe(message: str, exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return message
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        return message
    # The system does this to whoever uses most memory when there is none left.
    killed = " The machine may have run out of memory." if name == "SIGKILL" else ""
    return f"{message[:-1]} ({name}).{killed}"
