"""Level meter: left and right sample peak on a dB scale with numbers, and the highest peaks since it was read."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicapp.ui.state.player import Player
from musicapp.ui.state.playing_levels import PlayingLevels
from musicapp.ui.theme import METER_HEIGHT, METER_MAX_WIDTH, METER_MIN_WIDTH, METER_WIDTH, Theme, time_font
from musicapp.ui.widgets.described import described
from musicapp.ui.words import marked, number, tr

FLOOR_DB, HOT_DB, OVER_DB = -60.0, -9.0, 0.0
HOLD_S, FALL_DB_PER_S = 1.5, 26.0
MARKS_DB = (-48, -36, -24, -18, -12, -6, -3)
NUMBERS_DB = (0, -6, -12, -24, -36, -48)  # in the order of their importance where room is short
FULL_SCALE = 1.0
BAR_HEIGHT, BAR_GAP, NUMBER_WIDTH, SMALL = 6, 2, 58, 0.8
OVER_WIDTH = 5  # of the light at the end of a bar
TIP = marked(
    "Left and right peak level. The numbers are the highest sample peak and true peak (TP, between samples) since "
    "playing began; click to begin anew"
)


class LevelMeter(QWidget):
    """Two bars. Levels fall slowly, peaks stay for a while; beyond full scale a light stays on until a click.

    Light and number are of the levels before the guard of the sound card: the light says that it lowered something.
    """

    def __init__(self, player: Player, levels: PlayingLevels, theme: Theme) -> None:
        super().__init__()
        described(self, "level_meter", tr("Level meter"), tr(TIP))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(METER_MAX_WIDTH)
        self._player, self._levels, self._theme = player, levels, theme
        self._level_db = [FLOOR_DB, FLOOR_DB]
        self._hold_db = [FLOOR_DB, FLOOR_DB]
        self._held_since_s = [0.0, 0.0]
        self._last_s = 0.0
        self.highest_db = FLOOR_DB  # since playing began, or since a click
        self.is_over = [False, False]
        player.levels_changed.connect(self.show_levels)
        player.playing_changed.connect(self._playing_changed)
        player.shown_changed.connect(self.reset)
        levels.changed.connect(self.update)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(METER_WIDTH, METER_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(METER_MIN_WIDTH, METER_HEIGHT)

    def reset(self) -> None:
        """Forget the highest peak and put the lights out."""
        self.highest_db, self.is_over = FLOOR_DB, [False, False]
        self.update()

    def show_levels(self, left: float, right: float) -> None:
        """Linear peaks since the last call."""
        now_s = time.monotonic()
        fall_db = FALL_DB_PER_S * min(now_s - self._last_s, 1.0)
        self._last_s = now_s
        for channel, peak in enumerate((left, right)):
            level_db = max(FLOOR_DB, 20 * math.log10(peak)) if peak > 0 else FLOOR_DB
            self._level_db[channel] = max(level_db, self._level_db[channel] - fall_db, FLOOR_DB)
            wanted = max(peak, self._player.wanted_levels[channel])
            if wanted > 0:
                self.highest_db = max(self.highest_db, 20 * math.log10(wanted))
            self.is_over[channel] = self.is_over[channel] or wanted > FULL_SCALE
            if level_db >= self._hold_db[channel]:
                self._hold_db[channel], self._held_since_s[channel] = level_db, now_s
            elif now_s - self._held_since_s[channel] > HOLD_S:
                self._hold_db[channel] = max(level_db, self._hold_db[channel] - fall_db)
        self.update()

    @property
    def words(self) -> str:
        """The levels for those who do not see them."""
        if self.highest_db <= FLOOR_DB:
            return tr("silent")
        left, right = (f"{level:.0f}" for level in self._level_db)
        words = tr(
            "left {left} dB, right {right} dB, highest {highest} dB",
            left=left,
            right=right,
            highest=number(self.highest_db, 1),
        )
        if math.isfinite(self._levels.true_peak_db):
            words = tr("{words}, true peak {peak} dBTP", words=words, peak=number(self._levels.true_peak_db, 1))
        return tr("{words}, over full scale", words=words) if any(self.is_over) else words

    def _playing_changed(self, playing: bool) -> None:
        if playing:
            self.reset()
        else:
            self._level_db = [FLOOR_DB, FLOOR_DB]
            self._hold_db = [FLOOR_DB, FLOOR_DB]
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset()
            self._levels.reset()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(time_font(self, scale=SMALL))
        for channel in range(2):
            self._paint_bar(painter, channel, 2 + channel * (BAR_HEIGHT + BAR_GAP))
        self._paint_numbers(painter, 2 + 2 * BAR_HEIGHT + BAR_GAP + 1)
        self._paint_highest(painter)

    def _paint_bar(self, painter: QPainter, channel: int, top: float) -> None:
        colours = self._theme.colours
        painter.fillRect(QRectF(0, top, self._scale_width, BAR_HEIGHT), QColor(colours.meter_back))
        level, hold = self._level_db[channel], self._hold_db[channel]
        for start_db, end_db, name in ((FLOOR_DB, HOT_DB, colours.meter_ok), (HOT_DB, OVER_DB, colours.meter_hot)):
            if level > start_db:
                left, right = self._x(start_db), self._x(min(level, end_db))
                painter.fillRect(QRectF(left, top, right - left, BAR_HEIGHT), QColor(name))
        if hold > FLOOR_DB:
            name = colours.meter_over if hold > OVER_DB else colours.text
            painter.fillRect(QRectF(min(self._x(hold), self._scale_width - 2), top, 2, BAR_HEIGHT), QColor(name))
        for mark_db in MARKS_DB:
            painter.fillRect(QRectF(round(self._x(mark_db)), top, 1, BAR_HEIGHT), QColor(colours.panel))
        light = QColor(colours.meter_over if self.is_over[channel] else colours.meter_back)
        painter.fillRect(QRectF(self._scale_width + 1, top, OVER_WIDTH, BAR_HEIGHT), light)

    def _paint_numbers(self, painter: QPainter, top: float) -> None:
        painter.setPen(QColor(self._theme.colours.muted))
        metrics, taken = painter.fontMetrics(), list[tuple[float, float]]()
        for number_db in NUMBERS_DB:
            text = f"{number_db}".replace("-", "−")
            width = metrics.horizontalAdvance(text)
            left = min(self._x(number_db) - width / 2, self._scale_width - width)
            if left < 0 or any(left < end + 4 and start - 4 < left + width for start, end in taken):
                continue
            taken.append((left, left + width))
            painter.drawText(QRectF(left, top, width + 1, metrics.height()), Qt.AlignmentFlag.AlignLeft, text)

    def _paint_highest(self, painter: QPainter) -> None:
        """Sample peak above true peak, each with its unit."""
        half = self.height() / 2
        rows = (
            (self.highest_db, "dB", any(self.is_over)),
            (self._levels.true_peak_db, "TP", self._levels.true_peak_db > OVER_DB),
        )
        for row, (level_db, unit, is_over) in enumerate(rows):
            if level_db <= FLOOR_DB:
                continue
            painter.setPen(QColor(self._theme.colours.danger if is_over else self._theme.colours.muted))
            text = f"{number(level_db, 1, sign=True)} {unit}".replace("-", "−")
            area = QRectF(self.width() - NUMBER_WIDTH, row * half, NUMBER_WIDTH, half)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    @property
    def _scale_width(self) -> float:
        return max(self.width() - NUMBER_WIDTH - OVER_WIDTH - 1, 1)

    def _x(self, level_db: float) -> float:
        return min((level_db - FLOOR_DB) / -FLOOR_DB, 1.0) * self._scale_width
