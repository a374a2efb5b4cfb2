"""Live: change a control and hear what it does. The newest wish wins, the one before is given up."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp.errors import MusicAppError
from musicapp.request import TakeRequest
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.take_queue import TakeQueue
from musicapp.ui.state.take_settings import TakeSettings

PAUSE_MS = 600  # a word that is being typed, or a slider that still moves, is no wish yet


class Live(QObject):
    """Off at each start. The seed stays, so that what is heard is the change. `changed` tells that it is on or off.

    Takes that were asked for by a press are never given up for a wish; it comes next after the one being made. What
    plays makes way for a wish only if it was one, too.
    """

    changed = Signal()

    def __init__(
        self, settings: TakeSettings, queue: TakeQueue, generation: Generation, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._queue, self._generation = settings, queue, generation
        self.is_on = False
        self._wishes: set[str] = set()  # their take ids
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._wish)
        for signal in (
            settings.prompt_changed,
            settings.negative_prompt_changed,
            settings.duration_changed,
            settings.seed_changed,
            settings.sampling_changed,
            settings.target_changed,
            settings.loras_changed,
        ):
            signal.connect(self._form_changed)

    def set_on(self, is_on: bool) -> None:
        """Make takes while the form is changed, or no more."""
        if is_on == self.is_on:
            return
        self.is_on = is_on
        if not is_on:
            self._soon.stop()
            self._queue.cancel_waiting(live_only=True)
        self.changed.emit()

    def takes_over(self, take_id: str, shown_id: str) -> bool:
        """Whether a take that begins to sound is to be heard in the place of the one on the stage."""
        return self.is_on and {take_id, shown_id} <= self._wishes

    def toggle(self) -> None:
        """On or off."""
        self.set_on(not self.is_on)

    def _form_changed(self, *_values: object) -> None:
        if self.is_on:
            self._soon.start()

    def _wish(self) -> None:
        try:
            request = self._settings.make_request(keep_seed=True)
        except MusicAppError:  # half-written
            return
        self._queue.cancel_waiting(live_only=True)
        run = self._generation.run
        if run is not None and self._queue.is_live(run.request.take_id):
            if _is_same(run.request, request):
                return
            self._generation.cancel(quietly=True)
        self._wishes.add(request.take_id)
        self._queue.add([request], at_front=True, is_live=True)


def _is_same(one: TakeRequest, other: TakeRequest) -> bool:
    return {**one.as_dict(), "take_id": ""} == {**other.as_dict(), "take_id": ""}
