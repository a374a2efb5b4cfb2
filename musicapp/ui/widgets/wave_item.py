"""The waveform itself: peaks with the RMS body in them, dB lines, bar lines and clip marks, for the visible part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from musicapp.audio.levels import from_db
from musicapp.handover.form import Form
from musicapp.ui.state.take_audio import TakeAudio
from musicapp.ui.theme import Theme

LANE_FILL = 0.94  # of a channel's lane is used at full scale
MAX_COLUMNS = 4096
FULL_SCALE = 1.0
LINES_DB = (-6.0, -12.0)
MORE_LINES_DB, TALL_LANE = (-3.0, -18.0), 260  # pixels from which a lane has room for these as well
CLIP_MARK_PIXELS = 4
LEAST_BAR_PIXELS, LEAST_BEAT_PIXELS = 9, 14
OUTSIDE_SHARE = 0.42  # of the usual colours, beside the part that is marked


@dataclass
class Shapes:
    """What is drawn of one channel. x in seconds; y from -1 (bottom of the picture) to 1.

    peaks    a rectangle for each column: filling them is several times faster than filling an outline
    body     the same of the RMS; None where columns are too narrow for it
    over     the spans of columns with samples beyond full scale: left, right, and whether above or below
    middle   where the lane's zero line is
    """

    peaks: PrimitiveArray
    body: PrimitiveArray | None
    over: list[tuple[float, float, bool]]
    middle: float


def shapes(audio: TakeAudio, start_s: float, end_s: float, columns: int, height: float) -> list[Shapes]:
    """The shapes of every channel, the left one on top; none where nothing is known yet.

    `height` is in device pixels: what is thinner than one of them is drawn one thick, so that silence shows as a line.
    """
    rate = audio.sample_rate
    known_end_s = min(end_s, audio.available_s)
    if known_end_s <= start_s or columns < 1:
        return []
    columns = max(2, round(columns * (known_end_s - start_s) / (end_s - start_s)))
    view = audio.peaks.view(start_s * rate, known_end_s * rate, columns, audio.buffer.audio)
    rms = audio.peaks.view_rms(start_s * rate, known_end_s * rate, columns)
    width_s = (known_end_s - start_s) / columns
    left = start_s + np.arange(columns) * width_s
    half_lane, half_pixel = 1.0 / audio.channels, 1.0 / max(height, 1.0)
    made = []
    for channel in range(audio.channels):
        middle, scale = middle_of(channel, audio.channels), half_lane * LANE_FILL
        low, high = view[:, channel, 0], view[:, channel, 1]
        centre = np.clip((low + high) / 2, -1, 1) * scale + middle
        bottom = np.minimum(np.clip(low, -1, 1) * scale + middle, centre - half_pixel)
        top = np.maximum(np.clip(high, -1, 1) * scale + middle, centre + half_pixel)
        body = None
        if rms is not None:
            extent = np.minimum(rms[:, channel], 1) * scale
            body = _columns(left, width_s, np.maximum(middle - extent, bottom), np.minimum(middle + extent, top))
        over = [*_spans(high > FULL_SCALE, start_s, width_s, True), *_spans(low < -FULL_SCALE, start_s, width_s, False)]
        made.append(Shapes(_columns(left, width_s, bottom, top), body, over, middle))
    return made


def middle_of(channel: int, channels: int) -> float:
    """Where a channel's zero line is, from -1 to 1."""
    return 1.0 - (2 * channel + 1) / channels


def lines_of(lane_pixels: float) -> tuple[float, ...]:
    """The levels that have a line in a lane of this height, dB."""
    return (*LINES_DB, *MORE_LINES_DB) if lane_pixels >= TALL_LANE else LINES_DB


def _columns(left: np.ndarray, width: float, bottom: np.ndarray, top: np.ndarray) -> PrimitiveArray:
    """Rectangles from `bottom` to `top`, side by side."""
    made = PrimitiveArray(QRectF, 4)
    made.resize(len(left))
    made.ndarray()[:] = np.stack([left, bottom, np.full(len(left), width), np.maximum(top - bottom, 0)], axis=1)
    return made


def _spans(marked: np.ndarray, start_s: float, width_s: float, is_above: bool) -> Iterator[tuple[float, float, bool]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        yield start_s + first * width_s, start_s + end * width_s, is_above


class WaveItem(pg.GraphicsObject):
    """Draws a take in a view whose x axis is seconds. The shapes are kept until view or audio change."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._audio: TakeAudio | None = None
        self._form: Form | None = None
        self._inside: tuple[float, float] | None = None
        self._shapes: list[Shapes] | None = None

    def set_audio(self, audio: TakeAudio | None) -> None:
        """Draw another take, or none."""
        self.prepareGeometryChange()
        self._audio = audio
        self.refresh()

    def set_form(self, form: Form | None) -> None:
        """Draw the bars of this form."""
        if form != self._form:
            self._form = form
            self.update()

    def set_inside(self, region_s: tuple[float, float] | None) -> None:
        """Dim what is outside this part."""
        if region_s != self._inside:
            self._inside = region_s
            self.update()

    def refresh(self) -> None:
        """The audio grew, or the colours changed."""
        self._shapes = None
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
        if end_s <= start_s:
            return
        if self._shapes is None:
            scale = painter.device().devicePixelRatioF()
            columns = min(MAX_COLUMNS, round(box.width() * scale))
            self._shapes = shapes(self._audio, start_s, end_s, columns, box.height() * scale)
        self._paint_levels(painter, start_s, end_s, box.height())
        self._paint_bars(painter, start_s, end_s, box.width() / (end_s - start_s))
        colours = self._theme.colours
        if self._inside is None:
            self._paint_waves(painter, QColor(colours.wave_peak), QColor(colours.wave))
        else:
            left, right = self._inside
            # Mixed beforehand: blending a rectangle for each column takes several times as long.
            faint = [mixed(colours.stage, colour, OUTSIDE_SHARE) for colour in (colours.wave_peak, colours.wave)]
            self._paint_waves(painter, *faint)
            painter.save()
            painter.setClipRect(QRectF(left, -1.0, right - left, 2.0), Qt.ClipOperation.IntersectClip)
            self._paint_waves(painter, QColor(colours.wave_peak), QColor(colours.wave))
            painter.restore()
        self._paint_clipping(painter, 2.0 / max(box.height(), 1), (end_s - start_s) / max(box.width(), 1))

    def _paint_levels(self, painter: QPainter, start_s: float, end_s: float, height: float) -> None:
        """Zero lines, dB lines and full scale of every lane. Pens are cosmetic: one pixel at every zoom."""
        assert self._audio is not None
        channels, colours = self._audio.channels, self._theme.colours
        faint, clear = QPen(QColor(colours.grid), 0), QPen(QColor(colours.border), 0)
        for channel in range(channels):
            middle = middle_of(channel, channels)
            painter.setPen(faint)
            for level_db in lines_of(height / channels):
                away = from_db(level_db) * LANE_FILL / channels
                painter.drawLine(QLineF(start_s, middle + away, end_s, middle + away))
                painter.drawLine(QLineF(start_s, middle - away, end_s, middle - away))
            painter.setPen(clear)
            painter.drawLine(QLineF(start_s, middle, end_s, middle))
            if channel:
                edge = middle + 1.0 / channels
                painter.drawLine(QLineF(start_s, edge, end_s, edge))

    def _paint_bars(self, painter: QPainter, start_s: float, end_s: float, pixels_per_s: float) -> None:
        form = self._form
        if form is None or not form.bar_s or not form.beat_s:
            return
        painter.setPen(QPen(QColor(self._theme.colours.border), 0))
        step = bar_step(form.bar_s * pixels_per_s, LEAST_BAR_PIXELS)
        bars = [second for second, number in form.bars() if (number - 1) % step == 0 and start_s <= second <= end_s]
        painter.drawLines([QLineF(second, -1.0, second, 1.0) for second in bars])
        if form.beat_s * pixels_per_s >= LEAST_BEAT_PIXELS and step == 1:
            painter.setPen(QPen(QColor(self._theme.colours.grid), 0))
            painter.drawLines([QLineF(second, -1.0, second, 1.0) for second in _beats(form, start_s, end_s)])

    def _paint_waves(self, painter: QPainter, peaks: QColor, body: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for shape in self._shapes or ():
            painter.setBrush(body if shape.body is None else peaks)
            painter.drawRects(*shape.peaks.drawargs())
            if shape.body is not None:
                painter.setBrush(body)
                painter.drawRects(*shape.body.drawargs())

    def _paint_clipping(self, painter: QPainter, pixel_y: float, pixel_s: float) -> None:
        """Red where samples go beyond full scale, at the edge of the lane on their side, two pixels wide at least."""
        assert self._audio is not None
        away, thick = LANE_FILL / self._audio.channels, CLIP_MARK_PIXELS * pixel_y
        for shape in self._shapes or ():
            for left, right, is_above in shape.over:
                y = shape.middle + away if is_above else shape.middle - away - thick
                mark = QRectF(left, y, max(right - left, 2 * pixel_s), thick)
                painter.fillRect(mark, QColor(self._theme.colours.meter_over))


def mixed(ground: str, ink: str, share: float) -> QColor:
    """The colour that `share` of an ink gives on a ground."""
    below, above = QColor(ground), QColor(ink)
    pairs = ((below.red(), above.red()), (below.green(), above.green()), (below.blue(), above.blue()))
    return QColor(*(round(under + (over - under) * share) for under, over in pairs))


def bar_step(bar_pixels: float, least_pixels: float) -> int:
    """Every how many bars there is a line or a number, so that they are not nearer than so many pixels."""
    step = 1
    while step * bar_pixels < least_pixels and step < 1 << 12:
        step *= 2
    return step


def _beats(form: Form, start_s: float, end_s: float) -> Iterator[float]:
    """Beats between the bars that are visible."""
    starts = form.bars_s()
    for first, after in zip(starts, [*starts[1:], form.duration_s], strict=True):
        if after < start_s or first > end_s:
            continue
        yield from form.beats_inside(first, after)
