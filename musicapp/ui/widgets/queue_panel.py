"""What waits to be made: above the list of takes, while there is anything."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from musicapp.queueing.entries import FAILED, WAITING
from musicapp.ui.state import queue_list_model as roles
from musicapp.ui.state.queue_list_model import QueueListModel
from musicapp.ui.state.take_queue import TakeQueue
from musicapp.ui.theme import RADIUS, SPACE, SPACE_TIGHT, SPACE_WIDE, Theme, scaled_font
from musicapp.ui.widgets.described import IconButton, described, label
from musicapp.ui.words import duration, tr

BAR_HEIGHT, ROW_PADDING, ROW_INSET, SMALL = 3, 5, SPACE_TIGHT + 2, 0.92
MOST_ROWS = 6  # that are seen at once
LINE_END = "· "  # of the heading: parts of it are not broken
_Index = QModelIndex | QPersistentModelIndex


class QueuePanel(QFrame):
    """Heading with its buttons, and the rows; hidden while nothing but the take being made is in the queue."""

    def __init__(self, queue: TakeQueue, model: QueueListModel, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self._queue, self._model = queue, model
        self.view = described(QueueView(model), "queue", tr("Queue"))
        self.view.setToolTip("")  # rows have their own
        self.view.setItemDelegate(_RowPainter(theme, self.view))
        self.count = label("", tone="section")
        self.count.setObjectName("queue_count")
        self.count.setWordWrap(True)
        self.count.setMinimumWidth(1)  # or it would ask for more room than the column has
        self.count.setBuddy(self.view)
        self.hold = described(IconButton(theme, "pause"), "queue_pause", tr("Pause the queue"))
        self.retry = described(IconButton(theme, "refresh"), "queue_retry", tr("Make all that failed again"))
        self.clear = described(IconButton(theme, "close"), "queue_clear", tr("Cancel all that waits"))

        self._heading, self._buttons = QHBoxLayout(), QHBoxLayout()
        self._heading.setContentsMargins(SPACE_WIDE, SPACE, SPACE, 0)
        self._buttons.addStretch(1)
        for button in (self.retry, self.hold, self.clear):
            self._buttons.addWidget(button)
        self._heading.addWidget(self.count, 1)
        self._heading.addLayout(self._buttons)
        for row in (self._buttons, self._heading):
            row.setSpacing(SPACE_TIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, SPACE_TIGHT)
        layout.setSpacing(SPACE_TIGHT)
        layout.addLayout(self._heading)
        layout.addWidget(self.view, 1)

        self.hold.clicked.connect(self._hold_or_go_on)
        self.retry.clicked.connect(queue.retry_failed)
        self.clear.clicked.connect(queue.clear)
        self.view.up.connect(lambda take_id: self._step(take_id, -1))
        self.view.down.connect(lambda take_id: self._step(take_id, 1))
        self.view.dropped.connect(queue.move)
        self.view.cancelled.connect(queue.cancel)
        self.view.again.connect(queue.retry)
        for signal in (model.modelReset, model.dataChanged):
            signal.connect(self._show)
        queue.changed.connect(self._show)
        theme.changed.connect(self.view.viewport().update)
        self.hide()  # or the layout would show it with the window
        self._show()

    def heightForWidth(self, width: int) -> int:
        self._arrange(width)
        return super().heightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        """The buttons beside the heading, or below it where one of its parts had no room on a line of its own."""
        longest = max(self.count.fontMetrics().horizontalAdvance(part) for part in self.count.text().split(LINE_END))
        room = width - SPACE_WIDE - 2 * SPACE - self._buttons.sizeHint().width()
        direction = QBoxLayout.Direction.LeftToRight if longest <= room else QBoxLayout.Direction.TopToBottom
        self._heading.setDirection(direction)

    def _hold_or_go_on(self) -> None:
        if self._queue.is_paused:
            self._queue.go_on()
        else:
            self._queue.pause()

    def _step(self, take_id: str, step: int) -> None:
        place = self._model.place_of(self._model.row_of(take_id))
        self._queue.move(take_id, place + step)

    def _show(self) -> None:
        waiting, failed = self._queue.waiting, self._queue.failed
        rows = self._model.rowCount()
        is_wanted = rows > 1 or any(entry.state != "making" for entry in self._model.rows)
        if self.isHidden() == is_wanted:
            if not is_wanted and self.isAncestorOf(self.window().focusWidget() or self.window()):
                self.focusNextChild()
            self.setVisible(is_wanted)
        self.view.set_rows(min(rows, MOST_ROWS))
        words = count_words(self._queue)
        self.count.setText(words.replace(" ", "\u00a0").replace("·\u00a0", LINE_END) or tr("Queue"))
        self.count.setToolTip(tr("Queue: {words}", words=words) if words else "")
        self.count.setAccessibleName(words or tr("Queue"))
        is_paused = self._queue.is_paused
        self.hold.set_icon_name("play" if is_paused else "pause")
        described(self.hold, "queue_pause", tr("Go on with the queue") if is_paused else tr("Pause the queue"))
        self.retry.setVisible(bool(failed))
        self._arrange(self.width())
        described(
            self.clear, "queue_clear", tr("Cancel all that waits") if waiting else tr("Take those that failed away")
        )


class RightColumn(QWidget):
    """The queue above the takes that become of it."""

    def __init__(self, queue: QueuePanel, takes: QWidget) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(queue)
        layout.addWidget(takes, 1)


class QueueView(QListView):
    """Rows that can be dragged; every drag has a key and a menu entry, too.

    up, down   one step earlier or later, by take_id
    dropped    a take_id, and its new place among those that wait
    cancelled  give this one up
    again      make one that failed once more
    """

    up = Signal(str)
    down = Signal(str)
    dropped = Signal(str, int)
    cancelled = Signal(str)
    again = Signal(str)

    def __init__(self, model: QueueListModel) -> None:
        super().__init__()
        self._model = model
        self._rows = 0
        self._current_id = ""
        self.setModel(model)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(QListView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        model.modelAboutToBeReset.connect(self._keep_current)
        model.modelReset.connect(self._find_current)

    def set_rows(self, rows: int) -> None:
        """As high as so many rows."""
        if rows != self._rows:
            self._rows = rows
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height(self._rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._height(min(self._rows, 1)))

    def _height(self, rows: int) -> int:
        return rows * max(self.sizeHintForRow(0), 0) + 2 * self.frameWidth()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry = self._model.entry_at(self.currentIndex())
        key, alt = event.key(), event.modifiers() == Qt.KeyboardModifier.AltModifier
        if entry is None:
            super().keyPressEvent(event)
        elif alt and key == Qt.Key.Key_Up:
            self.up.emit(entry.take_id)
        elif alt and key == Qt.Key.Key_Down:
            self.down.emit(entry.take_id)
        elif alt and key == Qt.Key.Key_Home:
            self.dropped.emit(entry.take_id, 0)
        elif alt and key == Qt.Key.Key_End:
            self.dropped.emit(entry.take_id, self._model.rowCount())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cancelled.emit(entry.take_id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.again.emit(entry.take_id)
        elif event.text().isprintable() and event.text():
            event.ignore()  # letters are shortcuts here, not a search
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if self._model.entry_at(index) is None:
            return
        menu = self.menu_for(index)
        place = event.globalPos() if by_mouse else self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def menu_for(self, index: _Index) -> QMenu:
        """What can be done with a row."""
        entry = self._model.entry_at(index)
        assert entry is not None
        menu, take_id = QMenu(self), entry.take_id
        menu.setObjectName("queue_menu")
        if entry.state == WAITING:
            menu.addAction(tr("Make it &next\tAlt+Home"), lambda: self.dropped.emit(take_id, 0))
            menu.addAction(tr("&Earlier\tAlt+Up"), lambda: self.up.emit(take_id))
            menu.addAction(tr("&Later\tAlt+Down"), lambda: self.down.emit(take_id))
        if entry.state == FAILED:
            menu.addAction(tr("Make it &again\tEnter"), lambda: self.again.emit(take_id))
        words = tr("&Take it away\tDel") if entry.state == FAILED else tr("&Cancel\tDel")
        menu.addAction(words, lambda: self.cancelled.emit(take_id))
        return menu

    def dropEvent(self, event: QDropEvent) -> None:
        """Only the order changes: the rows themselves stay with the queue."""
        entry = self._model.entry_at(self.currentIndex())
        event.setDropAction(Qt.DropAction.IgnoreAction)  # otherwise the view would take the dragged row away
        event.accept()
        if event.source() is self and entry is not None and entry.state == WAITING:
            self.dropped.emit(entry.take_id, self.place_at(event.position().toPoint(), entry.take_id))
        self.viewport().update()

    def place_at(self, point: QPoint, take_id: str) -> int:
        """The place among those that wait that a row gets when it is dropped there."""
        index = self.indexAt(point)
        row = index.row() if index.isValid() else self._model.rowCount()
        if index.isValid() and point.y() > self.visualRect(index).center().y():
            row += 1
        before = self._model.row_of(take_id)
        return self._model.place_of(row) - (1 if before < row else 0)

    def _keep_current(self) -> None:
        entry = self._model.entry_at(self.currentIndex())
        self._current_id = entry.take_id if entry else ""
        self._current_row = self.currentIndex().row()

    def _find_current(self) -> None:
        row = self._model.row_of(self._current_id)
        if row < 0 and self._current_id:  # it is gone: the one that came in its place
            row = min(self._current_row, self._model.rowCount() - 1)
        if row >= 0:
            self.setCurrentIndex(self._model.index(row))


class _RowPainter(QStyledItemDelegate):
    """Title, state in words, and a bar while the take is being made."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        title, small = QFontMetrics(option.font), QFontMetrics(scaled_font(option.widget, scale=SMALL))
        return QSize(0, title.height() + small.height() + 2 * ROW_PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours, state = self._theme.colours, option.state
        area = QRectF(option.rect).adjusted(ROW_INSET, 1, -ROW_INSET, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(area, RADIUS, RADIUS)
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.fillPath(shape, QColor(colours.raised))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.drawPath(shape)
        words = area.adjusted(SPACE, ROW_PADDING - 1, -SPACE, 1 - ROW_PADDING)
        is_failed = index.data(roles.STATE_ROLE) == FAILED
        small = scaled_font(option.widget, scale=SMALL)
        lines = (
            (scaled_font(option.widget), colours.text, index.data(), Qt.AlignmentFlag.AlignTop),
            (
                small,
                colours.danger if is_failed else colours.muted,
                index.data(roles.DETAIL_ROLE),
                Qt.AlignmentFlag.AlignBottom,
            ),
        )
        for font, colour, text, where in lines:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(words.width()))
            painter.drawText(words, where | Qt.AlignmentFlag.AlignLeft, shown)
        fraction = index.data(roles.FRACTION_ROLE)
        if fraction is not None:
            bar = QRectF(words.left(), area.bottom() - BAR_HEIGHT, words.width(), BAR_HEIGHT)
            painter.fillRect(bar, QColor(colours.border_strong))
            bar.setWidth(bar.width() * min(fraction, 1.0))
            painter.fillRect(bar, QColor(colours.accent))
        painter.restore()


def count_words(queue: TakeQueue) -> str:
    """How many takes wait and for how long, in a few words; "" for none."""
    waiting, failed, left_s = len(queue.waiting), len(queue.failed), queue.left_s
    parts = [tr("%n waiting", "", waiting)] if waiting else []
    if failed:
        parts.append(tr("%n failed", "", failed))
    if waiting and queue.is_paused:
        parts.append(tr("paused"))
    elif waiting and left_s is not None:
        parts.append(tr("{time} left", time=duration(max(1, round(left_s)))))
    return " · ".join(parts)
