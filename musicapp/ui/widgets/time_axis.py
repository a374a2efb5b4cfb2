"""The ruler: minutes and seconds, in steps that a person would choose, below the sections and bars of the take."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from musicapp.handover.form import Form
from musicapp.ui.theme import Theme
from musicapp.ui.widgets.clock import clock
from musicapp.ui.widgets.wave_item import bar_step

STEPS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
THIRDS = (15, 30, 60, 120, 300, 600)  # a ruler that counts in minutes parts by three
LABEL_PIXELS = 84  # at least between two labels
HEIGHT, FORM_HEIGHT = 44, 18  # of everything, and of sections and bars in it
BAR_LABEL_PIXELS, SMALL = 44, 0.85


class TimeAxis(pg.AxisItem):
    """Ruler above the waveform."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("top", showValues=True)
        self._theme = theme
        self._form: Form | None = None
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=-5, tickTextOffset=4)
        self.setHeight(HEIGHT)
        theme.changed.connect(self._show_colours)
        self._show_colours()

    def set_form(self, form: Form | None) -> None:
        """Show the sections and bars of this form."""
        if form != self._form:
            self._form = form
            self.update()

    def tickSpacing(self, minimum: float, maximum: float, size: float) -> list[tuple[float, float]]:
        wanted = (maximum - minimum) / max(size / LABEL_PIXELS, 1)
        major = next((step for step in STEPS_S if step >= wanted), STEPS_S[-1])
        parts = 3 if major in THIRDS else 5 if str(major).strip("0.")[0] in "15" else 4
        return [(major, 0.0), (major / parts, 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        decimals = 0 if spacing >= 1 else 1 if spacing >= 0.1 else 2 if spacing >= 0.01 else 3
        return [clock(value * scale, decimals=decimals) for value in values]

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        super().paint(painter, option, widget)
        form = self._form
        left_s, right_s = self.range
        if form is None or right_s <= left_s:
            return
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.size().width(), FORM_HEIGHT))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * SMALL)
        painter.setFont(font)
        per_second = self.size().width() / (right_s - left_s)
        taken = self._paint_parts(painter, form, left_s, per_second)
        self._paint_bars(painter, form, left_s, right_s, per_second, taken)
        painter.restore()

    def _paint_parts(
        self, painter: QPainter, form: Form, left_s: float, per_second: float
    ) -> list[tuple[float, float]]:
        """A block for each section, its letter at the start; where letters stand, in pixels."""
        colours, taken = self._theme.colours, []
        for number, part in enumerate(form.parts):
            end_s = form.parts[number + 1].start_s if number + 1 < len(form.parts) else form.duration_s
            left, right = (part.start_s - left_s) * per_second, (end_s - left_s) * per_second
            block = QRectF(left, 1, right - left - 1, FORM_HEIGHT - 2)
            painter.fillRect(block, QColor(colours.accent_soft if part.letter == "A" else colours.raised_hover))
            painter.setPen(QColor(colours.text))
            start = max(left, 0.0)
            if right - start > 14:
                painter.drawText(
                    QRectF(start + 5, 0, right - start - 5, FORM_HEIGHT), Qt.AlignmentFlag.AlignVCenter, part.letter
                )
                taken.append((start, start + 18))
        return taken

    def _paint_bars(
        self,
        painter: QPainter,
        form: Form,
        left_s: float,
        right_s: float,
        per_second: float,
        taken: list[tuple[float, float]],
    ) -> None:
        """The number of every bar, or of every second, fourth, ... one, but where a section's letter stands."""
        if not form.bar_s:
            return
        step = bar_step(form.bar_s * per_second, BAR_LABEL_PIXELS)
        painter.setPen(QColor(self._theme.colours.muted))
        width, metrics = self.size().width(), painter.fontMetrics()
        for second, number in form.bars():
            x = (second - left_s) * per_second
            if x + 3 + metrics.horizontalAdvance(str(number)) > width:  # half a number would be another one
                break
            if (number - 1) % step or not left_s <= second <= right_s or any(a - 22 < x < b for a, b in taken):
                continue
            painter.drawText(QRectF(x + 3, 0, 60, FORM_HEIGHT), Qt.AlignmentFlag.AlignVCenter, str(number))

    def _show_colours(self) -> None:
        self.setPen(pg.mkPen(QColor(self._theme.colours.border)))
        self.setTickPen(pg.mkPen(QColor(self._theme.colours.border_strong)))
        self.setTextPen(pg.mkPen(QColor(self._theme.colours.muted)))
