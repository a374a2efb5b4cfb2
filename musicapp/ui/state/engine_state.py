"""What the engine is doing, in words, and which model it holds; asks it to load when the choice changes."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp.engine.events import (
    DevicesFound,
    EngineLost,
    EngineSilent,
    ModelFailed,
    ModelInfo,
    ModelLoaded,
    ModelLoading,
    Remarked,
)
from musicapp.request import format_duration
from musicapp.ui.bridge import EngineBridge
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import TakeSettings

LOAD_DELAY_MS = 250  # so that running through a list of models does not load each of them
RESTART_PAUSE_S = 20.0  # an engine that dies more often than this is not restarted by itself
TICK_MS = 250
NEARLY = 0.97  # as far as a bar goes that only guesses
WAITS = ("starting", "preparing", "loading")
MOST_TIMES = 50


class EngineState(QObject):
    """The engine's condition for status bar and form. `changed` tells of every change, and of every moment of a wait.

    phase       "off", "starting" (the process), "preparing" (its libraries), "loading" (a model), "ready", "failed" or
                "silent"
    devices     where models can run; only the processor until the engine has looked
    load_times  seconds that each phase took last time: "engine", and the key of each model
    lost        carries an EngineLost that was not asked for by closing, and whether the engine is started again
    """

    changed = Signal()
    lost = Signal(object, bool)

    def __init__(
        self, bridge: EngineBridge, settings: TakeSettings, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._settings, self._messages = bridge, settings, messages
        self.phase = "off"
        self.info: ModelInfo | None = None
        self.devices: tuple[str, ...] = ("cpu",)
        self.load_times: dict[str, float] = {}
        self.name_of: Callable[[str], str] = str  # of a model, for people
        self._loading_key = ""
        self._began_s = 0.0
        self._before_silence = "ready"
        self._last_loss_s = -RESTART_PAUSE_S
        self._restart_is_asked = False
        self._load_soon = QTimer(self, singleShot=True, interval=LOAD_DELAY_MS)
        self._load_soon.timeout.connect(self.load)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.changed)
        settings.target_changed.connect(self._load_soon.start)
        settings.loras_changed.connect(self._load_soon.start)
        bridge.engine_ready.connect(self._engine_is_up)
        bridge.devices_found.connect(self._devices_found)
        bridge.engine_silent.connect(self._fell_silent)
        bridge.engine_answered.connect(self._answered)
        bridge.model_loading.connect(self._loading)
        bridge.model_loaded.connect(self._loaded)
        bridge.model_failed.connect(self._failed)
        bridge.engine_lost.connect(self._lost)
        bridge.engine_remarked.connect(self._remarked)

    def start(self) -> None:
        """Start the engine process and have it read the chosen model."""
        self._began_s = time.monotonic()
        self._set_phase("starting")
        self._bridge.host.start()
        self.load()

    def load(self) -> None:
        """Have the engine read the chosen model, with its adapters."""
        self._load_soon.stop()
        settings = self._settings
        self._bridge.host.load(
            settings.model, device=settings.device, precision=settings.precision, loras=settings.loras
        )

    def restart(self) -> None:
        """End an engine that does not answer, and start another."""
        self._restart_is_asked = True
        self._bridge.host.restart()

    @property
    def is_waiting(self) -> bool:
        """Whether it starts or loads: it will be ready."""
        return self.phase in WAITS

    @property
    def text(self) -> str:
        """The condition in a few words."""
        if self.phase == "ready" and self.info is not None:
            return f"{self.info.name} ready"
        left_s = self._left_s
        left = f" · about {format_duration(max(1, round(left_s)))} left" if left_s else ""
        return {
            "off": "Engine off",
            "starting": f"Starting the engine …{left}",
            "preparing": f"Preparing the engine …{left}",
            "loading": f"Reading {self.name_of(self._loading_key or self._settings.model)} …{left}",
            "failed": "No model is loaded",
            "silent": "The engine does not answer",
        }.get(self.phase, "Engine ready")

    @property
    def fraction(self) -> float | None:
        """How much of the wait is over, by how long it took the last time; None when that is not known."""
        expected_s = self._expected_s
        if not self.is_waiting or not expected_s:
            return None
        return min(NEARLY, (time.monotonic() - self._began_s) / expected_s)

    @property
    def device_text(self) -> str:
        """Where the model runs and how precisely."""
        return f"{self.info.device_name} · {self.info.precision}" if self.info else ""

    @property
    def _expected_s(self) -> float:
        return self.load_times.get("engine" if self.phase != "loading" else self._loading_key, 0.0)

    @property
    def _left_s(self) -> float:
        left_s = self._expected_s - (time.monotonic() - self._began_s)
        return left_s if self.is_waiting and left_s >= 1 else 0.0

    def _set_phase(self, phase: str) -> None:
        self.phase = phase
        if self.is_waiting:
            self._tick.start()
        else:
            self._tick.stop()
        self.changed.emit()

    def _took(self, what: str) -> None:
        """A wait is over: the next one of the kind is expected to be as long."""
        self.load_times.pop(what, None)
        self.load_times[what] = round(time.monotonic() - self._began_s, 2)
        for oldest in list(self.load_times)[:-MOST_TIMES]:
            del self.load_times[oldest]

    def _engine_is_up(self, _event: object) -> None:
        if self.phase == "off":  # it was started by a request for a take
            self._began_s = time.monotonic()
        if self.phase in ("off", "starting"):
            self._set_phase("preparing")

    def _devices_found(self, event: DevicesFound) -> None:
        self.devices = event.devices
        if self.phase == "preparing":
            self._took("engine")
        self.changed.emit()

    def _loading(self, event: ModelLoading) -> None:
        self._loading_key, self._began_s = event.model, time.monotonic()
        self._set_phase("loading")

    def _loaded(self, event: ModelLoaded) -> None:
        self.info = event.info
        if self.phase == "loading" and event.info.key == self._loading_key:
            self._took(self._loading_key)
        if event.info.key == self._settings.model and self._settings.set_model_info(event.info):
            cap = format_duration(event.info.max_duration_s)
            self._messages.post("notice", f"The length was set to {cap}.", f"That is the most {event.info.name} makes.")
        self._messages.dismiss("model")
        self._set_phase("ready")

    def _failed(self, event: ModelFailed) -> None:
        self.info = None
        self._messages.post("error", event.message, event.hint or "Choose another model under Advanced.", about="model")
        self._set_phase("failed")

    def _remarked(self, event: Remarked) -> None:
        if event.is_to_do:  # in the status line “Take saved” would soon be in its place
            what, dot, more = event.text.partition(". ")
            self._messages.post("notice", what + dot.strip(), more)
        else:
            self._messages.remark(event.text)

    def _fell_silent(self, event: EngineSilent) -> None:
        self._before_silence = self.phase
        self._set_phase("silent")
        self._messages.post(
            "warning",
            f"The engine has not answered for {round(event.silent_s)} seconds.",
            "It may come back by itself. Started anew, it gives up the take it works on; what can be heard is kept.",
            offer=("Start the engine anew", self.restart),
            about="silence",
            stays=True,
        )

    def _answered(self, _event: object) -> None:
        self._messages.dismiss("silence")
        if self.phase == "silent":
            self._set_phase(self._before_silence)

    def _lost(self, event: EngineLost) -> None:
        self.info = None
        self._messages.dismiss("silence")
        now_s = time.monotonic()
        is_again, self._last_loss_s = now_s - self._last_loss_s < RESTART_PAUSE_S, now_s
        is_restarted = self._restart_is_asked or not is_again
        self._restart_is_asked = False
        if is_restarted:
            self.start()
        else:
            self._set_phase("off")
        self.lost.emit(event, is_restarted)
