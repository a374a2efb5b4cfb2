"""One sound process and the threads of this one that feed it, hear it and see it leave."""

from __future__ import annotations

import contextlib
import itertools
import logging
import math
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.sharedctypes import RawArray
from typing import Any

from musicapp.errors import AudioDeviceError
from musicapp.playback import worker
from musicapp.playback.board import Board
from musicapp.playback.commands import Answer, Command, Forget, Grown, Know, Lost, Request, Samples, Unreadable, Wake
from musicapp.playback.orders import Orders, Slip
from musicapp.playback.take_buffer import TakeBuffer

log = logging.getLogger(__name__)

STALL_S = 1.0  # without a single callback while the sound runs: the server is gone, even if nobody says so
WATCH_S, IDLE_S = 0.1, 0.5
SEND_FRAMES = 16384
COMPLAINT_BYTES = 4000
SILENT = "no answer to a request"
_context = multiprocessing.get_context("spawn")

Wishes = Callable[[], tuple[tuple[TakeBuffer, ...], Orders]]


class ProcessLeft(Exception):  # noqa: N818 - an outcome, which whoever asked may answer with another process
    """The process ended, or was ended, before it answered."""


class SoundProcess:
    """A child that plays what `wishes` says, told anew whenever it is poked. It stands ready until it is adopted.

    patience_s               how long the sound card may take to ask for its first samples now, 0 when it need not ask;
                             a child in which it does not is ended
    on_left(process, detail) called once, from a background thread, when the child is gone
    """

    def __init__(
        self,
        wishes: Wishes,
        patience_s: Callable[[], float],
        on_left: Callable[[SoundProcess, str], None],
    ) -> None:
        self._wishes, self._patience_s, self._on_left = wishes, patience_s, on_left
        self.board = Board(RawArray("B", Board.SIZE + Slip.SIZE))  # leaves nothing behind on any system
        self._is_adopted = False
        self._tickets = itertools.count(1)
        self._answers: dict[int, queue.SimpleQueue[Answer | None]] = {}
        self._answers_lock = threading.Lock()
        self._deadline_s = math.inf  # by which an answer must be there
        self._slip = Slip(memoryview(self.board.memory)[Board.SIZE :])
        self._known: dict[int, int] = {}  # number of a take -> frames that were told
        self._from_memory: set[int] = set()  # numbers of takes whose samples are sent
        self._send_lock = threading.Lock()  # of both, and of the pipe
        self._pokes = threading.Event()
        self._is_up = threading.Event()
        self._verdict = ""  # why it was ended
        self._has_left = False
        commands_out, self._commands = _context.Pipe(duplex=False)
        self._events, events_in = _context.Pipe(duplex=False)
        self._far_ends = [commands_out, events_in]
        self._complaints: Connection | None = None
        complaints_in: Connection | None = None
        if os.name == "posix":
            self._complaints, complaints_in = _context.Pipe(duplex=False)
            self._far_ends.append(complaints_in)
        self._process: SpawnProcess = _context.Process(
            target=worker.serve,
            args=(commands_out, events_in, complaints_in, self.board.memory),
            name="musicapp-sound",
            daemon=True,
        )
        self._sender = threading.Thread(target=self._send_all, name="sound-sends", daemon=True)
        self._thread = threading.Thread(target=self._run, name="sound-host", daemon=True)
        self._thread.start()

    def adopt(self, board_before: Board) -> None:
        """From now on it plays, from where another stopped."""
        self.board.go_on_from(board_before)
        self._is_adopted = True
        self.obey(self._wishes()[1])

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid

    def poke(self) -> None:
        """The takes have changed."""
        self._pokes.set()

    def obey(self, orders: Orders) -> None:
        """From now on play what these say."""
        self._slip.write(orders)
        self._pokes.set()

    def ask(self, request: Request, patience_s: float) -> Any:
        """Send a request and wait for its answer. Raises ProcessLeft, or AudioDeviceError when patience ends.

        A process that does not answer is ended.
        """
        ticket, answer = next(self._tickets), queue.SimpleQueue[Answer | None]()
        with self._answers_lock:
            if self._has_left:
                raise ProcessLeft(self._verdict or "it has ended")
            self._answers[ticket] = answer
            self._deadline_s = time.monotonic() + patience_s
        self._is_up.wait()
        with contextlib.suppress(OSError, ValueError):  # a dying child: the answer says so
            self._send(replace(request, ticket=ticket))
        told = answer.get()
        self._deadline_s = math.inf
        if told is None and self._verdict == SILENT:
            raise AudioDeviceError(
                "The sound system does not answer.",
                hint="Choose another output, or try again when its device or server works.",
                detail=self._verdict,
            )
        if told is None:
            raise ProcessLeft(self._verdict or "it has ended")
        return told.value

    def kill(self, verdict: str) -> None:
        """End it now; it has nothing to lose."""
        self._verdict = self._verdict or verdict
        with contextlib.suppress(ValueError, AttributeError, OSError):
            self._process.kill()

    def end(self) -> None:
        """End it and wait for that."""
        self.kill("it is not wanted any more")
        self._thread.join(2.0)

    # --- what goes there

    def _send_all(self) -> None:
        """Tell what is new since it was told last. The pipe may be full for as long as the child stands still."""
        with contextlib.suppress(OSError, ValueError):  # a dying child: the other thread sees it
            while not self._has_left:
                self._pokes.wait()
                self._pokes.clear()
                self._send(Wake())

    def _send(self, last: Request | Wake) -> None:
        """What has changed of the takes, and one more, in one go: each writing may cost a turn of Python's lock."""
        with self._send_lock:
            commands: list[Command] = []
            unsent: list[tuple[TakeBuffer, int, int]] = []
            self._collect(commands, unsent)
            self._commands.send([*commands, last])
            for source, first, end in unsent:
                self._send_samples(source, first, end)

    def _collect(self, commands: list[Command], unsent: list[tuple[TakeBuffer, int, int]]) -> None:
        """Commands that make the takes known as they are, and what no file has of them: frames from one to another."""
        known, from_memory = self._known, self._from_memory
        sources, _ = self._wishes()
        for number in set(known) - {source.number for source in sources}:
            commands.append(Forget(number))
            del known[number]
        for source in sources:
            if source.number not in known:
                size = source.total_frames, source.channels, source.sample_rate
                commands.append(Know(source.number, source.path, *size))
                known[source.number] = 0
                if source.path is None:
                    from_memory.add(source.number)
        for source in sources:
            first, available = known[source.number], source.available
            if available > first:
                known[source.number] = available
                if source.number in from_memory:
                    unsent.append((source, first, available))
                else:
                    commands.append(Grown(source.number, available))

    def _send_instead(self, unreadable: Unreadable) -> None:
        with contextlib.suppress(OSError, ValueError):
            with self._send_lock:
                self._from_memory.add(unreadable.number)
                if unreadable.number in self._known:
                    self._known[unreadable.number] = unreadable.first_frame
            self._send(Wake())

    def _send_samples(self, source: TakeBuffer, first_frame: int, end: int) -> None:
        """What no file gives, our memory does."""
        for first in range(first_frame, end, SEND_FRAMES):
            block = source.audio[first : min(first + SEND_FRAMES, end)]
            self._commands.send([Samples(source.number, first, block.tobytes())])

    # --- what comes from there

    def _run(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._start()
            self._read_events()
        except OSError as error:
            self.kill(f"it could not be started: {error}")
        finally:
            self._leave()

    def _start(self) -> None:
        try:
            self._process.start()
        finally:
            for end in self._far_ends:  # our copies: with them open the end of the child would go unnoticed
                end.close()
        self._is_up.set()
        self._sender.start()
        if self._verdict:  # it was given up meanwhile
            self._process.kill()

    def _read_events(self) -> None:
        pulse = _Pulse(self.board)
        while True:
            if time.monotonic() > self._deadline_s:
                self.kill(SILENT)
            pause_s = WATCH_S if self._is_adopted and self._patience_s() else IDLE_S
            try:
                event = self._events.recv() if self._events.poll(pause_s) else None
            except (EOFError, OSError):
                return
            match event:
                case Answer(ticket):
                    with self._answers_lock:
                        waiting = self._answers.pop(ticket, None)
                    if waiting is not None:
                        waiting.put(event)
                case Lost(detail):
                    self.kill(detail)
                case Unreadable():
                    log.warning("a take's file cannot be played from: %s", event.detail)
                    threading.Thread(
                        target=self._send_instead, args=(event,), name="sound-samples", daemon=True
                    ).start()
                case None:
                    if self._is_adopted and (verdict := pulse.verdict(self._patience_s())):
                        self.kill(verdict)

    def _leave(self) -> None:
        if self._process.pid is not None:
            self._process.join()
        detail = self._verdict or f"exit code {self._process.exitcode}"
        said = self._last_words()
        if said:
            log.info("the sound process printed: %s", said)
        with self._answers_lock:
            self._has_left = True
            self._verdict = detail
            waiting, self._answers = self._answers, {}
        self._is_up.set()
        self._pokes.set()
        self._on_left(self, detail)
        for answer in waiting.values():
            answer.put(None)
        for end in (self._commands, self._events, self._complaints):
            if end is not None:
                end.close()

    def _last_words(self) -> str:
        """What C libraries printed, the start of it."""
        if self._complaints is None:
            return ""
        number = self._complaints.fileno()
        os.set_blocking(number, False)
        with contextlib.suppress(OSError):
            return os.read(number, COMPLAINT_BYTES).decode("utf-8", "replace").strip()
        return ""


class _Pulse:
    """Finds out that the sound card does not ask any more. It counts turns, not time: a computer asleep counts none."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._calls, self._quiet_turns, self._has_called = board.calls, 0, False

    def verdict(self, patience_s: float) -> str:
        """Asked every WATCH_S while sound is to be heard: why to end the process, or ""."""
        calls = self._board.calls
        if not patience_s:
            self._quiet_turns, self._has_called = 0, False
        elif calls != self._calls:
            self._quiet_turns, self._has_called = 0, True
        else:
            self._quiet_turns += 1
        self._calls = calls
        quiet_s = self._quiet_turns * WATCH_S
        return f"no callback for {quiet_s:.1f} s" if quiet_s > (STALL_S if self._has_called else patience_s) else ""
