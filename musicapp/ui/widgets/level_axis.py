"""What stands left of the picture: which channel a lane is and the dB of its lines, or frequencies."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from musicapp.audio.levels import from_db
from musicapp.ui.theme import Theme
from musicapp.ui.widgets.spectrum_item import height_of
from musicapp.ui.widgets.wave_item import LANE_FILL, lines_of, middle_of

WIDTH = 34
NAMES = {1: ("",), 2: ("L", "R")}
LEAST_LANE = 70  # pixels, below which only the name has room
SMALL = 0.82
FREQUENCIES = ((100, "100"), (1000, "1k"), (10_000, "10k"), (30, "30"), (300, "300"), (3000, "3k"), (20_000, "20k"))


class LevelAxis(pg.AxisItem):
    """Names of channels and levels, beside the lanes that `WaveItem` draws; or Hz beside a `SpectrumItem`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("left", showValues=False)
        self._theme = theme
        self._channels, self._is_of_pitch = 0, False
        self.setWidth(WIDTH)
        theme.changed.connect(self.update)

    def set_channels(self, channels: int) -> None:
        """How many lanes there are; 0 for no take."""
        if channels != self._channels:
            self._channels = channels
            self.update()

    def set_of_pitch(self, is_of_pitch: bool) -> None:
        """Name frequencies in the place of levels."""
        self._is_of_pitch = is_of_pitch
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        area, colours = self.boundingRect(), self._theme.colours
        if not self._channels:
            return
        if self._is_of_pitch:
            self._paint_frequencies(painter)
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

    def _paint_frequencies(self, painter: QPainter) -> None:
        """Decades first; the others where there is room between them."""
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * SMALL)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colours.muted))
        whole, high = self.size().height(), painter.fontMetrics().height()
        taken: list[float] = []
        for frequency, name in FREQUENCIES:
            y = min(max((1.0 - height_of(frequency)) / 2 * whole, high / 2), whole - high / 2)
            if all(abs(y - other) >= high for other in taken):
                taken.append(y)
                box = QRectF(0, y - high / 2, self.boundingRect().width() - 6, high)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
