"""The loudness and true peak of what goes to the output, computed from the take's own samples as they are played."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QObject, Signal

from musicapp.audio.levels import to_db
from musicapp.audio.running_loudness import RunningLoudness
from musicapp.audio.true_peak import TruePeakMeter
from musicapp.playback.take_buffer import TakeBuffer
from musicapp.ui.state.player import Player

MOST_BEHIND_S = 5.0  # a window that stood still for longer goes on from where it plays now


class PlayingLevels(QObject):
    """With the take's gain and the volume, before the guard of the sound card; anew with every play, or by `reset`.

    changed  one of the values

    `short_term_lufs`, `integrated_lufs` and `true_peak_db` (the highest, dBTP) are minus infinity while there are none.
    """

    changed = Signal()

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._source: TakeBuffer | None = None
        self._jump = self._next = 0  # number of the last jump, and the frame that comes next to be measured
        self._clear()
        player.position_changed.connect(self._follow)
        player.playing_changed.connect(self._playing_changed)
        player.shown_changed.connect(self.reset)

    @property
    def short_term_lufs(self) -> float:
        return self._loudness.short_term_lufs if self._loudness else -math.inf

    @property
    def integrated_lufs(self) -> float:
        return self._loudness.integrated_lufs if self._loudness else -math.inf

    @property
    def true_peak_db(self) -> float:
        return to_db(self._peak.inside) if self._peak else -math.inf

    def reset(self) -> None:
        """Measure anew from here."""
        self._clear()
        self.changed.emit()

    def _clear(self) -> None:
        self._loudness: RunningLoudness | None = None
        self._peak: TruePeakMeter | None = None
        self._format = (0, 0)

    def _playing_changed(self, playing: bool) -> None:
        if playing:
            transport = self._player.transport
            self._source, self._jump, self._next = transport.source, transport.jump.number, transport.position
            self.reset()

    def _follow(self) -> None:
        """Measure what was played since the last time."""
        transport = self._player.transport
        source, jump, now = transport.source, transport.jump, transport.position
        before, self._next = self._next, now
        has_jumped = source is not self._source or jump.number != self._jump
        self._source, self._jump = source, jump.number
        if source is None or not self._player.is_playing:
            return
        if has_jumped and not (jump.in_step and before <= now):
            return  # somebody went elsewhere
        if now - before > MOST_BEHIND_S * source.sample_rate:
            return
        loop = transport.loop
        if now >= before:
            self._measure(source, before, now)
        elif loop is not None and loop[0] <= now and before <= loop[1]:
            self._measure(source, before, min(loop[1], source.total_frames))
            self._measure(source, loop[0], now)

    def _measure(self, source: TakeBuffer, first: int, end: int) -> None:
        sound = np.nan_to_num(source.audio[first : min(end, source.available)], nan=0.0, posinf=0.0, neginf=0.0)
        if not len(sound):
            return
        if (source.audio.shape[1], source.sample_rate) != self._format:
            self._format = source.audio.shape[1], source.sample_rate
            self._loudness, self._peak = RunningLoudness(*self._format), TruePeakMeter(self._format[0])
        assert self._loudness is not None and self._peak is not None
        sound = sound * np.float32(self._player.transport.gain * self._player.gain)
        self._loudness.push(sound)
        self._peak.push(sound)
        self.changed.emit()
