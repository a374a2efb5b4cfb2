"""Playing in time with other programs through Ableton Link, while it is switched on: off at every start."""

from __future__ import annotations

import logging
import time

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp.errors import AudioDeviceError
from musicapp.handover.form import Form
from musicapp.playback import ableton_link
from musicapp.playback.ableton_link import LinkSession
from musicapp.playback.orders import Cue
from musicapp.ui.state.looks import Looks
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.player import Player

log = logging.getLogger(__name__)

LOOK_MS = 250
ALONE_S = 2.0  # without peers, before a tempo is told: they are found within a second
# From play to the first sound: buffers are up to 0.1 s long, and a device that is not open yet takes its time.
LEAD_S, OPENING_S = 0.3, 0.7
USUAL_BPM, USUAL_BEATS = 120.0, 4.0
SAME_BPM = 0.05  # tempi nearer to each other drift apart by less than a frame of film in a minute
ABOUT = "link"


class AbletonLink(QObject):
    """Joins the session of the local network, and gives plays their cue.

    changed   on or off, how many peers, the tempo
    """

    changed = Signal()

    def __init__(self, player: Player, looks: Looks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player, self._looks, self._messages = player, looks, messages
        self._session: LinkSession | None = None
        self.peers, self.tempo_bpm = 0, 0.0
        self._alone_since_s = 0.0
        self._told = ("", 0.0)  # of which take and tempo it was told that they differ
        self._look_again = QTimer(self, interval=LOOK_MS)
        self._look_again.timeout.connect(self._look)
        player.transport.next_cue = self._cue

    @property
    def is_offered(self) -> bool:
        """Whether a binding is installed."""
        return ableton_link.is_installed()

    @property
    def is_on(self) -> bool:
        """Whether Musicapp is in the session."""
        return self._session is not None

    @property
    def take_bpm(self) -> float | None:
        """The tempo of the take on the stage, None where none is known."""
        form = self._form
        return ableton_link.meant_tempo(60 / form.beat_s) if form and form.beat_s else None

    def toggle(self) -> None:
        self.set_on(not self.is_on)

    def set_on(self, on: bool) -> None:
        """Join or leave; without a binding that is told."""
        if on == self.is_on:
            return
        if on:
            try:
                self._session = LinkSession(self.take_bpm or USUAL_BPM)
            except AudioDeviceError as error:
                self._messages.post_error(error, about=ABOUT)
                self.changed.emit()  # whoever shows it as switched on
                return
            self._messages.dismiss(ABOUT)
            self._alone_since_s = time.monotonic()
            self._look_again.start()
            self._look()
        elif self._session is not None:
            self._look_again.stop()
            self._session.leave()
            self._session = None
            self.peers, self.tempo_bpm = 0, 0.0
        self.changed.emit()

    def close(self) -> None:
        """Leave."""
        self.set_on(False)

    def _look(self) -> None:
        session = self._session
        if session is None:
            return
        peers, now_s = session.peers, time.monotonic()
        if peers:
            self._alone_since_s = now_s
        elif now_s - self._alone_since_s > ALONE_S:
            self._lead(session)
        found = peers, session.tempo_bpm
        if found != (self.peers, self.tempo_bpm):
            self.peers, self.tempo_bpm = found
            self.changed.emit()

    def _lead(self, session: LinkSession) -> None:
        """Nobody else is there: the session has the tempo of the take on the stage."""
        wanted = self.take_bpm
        if wanted is not None and abs(wanted - session.tempo_bpm) > SAME_BPM:
            session.set_tempo(wanted)

    @property
    def _form(self) -> Form | None:
        shown = self._player.shown
        look = self._looks.of(shown.request, shown.whole, shown.audio.duration_s) if shown else None
        return look.form if look else None

    def _cue(self, frame: int) -> Cue | None:
        """What the play that is being ordered from this frame waits for."""
        player, session = self._player, self._session
        if session is None or player.is_forming or player.is_playing:
            return None
        form, beat, beats_in_bar = self._form, 0.0, USUAL_BEATS
        if form is not None and form.beat_s and player.shown is not None:
            beats_in_bar = form.beats_in_bar
            beat = form.into_bar_s(frame / player.shown.audio.sample_rate) / form.beat_s
        earliest_s = time.perf_counter() + (LEAD_S if player.is_open else OPENING_S)
        self._tell_difference(session)
        return session.cue(earliest_s, beat, beats_in_bar)

    def _tell_difference(self, session: LinkSession) -> None:
        """Once for each take and tempo."""
        own, theirs = self.take_bpm, session.tempo_bpm
        shown = self._player.shown
        if own is None or shown is None or not session.peers or abs(own - theirs) <= SAME_BPM:
            return
        if self._told != (shown.take_id, theirs):
            self._told = shown.take_id, theirs
            self._messages.remark(f"The session plays at {theirs:g} bpm, this take at {own:g} bpm: it is not stretched")
