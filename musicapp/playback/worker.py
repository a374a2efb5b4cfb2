"""The sound process: takes orders and requests, plays, and can be killed at any moment without loss.

It has neither torch nor Qt. Sound drivers and servers may abort, hang or flood it; whoever started it starts another.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import Any

from musicapp import logs
from musicapp.errors import AudioDeviceError
from musicapp.playback import devices
from musicapp.playback.board import Board
from musicapp.playback.commands import (
    Answer,
    Close,
    Command,
    Forget,
    Grown,
    Know,
    ListDevices,
    Lost,
    Open,
    Opened,
    Refused,
    Request,
    Samples,
    Unreadable,
    Wake,
)
from musicapp.playback.devices import OutputDevice
from musicapp.playback.loader import Loader
from musicapp.playback.orders import Slip
from musicapp.playback.output import Output
from musicapp.playback.renderer import Renderer

log = logging.getLogger(__name__)

SWITCH_S = 0.0005  # how long the callback waits for Python's lock while another thread computes; usual are 5 ms


class Worker:
    """Does what it is told, on the calling thread. Sound and the takes' files have threads of their own.

    A driver may never return: whoever asked then ends this process.
    """

    def __init__(self, events: Connection, board: Board, slip: Slip) -> None:
        self._events, self._send_lock = events, threading.Lock()
        self._renderer = Renderer(board, slip)
        self._output = Output(self._renderer, self._lose)
        self._loader = Loader(self._renderer, self._tell)

    def read_commands(self, commands: Connection) -> None:
        """Until the other side is gone."""
        with contextlib.suppress(EOFError, OSError):
            commands.poll(None)  # one that stands ready for later must know nothing of servers that may end before
            with contextlib.suppress(AudioDeviceError):
                devices.sounddevice()  # PortAudio looks around before anybody asks
            while True:
                for command in commands.recv():
                    self._obey(command)

    def _obey(self, command: Command) -> None:
        match command:
            case Wake():
                self._renderer.catch_up()
                self._output.wake()
            case Know():
                self._loader.know(command)
            case Grown():
                self._loader.grow(command)
            case Samples():
                self._loader.put(command)
            case Forget(number):
                self._loader.forget(number)
            case _:
                self._answer(command)

    def _answer(self, request: Request) -> None:
        self._renderer.catch_up()
        try:
            value: Opened | Refused | list[OutputDevice] | None = self._fulfil(request)
        except AudioDeviceError as error:
            value = Refused(error.message, error.hint, error.detail)
        self._tell(Answer(request.ticket, value))

    def _fulfil(self, request: Request) -> Opened | list[OutputDevice] | None:
        output = self._output
        match request:
            case Open(_, device, sample_rate, only, looks_again):
                output.close()
                if looks_again:
                    devices.look_again()
                output.open(device, sample_rate, only)
                return Opened(output.device_name, output.sample_rate, output.latency_s)
            case Close():
                output.close()
            case ListDevices():
                if not output.is_open:
                    devices.look_again()
                return devices.list_devices()
        return None

    def _lose(self, detail: str) -> None:
        self._tell(Lost(detail))

    def _tell(self, event: Answer | Lost | Unreadable) -> None:
        with self._send_lock, contextlib.suppress(OSError):  # a window that is gone: the watcher leaves in a moment
            self._events.send(event)


def serve(commands: Connection, events: Connection, complaints: Connection | None, memory: Any) -> None:
    """The process's life. complaints: a pipe for what C libraries print, which drops what does not fit into it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the window
    _redirect_output(complaints)
    logs.set_up("sound")
    threading.excepthook = _log_exception
    sys.setswitchinterval(SWITCH_S)
    threading.Thread(target=_watch_parent, name="watch-parent", daemon=True).start()
    worker = Worker(events, Board(memory), Slip(memoryview(memory)[Board.SIZE :]))
    gc.collect()
    gc.freeze()
    worker.read_commands(commands)
    os._exit(0)  # not by return: PortAudio's own end waits for drivers


def _watch_parent() -> None:
    """Leave when the window is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _redirect_output(complaints: Connection | None) -> None:
    sys.stdout = sys.stderr = None
    if complaints is not None:
        number = complaints.fileno()
        os.set_blocking(number, False)
    else:
        number = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(number, descriptor)


def _log_exception(args: threading.ExceptHookArgs) -> None:
    log.error("thread %s failed", args.thread, exc_info=args.exc_value)
