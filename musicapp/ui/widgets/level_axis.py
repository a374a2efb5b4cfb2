"""What stands left of the waveform: which channel a lane is, and the dB of its lines."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from musicapp.audio.levels import from_db
from musicapp.ui.theme import Theme
from musicapp.ui.widgets.wave_item import LANE_FILL, lines_of, middle_of

WIDTH = 34
NAMES = {1: ("",), 2: ("L", "R")}
LEAST_LANE = 70  # pixels, below which only the name has room
SMALL = 0.82


class LevelAxis(pg.AxisItem):
    """Names of channels and levels, beside the lanes that `WaveItem` draws."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("left", showValues=False)
        self._theme = theme
        self._channels = 0
        self.setWidth(WIDTH)
        theme.changed.connect(self.update)

    def set_channels(self, channels: int) -> None:
        """How many lanes there are; 0 for no take."""
        if channels != self._channels:
            self._channels = channels
            self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        area, colours = self.boundingRect(), self._theme.colours
        if not self._channels:
            return
        base = painter.font()
        small, bold = painter.font(), painter.font()
        small.setPointSizeF(base.pointSizeF() * SMALL)
        bold.setBold(True)
        lane = self.size().height() / self._channels
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for channel, name in enumerate(NAMES.get(self._channels, ("",) * self._channels)):
            middle = (1.0 - middle_of(channel, self._channels)) / 2 * self.size().height()
            painter.setFont(bold)
            painter.setPen(QColor(colours.text))
            painter.drawText(QRectF(0, middle - 10, area.width() - 6, 20), right, name)
            if lane < LEAST_LANE:
                continue
            painter.setFont(small)
            painter.setPen(QColor(colours.muted))
            for level_db in (0.0, *lines_of(lane)):
                if level_db < -12 or (level_db == -12 and lane < 2 * LEAST_LANE):
                    continue  # too near to the name
                away = from_db(level_db) * LANE_FILL * lane / 2
                for y in (middle - away, middle + away)[: 2 if level_db else 1]:  # lanes touch at full scale
                    painter.drawText(QRectF(0, y - 8, area.width() - 6, 16), right, f"{level_db:.0f}".replace("-", "−"))
