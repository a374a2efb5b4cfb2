"""The waveform itself: one filled outline per channel, made from prepared peaks for exactly the visible part."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from musicapp.ui.state.take_audio import TakeAudio
from musicapp.ui.theme import Theme

LANE_FILL = 0.94  # of a channel's lane is used at full scale
MAX_COLUMNS = 4096


def outlines(
    audio: TakeAudio, start_s: float, end_s: float, columns: int, height: float
) -> list[tuple[QPainterPath, float]]:
    """One closed outline per channel with the middle line of its lane.

    x in seconds; y from -1 (bottom) to 1, left channel on top. `height` is in device pixels: what is thinner than
    one of them is drawn one thick, so that silence shows as a line.
    """
    rate = audio.sample_rate
    known_end_s = min(end_s, audio.available_s)
    if known_end_s <= start_s or columns < 1:
        return []
    columns = max(2, round(columns * (known_end_s - start_s) / (end_s - start_s)))
    view = audio.peaks.view(start_s * rate, known_end_s * rate, columns, audio.buffer.audio)
    x = start_s + (np.arange(columns) + 0.5) * (known_end_s - start_s) / columns
    half_lane = 1.0 / audio.channels
    half_pixel = 1.0 / max(height, 1.0)
    made = []
    for channel in range(audio.channels):
        middle = 1.0 - half_lane * (2 * channel + 1)
        scaled = np.clip(view[:, channel, :], -1.0, 1.0) * (half_lane * LANE_FILL) + middle
        centre = scaled.mean(axis=1)
        low = np.minimum(scaled[:, 0], centre - half_pixel)
        high = np.maximum(scaled[:, 1], centre + half_pixel)
        around_x = np.concatenate([x, x[::-1]])
        around_y = np.concatenate([high, low[::-1]])
        path = pg.functions.arrayToQPath(around_x, around_y, connect="all", finiteCheck=False)
        made.append((path, middle))
    return made


class WaveItem(pg.GraphicsObject):
    """Draws a take in a view whose x axis is seconds. The outline is kept until view or audio change."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._audio: TakeAudio | None = None
        self._inside: tuple[float, float] | None = None
        self._paths: list[tuple[QPainterPath, float]] | None = None

    def set_audio(self, audio: TakeAudio | None) -> None:
        """Draw another take, or none."""
        self.prepareGeometryChange()
        self._audio = audio
        self.refresh()

    def set_inside(self, region_s: tuple[float, float] | None) -> None:
        """Dim what is outside this part."""
        if region_s != self._inside:
            self._inside = region_s
            self.update()

    def refresh(self) -> None:
        """The audio grew, or the colours changed."""
        self._paths = None
        self.update()

    def viewRangeChanged(self) -> None:
        self.refresh()

    def boundingRect(self) -> QRectF:
        return QRectF(0.0, -1.0, self._audio.duration_s if self._audio else 1.0, 2.0)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        box = self.getViewBox()
        if self._audio is None or box is None:
            return
        start_s, end_s = box.viewRange()[0]
        start_s, end_s = max(0.0, start_s), min(end_s, self._audio.duration_s)
        if self._paths is None:
            scale = painter.device().devicePixelRatioF()
            columns = min(MAX_COLUMNS, round(box.width() * scale))
            self._paths = outlines(self._audio, start_s, end_s, columns, box.height() * scale)
        colours = self._theme.colours
        middle_pen = pg.mkPen(QColor(colours.border), width=1)  # cosmetic: one pixel at every zoom
        painter.setPen(middle_pen)
        half_lane = 1.0 / self._audio.channels
        for channel in range(self._audio.channels):
            middle = 1.0 - half_lane * (2 * channel + 1)
            painter.drawLine(pg.Point(start_s, middle), pg.Point(end_s, middle))
        parts: list[tuple[QRectF | None, str]] = [(None, colours.wave)]
        if self._inside is not None:
            left, right = self._inside
            parts = [(None, colours.wave_outside), (QRectF(left, -1.0, right - left, 2.0), colours.wave)]
        for clip, name in parts:
            painter.save()
            if clip is not None:
                painter.setClipRect(clip)
            for path, _middle in self._paths:
                painter.fillPath(path, QColor(name))
            painter.restore()
