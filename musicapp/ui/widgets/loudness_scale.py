"""Loudness of what plays: short-term and integrated, as bars on one LUFS scale and as numbers."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicapp.ui.state.playing_levels import PlayingLevels
from musicapp.ui.theme import LOUDNESS_MAX_WIDTH, LOUDNESS_MIN_WIDTH, LOUDNESS_WIDTH, METER_HEIGHT, Theme, time_font
from musicapp.ui.widgets.described import described
from musicapp.ui.words import marked, number, tr

LOWEST_LUFS, HIGHEST_LUFS = -41.0, -5.0
NUMBERS_LUFS = (-14, -23, -32, -41, -5)  # in the order of their importance where room is short
MARKS_LUFS = (-36, -32, -27, -23, -18, -14, -9)
BAR_HEIGHT, BAR_GAP, NUMBER_WIDTH, SMALL = 6, 2, 48, 0.8
LEAST_SCALE = 40  # pixels, below which only the numbers have room
TIP = marked(
    "Loudness of what plays, LUFS: S of the last three seconds, I integrated since playing began, with the take's gain "
    "and the volume; click to begin anew"
)


class LoudnessScale(QWidget):
    """The upper bar and number are short-term (S), the lower ones integrated (I)."""

    def __init__(self, levels: PlayingLevels, theme: Theme) -> None:
        super().__init__()
        described(self, "loudness_scale", tr("Loudness"), tr(TIP))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(LOUDNESS_MAX_WIDTH)
        self._levels, self._theme = levels, theme
        levels.changed.connect(self.update)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(LOUDNESS_WIDTH, METER_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(LOUDNESS_MIN_WIDTH, METER_HEIGHT)

    @property
    def words(self) -> str:
        """Both for those who do not see them."""
        short, whole = (_shown(lufs) for lufs in (self._levels.short_term_lufs, self._levels.integrated_lufs))
        if not short and not whole:
            return tr("silent")
        return tr("short-term {short} LUFS, integrated {whole} LUFS", short=short or "−∞", whole=whole or "−∞")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._levels.reset()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), self._theme.colours
        half, right = self.height() / 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(time_font(self, scale=SMALL))
        rows = (("S", self._levels.short_term_lufs), ("I", self._levels.integrated_lufs))
        for row, (name, lufs) in enumerate(rows):
            painter.setPen(QColor(colours.muted))
            area = QRectF(self.width() - NUMBER_WIDTH, row * half, NUMBER_WIDTH, half)
            painter.drawText(area, right, f"{name} {_shown(lufs) or '–'}")
            if self._scale_width < LEAST_SCALE:
                continue
            top = 2 + row * (BAR_HEIGHT + BAR_GAP)
            painter.fillRect(QRectF(0, top, self._scale_width, BAR_HEIGHT), QColor(colours.meter_back))
            painter.fillRect(QRectF(0, top, self._x(lufs), BAR_HEIGHT), QColor(colours.meter_ok))
            for mark in MARKS_LUFS:
                painter.fillRect(QRectF(round(self._x(mark)), top, 1, BAR_HEIGHT), QColor(colours.panel))
        if self._scale_width >= LEAST_SCALE:
            self._paint_numbers(painter, 2 + 2 * BAR_HEIGHT + BAR_GAP + 1)

    def _paint_numbers(self, painter: QPainter, top: float) -> None:
        metrics, taken = painter.fontMetrics(), list[tuple[float, float]]()
        for lufs in NUMBERS_LUFS:
            text = f"{lufs}".replace("-", "−")
            width = metrics.horizontalAdvance(text)
            left = max(0.0, min(self._x(lufs) - width / 2, self._scale_width - width))
            if any(left < end + 4 and start - 4 < left + width for start, end in taken):
                continue
            taken.append((left, left + width))
            painter.drawText(QRectF(left, top, width + 1, metrics.height()), Qt.AlignmentFlag.AlignLeft, text)

    @property
    def _scale_width(self) -> float:
        return max(self.width() - NUMBER_WIDTH - 2, 1)

    def _x(self, lufs: float) -> float:
        share = (max(lufs, LOWEST_LUFS) - LOWEST_LUFS) / (HIGHEST_LUFS - LOWEST_LUFS)
        return min(share, 1.0) * self._scale_width


def _shown(lufs: float) -> str:
    return number(lufs, 1).replace("-", "−") if math.isfinite(lufs) else ""
