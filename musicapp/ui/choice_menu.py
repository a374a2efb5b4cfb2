"""A menu of which one entry holds: what the window's boxes of choices offer, for the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QMenu

Choices = Callable[[], Mapping[str, str]]


class ChoiceMenu(QMenu):
    """Asks for its entries, key -> words, each time it opens, and marks the one that holds. Puts itself into `menu`."""

    def __init__(
        self,
        menu: QMenu,
        title: str,
        name: str,
        choices: Choices,
        current: Callable[[], str],
        choose: Callable[[str], None],
    ) -> None:
        super().__init__(title, menu)
        menu.addMenu(self)
        self.setObjectName(f"menu_{name}")
        self._name, self._choices, self._current, self._choose = name, choices, current, choose
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._chosen)
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Show what there is to choose now."""
        for action in self._group.actions():
            self._group.removeAction(action)
            self.removeAction(action)
            action.deleteLater()
        for key, words in self._choices().items():
            action = QAction(words, self._group, checkable=True)
            action.setObjectName(f"action_{self._name}_{key}")
            action.setData(key)
            action.setChecked(key == self._current())
            self.addAction(action)

    def _chosen(self, action: QAction) -> None:
        self._choose(action.data())


def add_choices_of(box: QComboBox, menu: QMenu, title: str, name: str) -> None:
    """Put the choices of a box into `menu`, as a menu of their own."""

    def choices() -> dict[str, str]:
        return {str(row): box.itemText(row).replace("&", "&&") for row in range(box.count()) if box.itemText(row)}

    def choose(row: str) -> None:
        if box.isEnabled():
            box.setCurrentIndex(int(row))
            box.activated.emit(int(row))

    ChoiceMenu(menu, title, name, choices, lambda: str(box.currentIndex()), choose)
