"""The whole take in a strip, with a frame around the part that the main waveform shows.

A plain widget: it has no axes to scale, and its outline is kept as a picture between changes.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.state.player import Player
from musicapp.ui.theme import OVERVIEW_HEIGHT, Theme
from musicapp.ui.widgets.described import described
from musicapp.ui.widgets.wave_item import shapes
from musicapp.ui.widgets.waveform import REPAINT_MS, Waveform
from musicapp.ui.words import tr

INSET = 3
SHADE_OPACITY = 0.55


class Overview(QWidget):
    """Click or drag to go there."""

    def __init__(self, player: Player, waveform: Waveform, theme: Theme) -> None:
        super().__init__()
        described(self, "overview", tr("Overview"), tr("The whole take; click to go there"))
        self.setFixedHeight(OVERVIEW_HEIGHT)
        self._player, self._waveform, self._theme = player, waveform, theme
        self._shown: OpenTake | None = None
        self._picture: QPixmap | None = None
        self._repaint = QTimer(self, singleShot=True, interval=REPAINT_MS)
        self._repaint.timeout.connect(self.refresh)
        player.shown_changed.connect(self._show_take)
        player.position_changed.connect(self._moved)
        waveform.view_changed.connect(self._moved)
        theme.changed.connect(self.refresh)
        self._show_take()

    def refresh(self) -> None:
        """Draw the outline anew."""
        self._picture = None
        self.update()

    def _show_take(self) -> None:
        if self._shown is not None:
            self._shown.audio.grew.disconnect(self._refresh_soon)
        self._shown = self._player.shown
        if self._shown is not None:
            self._shown.audio.grew.connect(self._refresh_soon)
        self.refresh()

    def _refresh_soon(self) -> None:
        if not self._repaint.isActive():
            self._repaint.start()

    def _moved(self) -> None:
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        if self._shown is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        audio = self._shown.audio
        second = max(0.0, min(event.position().x() / max(self.width(), 1), 1.0)) * audio.duration_s
        left, right = self._waveform.visible_s
        if right - left < audio.duration_s * 0.999:
            self._waveform.show_part(second - (right - left) / 2, second + (right - left) / 2)
        self._player.seek(round(second * audio.sample_rate))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        if self._picture is None:
            self._picture = self._drawn()
        painter.drawPixmap(0, 0, self._picture)
        if self._shown is None:
            return
        audio = self._shown.audio
        per_second = self.width() / audio.duration_s
        left, right = self._waveform.visible_s
        if right - left < audio.duration_s * 0.999:
            shade = QColor(colours.stage)
            shade.setAlphaF(SHADE_OPACITY)
            painter.fillRect(QRectF(0, 0, left * per_second, self.height()), shade)
            painter.fillRect(QRectF(right * per_second, 0, self.width(), self.height()), shade)
            painter.setPen(QPen(QColor(colours.border_strong), 1))
            painter.drawRect(QRectF(left * per_second, 0.5, (right - left) * per_second, self.height() - 1))
        x = self._player.position / audio.sample_rate * per_second
        painter.fillRect(QRectF(round(min(x, self.width() - 1)), 0, 1, self.height()), QColor(colours.playhead))

    def _drawn(self) -> QPixmap:
        scale = self.devicePixelRatioF()
        made = QPixmap(round(self.width() * scale), round(self.height() * scale))
        made.setDevicePixelRatio(scale)
        made.fill(QColor(self._theme.colours.stage))
        if self._shown is None or self.width() < 2:
            return made
        audio = self._shown.audio
        painter = QPainter(made)
        height = self.height() - 2 * INSET
        painter.translate(0, INSET + height / 2)
        painter.scale(self.width() / audio.duration_s, -height / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colours.wave_outside))
        for shape in shapes(audio, 0.0, audio.duration_s, made.width(), height * scale):
            painter.drawRects(*shape.peaks.drawargs())
        painter.resetTransform()
        painter.setPen(QPen(QColor(self._theme.colours.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        painter.end()
        return made
