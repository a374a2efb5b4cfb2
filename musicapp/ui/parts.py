"""The parts of the window that the keyboard goes to, and what has to be shown for that."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from musicapp.ui.theme import SPACE
from musicapp.ui.widgets.columns import Columns
from musicapp.ui.widgets.described import described
from musicapp.ui.widgets.export_panel import ExportPanel
from musicapp.ui.widgets.prompt_fields import PromptFields
from musicapp.ui.widgets.queue_panel import QueuePanel
from musicapp.ui.widgets.stage import Stage
from musicapp.ui.widgets.take_list import TakeList
from musicapp.ui.widgets.transport_bar import TransportBar
from musicapp.ui.words import marked, tr

SETTINGS, TAKES = marked("Settings"), marked("Takes")


class _Switch(QPushButton):
    """As wide as its widest text: a menu bar does not follow one that changes."""

    def sizeHint(self) -> QSize:
        width = max(self.fontMetrics().horizontalAdvance(tr(words)) for words in (SETTINGS, TAKES))
        return QSize(width + 2 * SPACE, super().sizeHint().height())


class Parts(QObject):
    """Goes round the parts, and to two of them by name. `switch` is for narrow windows, which show one of the two."""

    def __init__(
        self,
        columns: Columns,
        transport: TransportBar,
        prompts: PromptFields,
        stage: Stage,
        export: ExportPanel,
        queue: QueuePanel,
        takes: TakeList,
    ) -> None:
        super().__init__(columns)
        self._columns, self._transport, self._prompts = columns, transport, prompts
        self._stage, self._export, self._queue, self._takes = stage, export, queue, takes
        self.switch = described(_Switch(), "takes_or_settings", tr("Takes or settings"), keys="Ctrl+T, Ctrl+P")
        self.switch.setProperty("role", "link")
        self.switch.clicked.connect(self._switch)
        columns.room_shared.connect(self._show_switch)
        self._show_switch()

    def go_to_prompt(self) -> None:
        """Type a prompt now."""
        self._go(self._prompts.prompt)

    def go_to_takes(self) -> None:
        """Choose a take now."""
        self._go(self._takes.view)

    def go_to_queue(self) -> None:
        """Change the order of what waits now."""
        if not self._queue.isHidden():
            self._go(self._queue.view)

    def go_to_search(self) -> None:
        """Type what to look for among the takes now."""
        if self._go(self._takes.search.field):
            self._takes.search.field.selectAll()

    def next(self) -> None:
        """Go to the next part that there is something to do in."""
        self._step(1)

    def previous(self) -> None:
        """Go to the part before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        targets = [
            (self._transport, self._transport.play),
            (self._columns.rail, self._prompts.prompt),
            (self._stage, self._stage.focus_target),
            (self._export, self._export.format),
            *([] if self._queue.isHidden() else [(self._queue, self._queue.view)]),
            (self._takes, self._takes.view),
        ]
        focused = self._columns.window().focusWidget()
        here = next((n for n, (part, _) in enumerate(targets) if focused and part.isAncestorOf(focused)), 0)
        for distance in range(1, len(targets) + 1):
            target = targets[(here + step * distance) % len(targets)][1]
            if target.isEnabled() and self._go(target):
                return

    def _go(self, target: QWidget) -> bool:
        self._columns.reveal(target)
        if not target.isVisible():
            return False
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _switch(self) -> None:
        if self._columns.shows_list:
            self.go_to_prompt()
        else:
            self.go_to_takes()

    def _show_switch(self) -> None:
        self.switch.setVisible(self._columns.is_narrow)
        self.switch.setText(tr(SETTINGS) if self._columns.shows_list else tr(TAKES))
