"""Hearing a take while it forms: quietly, where it stands on the stage, and never in the place of what plays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal

from musicapp.engine.events import Preview, Started
from musicapp.playback.take_buffer import TakeBuffer
from musicapp.ui.bridge import EngineBridge
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player

QUIETER_DB = -12.0
FADE_S = 0.02  # at both ends of a preview, which repeats
AHEAD_S = 0.5  # of the take's own sound, before it is heard instead


class Forming(QObject):
    """`changed` tells whether it is on. It is not, until somebody wants it: previews take up to a tenth of the time.

    What is heard are some seconds around the play position, over and over; each later preview of them takes the place
    of the one before at the same frame. Who pauses or stops them hears no more of this take until it is there.
    """

    changed = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        generation: Generation,
        open_takes: OpenTakes,
        player: Player,
        goes_on: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """goes_on: whether a new take is played by itself, so that it may take over from its previews"""
        super().__init__(parent)
        self._bridge, self._generation, self._open_takes, self._player = bridge, generation, open_takes, player
        self._goes_on = goes_on
        self.is_on = False
        self._declined_id = ""
        self._told: tuple[str, int | None] = ("", None)
        bridge.take_started.connect(self._started)
        bridge.preview_arrived.connect(self._arrived)
        open_takes.began.connect(self._began)
        generation.run_changed.connect(self._listen)
        player.playing_changed.connect(self._played)

    def set_on(self, is_on: bool) -> None:
        """Hear takes that form from now on, or not."""
        if is_on != self.is_on:
            self.is_on = is_on
            if not is_on:
                self._player.leave_forming()
            self._listen()
            self.changed.emit()

    def _wants(self, take_id: str) -> bool:
        shown, player = self._open_takes.shown, self._player
        return (
            self.is_on
            and take_id != self._declined_id
            and shown is not None
            and shown.take_id == take_id
            and not shown.audio.buffer.available
            and not player.problem
            and (player.is_forming or not (player.is_playing or player.hears_other))
        )

    def _started(self, event: Started) -> None:
        self._declined_id = ""
        self._listen()

    def _began(self, opened: OpenTake) -> None:
        opened.audio.grew.connect(self._take_over)

    def _listen(self) -> None:
        """Tell the engine where to listen, when that is another place than before."""
        run = self._generation.run
        if run is None or run.phase != "denoising":
            return
        take_id = run.request.take_id
        before = self._told[1] if self._told[0] == take_id else None
        ear = None
        if self._wants(take_id):
            ear = before if self._player.is_forming else self._player.position
        if ear != before:
            self._told = take_id, ear
            self._bridge.host.listen(take_id, ear)

    def _arrived(self, event: Preview) -> None:
        take_id, ear = self._told
        if take_id != event.take_id or ear is None or not self._wants(take_id):
            return
        shown = self._open_takes.shown
        assert shown is not None
        audio = shown.audio
        sound = np.frombuffer(event.samples, np.float32).reshape(-1, audio.channels).copy()
        count = min(int(FADE_S * audio.sample_rate), len(sound) // 2)
        rise = np.linspace(0, 1, count, dtype=np.float32)[:, None]
        sound[:count] *= rise
        sound[len(sound) - count :] *= rise[::-1]
        self._player.hear_forming(TakeBuffer.of(sound, audio.sample_rate), event.first_frame, QUIETER_DB)

    def _played(self, is_playing: bool) -> None:
        """Somebody paused or stopped what forms: that was enough of it."""
        if not is_playing and self._player.is_forming and (shown := self._open_takes.shown) is not None:
            self._declined_id = shown.take_id
            self._player.leave_forming()
            self._listen()

    def _take_over(self) -> None:
        """The take itself is heard as soon as it has sound where its previews are."""
        shown, player = self._open_takes.shown, self._player
        if shown is None or not player.is_forming:
            return
        buffer, ahead = shown.audio.buffer, int(AHEAD_S * shown.audio.sample_rate)
        if buffer.is_complete or buffer.available > player.position + ahead:
            player.leave_forming(goes_on=self._goes_on())
