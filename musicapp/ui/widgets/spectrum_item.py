"""The spectrogram in the place of the waves: one picture for the visible part, sharper as soon as it was computed."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from musicapp.audio.spectrogram import HIGHEST_HZ, LOWEST_HZ, ROWS, row_of
from musicapp.handover.form import Form
from musicapp.ui.colour_map import level_colours
from musicapp.ui.state.spectrum_view import SpectrumView
from musicapp.ui.state.take_audio import TakeAudio
from musicapp.ui.theme import Theme
from musicapp.ui.widgets.wave_item import LEAST_BAR_PIXELS, MAX_COLUMNS, bar_step

SHARPEN_MS = 60  # after the view stands still
LINES_HZ = (100, 1000, 10_000)
LINE_OPACITY, BAR_OPACITY, OUTSIDE_OPACITY = 0.28, 0.4, 0.55


class SpectrumItem(pg.GraphicsObject):
    """Draws the take on the stage in a view whose x axis is seconds, from the bottom (-1) to the top (1)."""

    def __init__(self, spectrum: SpectrumView, theme: Theme) -> None:
        super().__init__()
        self._spectrum, self._theme = spectrum, theme
        self._audio: TakeAudio | None = None
        self._form: Form | None = None
        self._inside: tuple[float, float] | None = None
        self._picture: tuple[QRectF, QImage] | None = None
        self._later = QTimer(self, singleShot=True, interval=SHARPEN_MS)
        self._later.timeout.connect(self._sharpen)
        spectrum.grew.connect(self.refresh)

    def set_audio(self, audio: TakeAudio | None) -> None:
        """Draw another take, or none."""
        self.prepareGeometryChange()
        self._audio = audio
        self.refresh()

    def set_form(self, form: Form | None) -> None:
        """Draw the bars of this form."""
        self._form = form
        self.update()

    def set_inside(self, region_s: tuple[float, float] | None) -> None:
        """Dim what is outside this part."""
        if region_s != self._inside:
            self._inside = region_s
            self.update()

    def refresh(self) -> None:
        """There is more to see, or the colours changed."""
        self._picture = None
        if self.isVisible():
            self.update()

    def viewRangeChanged(self) -> None:
        self.refresh()

    def boundingRect(self) -> QRectF:
        return QRectF(0.0, -1.0, self._audio.duration_s if self._audio else 1.0, 2.0)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        box = self.getViewBox()
        if self._audio is None or self._spectrum.whole is None or box is None:
            return
        start_s, end_s = box.viewRange()[0]
        start_s, end_s = max(0.0, start_s), min(end_s, self._audio.duration_s)
        if end_s <= start_s:
            return
        if self._picture is None:
            columns = min(MAX_COLUMNS, round(box.width() * painter.device().devicePixelRatioF()))
            self._picture = self._drawn(start_s, end_s, columns)
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.save()
            painter.scale(1.0, -1.0)  # the first row of a picture is its top
            painter.drawImage(*self._picture)
            painter.restore()
        self._paint_outside(painter, start_s, end_s)
        self._paint_lines(painter, start_s, end_s, box.width() / (end_s - start_s))

    def _drawn(self, start_s: float, end_s: float, columns: int) -> tuple[QRectF, QImage] | None:
        """The picture of the visible part, as far as it is known, and where it belongs."""
        spectrum, audio = self._spectrum, self._audio
        assert audio is not None and spectrum.whole is not None
        rate = audio.sample_rate
        sharp = spectrum.sharp
        known_s = min(end_s, audio.available_s)
        if sharp is not None and abs(sharp.start_frame - start_s * rate) < 1 and sharp.end_frame >= known_s * rate - 1:
            return QRectF(start_s, -1.0, sharp.end_frame / rate - start_s, 2.0), self._image(sharp.levels)
        if self._later.isActive() is False:
            self._later.start()
        known_s = min(end_s, spectrum.whole.known_frames / rate)
        columns = round(columns * (known_s - start_s) / (end_s - start_s))
        if columns < 1:
            return None
        levels = spectrum.whole.view(start_s * rate, known_s * rate, columns)
        return QRectF(start_s, -1.0, known_s - start_s, 2.0), self._image(levels)

    def _image(self, levels: np.ndarray) -> QImage:
        made = QImage(levels.data, levels.shape[1], levels.shape[0], levels.shape[1], QImage.Format.Format_Indexed8)
        made.setColorTable(level_colours(self._theme.colours.is_dark))
        return made.convertToFormat(QImage.Format.Format_RGB32)  # a copy: the bytes may go

    def _sharpen(self) -> None:
        box = self.getViewBox()
        if self._audio is None or box is None or not self.isVisible():
            return
        start_s, end_s = box.viewRange()[0]
        start_s, end_s = max(0.0, start_s), min(end_s, self._audio.available_s)
        rate, scale = self._audio.sample_rate, self.getViewWidget().devicePixelRatioF()
        self._spectrum.sharpen(start_s * rate, end_s * rate, round(box.width() * scale))

    def _paint_outside(self, painter: QPainter, start_s: float, end_s: float) -> None:
        if self._inside is None:
            return
        shade = QColor(self._theme.colours.stage)
        shade.setAlphaF(OUTSIDE_OPACITY)
        left, right = self._inside
        if left > start_s:
            painter.fillRect(QRectF(start_s, -1.0, left - start_s, 2.0), shade)
        if right < end_s:
            painter.fillRect(QRectF(right, -1.0, end_s - right, 2.0), shade)

    def _paint_lines(self, painter: QPainter, start_s: float, end_s: float, pixels_per_s: float) -> None:
        """Decades of pitch and bars, faint above the picture."""
        ink = QColor(self._theme.colours.text)
        ink.setAlphaF(LINE_OPACITY)
        painter.setPen(QPen(ink, 0))
        painter.drawLines([QLineF(start_s, height_of(hz), end_s, height_of(hz)) for hz in LINES_HZ])
        form = self._form
        if form is not None and form.bar_s:
            ink.setAlphaF(BAR_OPACITY)
            painter.setPen(QPen(ink, 0))
            step = bar_step(form.bar_s * pixels_per_s, LEAST_BAR_PIXELS)
            bars = [second for second, number in form.bars() if (number - 1) % step == 0 and start_s <= second <= end_s]
            painter.drawLines([QLineF(second, -1.0, second, 1.0) for second in bars])


def height_of(frequency_hz: float) -> float:
    """Where a frequency is in the picture, from -1 to 1."""
    return row_of(min(max(frequency_hz, LOWEST_HZ), HIGHEST_HZ)) / ROWS * 2 - 1
