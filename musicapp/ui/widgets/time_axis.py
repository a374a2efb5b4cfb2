"""The time ruler: minutes and seconds, in steps that a person would choose."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor

from musicapp.ui.theme import Theme
from musicapp.ui.widgets.clock import clock

STEPS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
THIRDS = (15, 30, 60, 120, 300, 600)  # a ruler that counts in minutes parts by three
LABEL_PIXELS = 84  # at least between two labels


class TimeAxis(pg.AxisItem):
    """Ruler above the waveform."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("top", showValues=True)
        self._theme = theme
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=-5, tickTextOffset=4)
        self.setHeight(26)
        theme.changed.connect(self._show_colours)
        self._show_colours()

    def tickSpacing(self, minimum: float, maximum: float, size: float) -> list[tuple[float, float]]:
        wanted = (maximum - minimum) / max(size / LABEL_PIXELS, 1)
        major = next((step for step in STEPS_S if step >= wanted), STEPS_S[-1])
        parts = 3 if major in THIRDS else 5 if str(major).strip("0.")[0] in "15" else 4
        return [(major, 0.0), (major / parts, 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        decimals = 0 if spacing >= 1 else 1 if spacing >= 0.1 else 2 if spacing >= 0.01 else 3
        return [clock(value * scale, decimals=decimals) for value in values]

    def _show_colours(self) -> None:
        self.setPen(pg.mkPen(QColor(self._theme.colours.border)))
        self.setTickPen(pg.mkPen(QColor(self._theme.colours.border_strong)))
        self.setTextPen(pg.mkPen(QColor(self._theme.colours.muted)))
