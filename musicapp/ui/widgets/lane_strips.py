"""The bars of the takes that are compared, a lane for each: the bars that are kept are filled."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicapp.ui.state.comparison import LETTERS
from musicapp.ui.state.comping import Comping
from musicapp.ui.state.player import Player
from musicapp.ui.theme import SPACE, Theme
from musicapp.ui.widgets.described import described
from musicapp.ui.words import tr

LANE_HEIGHT, LETTER_WIDTH, LEAST_BAR_WIDTH = 24, 24, 4


class LaneStrips(QWidget):
    """Click or drag to keep bars; arrow keys go from bar to bar, Enter keeps one, Shift+Enter all from there on.

    Ctrl+Enter is the dialog's.
    """

    def __init__(self, comping: Comping, player: Player, theme: Theme) -> None:
        super().__init__()
        described(self, "lanes", tr("Bars that are kept"), tr("Click or drag to keep bars of a take"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._comping, self._player, self._theme = comping, player, theme
        self._bar = self._place = 0
        comping.changed.connect(self._show)
        player.position_changed.connect(self._moved)
        theme.changed.connect(self.update)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(320, LANE_HEIGHT * max(1, len(self._comping.takes)))

    def _show(self) -> None:
        comping = self._comping
        self.setVisible(not comping.problem)
        self._bar = max(0, min(self._bar, len(comping.kept) - 1))
        self._place = max(0, min(self._place, len(comping.takes) - 1))
        self._tell()
        self.updateGeometry()
        self.update()

    def _tell(self) -> None:
        here = tr("Bar {bar} of {letter}.", bar=self._bar + 1, letter=LETTERS[self._place])
        runs = (
            tr("{letter} in bar {bar}", letter=LETTERS[place], bar=first)
            if first == last
            else tr("{letter} in bars {first} to {last}", letter=LETTERS[place], first=first, last=last)
            for place, first, last in self._comping.runs
        )
        kept = tr("Kept: {bars}", bars=", ".join(runs))
        self.setAccessibleDescription(f"{here} {kept}")

    def _moved(self) -> None:
        if self.isVisible():
            self.update()

    @property
    def _bar_width(self) -> float:
        comping = self._comping
        whole = comping.takes[0].duration_s / comping.bar_s
        return max(0.0, self.width() - LETTER_WIDTH - 1) / max(whole, 1e-9)

    def _cell(self, event: QMouseEvent) -> tuple[int, int]:
        bar = int((event.position().x() - LETTER_WIDTH) / max(self._bar_width, 1e-9))
        place = int(event.position().y() / LANE_HEIGHT)
        return max(0, min(bar, len(self._comping.kept) - 1)), max(0, min(place, len(self._comping.takes) - 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._comping.problem:
            self._bar, self._place = self._cell(event)
            self._comping.keep(self._bar, self._place)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and not self._comping.problem:
            self._bar, self._place = self._cell(event)
            self._comping.keep(self._bar, self._place, is_first=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        comping, key = self._comping, Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if comping.problem:
            super().keyPressEvent(event)
        elif key in steps:
            self._bar = max(0, min(self._bar + steps[key][0], len(comping.kept) - 1))
            self._place = max(0, min(self._place + steps[key][1], len(comping.takes) - 1))
            self._tell()
            self.update()
        elif (
            key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                comping.keep_from(self._bar, self._place)
            else:
                comping.keep(self._bar, self._place)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        comping, colours = self._comping, self._theme.colours
        if comping.problem:
            return
        painter, width = QPainter(self), self._bar_width
        for place in range(len(comping.takes)):
            top = place * LANE_HEIGHT
            painter.setPen(QColor(colours.text))
            box = QRectF(0, top, LETTER_WIDTH - SPACE, LANE_HEIGHT)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, LETTERS[place])
            painter.fillRect(QRectF(LETTER_WIDTH, top + 2, self.width(), LANE_HEIGHT - 4), QColor(colours.raised))
        for bar in range(len(comping.kept)):
            left, top = LETTER_WIDTH + bar * width, comping.place_of(bar) * LANE_HEIGHT
            painter.fillRect(QRectF(left, top + 2, min(width, self.width() - left), LANE_HEIGHT - 4), colours.accent)
            if width >= LEAST_BAR_WIDTH:
                painter.fillRect(QRectF(left, 0, 1, self.height()), QColor(colours.border))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 2))
            left, top = LETTER_WIDTH + self._bar * width, self._place * LANE_HEIGHT
            painter.drawRect(QRectF(left + 1, top + 3, max(width, LEAST_BAR_WIDTH) - 2, LANE_HEIGHT - 6))
        second = self._player.position / comping.takes[0].sample_rate
        x = LETTER_WIDTH + second / comping.bar_s * width
        painter.fillRect(QRectF(round(min(x, self.width() - 1)), 0, 1, self.height()), QColor(colours.playhead))
