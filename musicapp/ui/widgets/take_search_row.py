"""What stands above the list of takes: the search, the star, and the order."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QWidget

from musicapp.library.query import MAX_CHARACTERS
from musicapp.ui.choice_menu import ChoiceMenu
from musicapp.ui.state.take_search import LABELS, TakeSearch
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme
from musicapp.ui.widgets.described import IconButton, described
from musicapp.ui.words import tr, tr_all

TYPING_MS = 60  # after a key, so that a quick typist does not search for every letter
LEAST_WIDTH = 36


class TakeSearchRow(QWidget):
    """`left` tells that the user goes from the search to what it found."""

    left = Signal()

    def __init__(self, search: TakeSearch, theme: Theme) -> None:
        super().__init__()
        self._search = search
        self.field = described(
            _Field(),
            "takes_search",
            tr("Search takes"),
            tr("Words of prompt, name, model, key, tempo or seed; #tag"),
            "Ctrl+F",
        )
        self.field.setPlaceholderText(tr("Search"))
        self.field.setClearButtonEnabled(True)
        self.field.setMaxLength(MAX_CHARACTERS)
        self.field.setMinimumWidth(LEAST_WIDTH)
        self.only_starred = described(
            IconButton(theme, "star", role="framed"), "takes_only_starred", tr("Only takes with a star")
        )
        self.only_starred.setCheckable(True)
        self.order = described(IconButton(theme, "order", role="framed"), "takes_order", tr("Order of the takes"))
        self.menu = QMenu(self.order)
        self.menu.setObjectName("takes_order_menu")
        self._fill(self.menu)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_WIDE, 0, SPACE, 0)
        row.setSpacing(SPACE_TIGHT)
        row.addWidget(self.field, 1)
        row.addWidget(self.only_starred)
        row.addWidget(self.order)
        self.field.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self._typed)
        self.field.went_down.connect(self._leave)
        self.field.returnPressed.connect(self._leave)
        self.only_starred.toggled.connect(search.set_only_starred)
        self.order.clicked.connect(self._open_menu)
        search.changed.connect(self._show_state)
        self._show_state()

    @property
    def is_typing(self) -> bool:
        """Whether what is in the field is not searched for yet."""
        return self._typing.isActive()

    def clear(self) -> None:
        """Search for nothing."""
        self.field.clear()

    def _fill(self, menu: QMenu) -> None:
        search = self._search
        ChoiceMenu(
            menu, tr("&Sort by"), "row_takes_order", lambda: tr_all(LABELS), lambda: search.order, search.set_order
        )
        self._by_prompt = menu.addAction(tr("&Group by prompt"))
        self._by_prompt.setObjectName("action_row_by_prompt")
        self._by_prompt.setCheckable(True)
        self._by_prompt.triggered.connect(search.set_by_prompt)

    def _open_menu(self) -> None:
        self.menu.popup(self.order.mapToGlobal(QPoint(0, self.order.height())))

    def _typed(self) -> None:
        self._search.set_text(self.field.text())

    def _leave(self) -> None:
        self._typing.stop()
        self._typed()
        self.left.emit()

    def _show_state(self) -> None:
        self.only_starred.setChecked(self._search.only_starred)
        self._by_prompt.setChecked(self._search.by_prompt)


class _Field(QLineEdit):
    """Down leads to the list; Escape clears first, and then leaves."""

    went_down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)
