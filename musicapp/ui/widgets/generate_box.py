"""Generate, which turns into Cancel in place, how far the take is, and what queues more of them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSpinBox, QToolButton, QVBoxLayout, QWidget

from musicapp.ui.state.generation import Generation
from musicapp.ui.state.live import Live
from musicapp.ui.state.take_queue import MOST_VARIATIONS, TakeQueue
from musicapp.ui.theme import SPACE, SPACE_TIGHT, time_font
from musicapp.ui.widgets.described import described, label, restyle, set_available
from musicapp.ui.words import marked, said, tr

PARTS = 1000  # of the progress bar
LIVE_ON = marked("A take follows every change of the settings; the seed stays. Press to end that")
NOTHING_RUNS = marked("No take is being made: Generate begins at once.")
LIVE_OFF = marked("Make a take after every change of the settings; the seed stays")


class GenerateBox(QWidget):
    """One button with two meanings, a bar and a line of text; beside it how many takes, one more, and Live."""

    def __init__(self, generation: Generation, queue: TakeQueue, live: Live) -> None:
        super().__init__()
        self._generation, self._queue, self._wishes = generation, queue, live
        self.button = described(QPushButton(tr("Generate")), "generate", tr("Generate"), keys="Ctrl+Enter")
        self.bar = described(QProgressBar(), "generate_progress", tr("Progress of the take"))
        self.bar.setTextVisible(False)
        self.text = label("", tone="muted")
        self.text.setObjectName("generate_text")
        self.text.setFont(time_font(self.text))
        self.more = described(
            QPushButton(tr("Queue", "a verb: put into the queue")),
            "generate_more",
            tr("Queue a take"),
            tr("Make a take of these settings afterwards"),
            "Ctrl+Enter",
        )
        self.variations = described(
            QSpinBox(), "variations", tr("Variations"), tr("How many takes one press makes, each with another seed")
        )
        self.variations.setRange(1, MOST_VARIATIONS)
        self.variations.setPrefix("× ")
        self.live = described(QToolButton(), "live", tr("Live"), tr(LIVE_OFF))
        self.live.setText(tr("Live"))
        self.live.setProperty("role", "framed")
        self.live.setCheckable(True)

        above, below = QHBoxLayout(), QHBoxLayout()
        for row, wide, narrow in ((above, self.more, self.variations), (below, self.button, self.live)):
            row.setSpacing(SPACE_TIGHT)
            row.addWidget(wide, 1)
            row.addWidget(narrow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.text)
        layout.addWidget(self.bar)
        layout.addLayout(above)
        layout.addLayout(below)

        self.button.clicked.connect(self._pressed)
        self.more.clicked.connect(self._queue_more)
        self.variations.valueChanged.connect(queue.set_variations)
        self.live.toggled.connect(live.set_on)
        queue.variations_changed.connect(self._show_variations)
        live.changed.connect(self._show_live)
        generation.run_changed.connect(self._show)
        self._show_variations(queue.variations)
        self._show()

    def _pressed(self) -> None:
        if self._generation.is_running:
            self._generation.cancel()
        else:
            self._queue.generate()

    def _queue_more(self) -> None:
        self._queue.generate()

    def _show(self) -> None:
        running = self._generation.is_running
        if running:
            described(self.button, "generate", tr("Cancel"), tr("Give this take up"), "Esc")
        else:
            described(self.button, "generate", tr("Generate"), tr("Make a take of these settings"), "Ctrl+Enter")
        self.button.setText(tr("Cancel") if running else tr("Generate"))
        restyle(self.button, "role", "stop" if running else "primary")
        self.bar.setVisible(running)
        self.text.setVisible(running)
        set_available(self.more, "" if running else tr(NOTHING_RUNS))
        self.text.setText(said(self._generation.progress_text))
        fraction = self._generation.fraction
        # A range without width makes the bar move to and fro.
        self.bar.setRange(0, 0 if running and fraction is None else PARTS)
        if fraction is not None:
            self.bar.setValue(round(fraction * PARTS))

    def _show_variations(self, count: int) -> None:
        with QSignalBlocker(self.variations):
            self.variations.setValue(count)

    def _show_live(self) -> None:
        self.live.setChecked(self._wishes.is_on)
        described(self.live, "live", tr("Live"), tr(LIVE_ON) if self._wishes.is_on else tr(LIVE_OFF))
