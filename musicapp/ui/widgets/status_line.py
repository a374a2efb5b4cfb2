"""The status bar: the engine's state, in its tooltip where the model runs, what waits, and the last message."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar

from musicapp.ui.state.engine_state import EngineState
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_queue import TakeQueue
from musicapp.ui.widgets.described import ElidedLabel, described
from musicapp.ui.widgets.message_bar import open_log_folder
from musicapp.ui.widgets.queue_panel import count_words
from musicapp.ui.words import said, tr

BAR_WIDTH, PARTS = 120, 1000
REMARK_MS = 20_000  # so long something said in passing stands there


class StatusLine(QStatusBar):
    """Engine and queue on the left, last message on the right."""

    def __init__(self, engine: EngineState, messages: Messages, queue: TakeQueue, generation: Generation) -> None:
        super().__init__()
        self._engine, self._queue = engine, queue
        self.setSizeGripEnabled(False)
        self.engine = described(QLabel(), "engine_state", tr("Engine"), tr("What the engine is doing"))
        self.message = described(_LogLink(), "last_message", tr("Last message"), tr("Click to open the log"))
        self.bar = described(QProgressBar(), "engine_progress", tr("Progress of the engine's start"))
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setTextVisible(False)
        self.addWidget(self.bar)
        self.queue = described(QLabel(), "queue_state", tr("Queue"), tr("What waits to be made"))
        self.addWidget(self.engine)
        self.addWidget(self.queue)
        self.addPermanentWidget(self.message, 1)
        engine.changed.connect(self._show_engine)
        queue.changed.connect(self._show_queue)
        generation.run_changed.connect(self._show_queue)
        messages.remarked.connect(self._show_message)
        self._fade = QTimer(self, singleShot=True, interval=REMARK_MS)
        self._fade.timeout.connect(self._clear_message)
        self._show_engine()
        self._show_queue()

    def _show_queue(self) -> None:
        words = count_words(self._queue)
        self.queue.setText(tr("Queue: {words}", words=words) if words else "")
        self.queue.setVisible(bool(words))

    def _show_engine(self) -> None:
        self.engine.setText(said(self._engine.text))
        self.engine.setToolTip(said(self._engine.device_text or self._engine.text))
        fraction = self._engine.fraction
        self.bar.setVisible(self._engine.is_waiting)
        self.bar.setRange(0, 0 if fraction is None else PARTS)  # without a range the bar runs to and fro
        if fraction is not None:
            self.bar.setValue(round(fraction * PARTS))

    def _show_message(self, remark: str) -> None:
        text = said(remark)
        self.message.set_whole(text, tr("{text}\nClick to open the log", text=text))
        self._fade.start()

    def _clear_message(self) -> None:
        self.message.set_whole("", "")


class _LogLink(ElidedLabel):
    def __init__(self) -> None:
        super().__init__(alignment=Qt.AlignmentFlag.AlignRight)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            open_log_folder()
