"""The right rail: every take on disk, newest first, and the one being made."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from musicapp.ui.state import take_list_model as roles
from musicapp.ui.state.take_library import TakeLibrary
from musicapp.ui.theme import RADIUS, SPACE, SPACE_TIGHT, SPACE_WIDE, Theme, scaled_font
from musicapp.ui.widgets.described import described, label

BAR_HEIGHT = 3
MARK_WIDTH = 3
ROW_INSET = SPACE_TIGHT + 2  # of a row in the list
INDENT = SPACE_WIDE - ROW_INSET  # of its text, which stands below the heading's
ROW_PADDING, SMALL = 8, 0.92
LEAST_WITH_PICTURE = 150.0  # of a row
PICTURE_SHARE, PICTURE_MIN_WIDTH, PICTURE_MAX_WIDTH = 0.2, 40.0, 120.0
NO_TAKES = "Takes appear here.\nThey are kept on disk as they are made."
READING = "Reading takes …"


class TakeList(QFrame):
    """Heading and list."""

    def __init__(self, library: TakeLibrary, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self._library = library
        self.view = described(_View(), "takes", "Takes", "Click to show and play a take")
        self.view.setToolTip("")  # rows have their own
        self.view.setModel(library.model)
        self.view.setItemDelegate(_RowPainter(theme, self.view))
        self.count = label("", tone="muted")
        self.count.setObjectName("take_count")
        self.empty = label(READING, tone="muted")
        self.empty.setObjectName("takes_empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)

        heading = QWidget()
        row = QHBoxLayout(heading)
        row.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, 0)
        title = label("Takes", tone="section")
        title.setBuddy(self.view)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.count)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, SPACE_TIGHT)
        layout.setSpacing(SPACE_TIGHT)
        layout.addWidget(heading)
        layout.addWidget(pages, 1)

        self.view.clicked.connect(self._open)
        self.view.activated.connect(self._open)
        library.current_changed.connect(self._follow)
        library.loaded.connect(self._show_loaded)
        for signal in (library.model.rowsInserted, library.model.rowsRemoved, library.model.modelReset):
            signal.connect(self._show_page)
        theme.changed.connect(self.view.viewport().update)
        self._show_page()

    def _open(self, index: QModelIndex) -> None:
        self._library.open(index.data(roles.TAKE_ID_ROLE), play=True)

    def _follow(self) -> None:
        """The current row is the take on the stage, unless the user is walking through the list."""
        number = self._library.model.shown_row
        if number >= 0 and not self.view.hasFocus():
            self.view.setCurrentIndex(self._library.model.index(number))

    def _show_page(self) -> None:
        count = self._library.model.rowCount()
        self._pages.setCurrentIndex(1 if count else 0)
        self.count.setText(f"{count:,}" if count else "")

    def _show_loaded(self) -> None:
        self.empty.setText(NO_TAKES)


class _View(QListView):
    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:  # others would move the frame and leave the mark where it is
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.activated.emit(self.currentIndex())
        elif event.text().isprintable() and event.text():
            event.ignore()  # letters are shortcuts here, not a search
        else:
            super().keyPressEvent(event)


class _RowPainter(QStyledItemDelegate):
    """Outline, title, details, time; a bar while the take is being made; an edge mark for the take on the stage."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        title, small = QFontMetrics(option.font), QFontMetrics(scaled_font(option.widget, scale=SMALL))
        return QSize(0, title.height() + small.height() + 2 * ROW_PADDING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = self._theme.colours
        area = QRectF(option.rect).adjusted(ROW_INSET, 1, -ROW_INSET, -1)
        state = option.state
        shown = bool(index.data(roles.IS_SHOWN_ROLE))
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(area, RADIUS, RADIUS)
        if shown or hovered:
            painter.fillPath(shape, QColor(colours.accent_soft if shown else colours.raised))
        if focused:
            painter.setPen(QColor(colours.accent))
            painter.drawPath(shape)
        if shown:
            mark = QRectF(area.left(), area.top() + 8, MARK_WIDTH, area.height() - 16)
            painter.fillRect(mark, QColor(colours.accent))
        inside = area.adjusted(INDENT, ROW_PADDING - 1, -INDENT, 1 - ROW_PADDING)
        picture = QRectF(inside.left(), inside.top(), picture_width(inside.width()), inside.height())
        if picture.width():
            self._draw_outline(painter, picture, index.data(roles.OUTLINE_ROLE), shown)
        words = inside.adjusted(picture.width() + SPACE if picture.width() else 0, 0, 0, 0)
        self._write(painter, words, index, option.widget)
        fraction = index.data(roles.FRACTION_ROLE)
        if fraction is not None:
            bar = QRectF(words.left(), area.bottom() - BAR_HEIGHT - 1, words.width(), BAR_HEIGHT)
            painter.fillRect(bar, QColor(colours.border_strong))
            bar.setWidth(bar.width() * min(fraction, 1.0))
            painter.fillRect(bar, QColor(colours.accent))
        painter.restore()

    def _draw_outline(self, painter: QPainter, area: QRectF, outline: np.ndarray | None, shown: bool) -> None:
        """The take in small: a closed shape around the middle, a line while nothing is known."""
        colours = self._theme.colours
        middle = area.center().y()
        if outline is None:
            painter.fillRect(QRectF(area.left(), middle, area.width(), 1), QColor(colours.border_strong))
            return
        columns = min(len(outline), max(round(area.width()), 1))
        ends = np.arange(columns) * len(outline) // columns
        heights = np.maximum(np.maximum.reduceat(outline, ends) / 255 * area.height() / 2, 0.5)
        x = area.left() + np.arange(columns) * area.width() / columns
        points = [*zip(x, middle - heights, strict=True), *zip(x[::-1], (middle + heights)[::-1], strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.wave if shown else colours.wave_peak))
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))

    def _write(
        self, painter: QPainter, area: QRectF, index: QModelIndex | QPersistentModelIndex, widget: QWidget
    ) -> None:
        colours = self._theme.colours
        small = scaled_font(widget, scale=SMALL)
        lines = QFontMetrics(small)
        when = index.data(roles.TIME_ROLE)
        painter.setFont(scaled_font(widget, bold=bool(index.data(roles.IS_SHOWN_ROLE))))
        painter.setPen(QColor(colours.text))
        title = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, round(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        bottom = Qt.AlignmentFlag.AlignBottom
        detail, room = index.data(roles.DETAIL_ROLE), round(area.width())
        if lines.horizontalAdvance(f"{detail} {when}") + SPACE <= room:  # the day is told where there is room for it
            painter.drawText(area, bottom | Qt.AlignmentFlag.AlignRight, when)
        shown_detail = lines.elidedText(detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, bottom | Qt.AlignmentFlag.AlignLeft, shown_detail)


def picture_width(row_width: float) -> float:
    """How much of a row the small outline takes: more where there is much room, nothing where words have little."""
    if row_width < LEAST_WITH_PICTURE:
        return 0.0
    return max(PICTURE_MIN_WIDTH, min(row_width * PICTURE_SHARE, PICTURE_MAX_WIDTH))
