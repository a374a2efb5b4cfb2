"""The three columns below the transport. Where the window is too narrow for all, one of the outer two gives way."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from musicapp.ui import theme
from musicapp.ui.words import tr


class Columns(QSplitter):
    """Settings, stage, takes. `room_shared` tells that one of them came or went."""

    room_shared = Signal()

    def __init__(self, rail: QWidget, centre: QWidget, takes: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.rail, self._centre, self._takes = rail, centre, takes
        self.is_narrow = False  # no room for all three
        self._wants_list = False  # while there is no room for both
        self._lacks_room = False  # the outer columns have less than their first widths, and nobody chose that
        self.setObjectName("columns")
        self.setHandleWidth(theme.SPACE_TIGHT)
        self.setChildrenCollapsible(False)
        rail.setMaximumWidth(theme.RAIL_MAX_WIDTH)
        takes.setMaximumWidth(theme.LIST_MAX_WIDTH)
        for column in (rail, centre, takes):
            self.addWidget(column)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self._chosen)
        for number, name in ((1, tr("Width of the settings")), (2, tr("Width of the list of takes"))):
            self.handle(number).setAccessibleName(name)

    @property
    def shows_list(self) -> bool:
        """Whether the takes can be seen."""
        return not self._takes.isHidden()

    def reveal(self, target: QWidget) -> None:
        """Show the column that holds this, if it is one of the two that may give way."""
        if self._takes.isAncestorOf(target) or self.rail.isAncestorOf(target):
            self._wants_list = self._takes.isAncestorOf(target)
            self._share_room()

    def divide(self, width: int) -> None:
        """First widths: wide windows give the outer columns more, too. In narrow ones these leave the stage what its
        texts and the name of an export need, until there is more room.
        """
        rail = min(max(theme.RAIL_WIDTH, width // 5), theme.RAIL_MAX_WIDTH)
        takes = min(max(theme.LIST_WIDTH, width // 5), theme.LIST_MAX_WIDTH)
        lacking = max(theme.CENTRE_WIDTH + rail + takes - width, 0)
        rail, takes = rail - lacking * rail // (rail + takes), takes - lacking * takes // (rail + takes)
        self._lacks_room = lacking > 0
        self.setSizes([rail, width - rail - takes, takes])

    def _chosen(self) -> None:
        self._lacks_room = False

    def restore(self, state: str) -> None:
        """Widths as they were left, base64."""
        self._lacks_room = False
        self.restoreState(QByteArray.fromBase64(state.encode("ascii")))
        self._share_room()

    def state(self) -> str:
        """The widths, base64."""
        return bytes(self.saveState().toBase64().data()).decode("ascii")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._lacks_room:
            self.divide(self.width())
        self._share_room()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a column needs another width now
            self._share_room()
        return done

    def _share_room(self) -> None:
        least = {self.rail: theme.RAIL_MIN_WIDTH, self._centre: 0, self._takes: theme.LIST_MIN_WIDTH}
        least = {column: max(width, column.minimumSizeHint().width()) for column, width in least.items()}
        spare = self.width() - sum(least.values()) - 2 * self.handleWidth()
        self.is_narrow = spare < 0
        if self.is_narrow:
            outer = self._takes if self._wants_list else self.rail
            spare = self.width() - least[outer] - least[self._centre] - self.handleWidth()
        if spare > 0:  # widths that were left in a wider window take it from the outer columns, not from the stage
            least[self._centre] = max(least[self._centre], min(theme.CENTRE_LEAST_WIDTH, least[self._centre] + spare))
        for column, width in least.items():
            column.setMinimumWidth(width)
        self._takes.setVisible(not self.is_narrow or self._wants_list)
        self.rail.setVisible(not self.is_narrow or not self._wants_list)
        self.room_shared.emit()
