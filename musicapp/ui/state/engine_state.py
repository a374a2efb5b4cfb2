"""What the engine is doing, in words, and which model it holds; asks it to load when the choice changes."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp.engine.events import EngineLost, ModelFailed, ModelInfo, ModelLoaded, ModelLoading, Remarked
from musicapp.request import format_duration
from musicapp.ui.bridge import EngineBridge
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import TakeSettings

LOAD_DELAY_MS = 250  # so that running through a list of models does not load each of them
RESTART_PAUSE_S = 20.0  # an engine that dies more often than this is not restarted by itself


class EngineState(QObject):
    """The engine's condition for status bar and form. `changed` tells of every change.

    phase  "off", "starting", "loading", "ready" or "failed"
    """

    changed = Signal()

    def __init__(
        self, bridge: EngineBridge, settings: TakeSettings, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._settings, self._messages = bridge, settings, messages
        self.phase = "off"
        self.info: ModelInfo | None = None
        self._last_loss_s = -RESTART_PAUSE_S
        self._load_soon = QTimer(self, singleShot=True, interval=LOAD_DELAY_MS)
        self._load_soon.timeout.connect(self.load)
        settings.target_changed.connect(self._load_soon.start)
        settings.loras_changed.connect(self._load_soon.start)
        bridge.engine_ready.connect(self._engine_is_up)
        bridge.model_loading.connect(self._loading)
        bridge.model_loaded.connect(self._loaded)
        bridge.model_failed.connect(self._failed)
        bridge.engine_lost.connect(self._lost)
        bridge.engine_remarked.connect(self._remarked)

    def start(self) -> None:
        """Start the engine process and have it read the chosen model."""
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

    @property
    def text(self) -> str:
        """The condition in a few words."""
        if self.phase == "ready" and self.info is not None:
            return f"{self.info.name} ready"
        return {
            "off": "Engine off",
            "starting": "Starting the engine …",
            "loading": "Loading the model …",
            "failed": "Model not ready",
        }.get(self.phase, "Engine ready")

    @property
    def device_text(self) -> str:
        """Where the model runs and how precisely."""
        return f"{self.info.device_name} · {self.info.precision}" if self.info else ""

    def _set_phase(self, phase: str) -> None:
        self.phase = phase
        self.changed.emit()

    def _engine_is_up(self, _event: object) -> None:
        if self.phase == "off":
            self._set_phase("starting")

    def _loading(self, _event: ModelLoading) -> None:
        self._set_phase("loading")

    def _loaded(self, event: ModelLoaded) -> None:
        self.info = event.info
        if event.info.key == self._settings.model and self._settings.set_model_info(event.info):
            cap = format_duration(event.info.max_duration_s)
            self._messages.post("notice", f"The length was set to {cap}.", f"That is the most {event.info.name} makes.")
        self._set_phase("ready")

    def _failed(self, event: ModelFailed) -> None:
        self.info = None
        self._messages.post("error", event.message, event.hint or "Choose another model under Advanced.")
        self._set_phase("failed")

    def _remarked(self, event: Remarked) -> None:
        self._messages.remark(event.text)

    def _lost(self, event: EngineLost) -> None:
        self.info = None
        now_s = time.monotonic()
        again, self._last_loss_s = now_s - self._last_loss_s < RESTART_PAUSE_S, now_s
        if again:
            self._messages.post("error", event.message, event.hint)
            self._set_phase("off")
            return
        self._messages.post(
            "error",
            f"{event.message.rstrip('.')} and is being restarted.",
            "Press Generate to make the take again. Earlier takes are safe.",
        )
        self.start()
