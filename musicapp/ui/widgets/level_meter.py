"""Level meter: left and right sample peak on a dB scale, held for a moment."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicapp.ui.state.player import Player
from musicapp.ui.theme import METER_HEIGHT, METER_WIDTH, Theme
from musicapp.ui.widgets.described import described

FLOOR_DB, HOT_DB, OVER_DB = -60.0, -9.0, -0.1
HOLD_S, FALL_DB_PER_S = 1.5, 26.0
MARKS_DB = (-48, -36, -24, -18, -12, -6)


class LevelMeter(QWidget):
    """Two bars. Levels fall slowly, peaks stay for a while; over full scale the end lights up."""

    def __init__(self, player: Player, theme: Theme) -> None:
        super().__init__()
        described(self, "level_meter", "Level meter", "Left and right peak level, -60 to 0 dB")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._level_db = [FLOOR_DB, FLOOR_DB]
        self._hold_db = [FLOOR_DB, FLOOR_DB]
        self._held_since_s = [0.0, 0.0]
        self._last_s = 0.0
        player.levels_changed.connect(self.show_levels)
        player.playing_changed.connect(self._playing_changed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(METER_WIDTH, METER_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_levels(self, left: float, right: float) -> None:
        """Linear peaks since the last call."""
        now_s = time.monotonic()
        fall_db = FALL_DB_PER_S * min(now_s - self._last_s, 1.0)
        self._last_s = now_s
        for channel, peak in enumerate((left, right)):
            level_db = max(FLOOR_DB, 20 * math.log10(peak)) if peak > 0 else FLOOR_DB
            self._level_db[channel] = max(level_db, self._level_db[channel] - fall_db, FLOOR_DB)
            if level_db >= self._hold_db[channel]:
                self._hold_db[channel], self._held_since_s[channel] = level_db, now_s
            elif now_s - self._held_since_s[channel] > HOLD_S:
                self._hold_db[channel] = max(level_db, self._hold_db[channel] - fall_db)
        self.update()

    def _playing_changed(self, playing: bool) -> None:
        if not playing:
            self._level_db = [FLOOR_DB, FLOOR_DB]
            self._hold_db = [FLOOR_DB, FLOOR_DB]
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        height = (self.height() - 2) / 2
        for channel in range(2):
            top = channel * (height + 2)
            painter.fillRect(QRectF(0, top, self.width(), height), QColor(colours.meter_back))
            level, hold = self._level_db[channel], self._hold_db[channel]
            for start_db, end_db, name in (
                (FLOOR_DB, HOT_DB, colours.meter_ok),
                (HOT_DB, OVER_DB, colours.meter_hot),
                (OVER_DB, 0.0, colours.meter_over),
            ):
                if level > start_db:
                    left, right = self._x(start_db), self._x(min(level, end_db))
                    painter.fillRect(QRectF(left, top, right - left, height), QColor(name))
            if hold > FLOOR_DB:
                name = colours.meter_over if hold >= OVER_DB else colours.text
                painter.fillRect(QRectF(min(self._x(hold), self.width() - 2), top, 2, height), QColor(name))
            for mark_db in MARKS_DB:
                painter.fillRect(QRectF(round(self._x(mark_db)), top, 1, height), QColor(colours.panel))

    def _x(self, level_db: float) -> float:
        return (level_db - FLOOR_DB) / -FLOOR_DB * self.width()
