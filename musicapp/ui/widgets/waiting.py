"""Where a take will be: what is done for it just now, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from musicapp.ui.state.generation import Generation
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.described import label, surface
from musicapp.ui.words import said, tr

WIDTH = 280
PARTS = 1000


class Waiting(QFrame):
    """A sentence and a bar in the middle; the mouse goes through. It may lie over `picture`."""

    def __init__(self, generation: Generation, picture: QWidget | None = None) -> None:
        super().__init__(picture)
        self._generation = generation
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.note = label("")
        self.note.setObjectName("stage_note")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setObjectName("stage_progress")
        self.bar.setAccessibleName(tr("Progress of the take"))
        self.bar.setTextVisible(False)
        box = surface("panel")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE_WIDE)
        inside.setSpacing(SPACE)
        inside.addWidget(self.note)
        inside.addWidget(self.bar)
        box.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.addWidget(box, 0, Qt.AlignmentFlag.AlignCenter)

    def show_run(self) -> None:
        """Say how far the run is."""
        fraction = self._generation.fraction
        self.note.setText(said(self._generation.progress_text))
        self.bar.setRange(0, 0 if fraction is None else PARTS)
        if fraction is not None:
            self.bar.setValue(round(fraction * PARTS))
