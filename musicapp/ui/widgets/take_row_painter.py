"""How a take is drawn in a list: outline, title, star, details, time, and how far it is while it is made."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from musicapp.ui import icons
from musicapp.ui.state import take_list_model as roles
from musicapp.ui.state.take_choice import Heading
from musicapp.ui.theme import RADIUS, SPACE, SPACE_TIGHT, SPACE_WIDE, Theme, scaled_font
from musicapp.ui.widgets.described import described
from musicapp.ui.words import tr

BAR_HEIGHT = 3
MARK_WIDTH = 3
ROW_INSET = SPACE_TIGHT + 2  # of a row in the list
INDENT = SPACE_WIDE - ROW_INSET  # of its text, which stands below the heading's
ROW_PADDING, SMALL = 8, 0.92
ARROW, STAR = 14, 13  # points
LEAST_WITH_PICTURE = 150.0  # of a row
PICTURE_SHARE, PICTURE_MIN_WIDTH, PICTURE_MAX_WIDTH = 0.2, 40.0, 120.0

_Index = QModelIndex | QPersistentModelIndex


class TakeRowPainter(QStyledItemDelegate):
    """Outline, title, details, time; a bar while the take is being made; an edge mark for the take on the stage."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        title, small = QFontMetrics(option.font), QFontMetrics(scaled_font(option.widget, scale=SMALL))
        return QSize(0, title.height() + small.height() + 2 * ROW_PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = self._theme.colours
        area = QRectF(option.rect).adjusted(ROW_INSET, 1, -ROW_INSET, -1)
        state = option.state
        shown = bool(index.data(roles.IS_SHOWN_ROLE))
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(area, RADIUS, RADIUS)
        if shown or hovered or selected:
            painter.fillPath(shape, QColor(colours.accent_soft if shown else colours.raised))
        if focused or selected:
            painter.setPen(QColor(colours.accent if focused else colours.border_strong))
            painter.drawPath(shape)
        heading = index.data(roles.HEADING_ROLE)
        if shown:
            mark = QRectF(area.left(), area.top() + 8, MARK_WIDTH, area.height() - 16)
            painter.fillRect(mark, QColor(colours.accent))
        inside = area.adjusted(INDENT, ROW_PADDING - 1, -INDENT, 1 - ROW_PADDING)
        if isinstance(heading, Heading):
            self._draw_heading(painter, inside, index, heading, option.widget)
            painter.restore()
            return
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

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: _Index) -> QWidget:
        field = described(QLineEdit(parent), "take_name", tr("Name of the take"))
        field.setPlaceholderText(index.data())
        return field

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Once: a row changes while one types, for it is measured or played, and that must not take the words away."""
        if editor.property("is_filled") is None:
            editor.setProperty("is_filled", True)
            super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: _Index) -> None:
        height = min(editor.sizeHint().height(), option.rect.height())
        editor.setGeometry(option.rect.adjusted(ROW_INSET, 0, -ROW_INSET, height - option.rect.height()))

    def _draw_heading(self, painter: QPainter, area: QRectF, index: _Index, heading: Heading, widget: QWidget) -> None:
        """A prompt above its takes, with an arrow that tells whether they are folded away."""
        arrow = "chevron-right" if heading.is_folded else "chevron-down"
        scale = widget.devicePixelRatioF()
        picture = icons.pixmap(arrow, self._theme.colours.muted, ARROW, scale)
        painter.drawPixmap(QPointF(area.left(), area.top() + 1), picture)
        self._write(painter, area.adjusted(ARROW + SPACE_TIGHT, 0, 0, 0), index, widget, bold=True)

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

    def _write(self, painter: QPainter, area: QRectF, index: _Index, widget: QWidget, *, bold: bool = False) -> None:
        colours = self._theme.colours
        small = scaled_font(widget, scale=SMALL)
        lines = QFontMetrics(small)
        when = index.data(roles.TIME_ROLE) or ""
        painter.setFont(scaled_font(widget, bold=bold or bool(index.data(roles.IS_SHOWN_ROLE))))
        painter.setPen(QColor(colours.text))
        room = area.width()
        if index.data(roles.IS_STARRED_ROLE):
            star = icons.pixmap("star-full", colours.warning, STAR, widget.devicePixelRatioF())
            painter.drawPixmap(QPointF(area.right() - STAR, area.top() + 1), star)
            room -= STAR + SPACE_TIGHT
        title = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, round(room))
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
