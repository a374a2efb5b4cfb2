"""The tags of one take, or of several at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from musicapp.errors import RequestError
from musicapp.library import labels, trash
from musicapp.library.takes import Take
from musicapp.ui.theme import SPACE, SPACE_WIDE, scaled_font
from musicapp.ui.widgets.described import described, label, restyle
from musicapp.ui.words import said, tr

MOST_OFFERED = 12
WIDTH = 380


class TagsDialog(QDialog):
    """A line of tags with commas between, and those that other takes have, to press.

    chosen  the tags to add to every take, and those to take off
    """

    chosen = Signal(tuple, tuple)

    def __init__(self, takes: Sequence[Take], known: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "tags_dialog", tr("Tags"))
        self.setToolTip("")
        self.setWindowTitle(tr("Tags"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shared = set.intersection(*({tag.casefold() for tag in take.tags} for take in takes))
        self._before = tuple(tag for tag in takes[0].tags if tag.casefold() in shared)
        title = label(trash.called(takes[0]) if len(takes) == 1 else tr("Tags of %n takes", "", len(takes)))
        title.setFont(scaled_font(title, scale=1.2, bold=True))
        title.setWordWrap(True)
        self.field = described(QLineEdit(", ".join(self._before)), "tags", tr("Tags"), tr("Commas stand between tags"))
        self.field.setPlaceholderText(tr("drums, take home"))
        others = any(len(take.tags) > len(self._before) for take in takes)
        usual = tr("Tags that only some of them have stay.") if others else tr("Commas stand between tags.")
        self.note = label(usual, tone="muted")
        self.note.setObjectName("tags_note")
        self.note.setWordWrap(True)
        self.offered: list[QPushButton] = []
        offers = QVBoxLayout()
        offers.setSpacing(SPACE // 2)
        for number, tag in enumerate(known[:MOST_OFFERED]):
            if number % 3 == 0:
                row = QHBoxLayout()
                offers.addLayout(row)
            chip = described(
                QPushButton(tag.replace("&", "&&")),
                f"tag_{number}",
                tr("Tag {tag}", tag=tag),
                tr("Add it or take it off"),
            )
            chip.setProperty("role", "chip")
            chip.setProperty("tag", tag)
            chip.setAutoDefault(False)
            chip.clicked.connect(self._toggle)
            self.offered.append(chip)
            row.addWidget(chip)
        self.keep = described(QPushButton(tr("Keep")), "tags_keep", tr("Keep these tags"))
        self.keep.setProperty("role", "primary")
        self.keep.setDefault(True)
        leave = described(QPushButton(tr("Cancel")), "tags_cancel", tr("Leave the tags as they are"))
        leave.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[SPACE_WIDE * 2] * 4)
        layout.setSpacing(SPACE)
        layout.addWidget(title)
        layout.addWidget(self.field)
        layout.addWidget(self.note)
        layout.addLayout(offers)
        layout.addSpacing(SPACE)
        layout.addLayout(buttons)
        self.setMinimumWidth(min(WIDTH, parent.width()))
        self.keep.clicked.connect(self._keep)
        leave.clicked.connect(self.reject)
        self.field.setFocus()

    def _toggle(self) -> None:
        """Put the tag of the pressed button into the line, or take it out."""
        chip = self.sender()
        tag = str(chip.property("tag")) if chip is not None else ""
        typed = [part.strip() for part in self.field.text().split(",") if part.strip()]
        without = [part for part in typed if part.casefold() != tag.casefold()]
        self.field.setText(", ".join(without if len(without) < len(typed) else [*typed, tag]))

    def _keep(self) -> None:
        try:
            tags = labels.typed_tags(self.field.text())
        except RequestError as error:
            restyle(self.field, "problem", "true")
            self.note.setText(said(f"{error.message} {error.hint}"))
            self.field.setFocus()
            return
        kept = {tag.casefold() for tag in tags}
        had = {tag.casefold() for tag in self._before}
        added = tuple(tag for tag in tags if tag.casefold() not in had)
        removed = tuple(tag for tag in self._before if tag.casefold() not in kept)
        self.accept()
        self.chosen.emit(added, removed)
