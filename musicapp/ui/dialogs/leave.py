"""The question when the window is closed while a take is being made."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from musicapp.ui.state.generation import Generation
from musicapp.ui.state.take_queue import TakeQueue
from musicapp.ui.theme import SPACE, SPACE_WIDE, scaled_font
from musicapp.ui.widgets.described import described, label
from musicapp.ui.words import figures, marked, tr

NOTHING_YET = marked("Nothing of it can be heard yet.")
BY_ITSELF = marked("If you wait: when the take is done, it is saved and Musicapp quits.")


class LeaveQuestion(QDialog):
    """Go on, keep what can be heard, or throw it away. It goes by itself when the take is done.

    chosen  the user wants to leave; True: what was made is kept
    """

    chosen = Signal(bool)

    def __init__(self, generation: Generation, queue: TakeQueue, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("leave_question")
        self.setWindowTitle(tr("Quit Musicapp"))
        self._generation, self._queue = generation, queue
        title = label(tr("A take is being made"))
        title.setFont(scaled_font(title, scale=1.2, bold=True))
        self.text = label("")
        self.stay = described(QPushButton(tr("Go on")), "leave_stay", tr("Go on making the take"))
        self.keep = described(QPushButton(), "leave_keep", tr("Keep what can be heard and quit"))
        self.throw_away = described(
            QPushButton(tr("Throw away and quit")), "leave_throw_away", tr("Throw away and quit")
        )
        self.stay.setDefault(True)
        self.stay.setProperty("role", "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addStretch(1)
        for button in (self.throw_away, self.keep, self.stay):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[SPACE_WIDE * 2] * 4)
        layout.setSpacing(SPACE_WIDE)
        layout.addWidget(title)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.stay.clicked.connect(self.reject)
        self.keep.clicked.connect(self._keep)
        self.throw_away.clicked.connect(self._throw_away)
        generation.run_changed.connect(self._show_state)
        self._show_state()
        self.stay.setFocus()

    def _show_state(self) -> None:
        if not self._generation.is_running:
            if self.isVisible():
                self._keep()  # nothing is lost any more
            return
        heard = figures(self._generation.heard)
        self.keep.setVisible(bool(heard))
        self.keep.setText(tr("Keep {heard} and quit", heard=heard))
        told = (
            tr("{heard} of it can be heard. Kept, that becomes a shorter take in the list.", heard=heard)
            if heard
            else tr(NOTHING_YET)
        )
        count = len(self._queue.waiting)
        lines = [told, tr(BY_ITSELF)]
        if count:
            lines.append(tr("%n more wait and are kept for the next start.", "", count))
        self.text.setText("\n".join(lines))

    def _keep(self) -> None:
        self.accept()
        self.chosen.emit(True)

    def _throw_away(self) -> None:
        self.accept()
        self.chosen.emit(False)
