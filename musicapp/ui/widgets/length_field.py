"""How long the take will be: a slider and a field that moves with it, and whether it is a loop."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QSlider, QWidget

from musicapp.errors import RequestError
from musicapp.request import MIN_DURATION_S
from musicapp.shape import Loop
from musicapp.ui.state.form_history import FormHistory, Snapshot
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE
from musicapp.ui.widgets.described import described, label, restyle, set_available
from musicapp.ui.words import duration, marked, number, said, tr

WIDEST = "0:00.000"  # what the field has room for, whatever the text's size
PAGE_S = 15
TICK_TIP = marked("The end runs into the beginning; a length like “8 bars” gives it exactly these")


class LengthEdit(QLineEdit):
    """A field for a length of time; arrow keys and wheel step by a second."""

    def __init__(self, settings: TakeSettings, history: FormHistory) -> None:
        super().__init__()
        self._settings, self._history = settings, history

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: PAGE_S, Qt.Key.Key_PageDown: -PAGE_S}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._step(step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self._step(1 if event.angleDelta().y() > 0 else -1)
        else:
            event.ignore()  # whatever scrolls around it gets the wheel

    def _step(self, seconds: int) -> None:
        if self.isModified():
            self.editingFinished.emit()  # what was typed is a step of its own
        length_s = max(1.0, self._settings.duration_s + seconds)
        self._history.step("Length", lambda: self._settings.set_duration(length_s), joins=True)


class LengthField(QWidget):
    """Slider in whole seconds, field for anything from 12.345 to 4:45, and the cap with its reason."""

    def __init__(self, settings: TakeSettings, history: FormHistory, messages: Messages) -> None:
        super().__init__()
        self._settings, self._history, self._messages = settings, history, messages
        self._before: Snapshot | None = None  # the form when typing began
        self.slider = described(
            QSlider(Qt.Orientation.Horizontal), "length_slider", tr("Length slider"), tr("Length of the take")
        )
        self.slider.setPageStep(PAGE_S)
        self.field = described(
            LengthEdit(settings, history),
            "length",
            tr("Length"),
            tr("Length of the take: 90, 12.5, 1:30, 4:45 or 8 bars"),
        )
        self.field.setFixedWidth(self.field.fontMetrics().horizontalAdvance(WIDEST) + 2 * SPACE_WIDE)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setMaxLength(40)
        self._cap = label("", tone="muted")
        self._cap.setObjectName("length_cap")
        self._cap.setWordWrap(True)

        self.loop = described(QCheckBox(tr("Loop")), "make_loop", tr("Loop"))

        heading = label(tr("Length"), tone="section")
        heading.setBuddy(self.field)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(SPACE)
        layout.setVerticalSpacing(SPACE_TIGHT)
        layout.addWidget(heading, 0, 0)
        layout.addWidget(self.loop, 0, 1, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.slider, 1, 0)
        layout.addWidget(self.field, 1, 1)
        layout.addWidget(self._cap, 2, 0, 1, 2)

        self.slider.valueChanged.connect(self._slid)
        self.field.textEdited.connect(self._typed)
        self.field.editingFinished.connect(self._left)
        settings.duration_changed.connect(self._show)
        settings.limits_changed.connect(self._show_cap)
        self.loop.clicked.connect(self._ticked)
        settings.source_changed.connect(self._show_loop)
        self._show_cap()
        self._show_loop()
        self._show(settings.duration_s)

    def _slid(self, seconds: int) -> None:
        self._history.step("Length", lambda: self._settings.set_duration(float(seconds)), joins=True)

    def _typed(self, text: str) -> None:
        self._before = self._before or self._history.now()
        self._settings.set_duration_text(text)
        self._show_problem()

    def _ticked(self, is_loop: bool) -> None:
        words = "Make a loop" if is_loop else "Make no loop"
        self._history.step(words, lambda: self._settings.set_loop(Loop() if is_loop else None))

    def _show_loop(self) -> None:
        source = self._settings.source
        has_source, is_said = source is not None, source is not None and source.stays
        for part in (self.slider, self.field):
            set_available(part, tr("The source says how long the take is.") if is_said else "")
        self.loop.setEnabled(not has_source)
        self.loop.setToolTip(tr("What starts from a sound is no loop") if has_source else tr(TICK_TIP))
        with QSignalBlocker(self.loop):
            self.loop.setChecked(self._settings.loop is not None and not has_source)

    def _left(self) -> None:
        before, self._before = self._before, None
        problem = self._settings.duration_problem
        if before is not None and problem is None:
            self._history.keep("Type a length", before)
        if problem is not None:
            self._messages.post_error(problem, about="length")
        else:
            self.field.setModified(False)
            self._show(self._settings.duration_s)

    def _show(self, duration_s: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(max(1, round(duration_s)))
        if not (self.field.hasFocus() and self.field.isModified() and self._means(self.field.text(), duration_s)):
            self.field.setText(duration(duration_s))
        self._show_problem()

    def _show_problem(self) -> None:
        problem = self._settings.duration_problem
        restyle(self.field, "problem", "true" if problem else "false")
        restyle(self._cap, "tone", "danger" if problem else "muted")
        self._cap.setText(said(problem.message if problem else self._settings.cap_reason))
        if self._settings.bars and problem is None:
            from musicapp.prompts.bars import count_of  # late: the window starts without it

            count = count_of(self._settings.bars)
            bars = tr("1 bar") if count == 1 else tr("{count} bars", count=number(count))
            self._cap.setText(tr("{bars} at the prompt's tempo", bars=bars))

    def _show_cap(self) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setRange(max(1, int(MIN_DURATION_S)), max(1, int(self._settings.cap_s)))
            self.slider.setValue(max(1, round(self._settings.duration_s)))
        self._show_problem()

    def _means(self, text: str, duration_s: float) -> bool:
        """Whether the text already says this length, so that typing is not disturbed."""
        try:
            return self._settings.parse_duration(text) == duration_s
        except RequestError:
            return False
