"""Generate, which turns into Cancel in place, and how far the take is."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from musicapp.ui.state.generation import Generation
from musicapp.ui.theme import SPACE, time_font
from musicapp.ui.widgets.described import described, label, restyle

PARTS = 1000  # of the progress bar


class GenerateBox(QWidget):
    """One button with two meanings, a bar and a line of text."""

    def __init__(self, generation: Generation) -> None:
        super().__init__()
        self._generation = generation
        self.button = described(QPushButton("Generate"), "generate", "Generate", keys="Ctrl+Enter")
        self.bar = described(QProgressBar(), "generate_progress", "Progress of the take")
        self.bar.setTextVisible(False)
        self.text = label("", tone="muted")
        self.text.setObjectName("generate_text")
        self.text.setFont(time_font(self.text))

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.text)
        layout.addWidget(self.bar)
        layout.addWidget(self.button)

        self.button.clicked.connect(self._pressed)
        generation.run_changed.connect(self._show)
        self._show()

    def _pressed(self) -> None:
        if self._generation.is_running:
            self._generation.cancel()
        else:
            self._generation.start()

    def _show(self) -> None:
        running = self._generation.is_running
        if running:
            described(self.button, "generate", "Cancel", "Give this take up", "Esc")
        else:
            described(self.button, "generate", "Generate", "Make a take of these settings", "Ctrl+Enter")
        self.button.setText("Cancel" if running else "Generate")
        restyle(self.button, "role", "stop" if running else "primary")
        self.bar.setVisible(running)
        self.text.setVisible(running)
        self.text.setText(self._generation.progress_text)
        fraction = self._generation.fraction
        # A range without width makes the bar move to and fro.
        self.bar.setRange(0, 0 if running and fraction is None else PARTS)
        if fraction is not None:
            self.bar.setValue(round(fraction * PARTS))
