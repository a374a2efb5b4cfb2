"""The right rail: every take on disk, newest first, and the one being made."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPainterPath
from PySide6.QtWidgets import (
    QFrame,
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
from musicapp.ui.theme import RADIUS, SPACE, SPACE_TIGHT, SPACE_WIDE, TAKE_ROW_HEIGHT, Theme, scaled_font
from musicapp.ui.widgets.described import described, label

BAR_HEIGHT = 3
MARK_WIDTH = 3
ROW_INSET = SPACE_TIGHT + 2  # of a row in the list
INDENT = SPACE_WIDE - ROW_INSET  # of its text, which stands below the heading's
NO_TAKES = "Takes appear here.\nThey are kept on disk as they are made."


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
        self.empty = label(NO_TAKES, tone="muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)

        heading = QWidget()
        row = QVBoxLayout(heading)
        row.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, 0)
        title = label("Takes", tone="section")
        title.setBuddy(self.view)
        row.addWidget(title)
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
        for signal in (library.model.rowsInserted, library.model.rowsRemoved, library.model.modelReset):
            signal.connect(self._show_page)
        theme.changed.connect(self.view.viewport().update)
        self._show_page()

    def _open(self, index: QModelIndex) -> None:
        self._library.open(index.data(roles.TAKE_ID_ROLE), play=True)

    def _follow(self) -> None:
        """The current row is the take on the stage, unless the user is walking through the list."""
        for number in range(self._library.model.rowCount()):
            index = self._library.model.index(number)
            if index.data(roles.IS_SHOWN_ROLE) and not self.view.hasFocus():
                self.view.setCurrentIndex(index)

    def _show_page(self) -> None:
        self._pages.setCurrentIndex(1 if self._library.model.rowCount() else 0)


class _View(QListView):
    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.activated.emit(self.currentIndex())
        elif event.text().isprintable() and event.text():
            event.ignore()  # letters are shortcuts here, not a search
        else:
            super().keyPressEvent(event)


class _RowPainter(QStyledItemDelegate):
    """Title, details, time; a bar while the take is being made; an edge mark for the take on the stage."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, TAKE_ROW_HEIGHT)

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
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS, RADIUS)
        if shown or hovered:
            painter.fillPath(outline, QColor(colours.accent_soft if shown else colours.raised))
        if focused:
            painter.setPen(QColor(colours.accent))
            painter.drawPath(outline)
        if shown:
            mark = QRectF(area.left(), area.top() + 10, MARK_WIDTH, area.height() - 20)
            painter.fillRect(mark, QColor(colours.accent))
        self._write(painter, area.adjusted(INDENT, 7, -10, -7), index, option.widget)
        fraction = index.data(roles.FRACTION_ROLE)
        if fraction is not None:
            bar = QRectF(area.left() + INDENT, area.bottom() - BAR_HEIGHT - 2, area.width() - INDENT - 10, BAR_HEIGHT)
            painter.fillRect(bar, QColor(colours.border_strong))
            bar.setWidth(bar.width() * min(fraction, 1.0))
            painter.fillRect(bar, QColor(colours.accent))
        painter.restore()

    def _write(
        self, painter: QPainter, area: QRectF, index: QModelIndex | QPersistentModelIndex, widget: QWidget
    ) -> None:
        colours = self._theme.colours
        small = scaled_font(widget, scale=0.92)
        lines = QFontMetrics(small)
        when = index.data(roles.TIME_ROLE)
        painter.setFont(scaled_font(widget, bold=bool(index.data(roles.IS_SHOWN_ROLE))))
        painter.setPen(QColor(colours.text))
        title = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, round(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        room = round(area.width()) - lines.horizontalAdvance(when) - SPACE
        detail = lines.elidedText(index.data(roles.DETAIL_ROLE), Qt.TextElideMode.ElideRight, room)
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(area, bottom | Qt.AlignmentFlag.AlignLeft, detail)
        painter.drawText(area, bottom | Qt.AlignmentFlag.AlignRight, when)
