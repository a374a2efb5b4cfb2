"""Whether the take is shown as a spectrogram, and what there is of it by now: made in the background, for the take on
the stage alone."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from musicapp.audio.spectrogram import HOP_FRAMES, Spectrogram
from musicapp.errors import MusicAppError
from musicapp.ui.state.background import Lane
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.take_audio import TakeAudio

log = logging.getLogger(__name__)
COLUMNS_AT_ONCE = 256  # a fortieth of a second, after which a sharper view is not kept waiting
SHARP_COLUMNS = 1200  # of a view; more would not be seen, a window is wider than so many of them


@dataclass(frozen=True)
class Sharp:
    """A part that was computed for one view: `levels (rows, columns)` bytes, the highest row first."""

    start_frame: float
    end_frame: float
    levels: np.ndarray


@dataclass(frozen=True)
class _Wish:
    start_frame: float
    end_frame: float
    columns: int
    available: int  # at the time


class SpectrumView(QObject):
    """Ask in the UI thread only.

    changed  on or off
    grew     more can be painted
    """

    changed = Signal()
    grew = Signal()

    def __init__(self, open_takes: OpenTakes, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_takes, self._lane = open_takes, lane
        self.is_on = False
        self.whole: Spectrogram | None = None  # of the take on the stage, while it is on
        self.sharp: Sharp | None = None
        self._audio: TakeAudio | None = None
        self._wish: _Wish | None = None
        self._granted: _Wish | None = None
        self._is_working = False
        open_takes.shown_changed.connect(self._take_up)

    def set_on(self, is_on: bool) -> None:
        """Show the spectrogram in the place of the waveform, or not."""
        if is_on != self.is_on:
            self.is_on = is_on
            self._take_up()
            self.changed.emit()

    def toggle(self) -> None:
        """The other of the two."""
        self.set_on(not self.is_on)

    def sharpen(self, start_frame: float, end_frame: float, columns: int) -> None:
        """Compute this part from its samples if its columns are narrower than those that are kept; `grew` follows."""
        columns = min(columns, SHARP_COLUMNS)
        if self._audio is None or columns < 2 or not 0 < (end_frame - start_frame) / columns < HOP_FRAMES:
            self._wish = None
            return
        self._wish = _Wish(start_frame, end_frame, columns, self._audio.buffer.available)
        self._go_on()

    def _take_up(self) -> None:
        if self._audio is not None:
            self._audio.grew.disconnect(self._go_on)
        shown = self._open_takes.shown if self.is_on else None
        self._audio = shown.audio if shown else None
        self.whole = Spectrogram(self._audio.total_frames, self._audio.sample_rate) if self._audio else None
        self.sharp = self._wish = self._granted = None
        if self._audio is not None:
            self._audio.grew.connect(self._go_on)
            self._go_on()

    def _go_on(self) -> None:
        """One piece of work at a time: the newest view first, then the whole take from its start on."""
        audio, whole, wish = self._audio, self.whole, self._wish
        if self._is_working or audio is None or whole is None:
            return
        samples, available = audio.buffer.audio, audio.buffer.available
        if wish is not None and wish != self._granted:

            def sharpen() -> Sharp:
                part = wish.start_frame, wish.end_frame
                return Sharp(*part, whole.sharp(samples, available, *part, wish.columns))

            self._granted, self._is_working = wish, True
            self._lane.run(sharpen, lambda sharp: self._sharpened(whole, sharp), self._failed)
        elif whole.can_grow(available):

            def grow() -> None:
                whole.grow(samples, available, COLUMNS_AT_ONCE)

            self._is_working = True
            self._lane.run(grow, lambda _: self._grown(whole), self._failed)

    def _sharpened(self, whole: Spectrogram, sharp: Sharp) -> None:
        if whole is self.whole:
            self.sharp = sharp
        self._grown(whole)

    def _grown(self, whole: Spectrogram) -> None:
        self._is_working = False
        if whole is self.whole:
            self.grew.emit()
        self._go_on()

    def _failed(self, error: MusicAppError) -> None:
        self._is_working = False
        log.warning("no spectrogram: %s %s", error.message, error.detail)
