"""Where the engine runs: a child process behind one background thread. Knows neither torch nor Qt.

The window and the command line talk to an `EngineHost`; requests go in, the events of `engine/events.py` come out.
If the child dies, every open take gets its closing event, and the next request starts a new child.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from musicapp.engine import worker
from musicapp.engine.commands import Cancel, Command, Generate, Listen, Load, Ping, Quit
from musicapp.engine.events import (
    Alive,
    AudioChunk,
    Cancelled,
    EngineAnswers,
    EngineLost,
    EngineSilent,
    Event,
    Failed,
    Finished,
    ModelFailed,
    ModelLoaded,
    TakeEvent,
)
from musicapp.paths import log_folder
from musicapp.request import Lora, TakeRequest

log = logging.getLogger(__name__)

JOIN_S = 1.0
CANCEL_GRACE_S = 0.3  # then a take that the child has not closed is closed here: it may be in one long computation
LOST_HINT = "Try again: it starts anew. Earlier takes are safe; details are in the log folder."
KILLED_HINT = (
    "Systems do that when memory runs out: if it happens again, close other programs or ask for a shorter take. "
    "Earlier takes are safe."
)
PING_EVERY_S = 2.0
SILENT_AFTER_S = 10.0  # without an answer: the process stands still
SILENT_AT_START_S = 60.0  # until its first model is there: large libraries are read by then, from a slow disk maybe


@dataclass
class _OpenTake:
    """A take without a closing event: its file, and how much of that was told of."""

    path: Path
    keep_part: bool
    frames: int = 0

    @property
    def kept_frames(self) -> int:
        return self.frames if self.keep_part else 0


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
        self._open_takes: dict[str, _OpenTake] = {}
        self._given_up: dict[str, Path] = {}  # cancelled without the child's answer: their files may come yet

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

    def generate(self, request: TakeRequest, path: Path, *, keep_part: bool = False) -> None:
        """Make a take into the float WAV at `path`. Answered by Queued ... and exactly one closing event.

        keep_part  when it ends early after the first sound, what was written of it stays at `path`
        """
        with self._lock:
            self._open_takes[request.take_id] = _OpenTake(path, keep_part)
            self._ensure_child().send(Generate(request, str(path), keep_part))

    def listen(self, take_id: str, ear: int | None) -> None:
        """Listen at a frame to a take while it forms, or (None) no longer. Preview answers, now and then."""
        with self._lock:
            if self._child is not None and take_id in self._open_takes:
                self._child.send(Listen(take_id, ear))

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

    def is_open(self, take_id: str) -> bool:
        """Whether a take still waits for its closing event."""
        with self._lock:
            return take_id in self._open_takes

    def restart(self) -> None:
        """End a child that does not answer, by force. What it worked on fails; the next request starts another."""
        with self._lock:
            if self._child is not None:
                self._child.is_given_up = True
                self._child.end_by_force()

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
                    take = self._open_takes.get(event.take_id)
                    if take is not None and isinstance(event, AudioChunk):
                        take.frames = event.first_frame + event.frame_count
                    if is_closing:
                        self._open_takes.pop(event.take_id, None)
                    given_up = self._given_up.pop(event.take_id, None) if is_closing else None
                if given_up is not None:  # the child has let go of it only now
                    _remove(given_up)
                if take is None:
                    return
            self._on_event(event)

    def _close_cancelled(self, take_id: str) -> None:
        with self._telling:
            with self._lock:
                take = self._open_takes.pop(take_id, None)
                if take is not None and not take.kept_frames:
                    self._given_up[take_id] = take.path
            if take is not None:
                if not take.kept_frames:
                    _remove(take.path)
                self._on_event(Cancelled(take_id, take.kept_frames))

    def _child_left(self, child: _Child) -> None:
        """The child is gone, on request or not: close what is still open."""
        with self._lock:
            self._child = None
            open_takes, self._open_takes = self._open_takes, {}
            given_up, self._given_up = self._given_up, {}
        for path in given_up.values():
            _remove(path)
        message, hint = _describe(child)
        with self._telling:
            for take_id, take in open_takes.items():
                if not take.kept_frames:
                    _remove(take.path)
                self._on_event(
                    Cancelled(take_id, take.kept_frames)
                    if child.is_closing
                    else Failed(take_id, message, hint, kept_frames=take.kept_frames, is_lost=True)
                )
            if not child.is_closing:
                log.error("engine process lost, exit code %s", child.exit_code)
                self._on_event(EngineLost(message, hint, child.exit_code))


class _Child:
    """One child process and the thread that starts it, reads its events and sees it leave."""

    def __init__(self, on_event: Callable[[Event], None], on_left: Callable[[_Child], None]) -> None:
        self._on_event, self._on_left = on_event, on_left
        self.is_closing = self.is_given_up = False
        self._to_send: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._watch = _Watch()
        self.exit_code: int | None = None
        context = multiprocessing.get_context("spawn")
        commands_out, self._commands = context.Pipe(duplex=False)
        self._events, events_in = context.Pipe(duplex=False)
        self._far_ends: tuple[Connection, Connection] = (commands_out, events_in)
        self.process: SpawnProcess = context.Process(
            target=worker.serve, args=(*self._far_ends, str(log_folder())), name="musicapp-engine", daemon=True
        )
        self.thread = threading.Thread(target=self._run, name="engine-host", daemon=True)
        self._sender = threading.Thread(target=self._send_all, name="engine-host-sends", daemon=True)

    def send(self, command: Command) -> None:
        """Hand a command to the child, without waiting for it. It may come before the child is up."""
        self._to_send.put(command)

    def _send_all(self) -> None:
        """Write commands into the pipe, which may be full for as long as the child stands still; ask if it lives."""
        while True:
            try:
                command: Command | None = self._to_send.get(timeout=PING_EVERY_S)
                if command is None:
                    return
            except queue.Empty:
                command = Ping()
            with contextlib.suppress(OSError):  # a dying child: the other thread is about to close its takes
                self._commands.send(command)

    def end_by_force(self) -> None:
        """Kill the child; it had its chance to leave by itself."""
        with contextlib.suppress(ValueError, AttributeError):
            self.process.kill()

    def _run(self) -> None:
        try:
            self._start()
            self._sender.start()
            self._read_events()
        except OSError:
            log.exception("the engine process could not be started")
        finally:
            self._to_send.put(None)
            if self._sender.is_alive():
                self._sender.join(JOIN_S)
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
                event = self._events.recv() if self._events.poll(PING_EVERY_S) else None
            except (EOFError, OSError):
                return
            for told in self._watch.seen(event):
                self._tell(told)
            if event is not None and not isinstance(event, Alive):
                self._tell(event)

    def _tell(self, event: Event) -> None:
        try:
            self._on_event(event)
        except Exception:
            log.exception("a receiver of engine events failed on %s", type(event).__name__)


class _Watch:
    """Finds out that a child stands still: it answers to Ping from a thread of its own, whatever it computes."""

    def __init__(self) -> None:
        self._heard_s = self._looked_s = time.monotonic()
        self._limit_s = SILENT_AT_START_S
        self._is_silent = False

    def seen(self, event: Event | None) -> list[Event]:
        """Take note of what came within the last moments, or that nothing came; what there is to tell."""
        now_s = time.monotonic()
        slept = now_s - self._looked_s > 3 * PING_EVERY_S  # we did not run either: the computer slept
        self._looked_s = now_s
        if isinstance(event, ModelLoaded | ModelFailed):
            self._limit_s = SILENT_AFTER_S
        if event is not None or slept:
            self._heard_s = now_s
            if event is not None and self._is_silent:
                self._is_silent = False
                return [EngineAnswers()]
        elif now_s - self._heard_s >= self._limit_s and not self._is_silent:
            self._is_silent = True
            return [EngineSilent(now_s - self._heard_s)]
        return []


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # on Windows a file that is open stays until the child closes and removes it
        path.unlink(missing_ok=True)


def _describe(child: _Child) -> tuple[str, str]:
    """What happened to a child that is gone, in words, and what to do."""
    code = child.exit_code
    if child.process.pid is None:
        return "The engine could not start.", LOST_HINT
    if child.is_given_up:
        return "The engine did not answer any more and was ended.", LOST_HINT
    if code is None or code >= 0:
        return "The engine stopped.", LOST_HINT
    if -code == signal.SIGTERM or (hasattr(signal, "SIGKILL") and -code == signal.SIGKILL):
        return "The engine was ended by the system or by another program.", KILLED_HINT
    return "The engine crashed.", LOST_HINT
