"""The main waveform or spectrogram: rulers, playhead, click to seek, drag to mark the loop, zoom and scroll."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from musicapp.handover.form import Form
from musicapp.ui.state.grid import Grid
from musicapp.ui.state.open_take import OpenTake
from musicapp.ui.state.player import Player
from musicapp.ui.state.spectrum_view import SpectrumView
from musicapp.ui.theme import WAVEFORM_MIN_HEIGHT, Theme
from musicapp.ui.widgets.described import described, restyle
from musicapp.ui.widgets.level_axis import LevelAxis
from musicapp.ui.widgets.spectrum_item import SpectrumItem
from musicapp.ui.widgets.time_axis import TimeAxis
from musicapp.ui.widgets.wave_item import LEAST_BEAT_PIXELS, WaveItem
from musicapp.ui.words import tr

REPAINT_MS = 33
EDGE_PIXELS = 6
SHORTEST_VIEW_S = 0.01
ZOOM_STEP = 1.25
SCROLL_SHARE = 0.1  # of the visible part per wheel notch
REGION_OPACITY = 0.16


class Waveform(pg.PlotWidget):
    """Shows the take on the stage.

    view_changed    the visible part in seconds
    region_changed  the marked part in seconds, also while it is being dragged, or None
    """

    view_changed = Signal(float, float)
    region_changed = Signal(object)

    def __init__(self, player: Player, spectrum: SpectrumView, grid: Grid, theme: Theme) -> None:
        self._ruler, self._levels = TimeAxis(theme), LevelAxis(theme)
        super().__init__(axisItems={"top": self._ruler, "left": self._levels}, enableMenu=False)
        self.setMinimumHeight(WAVEFORM_MIN_HEIGHT)
        for part in (self, self.viewport()):
            part.setAcceptDrops(
                False
            )  # a graphics view takes every drag, and then refuses the drop: the window is to have it
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._player, self._spectrum, self._grid, self._theme = player, spectrum, grid, theme
        self._shown: OpenTake | None = None
        self._drag = ""  # "", "click", "mark", "left edge" or "right edge"
        self._pressed_at = QPointF()
        self._anchor_s = 0.0
        self._marking: tuple[float, float] | None = None
        self._follows = True
        self._wave, self._pitches = WaveItem(theme), SpectrumItem(spectrum, theme)
        self._region = pg.LinearRegionItem(movable=False)
        self._playhead = pg.InfiniteLine(0.0, angle=90, movable=False)
        self._repaint = QTimer(self, singleShot=True, interval=REPAINT_MS)
        self._repaint.timeout.connect(self._wave.refresh)
        self._set_up_plot()
        player.shown_changed.connect(self._show_take)
        player.position_changed.connect(self._show_position)
        player.playing_changed.connect(self._playing_changed)
        player.loop_changed.connect(self._show_region)
        spectrum.changed.connect(self._show_kind)
        theme.changed.connect(self._show_colours)
        self._show_kind()
        self._show_colours()
        self._show_take()

    def _set_up_plot(self) -> None:
        plot = self.getPlotItem()
        plot.hideAxis("bottom")
        plot.showAxis("left")
        plot.showAxis("top")
        plot.hideButtons()
        plot.setContentsMargins(0, 0, 0, 0)
        plot.layout.setContentsMargins(0, 0, 0, 0)
        box = plot.getViewBox()
        box.setMouseEnabled(False, False)
        box.setDefaultPadding(0.0)
        box.setYRange(-1.0, 1.0, padding=0)
        for item, depth in ((self._region, 1), (self._wave, 2), (self._pitches, 2), (self._playhead, 4)):
            item.setZValue(depth)
            box.addItem(item, ignoreBounds=True)
        box.sigXRangeChanged.connect(self._view_moved)

    # --- what is visible

    @property
    def duration_s(self) -> float:
        return self._shown.audio.duration_s if self._shown else 1.0

    @property
    def visible_s(self) -> tuple[float, float]:
        """First and last visible second."""
        left, right = self.getViewBox().viewRange()[0]
        return left, right

    def show_part(self, start_s: float, end_s: float) -> None:
        """Make a part visible; held within the take."""
        width = min(max(end_s - start_s, SHORTEST_VIEW_S), self.duration_s)
        start_s = max(0.0, min(start_s, self.duration_s - width))
        self.getViewBox().setXRange(start_s, start_s + width, padding=0)

    def fit(self) -> None:
        """Show the whole take."""
        self.show_part(0.0, self.duration_s)

    def zoom(self, factor: float, around_s: float | None = None) -> None:
        """Make the visible part `factor` times as long; around the playhead if it is visible."""
        left, right = self.visible_s
        if around_s is None:
            position = self._playhead.value()
            around_s = position if left <= position <= right else (left + right) / 2
        self.show_part(around_s - (around_s - left) * factor, around_s + (right - around_s) * factor)

    def zoom_in(self) -> None:
        self.zoom(1 / ZOOM_STEP**2)

    def zoom_out(self) -> None:
        self.zoom(ZOOM_STEP**2)

    def zoom_to_region(self) -> None:
        """Show the loop region, or everything when there is none."""
        if self._player.region and self._shown:
            rate = self._shown.audio.sample_rate
            start, end = self._player.region
            self.show_part(start / rate, end / rate)
        else:
            self.fit()

    def refresh_soon(self) -> None:
        """Draw the audio anew, but not more often than thirty times a second."""
        if not self._repaint.isActive():
            self._repaint.start()

    def _view_moved(self) -> None:
        self.view_changed.emit(*self.visible_s)

    # --- following the state

    def _show_take(self) -> None:
        if self._shown is not None:
            self._shown.audio.grew.disconnect(self.refresh_soon)
        self._shown = self._player.shown
        if self._shown is not None:
            self._shown.audio.grew.connect(self.refresh_soon)
        for picture in (self._wave, self._pitches):
            picture.set_audio(self._shown.audio if self._shown else None)
        self._levels.set_channels(self._shown.audio.channels if self._shown else 0)
        self.set_form(None)
        self._playhead.setVisible(self._shown is not None)
        self._follows = True
        self.fit()
        self._show_region()

    def set_form(self, form: Form | None) -> None:
        """Draw the bars and sections of the take."""
        self._ruler.set_form(form)
        self._wave.set_form(form)
        self._pitches.set_form(form)

    def _show_kind(self) -> None:
        """Waves or pitches."""
        is_spectrogram = self._spectrum.is_on
        name = tr("Spectrogram") if is_spectrogram else tr("Waveform")
        described(self, "waveform", name, tr("Click to go there, drag to mark a loop, turn the wheel to zoom"))
        self.setToolTip("")  # it would follow the mouse over the music
        self._wave.setVisible(not is_spectrogram)
        self._pitches.setVisible(is_spectrogram)
        self._pitches.refresh()
        self._region.setZValue(3 if is_spectrogram else 1)  # the edges are seen above a picture that fills everything
        self._region.setBrush(self._region_brush())
        self._levels.set_of_pitch(is_spectrogram)

    def _region_brush(self) -> QColor:
        """The picture is dimmed around the part, so nothing is laid over it."""
        brush = QColor(self._theme.colours.region)
        brush.setAlphaF(0.0 if self._spectrum.is_on else REGION_OPACITY)
        return brush

    def _show_position(self, frame: int) -> None:
        if self._shown is None:
            return
        position_s = frame / self._shown.audio.sample_rate
        self._playhead.setValue(position_s)
        left, right = self.visible_s
        if self._player.is_playing and self._follows and not left <= position_s <= right:
            self.show_part(position_s, position_s + right - left)

    def _playing_changed(self, playing: bool) -> None:
        self._follows = self._follows or playing

    def _show_region(self) -> None:
        region_s = self._marking
        if region_s is None and self._player.region and self._shown:
            rate = self._shown.audio.sample_rate
            region_s = (self._player.region[0] / rate, self._player.region[1] / rate)
        self._region.setVisible(region_s is not None)
        if region_s is not None:
            self._region.setRegion(sorted(region_s))
        self.region_changed.emit((min(region_s), max(region_s)) if region_s else None)
        looping = self._player.is_looping or self._marking is not None
        inside = (min(region_s), max(region_s)) if region_s and looping else None
        self._wave.set_inside(inside)
        self._pitches.set_inside(inside)

    def _show_colours(self) -> None:
        colours = self._theme.colours
        self.setBackground(QColor(colours.stage))
        region = QColor(colours.region)
        for line in self._region.lines:
            line.setPen(pg.mkPen(region, width=1))
        self._region.setBrush(self._region_brush())
        self._playhead.setPen(pg.mkPen(QColor(colours.playhead), width=1))
        self._wave.refresh()
        self._pitches.refresh()

    # --- mouse and keys

    def _second_at(self, position: QPointF) -> float:
        x = self.getViewBox().mapSceneToView(self.mapToScene(position.toPoint())).x()
        return max(0.0, min(x, self.duration_s))

    def _snapped(self, second: float, event: QMouseEvent) -> float:
        """The line of the grid next to a time, of those that can be seen; with Ctrl the time itself."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return second
        left, right = self.visible_s
        return self._grid.near(second, LEAST_BEAT_PIXELS * (right - left) / max(self.getViewBox().width(), 1))

    def _edge_at(self, position: QPointF) -> str:
        """The region edge under the mouse, if any."""
        if not self._region.isVisible():
            return ""
        box = self.getViewBox()
        for name, edge_s in zip(("left edge", "right edge"), self._region.getRegion(), strict=True):
            x = self.mapFromScene(box.mapViewToScene(QPointF(edge_s, 0.0))).x()
            if abs(x - position.x()) <= EDGE_PIXELS:
                return name
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._shown is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed_at = event.position()
        self._drag = self._edge_at(event.position()) or "click"
        self._anchor_s = self._second_at(event.position())
        if self._drag.endswith("edge"):
            left, right = self._region.getRegion()
            self._anchor_s = right if self._drag == "left edge" else left

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._drag:
            over_edge = self._shown is not None and self._edge_at(event.position())
            self.setCursor(Qt.CursorShape.SizeHorCursor if over_edge else Qt.CursorShape.ArrowCursor)
            return
        moved = abs(event.position().x() - self._pressed_at.x())
        if self._drag == "click" and moved >= QApplication.startDragDistance() / 2:
            self._drag = "mark"
            self._anchor_s = self._snapped(self._anchor_s, event)
        if self._drag != "click":
            self._marking = (self._anchor_s, self._snapped(self._second_at(event.position()), event))
            self._show_region()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._shown is None:
            return
        drag, self._drag = self._drag, ""
        marked, self._marking = self._marking, None
        rate = self._shown.audio.sample_rate
        if drag == "click":
            self._follows = True
            self._player.seek(round(self._second_at(event.position()) * rate))
        elif marked is not None and marked[0] != marked[1]:  # both edges may have gone to one line
            self._player.set_region((round(marked[0] * rate), round(marked[1] * rate)))
            self._player.set_looping(True)
        self._show_region()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = ""
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        if self._shown is None:
            return
        self._follows = False
        sideways = event.angleDelta().x() or (
            event.angleDelta().y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        left, right = self.visible_s
        if sideways:
            step = -sideways / 120 * SCROLL_SHARE * (right - left)
            self.show_part(left + step, right + step)
        elif event.angleDelta().y():
            self.zoom(ZOOM_STEP ** (-event.angleDelta().y() / 120), self._second_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._shown is None:
            event.ignore()
            return
        left, right = self.visible_s
        share = 1 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 0
        frames = 1 if share else max(1, round((right - left) / 50 * self._shown.audio.sample_rate))
        self._follows = True
        before, rate = self._player.position, self._shown.audio.sample_rate
        with_shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        line_s = self._grid.next(before / rate, step) if with_shift and not share else None
        self._player.seek(before + step * frames if line_s is None else round(line_s * rate))
        if with_shift:
            self._stretch_region(before, self._player.position)

    def _stretch_region(self, before: int, now: int) -> None:
        """Shift and an arrow key: the mark that the play position stood on goes along; without one, a loop begins."""
        region = self._player.region
        fixed = before
        if region is not None and before in region:
            fixed = region[0] if before == region[1] else region[1]
        self._player.set_region((fixed, now))
        self._player.set_looping(self._player.region is not None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_focus(False)

    def _show_focus(self, focused: bool) -> None:
        """The frame around the picture is the focus ring: the picture itself has no room for one."""
        if (frame := self.parentWidget()) is not None:
            restyle(frame, "active", "true" if focused else "false")
