"""The two text boxes: what the music should be, and what it should not be."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QKeySequence, QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout

from musicapp.request import MAX_PROMPT_CHARACTERS, prompt_length
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.presets import Presets
from musicapp.ui.state.prompt_note import PromptNote
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.theme import SPACE_TIGHT
from musicapp.ui.widgets.described import described, label, restyle, set_available
from musicapp.ui.widgets.prompt_tools import Chips, RecentTools
from musicapp.ui.widgets.scrolling import Form
from musicapp.ui.words import marked, number, said, tr

PROMPT_LINES, NEGATIVE_LINES = (2, 10), (1, 4)  # at least, and where there is room
COUNT_FROM = MAX_PROMPT_CHARACTERS * 3 // 4  # where the number of characters starts to be shown
NOTE_LINES = 3
NO_NEGATIVE = marked(
    "This model works without guidance, so a negative prompt has no effect. Set a guidance above 1 to use one."
)


class TextBox(QPlainTextEdit):
    """A plain text box, as high as there is room within its lines; Tab leaves it. `left` tells that it did."""

    left = Signal()

    def __init__(self, lines: tuple[int, int]) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._lines = lines

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height(self._lines[1]))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height(self._lines[0]))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def _height(self, lines: int) -> int:
        frame = round(2 * self.document().documentMargin()) + 10
        return ceil(lines * QFontMetricsF(self.font()).lineSpacing()) + frame + 1  # Qt scrolls where it just fits

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()  # the window decides: leave the field, then cancel the run
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class PromptBox(TextBox):
    """The prompt: Up in its first line and Down in its last go through the prompts of before, Ctrl+Z also undoes
    "Use settings".
    """

    def __init__(self, lines: tuple[int, int], history: FormHistory) -> None:
        super().__init__(lines)
        self._history = history

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if plain and event.key() == Qt.Key.Key_Up and not self._can_move(QTextCursor.MoveOperation.Up):
            self._history.older()
        elif plain and event.key() == Qt.Key.Key_Down and not self._can_move(QTextCursor.MoveOperation.Down):
            self._history.newer()
        elif event.matches(QKeySequence.StandardKey.Undo) and self._history.can_undo and not self.has_edits:
            self._history.undo()
        elif event.matches(QKeySequence.StandardKey.Redo) and self._history.can_redo and not self.has_edits:
            self._history.redo()
        else:
            super().keyPressEvent(event)

    @property
    def has_edits(self) -> bool:
        """Whether something was typed since the text was last put in."""
        return self.document().isModified()

    def _can_move(self, way: QTextCursor.MoveOperation) -> bool:
        return QTextCursor(self.textCursor()).movePosition(way)


class NoteLabel(QLabel):
    """Wrapped lines that keep the room of NOTE_LINES, so that nothing below moves when a note comes or goes.

    It asks for its height by itself: a layout that asks for the height at a width gives fields around it their
    largest heights, and takes the room from those below.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("tone", "muted")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._fit()

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        usual = NOTE_LINES * self.fontMetrics().lineSpacing()
        self.setMinimumHeight(max(usual, self.heightForWidth(self.width())))


class PromptFields(Form):
    """Prompt and negative prompt with their labels; below, what the model reads out of it and does not know."""

    def __init__(
        self, settings: TakeSettings, note: PromptNote, history: FormHistory, presets: Presets, messages: Messages
    ) -> None:
        super().__init__()
        self._settings = settings
        self.recent, self.chips = RecentTools(history, presets), Chips(settings, history, messages)
        self.prompt = described(
            PromptBox(PROMPT_LINES, history),
            "prompt",
            tr("Prompt"),
            tr("Describe the music: instruments, mood, tempo, key"),
        )
        self.prompt.setPlaceholderText("calm piano, 90 bpm, in C minor")
        self.negative_prompt = described(
            TextBox(NEGATIVE_LINES), "negative_prompt", tr("Negative prompt"), tr("What the music should not have")
        )
        self.negative_prompt.setPlaceholderText("drums, vocals")
        self._count = label("", tone="muted")
        self._count.setObjectName("prompt_count")
        self._count.hide()
        self._note = NoteLabel()
        self._note.setObjectName("prompt_note")
        self._negative_label = label(tr("Negative prompt"), tone="section")

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_TIGHT)
        heading = label(tr("Prompt"), tone="section")
        heading.setBuddy(self.prompt)
        self._negative_label.setBuddy(self.negative_prompt)
        top = QHBoxLayout()
        top.setSpacing(SPACE_TIGHT)
        top.addWidget(heading, 1)
        top.addWidget(self.recent)
        layout.addLayout(top)
        layout.addWidget(self.prompt)
        layout.addWidget(self.chips)
        layout.addWidget(self._count)
        layout.addWidget(self._note)
        layout.addSpacing(SPACE_TIGHT)
        layout.addWidget(self._negative_label)
        layout.addWidget(self.negative_prompt)

        self.prompt.textChanged.connect(self._prompt_edited)
        self.negative_prompt.textChanged.connect(self._negative_edited)
        self.negative_prompt.left.connect(self._show_honoured)
        settings.prompt_changed.connect(self._show_prompt)
        settings.negative_prompt_changed.connect(self._show_negative)
        note.changed.connect(self._show_note)
        settings.sampling_changed.connect(self._show_honoured)
        settings.limits_changed.connect(self._show_honoured)
        self._show_prompt(settings.prompt)
        self._show_negative(settings.negative_prompt)
        self._show_note(note.text)
        self._show_honoured()

    def _prompt_edited(self) -> None:
        self._settings.set_prompt(self.prompt.toPlainText())
        self._show_count()

    def _negative_edited(self) -> None:
        self._settings.set_negative_prompt(self.negative_prompt.toPlainText())

    def _show_prompt(self, text: str) -> None:
        _show_text(self.prompt, text)
        self._show_count()

    def _show_negative(self, text: str) -> None:
        _show_text(self.negative_prompt, text)

    def _show_count(self) -> None:
        count = prompt_length(self._settings.prompt)
        too_long = count > MAX_PROMPT_CHARACTERS
        self._count.setVisible(count > COUNT_FROM)
        self._count.setText(
            tr(
                "{count} of {most} characters",
                count=number(count),
                most=number(MAX_PROMPT_CHARACTERS),
            )
        )
        restyle(self._count, "tone", "danger" if too_long else "muted")
        restyle(self.prompt, "problem", "true" if too_long else "false")

    def _show_note(self, text: str) -> None:
        self._note.setText(said(text))
        self._note.setVisible(bool(text))

    def _show_honoured(self) -> None:
        """Never while somebody types in it: the rest of the word would be taken for the window's single keys."""
        reason = "" if self._settings.honours_negative_prompt else tr(NO_NEGATIVE)
        if not (reason and self.negative_prompt.hasFocus()):
            set_available(self.negative_prompt, reason)


def _show_text(box: QPlainTextEdit, text: str) -> None:
    if box.toPlainText() != text:
        with QSignalBlocker(box):
            box.setPlainText(text)
        box.moveCursor(QTextCursor.MoveOperation.End)  # where typing goes on
