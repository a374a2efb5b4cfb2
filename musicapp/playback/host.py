"""Where sound comes from: a process of its own, started when it is wanted, killed and started anew at will.

Sound servers end, drivers hang or abort. Here that costs a process that holds nothing: the orders, the place that was
reached and the takes are in this one, so another goes on from there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from musicapp.errors import AudioDeviceError
from musicapp.playback.board import Board
from musicapp.playback.commands import Close, ListDevices, Open, Opened, Refused, Request
from musicapp.playback.devices import OutputDevice
from musicapp.playback.orders import Orders
from musicapp.playback.process import ProcessLeft, SoundProcess
from musicapp.playback.take_buffer import TakeBuffer
from musicapp.playback.transport import Transport

__all__ = ["OutputDevice", "PlaybackHost"]

log = logging.getLogger(__name__)

FIRST_CALL_S = 4.0  # until the sound card asks for the first time: wireless headphones wake up
SOON_S = 1.0  # the same, at first, of an output that worked a moment ago; it doubles each time
ANSWER_S = 8.0  # that a driver may take to open a device or to list all
CLOSE_S = 2.0
SPARE_AFTER_S = 0.5
RETRY_S = 0.3
RETRY_LATER_S, RETRY_LATER_AFTER_S = 1.0, 10.0
RETURN_S = 60.0  # within which a lost output that is back plays on by itself
WENT_AWAY = "The sound output went away while playing."
WHEN_LOST = "Playing goes on by itself when it is back. Or choose another output."
WHEN_GIVEN_UP = "Connect it again or choose another output, then press play."


class PlaybackHost:
    """Plays `transport` in a process of its own.

    on_lost(error)   the output went away while playing; the position is kept, and playing goes on when it is back
    on_back()        it plays on
    on_given_up(error)   it did not come back within a minute, or cannot be opened any more; playback is paused

    They are called from background threads. `open`, `close` and `list_devices` wait for drivers, up to some seconds;
    all else returns at once.
    """

    def __init__(
        self,
        on_lost: Callable[[AudioDeviceError], None],
        on_back: Callable[[], None] = lambda: None,
        on_given_up: Callable[[AudioDeviceError], None] = lambda error: None,
    ) -> None:
        self._on_lost, self._on_back, self._on_given_up = on_lost, on_back, on_given_up
        self.board = Board()
        self._orders = Orders()
        self._sources: tuple[TakeBuffer, ...] = ()
        self._process: SoundProcess | None = None
        self._spare: SoundProcess | None = None  # stands ready to take over: a start may take a second
        self._spare_later: threading.Timer | None = None
        self._requests = threading.RLock()  # held by whoever asks for something; one at a time
        self._starting = threading.Lock()
        self._opened: tuple[str | None, int, Opened] | None = None  # device and rate as asked, and what it became
        self._is_shut = False
        self._recovery: _Recovery | None = None
        self._first_call_s = FIRST_CALL_S
        self.transport = Transport(self)

    # --- the transport's side

    def hold(self, sources: tuple[TakeBuffer, ...]) -> None:
        """Know these takes and no others."""
        self._sources = sources
        for source in sources:
            source.on_grown = self._poke
        self._poke()

    def obey(self, orders: Orders) -> None:
        """From now on play what these say."""
        self._orders = orders
        if (process := self._process) is not None:
            process.obey(orders)

    def _poke(self) -> None:
        if (process := self._process) is not None:
            process.poke()

    # --- the devices' side

    def open(self, device: str | None, sample_rate: int) -> None:
        """Get ready to play audio of `sample_rate` on a device (see `devices.keys_of`, or None: the system's choice).

        What was open before is closed; the position stays. Raises AudioDeviceError.
        """
        self._stop_recovery()  # at once: it may be waiting for sound
        with self._requests:
            self._stop_recovery()
            self._first_call_s = FIRST_CALL_S
            self._open(device, sample_rate)

    def close(self) -> None:
        """Give the device back. Safe to call at any time."""
        self._stop_recovery()
        with self._requests:
            if self._opened is None or self._process is None:
                return
            self._opened = None
            try:
                self._ask(Close(0), CLOSE_S)
            except (ProcessLeft, AudioDeviceError) as error:
                log.info("closing the sound output: %s", error)

    def list_devices(self) -> list[OutputDevice]:
        """The outputs that are there now; while one is open, those that were there before. Raises AudioDeviceError."""
        with self._requests:
            for _ in range(2):  # a process whose server went away meanwhile may not survive the question
                try:
                    found: list[OutputDevice] = self._ask(ListDevices(0), ANSWER_S)
                except ProcessLeft as left:
                    detail = str(left)
                else:
                    return found
            raise AudioDeviceError(
                "The list of sound outputs cannot be read.", hint="Check the system's sound settings.", detail=detail
            )

    @property
    def is_open(self) -> bool:
        """Whether a device is held."""
        return self._opened is not None

    @property
    def is_recovering(self) -> bool:
        """Whether playing goes on as soon as the lost output is back."""
        return self._recovery is not None

    @property
    def device_name(self) -> str:
        """Of the open device, as the system calls it."""
        return self._opened[2].device_name if self._opened else ""

    @property
    def sample_rate(self) -> int:
        """That the open device runs at, 0 without one."""
        return self._opened[2].sample_rate if self._opened else 0

    @property
    def latency_s(self) -> float:
        """Seconds from order to ear, as far as the driver knows."""
        return self._opened[2].latency_s if self._opened else 0.0

    @property
    def underflows(self) -> int:
        """How often the sound card ran dry."""
        return self.board.underflows

    @property
    def pid(self) -> int | None:
        """The process's id, None while there is none."""
        process = self._process
        return process.pid if process else None

    def shut(self) -> None:
        """End the process. Nothing plays afterwards."""
        self._is_shut = True
        self._stop_recovery()
        with self._starting:
            processes = self._process, self._spare
            self._process = self._spare = None
            if self._spare_later is not None:
                self._spare_later.cancel()
        self._opened = None
        for process in processes:
            if process is not None:
                process.end()

    def _open(self, device: str | None, sample_rate: int, only: str = "") -> None:
        """In this process first, then with PortAudio started anew, then in another process."""
        self._opened = None
        tries = (False, True, True) if not only else (True, True)
        for number, looks_again in enumerate(tries, 1):
            try:
                opened: Opened = self._ask(Open(0, device, sample_rate, only, looks_again), ANSWER_S)
            except ProcessLeft as left:
                error = AudioDeviceError(
                    "The sound output cannot be opened.",
                    hint="Its driver or sound server failed. Choose another output or try again.",
                    detail=str(left),
                )
            except AudioDeviceError as refused:
                error = refused
                if looks_again:
                    break
            else:
                self._opened = device, sample_rate, opened
                self._make_spare_later()
                log.info("sound output: %s at %d Hz, try %d", opened.device_name, opened.sample_rate, number)
                return
        raise error

    def _ask(self, request: Request, patience_s: float) -> Any:
        """Put a request to the process. Raises ProcessLeft when it ended over it, AudioDeviceError when it says no."""
        process = self._running_process()
        answer = process.ask(request, patience_s)
        if isinstance(answer, Refused):
            raise AudioDeviceError(answer.message, hint=answer.hint, detail=answer.detail)
        return answer

    def _running_process(self) -> SoundProcess:
        with self._starting:
            if self._is_shut:
                raise ProcessLeft("the sound is switched off")
            if self._process is None:
                process, self._spare = self._spare or self._new_process(), None
                process.adopt(self.board)
                self.board, self._process = process.board, process
                process.obey(self._orders)  # those of this moment
            return self._process

    def _new_process(self) -> SoundProcess:
        return SoundProcess(self._wishes, self._patience_s, self._process_left)

    def _make_spare(self) -> None:
        with self._starting:
            if self._spare is None and not self._is_shut:
                self._spare = self._new_process()

    def _make_spare_later(self) -> None:
        """Not while the first sound is on its way."""
        with self._starting:
            if self._spare is None and not self._is_shut:
                self._spare_later = threading.Timer(SPARE_AFTER_S, self._make_spare)
                self._spare_later.daemon = True
                self._spare_later.start()

    def _wishes(self) -> tuple[tuple[TakeBuffer, ...], Orders]:
        """What the process is to know and to play. The takes first: orders name them."""
        orders = self._orders
        return self._sources, orders

    def _patience_s(self) -> float:
        return self._first_call_s if self._opened is not None and self.transport.is_playing else 0.0

    # --- when it is gone

    def _process_left(self, process: SoundProcess, detail: str) -> None:
        """It ended, or was ended because it was of no use; called by its thread."""
        with self._starting:
            if self._spare is process:
                self._spare = None
            if self._process is not process:
                return
            self._process = None
        opened, self._opened = self._opened, None
        self.transport.stay()
        if self._is_shut:
            return
        log.warning("sound process left: %s", detail)
        if opened is not None and self.transport.is_playing and self._recovery is None:
            self._first_call_s = SOON_S
            self._recovery = _Recovery(self, *opened)
            self._on_lost(AudioDeviceError(WENT_AWAY, hint=WHEN_LOST, detail=detail))
            self._recovery.start()

    def _stop_recovery(self) -> None:
        if (recovery := self._recovery) is not None:
            recovery.stop()
            self._recovery = None

    def _recovered(self, recovery: _Recovery, error: AudioDeviceError | None = None) -> None:
        if self._recovery is recovery:
            self._recovery = None
            if error is None:
                self._on_back()
            else:
                self._on_given_up(error)


class _Recovery(threading.Thread):
    """Opens a lost output again, as soon as it is there, while it is still to play."""

    def __init__(self, host: PlaybackHost, device: str | None, sample_rate: int, opened: Opened) -> None:
        super().__init__(name="sound-recovery", daemon=True)
        self._host, self._device, self._sample_rate, self._name_then = host, device, sample_rate, opened.device_name
        self._stopping = threading.Event()

    def stop(self) -> None:
        """It is not wanted any more. An attempt that runs is finished."""
        self._stopping.set()

    def run(self) -> None:
        began_s = time.monotonic()
        error = AudioDeviceError(WENT_AWAY, hint=WHEN_GIVEN_UP)
        while (waited_s := time.monotonic() - began_s) < RETURN_S and self._host.transport.is_playing:
            with self._host._requests:
                if self._stopping.is_set():
                    return
                refused: AudioDeviceError | None
                try:
                    self._host._open(self._device, self._sample_rate, self._name_then)
                except AudioDeviceError as no:
                    refused = no
                    error = AudioDeviceError(WENT_AWAY, hint=WHEN_GIVEN_UP, detail=no.detail or no.message)
                except ProcessLeft:
                    return
                else:
                    refused = None
            if refused is None and self._sounds():
                log.info("the sound output is back after %.1f s", time.monotonic() - began_s)
                self._host._recovered(self)
                return
            if self._stopping.wait(RETRY_S if waited_s < RETRY_LATER_AFTER_S else RETRY_LATER_S):
                return
        if self._host.transport.is_playing:
            self._host.transport.pause()
            self._host._recovered(self, error)
        else:
            self._host._stop_recovery()

    def _sounds(self) -> bool:
        """Whether the sound card asks for samples, now that it is open; else the process will be gone."""
        host = self._host
        board, calls = host.board, host.board.calls
        while host._opened is not None and host.transport.is_playing and not self._stopping.is_set():
            if board.calls > calls:
                return True
            time.sleep(0.01)
        host._first_call_s = min(2 * host._first_call_s, FIRST_CALL_S)
        return False
