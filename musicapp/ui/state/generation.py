"""The take being made: from the press of Generate to the file that is safely listed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp import paths
from musicapp.engine import events
from musicapp.library.draft import Draft
from musicapp.library.takes import Take, new_take_path
from musicapp.request import TakeRequest, format_duration
from musicapp.ui.bridge import EngineBridge
from musicapp.ui.state.engine_state import EngineState
from musicapp.ui.state.leftovers import Leftovers, length_of
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_takes import OpenTakes

log = logging.getLogger(__name__)
TICK_MS = 250
LAST_SHARE = 0.99  # until it is done
TWICE_S = 1.0  # within which a second Esc cancels
TWICE_LOST = "It stopped twice in a short time, so it waits until you press Generate."
ASK_AGAIN = "Press Esc again to cancel"


@dataclass(frozen=True)
class Run:
    """How far a take has come. phase: "waiting", "loading", "denoising", "decoding", "saving" or "cancelling".

    path        of its float WAV
    began_at_s  when sampling began; like `ends_at_s` on the monotonic clock
    """

    request: TakeRequest
    path: Path
    phase: str = "waiting"
    step: int = 0
    steps: int = 0
    began_at_s: float | None = None
    ends_at_s: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How a run ended. kind: "made", "cancelled", "failed", or "lost" with an engine that died."""

    take_id: str
    kind: str
    message: str = ""
    hint: str = ""


class Generation(QObject):
    """At most one take is being made; what there is of it is among the open takes.

    run_changed   the run began, moved on, or ended (then `run` is None)
    began         a TakeRequest is about to be sent to the engine
    ended         the Outcome of the run; there is none any more
    asked         a take of the current settings is wanted: the queue makes it, now or later
    asked_again   the same take as this one, by its take_id, that was lost
    asked_shorter in the place of this TakeRequest one of so many seconds
    """

    run_changed = Signal()
    began = Signal(object)
    ended = Signal(object)
    asked = Signal()
    asked_again = Signal(str)
    asked_shorter = Signal(object, float)

    def __init__(
        self,
        bridge: EngineBridge,
        messages: Messages,
        open_takes: OpenTakes,
        engine: EngineState,
        leftovers: Leftovers,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._messages, self._open_takes = bridge, messages, open_takes
        self._engine, self._leftovers = engine, leftovers
        self.run: Run | None = None
        self._share = 0.0  # of the run, by time
        self._is_quiet = False  # it was cancelled for another one: nobody has to be told
        self._model_name = ""
        self._lost: tuple[TakeRequest, Draft | None] | None = None  # by an engine that died, and what is left of it
        self._asked_s = -TWICE_S
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._move_on)
        bridge.model_loading.connect(self._model_loading)
        bridge.model_loaded.connect(self._model_loaded)
        bridge.take_started.connect(self._started)
        bridge.take_progressed.connect(self._progressed)
        bridge.audio_arrived.connect(open_takes.grow)
        bridge.take_finished.connect(self._finished)
        bridge.take_failed.connect(self._failed)
        bridge.take_cancelled.connect(self._cancelled)
        open_takes.made.connect(self._made)
        open_takes.dropped.connect(self._dropped)
        engine.lost.connect(self._engine_lost)

    @property
    def is_running(self) -> bool:
        """Whether a take is being made."""
        return self.run is not None

    @property
    def heard(self) -> str:
        """How much of the take being made can be heard, "0:17"; "" for nothing."""
        opened = self._open_takes.find(self.run.request.take_id) if self.run is not None else None
        if opened is None or not isinstance(opened.source, Draft) or not opened.audio.buffer.available:
            return ""
        return length_of(opened.source, opened.audio.buffer.available)

    def start(self) -> None:
        """Ask for a take of the current settings."""
        self.asked.emit()

    def make(self, request: TakeRequest, *, by_itself: bool = False) -> None:
        """Make a take of this request, whatever the form says.

        by_itself  nobody pressed a key for it just now: what stands in the message bar stays
        """
        if self.run is not None:
            return
        if not by_itself:
            self._messages.dismiss()
        path = new_take_path(paths.takes_folder(), request.take_id, datetime.now().astimezone())
        self._share, self._is_quiet = 0.0, False
        self._set_run(Run(request, path))
        self._tick.start()
        self.began.emit(request)
        self._bridge.host.generate(request, path, keep_part=True)

    def cancel(self, *, quietly: bool = False) -> None:
        """Give the take up. The engine answers within half a second.

        quietly  another one takes its place: what was made of it is let go, and nothing said
        """
        if self.run is None or self.run.phase in ("cancelling", "saving"):
            return
        self._is_quiet = quietly
        self._change_run(phase="cancelling")
        self._bridge.host.cancel(self.run.request.take_id)

    def cancel_if_asked_twice(self) -> None:
        """Cancel at the second call within a second; the first one only warns."""
        if self.run is None:
            return
        now_s = time.monotonic()
        is_second, self._asked_s = now_s - self._asked_s <= TWICE_S, now_s
        if is_second:
            self.cancel()
        else:
            self.run_changed.emit()

    @property
    def progress_text(self) -> str:
        """Phase and time left in a few words."""
        if self.run is None:
            return ""
        if self.run.phase != "cancelling" and time.monotonic() - self._asked_s <= TWICE_S:
            return ASK_AGAIN
        if self.run.phase in ("waiting", "loading") and self._engine.is_waiting:
            return self._engine.text
        text = {
            "waiting": "Waiting for the engine …",
            "loading": "Loading the model …",
            "denoising": f"Step {self.run.step} of {self.run.steps}",
            "decoding": "Making sound",
            "saving": "Saving …",
            "cancelling": "Cancelling …",
        }[self.run.phase]
        left_s = self.left_s
        if left_s is None or self.run.phase not in ("denoising", "decoding"):
            return text
        return f"{text} · {format_duration(max(1, round(left_s)))} left"

    @property
    def left_s(self) -> float | None:
        """Seconds until the take is done, None when the engine has not said."""
        if self.run is None or self.run.ends_at_s is None:
            return None
        return max(0.0, self.run.ends_at_s - time.monotonic())

    @property
    def fraction(self) -> float | None:
        """How much of the time is over that the take needs, or the engine's start; None when that is unknown."""
        if self.run is not None and self.run.phase in ("waiting", "loading"):
            return self._engine.fraction
        if self.run is None or self.run.phase not in ("denoising", "decoding") or self.run.ends_at_s is None:
            return None
        return self._share

    def _is_ours(self, event: events.TakeEvent) -> bool:
        return self.run is not None and self.run.request.take_id == event.take_id

    def _set_run(self, run: Run | None) -> None:
        self.run = run
        self._move_on()

    def _move_on(self) -> None:
        """Time passes. The share never goes back: an estimate may."""
        if self.run is not None and self.run.began_at_s is not None and self.run.ends_at_s is not None:
            now_s = time.monotonic()
            whole_s = max(self.run.ends_at_s, now_s) - self.run.began_at_s
            self._share = max(self._share, min((now_s - self.run.began_at_s) / max(whole_s, 1e-6), LAST_SHARE))
        self.run_changed.emit()

    def _change_run(self, *, phase: str, step: int = 0, steps: int = 0, ends_at_s: float | None = None) -> None:
        if self.run is not None and not (self.run.phase == "cancelling" and phase != "cancelling"):
            began_at_s = self.run.began_at_s or (time.monotonic() if phase == "denoising" else None)
            run = replace(self.run, phase=phase, step=step, steps=steps, ends_at_s=ends_at_s)
            self._set_run(replace(run, began_at_s=began_at_s))

    def _model_loading(self, event: events.ModelLoading) -> None:
        if self.run is not None and self.run.phase == "waiting":
            self._change_run(phase="loading")

    def _model_loaded(self, event: events.ModelLoaded) -> None:
        self._model_name = event.info.name

    def _started(self, event: events.Started) -> None:
        if not self._is_ours(event):
            return
        self._change_run(phase="denoising", steps=event.request.steps or 0)
        draft = Draft(event, datetime.now().astimezone(), self._model_name or event.request.model)
        if self._open_takes.begin(draft) is None:
            self.cancel()

    def _progressed(self, event: events.Progress) -> None:
        if self._is_ours(event):
            ends_at_s = time.monotonic() + event.remaining_s
            self._change_run(phase=event.phase, step=event.step, steps=event.steps, ends_at_s=ends_at_s)

    def _finished(self, event: events.Finished) -> None:
        if not self._is_ours(event):
            return
        if self._open_takes.find(event.take_id) is None:  # its audio found no room; cancelling it came too late
            self._end_run(Outcome(event.take_id, "cancelled"))
            return
        self._change_run(phase="saving")
        self._open_takes.finish(event)

    def _made(self, take: Take) -> None:
        self._end_run(Outcome(take.take_id, "made"))

    def _dropped(self, take_id: str) -> None:
        self._end_run(Outcome(take_id, "cancelled"))

    def _failed(self, event: events.Failed) -> None:
        if not self._is_ours(event) or self.run is None:
            return
        request, draft = self.run.request, self._draft()
        if event.is_lost:  # told when it is known why
            self._lost = (request, draft if event.kept_frames else None)
            if draft is not None and not event.kept_frames:
                self._leftovers.let_go(draft)
            self._drop_run(Outcome(event.take_id, "lost", event.message, event.hint))
            return
        self._drop_run(Outcome(event.take_id, "failed", event.message, event.hint))
        offer = self._shorter(request, event.fits_s) if event.fits_s else None
        self._messages.post("error", event.message, event.hint, offer=offer, about="run")
        if draft is not None and event.kept_frames:
            self._leftovers.keep(draft, about="run")

    def _shorter(self, request: TakeRequest, fits_s: float) -> tuple[str, Callable[[], None]]:
        def make_shorter() -> None:
            self.asked_shorter.emit(request, fits_s)

        return f"Make {format_duration(fits_s)} instead", make_shorter

    def _engine_lost(self, event: events.EngineLost, is_restarted: bool) -> None:
        """Say what happened and, where a take was lost, offer exactly that one again."""
        lost, self._lost = self._lost, None
        hint = event.hint if is_restarted else f"{event.hint} {TWICE_LOST}"
        if lost is None:
            self._messages.post("error", event.message, hint, about="run")
            return
        request, draft = lost

        def make_again() -> None:
            self.asked_again.emit(request.take_id)

        self._messages.post("error", event.message, hint, offer=("Make it again", make_again), about="run")
        if draft is not None:
            self._leftovers.keep(draft, about="run")

    def _cancelled(self, event: events.Cancelled) -> None:
        if not self._is_ours(event):
            return
        draft, is_quiet = self._draft(), self._is_quiet
        self._drop_run(Outcome(event.take_id, "cancelled"))
        if is_quiet:
            if draft is not None:
                self._leftovers.let_go(draft)
        elif draft is not None and event.kept_frames:
            self._leftovers.offer(draft, event.kept_frames)
        else:
            self._messages.remark("Cancelled")

    def _draft(self) -> Draft | None:
        opened = self._open_takes.find(self.run.request.take_id) if self.run is not None else None
        return opened.source if opened is not None and isinstance(opened.source, Draft) else None

    def _drop_run(self, outcome: Outcome) -> None:
        self._end_run(outcome)
        self._open_takes.drop(outcome.take_id)

    def _end_run(self, outcome: Outcome) -> None:
        if self.run is not None and self.run.request.take_id == outcome.take_id:
            self._tick.stop()
            self._asked_s = -TWICE_S
            self._set_run(None)
            self.ended.emit(outcome)
