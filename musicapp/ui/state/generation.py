"""The take being made: from the press of Generate to the file that is safely listed."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp import paths
from musicapp.engine import events
from musicapp.errors import MusicAppError
from musicapp.library.draft import Draft
from musicapp.library.takes import Take, new_take_path
from musicapp.request import TakeRequest, format_duration
from musicapp.ui.bridge import EngineBridge
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.shown import ShownTake
from musicapp.ui.state.take_audio import TakeAudio
from musicapp.ui.state.take_settings import TakeSettings

log = logging.getLogger(__name__)
TICK_MS = 250


@dataclass(frozen=True)
class Run:
    """How far a take has come. phase: "waiting", "loading", "denoising", "decoding", "saving" or "cancelling"."""

    request: TakeRequest
    phase: str = "waiting"
    step: int = 0
    steps: int = 0
    ends_at_s: float | None = None  # on the monotonic clock


class Generation(QObject):
    """At most one take is being made.

    run_changed   the run began, moved on, or ended (then `run` is None)
    take_began    a ShownTake whose audio will grow
    take_sounds   its first audio can be heard
    take_made     the library's Take: on disk, with its settings beside it
    take_dropped  the take_id of a run that ended without a take
    """

    run_changed = Signal()
    take_began = Signal(object)
    take_sounds = Signal(object)
    take_made = Signal(object)
    take_dropped = Signal(str)

    def __init__(
        self,
        bridge: EngineBridge,
        settings: TakeSettings,
        messages: Messages,
        reading: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._settings, self._messages, self._reading = bridge, settings, messages, reading
        self.run: Run | None = None
        self.shown: ShownTake | None = None
        self._draft: Draft | None = None
        self._model_name = ""
        self._has_sounded = False
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.run_changed)
        bridge.model_loading.connect(self._model_loading)
        bridge.model_loaded.connect(self._model_loaded)
        bridge.take_started.connect(self._started)
        bridge.take_progressed.connect(self._progressed)
        bridge.audio_arrived.connect(self._audio_arrived)
        bridge.take_finished.connect(self._finished)
        bridge.take_failed.connect(self._failed)
        bridge.take_cancelled.connect(self._cancelled)

    @property
    def is_running(self) -> bool:
        """Whether a take is being made."""
        return self.run is not None

    def start(self) -> None:
        """Make a take of the current settings; what cannot be used becomes a message."""
        if self.run is not None:
            return
        try:
            request = self._settings.make_request()
        except MusicAppError as problem:
            self._messages.post_error(problem)
            return
        self._messages.dismiss()
        path = new_take_path(paths.takes_folder(), request.take_id, datetime.now().astimezone())
        self._set_run(Run(request))
        self._tick.start()
        self._bridge.host.generate(request, path)

    def cancel(self) -> None:
        """Give the take up. The engine answers within half a second."""
        if self.run is None or self.run.phase in ("cancelling", "saving"):
            return
        self._change_run(phase="cancelling")
        self._bridge.host.cancel(self.run.request.take_id)

    @property
    def progress_text(self) -> str:
        """Phase and time left in a few words."""
        if self.run is None:
            return ""
        text = {
            "waiting": "Waiting for the engine …",
            "loading": "Loading the model …",
            "denoising": f"Step {self.run.step} of {self.run.steps}",
            "decoding": "Making sound",
            "saving": "Saving …",
            "cancelling": "Cancelling …",
        }[self.run.phase]
        if self.run.ends_at_s is None or self.run.phase not in ("denoising", "decoding"):
            return text
        left_s = max(1, round(self.run.ends_at_s - time.monotonic()))
        return f"{text} · {format_duration(left_s)} left"

    @property
    def fraction(self) -> float | None:
        """How much of the current phase is done, None when that is unknown."""
        if self.run is None or self.run.phase not in ("denoising", "decoding") or not self.run.steps:
            return None
        return self.run.step / self.run.steps

    def _is_ours(self, event: events.TakeEvent) -> bool:
        return self.run is not None and self.run.request.take_id == event.take_id

    def _set_run(self, run: Run | None) -> None:
        self.run = run
        self.run_changed.emit()

    def _change_run(self, *, phase: str, step: int = 0, steps: int = 0, ends_at_s: float | None = None) -> None:
        if self.run is not None and not (self.run.phase == "cancelling" and phase != "cancelling"):
            self._set_run(Run(self.run.request, phase, step, steps, ends_at_s))

    def _model_loading(self, event: events.ModelLoading) -> None:
        if self.run is not None and self.run.phase == "waiting":
            self._change_run(phase="loading")

    def _model_loaded(self, event: events.ModelLoaded) -> None:
        self._model_name = event.info.name

    def _started(self, event: events.Started) -> None:
        if not self._is_ours(event):
            return
        audio = TakeAudio(Path(event.path), event.total_frames, event.channels, event.sample_rate)
        self._draft = Draft(event, datetime.now().astimezone(), self._model_name or event.request.model)
        self.shown = ShownTake(event.take_id, event.request, audio, self._draft.created, self._draft.model_name)
        self._has_sounded = False
        self._change_run(phase="denoising", steps=event.request.steps or 0)
        self.take_began.emit(self.shown)

    def _progressed(self, event: events.Progress) -> None:
        if self._is_ours(event):
            ends_at_s = time.monotonic() + event.remaining_s
            self._change_run(phase=event.phase, step=event.step, steps=event.steps, ends_at_s=ends_at_s)

    def _audio_arrived(self, event: events.AudioChunk) -> None:
        if self._is_ours(event) and self.shown is not None:
            work = self.shown.audio.filler(event.first_frame, event.frame_count)
            self._reading.run(work, self._audio_read, self._messages.post_error)

    def _audio_read(self, _nothing: object) -> None:
        if self.shown is not None and not self._has_sounded and self.shown.audio.buffer.available > 0:
            self._has_sounded = True
            self.take_sounds.emit(self.shown)

    def _finished(self, event: events.Finished) -> None:
        if not self._is_ours(event) or self._draft is None:
            return
        self._change_run(phase="saving")
        draft = self._draft
        # The same lane reads the chunks, so everything can be heard when the take is shown as done.
        self._reading.run(lambda: draft.keep(event), self._saved, self._not_saved)

    def _saved(self, take: Take) -> None:
        self._end_run()
        self.take_made.emit(take)

    def _not_saved(self, error: MusicAppError) -> None:
        take_id = self.run.request.take_id if self.run else ""
        self._end_run()
        self._messages.post_error(error)
        self.take_dropped.emit(take_id)

    def _failed(self, event: events.Failed) -> None:
        if not self._is_ours(event) or self.run is None:
            return
        offer, seed = None, self.run.request.seed
        if event.fits_s:

            def make_shorter() -> None:
                self._settings.set_duration(event.fits_s)
                self._settings.set_seed(seed)  # nothing came of it yet
                self.start()

            offer = (f"Make {format_duration(event.fits_s)} instead", make_shorter)
        self._messages.post("error", event.message, event.hint, offer=offer)
        self._drop_run()

    def _cancelled(self, event: events.Cancelled) -> None:
        if self._is_ours(event):
            self._messages.remark("Cancelled")
            self._drop_run()

    def _drop_run(self) -> None:
        take_id = self.run.request.take_id if self.run else ""
        if self.shown is not None and self.shown.take_id == take_id:
            self.shown.audio.drop()
        self._end_run()
        self.take_dropped.emit(take_id)

    def _end_run(self) -> None:
        self._tick.stop()
        self.shown = self._draft = None
        self._set_run(None)
