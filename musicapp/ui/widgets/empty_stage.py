"""What stands on the stage before there is a take: three cards, each a way to the first one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, scaled_font
from musicapp.ui.widgets.described import described, label, surface
from musicapp.ui.words import marked, tr

READING, MAKE = marked("Reading your takes …"), marked("Make some music")
EXAMPLES = (
    "calm piano, 90 bpm, in C minor",
    "warm analog synth pads, slow, dreamy",
    "driving techno, 130 bpm, deep bass",
)
MOST_WIDTH = 460


class EmptyStage(QFrame):
    """`example_chosen` carries a prompt; `source_wanted` and `models_wanted` tell that a sound or models are."""

    example_chosen = Signal(str)
    source_wanted = Signal()
    models_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "stage")
        self.setObjectName("empty_stage")
        self._title = label(tr(READING))
        self._title.setObjectName("stage_title")
        self._title.setFont(scaled_font(self._title, scale=1.5, bold=True))
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.examples = [self._example(number, prompt) for number, prompt in enumerate(EXAMPLES)]
        self.source = described(
            QPushButton(tr("Choose a sound …")), "first_source", tr("Choose a sound …"), tr("Of your own, or a take")
        )
        self.models = described(
            QPushButton(tr("Models …")), "first_models", tr("Models …"), tr("Get, import and remove models")
        )
        self.source.clicked.connect(self.source_wanted)
        self.models.clicked.connect(self.models_wanted)
        column = QWidget()
        column.setMaximumWidth(MOST_WIDTH)
        cards = QVBoxLayout(column)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(SPACE)
        for heading, text, buttons in (
            (
                tr("With words"),
                tr("Type a prompt on the left and press Generate, or start from one of these:"),
                self.examples,
            ),
            (
                tr("With a sound"),
                tr("Drop one on the window, or choose it: takes are made from it, as near or far as you like."),
                [self.source],
            ),
            (
                tr("With another model"),
                tr("The built-in one is small. Others are fetched once, and then work here without the internet, too."),
                [self.models],
            ),
        ):
            cards.addWidget(_card(heading, text, buttons))
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(column, 100)  # as wide as it may be
        middle.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE_WIDE)
        layout.addStretch(3)
        layout.addWidget(self._title)
        layout.addLayout(middle)
        layout.addStretch(4)

    def takes_are_read(self) -> None:
        """There are no takes, that is known by now."""
        self._title.setText(tr(MAKE))

    def _example(self, number: int, prompt: str) -> QPushButton:
        chip = described(
            QPushButton(prompt),
            f"example_{number}",
            tr("Example: {example}", example=prompt),
            tr("Use this as the prompt"),
        )
        chip.setProperty("role", "chip")
        chip.clicked.connect(self._chosen)
        return chip

    def _chosen(self) -> None:
        chip = self.sender()
        if isinstance(chip, QPushButton):
            self.example_chosen.emit(chip.text())


def _card(heading: str, text: str, buttons: list[QPushButton]) -> QFrame:
    card = surface("panel")
    words = label(text, tone="muted")
    words.setWordWrap(True)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
    layout.setSpacing(SPACE_TIGHT)
    layout.addWidget(label(heading, tone="section"))
    layout.addWidget(words)
    for button in buttons:
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    return card
