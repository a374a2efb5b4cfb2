"""The list of models: those here, then those to be had, with how far a download is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from musicapp.ui.state import model_list_model as roles
from musicapp.ui.state.model_list_model import ModelListModel
from musicapp.ui.theme import RADIUS, SPACE_TIGHT, SPACE_WIDE, Theme, scaled_font
from musicapp.ui.widgets.described import described
from musicapp.ui.words import tr

ROW_PADDING, HEADING_PADDING, BAR_HEIGHT, MARK_WIDTH = 20, 18, 3, 3


class ModelList(QListView):
    """One row is always chosen. `chosen` tells of another one, by its key."""

    chosen = Signal(str)

    def __init__(self, model: ModelListModel, theme: Theme) -> None:
        super().__init__()
        described(self, "models", tr("Models"))
        self.setToolTip("")  # rows have their own
        self._rows, self._key, self._awaited = model, "", ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setModel(model)
        self.setItemDelegate(_RowPainter(theme, self))
        self.selectionModel().currentChanged.connect(self._current_changed)
        model.modelReset.connect(self._choose_again)
        theme.changed.connect(self.viewport().update)
        self._choose_again()

    @property
    def key(self) -> str:
        """The chosen model."""
        return self._key

    def choose(self, key: str) -> None:
        """Choose a model by its key, now or as soon as it is listed."""
        self._awaited = key
        self._choose_again()

    def _choose_again(self) -> None:
        """The one that was asked for, else the one before, else the first below its heading."""
        found = [row for row in map(self._rows.row_of, (self._awaited, self._key)) if row >= 0]
        row = found[0] if found else 1
        if row < len(self._rows.rows):
            self.setCurrentIndex(self._rows.index(row))
            self._current_changed(self._rows.index(row))

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex | None = None) -> None:
        if key := current.data(roles.KEY_ROLE):
            self._key = key
            if key == self._awaited:
                self._awaited = ""
            self.chosen.emit(key)


class _RowPainter(QStyledItemDelegate):
    """Title and details; a bar for what has arrived; an edge mark for the model in use."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        line = option.fontMetrics.height()
        return QSize(0, 2 * line + ROW_PADDING if index.data(roles.KEY_ROLE) else line + HEADING_PADDING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(SPACE_TIGHT + 2, 1, -SPACE_TIGHT - 2, -1)
        if index.data(roles.KEY_ROLE):
            self._paint_row(painter, area, option, index)
        else:
            painter.setFont(scaled_font(option.widget, bold=True))
            painter.setPen(QColor(self._theme.colours.muted))
            place = area.adjusted(SPACE_WIDE - SPACE_TIGHT, 0, 0, -SPACE_TIGHT)
            painter.drawText(place, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, index.data())
        painter.restore()

    def _paint_row(
        self,
        painter: QPainter,
        area: QRectF,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        colours, state = self._theme.colours, option.state
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS, RADIUS)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillPath(outline, QColor(colours.accent_soft if selected else colours.raised))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.drawPath(outline)
        if index.data(roles.IN_USE_ROLE):
            painter.fillRect(
                QRectF(area.left(), area.top() + 10, MARK_WIDTH, area.height() - 20), QColor(colours.accent)
            )
        inside = area.adjusted(12, 6, -10, -8)
        width, top, bottom = round(inside.width()), Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        painter.setFont(scaled_font(option.widget, bold=bool(index.data(roles.IN_USE_ROLE))))
        painter.setPen(QColor(colours.text))
        title = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, width)
        painter.drawText(inside, top | Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(scaled_font(option.widget, scale=0.92))
        painter.setPen(QColor(colours.muted))
        detail = painter.fontMetrics().elidedText(index.data(roles.DETAIL_ROLE), Qt.TextElideMode.ElideRight, width)
        painter.drawText(inside, bottom | Qt.AlignmentFlag.AlignLeft, detail)
        if (fraction := index.data(roles.FRACTION_ROLE)) is not None:
            bar = QRectF(area.left() + 12, area.bottom() - BAR_HEIGHT - 1, area.width() - 22, BAR_HEIGHT)
            painter.fillRect(bar, QColor(colours.border_strong))
            bar.setWidth(bar.width() * min(fraction, 1.0))
            painter.fillRect(bar, QColor(colours.accent))
