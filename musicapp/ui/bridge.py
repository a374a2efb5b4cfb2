"""The only place where engine events become Qt signals: they come from a background thread, queued to ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from musicapp.engine import events
from musicapp.engine.events import Event
from musicapp.request import Lora, TakeRequest


class Host(Protocol):
    """What the window needs of `engine.host.EngineHost`."""

    @property
    def is_alive(self) -> bool: ...
    def start(self) -> None: ...
    def load(
        self, model: str, *, device: str = "auto", precision: str = "auto", loras: tuple[Lora, ...] = ()
    ) -> None: ...
    def generate(self, request: TakeRequest, path: Path, *, keep_part: bool = False) -> None: ...
    def listen(self, take_id: str, ear: int | None) -> None: ...
    def cancel(self, take_id: str) -> None: ...
    def restart(self) -> None: ...
    def close(self, timeout_s: float = 3.0) -> None: ...


class EngineBridge(QObject):
    """Owns the engine host. Every signal carries the event it is named after and is emitted in the UI thread."""

    engine_ready = Signal(object)
    devices_found = Signal(object)
    engine_silent = Signal(object)
    engine_answered = Signal(object)
    engine_lost = Signal(object)
    model_loading = Signal(object)
    model_loaded = Signal(object)
    model_failed = Signal(object)
    engine_remarked = Signal(object)
    take_queued = Signal(object)
    take_started = Signal(object)
    take_progressed = Signal(object)
    preview_arrived = Signal(object)
    audio_arrived = Signal(object)
    take_finished = Signal(object)
    take_failed = Signal(object)
    take_cancelled = Signal(object)

    _arrived = Signal(object)

    def __init__(self, make_host: Callable[[Callable[[Event], None]], Host], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._signals = {
            events.EngineReady: self.engine_ready,
            events.DevicesFound: self.devices_found,
            events.EngineSilent: self.engine_silent,
            events.EngineAnswers: self.engine_answered,
            events.EngineLost: self.engine_lost,
            events.ModelLoading: self.model_loading,
            events.ModelLoaded: self.model_loaded,
            events.ModelFailed: self.model_failed,
            events.Remarked: self.engine_remarked,
            events.Queued: self.take_queued,
            events.Started: self.take_started,
            events.Progress: self.take_progressed,
            events.Preview: self.preview_arrived,
            events.AudioChunk: self.audio_arrived,
            events.Finished: self.take_finished,
            events.Failed: self.take_failed,
            events.Cancelled: self.take_cancelled,
        }
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.host = make_host(self._receive)

    def close(self, timeout_s: float = 3.0) -> None:
        """End the engine. Events still on their way are dropped."""
        self._closed = True
        self.host.close(timeout_s)

    def _receive(self, event: Event) -> None:
        """Called by the host, in its thread."""
        if not self._closed:
            self._arrived.emit(event)

    def _deliver(self, event: Event) -> None:
        if not self._closed:
            self._signals[type(event)].emit(event)
