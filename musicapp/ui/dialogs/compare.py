"""Two to eight takes against each other: letters to switch between them, their settings side by side, and the bars of
each that are kept for one take glued of all."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from musicapp.ui import screen_room
from musicapp.ui.state.comparison import FEWEST, LETTERS, MOST, Comparison
from musicapp.ui.state.comping import Comping
from musicapp.ui.state.open_take import title_of
from musicapp.ui.state.player import Player
from musicapp.ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE, Theme
from musicapp.ui.widgets.described import described, label, restyle, set_available
from musicapp.ui.widgets.lane_strips import LaneStrips
from musicapp.ui.widgets.scrolling import VerticalScroll
from musicapp.ui.words import key_name, marked, said, tr

TITLE_CHARACTERS = 28
TOO_FEW = marked("Put at least two takes into the comparison: mark them in the list, then compare them in its menu.")
LEFT = marked("Another take is on the stage: choose a letter to go on comparing.")
MEASURING = marked("Measuring how loud they are …")
MATCHED = marked("All at one loudness. Keys: 1 to 8 or A to H to switch, Space to play.")
BLIND = marked("Blind: the letters are shuffled, names and settings come with “Reveal”.")
SAME, OTHER = "", "≠ "
KEY = "Heard key"
TYPED = ("Prompt", "Avoid")  # what somebody wrote stays as it is
HEARD = "▸ "
SIZE = QSize(760, 560)


class CompareDialog(QDialog):
    """Beside the window; closing it ends the comparison and leaves the takes chosen."""

    def __init__(self, comparison: Comparison, comping: Comping, player: Player, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "compare", tr("Compare takes"))
        self.setToolTip("")
        self.setWindowTitle(tr("Compare takes"))
        self._comparison, self._comping, self._player = comparison, comping, player
        self.letters = [self._make_letter(place) for place in range(MOST)]
        self.play = described(QPushButton(tr("Play")), "compare_play", tr("Play or pause"), keys="Space")
        self.blind = described(
            QCheckBox(tr("Blind")), "compare_blind", tr("Blind"), tr("Shuffle the letters and hide the names")
        )
        self.reveal = described(QPushButton(tr("Reveal")), "compare_reveal", tr("Reveal which is which"))
        self.star = described(QPushButton(tr("★ Star it")), "compare_star", tr("Star the take that is heard"), keys="S")
        self.out = described(QPushButton(tr("Take out")), "compare_out", tr("Take the heard one out of the comparison"))
        self.lanes = LaneStrips(comping, player, theme)
        tip, words = tr("Keep the take that is heard from this bar on"), tr("Keep from here")
        self.from_here = described(QPushButton(words), "comp_from_here", words, tip, keys="K")
        tip, words = tr("Hear what is kept in this bar"), tr("Hear what is kept")
        self.hear_kept = described(QPushButton(words), "comp_hear", words, tip, keys="X")
        words = tr("Undo the last change of the bars")
        self.undo = described(QPushButton(tr("Undo")), "comp_undo", words, keys="Ctrl+Z")
        tip = tr("Make one take of the bars that are kept; half a bar around every change is made anew")
        self.glue = described(QPushButton(tr("Glue")), "comp_glue", tr("Glue"), tip, keys="Ctrl+Enter")
        self.note = label("", tone="muted")
        self.note.setObjectName("compare_note")
        self.note.setWordWrap(True)
        self._table = QWidget()
        self._cells = QGridLayout(self._table)
        self._cells.setHorizontalSpacing(SPACE_WIDE)
        self._cells.setVerticalSpacing(SPACE_TIGHT)
        self._lay_out()
        self.play.clicked.connect(player.toggle)
        self.blind.toggled.connect(comparison.set_blind)
        self.reveal.clicked.connect(comparison.reveal)
        self.star.clicked.connect(comparison.star)
        self.out.clicked.connect(self._take_out)
        self.from_here.clicked.connect(comping.keep_from_here)
        self.hear_kept.clicked.connect(comping.hear_kept)
        self.undo.clicked.connect(comping.undo)
        self.glue.clicked.connect(comping.glue)
        comparison.changed.connect(self._show_state)
        comping.changed.connect(self._show_comping)
        player.playing_changed.connect(self._show_playing)
        self._show_state()
        screen_room.fit(self, self.sizeHint().expandedTo(SIZE))

    def open_for(self) -> None:
        """Show it, and begin to compare if there is something to."""
        self.show()
        self.activateWindow()
        self._comparison.start()
        self._show_state()

    def _make_letter(self, place: int) -> QPushButton:
        button = described(QPushButton(), f"compare_{LETTERS[place]}", tr("Hear take {letter}", letter=LETTERS[place]))
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: self._comparison.hear(place))
        return button

    def _lay_out(self) -> None:
        letters, tools, comp = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (letters, tools, comp):
            row.setSpacing(SPACE)
        for button in self.letters:
            letters.addWidget(button, 1)
        for widget in (self.play, self.star, self.out, self.blind, self.reveal):
            tools.addWidget(widget)
            if isinstance(widget, QPushButton):
                widget.setAutoDefault(False)
        tools.addStretch(1)
        for button in (self.from_here, self.hear_kept, self.undo, self.glue):
            comp.addWidget(button)
            button.setAutoDefault(False)
        comp.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[SPACE_WIDE * 2] * 4)
        layout.setSpacing(SPACE_WIDE)
        layout.addLayout(letters)
        layout.addLayout(tools)
        layout.addWidget(self.lanes)
        layout.addLayout(comp)
        layout.addWidget(self.note)
        layout.addWidget(VerticalScroll(self._table), 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text().upper()
        if event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            if text and text in "12345678":
                return self._comparison.hear(int(text) - 1)
            if text and text in LETTERS:
                return self._comparison.hear(LETTERS.index(text))
            if event.key() == Qt.Key.Key_Space:
                return self._player.toggle()
            acts = {
                "S": self._comparison.star,
                "K": self._comping.keep_from_here,
                "X": self._comping.hear_kept,
            }
            if text in acts:
                return acts[text]()
        if event.matches(QKeySequence.StandardKey.Undo):
            return self._comping.undo()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._comping.glue()
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        self._comparison.stop()
        super().done(result)

    def _take_out(self) -> None:
        self._comparison.remove(self._comparison.place)

    def _show_state(self) -> None:
        comparison = self._comparison
        for place, button in enumerate(self.letters):
            is_there = place < len(comparison.takes)
            button.setVisible(is_there)
            button.setChecked(is_there and place == comparison.place)
            if is_there:
                take = comparison.takes[place]
                star = " ★" if take.take_id in comparison.starred or take.is_starred else ""
                mark = HEARD if place == comparison.place else ""
                button.setText(mark + LETTERS[place] + ("" if comparison.hides_names else star))
                told = "" if comparison.hides_names else f": {title_of(take.request.prompt)[:80]}"
                described(
                    button,
                    f"compare_{LETTERS[place]}",
                    tr("Hear take {letter}", letter=LETTERS[place]) + told,
                )
        reason = self._reason()
        for widget in (self.play, self.star, self.out, self.blind):
            set_available(widget, reason)
        set_available(self.reveal, "" if comparison.hides_names else tr("Nothing is hidden."))
        if self.blind.isChecked() != comparison.is_blind:
            self.blind.setChecked(comparison.is_blind)
        self.note.setText(self._note())
        self._show_playing()
        self._show_comping()
        self._show_table()

    def _show_playing(self) -> None:
        self.play.setText(tr("Pause") if self._player.is_playing else tr("Play"))

    def _show_comping(self) -> None:
        """What depends on the bars that are kept: while these are drawn with the mouse, the table stays as it is."""
        comping, reason = self._comping, self._reason()
        for button in (self.from_here, self.hear_kept):
            set_available(button, reason or comping.problem)
        set_available(self.undo, "" if comping.can_undo else tr("Nothing was changed."))
        set_available(self.glue, comping.glue_problem)

    def _reason(self) -> str:
        """Why none of these takes is heard, "" when one is."""
        if self._comparison.is_running:
            return ""
        return tr(TOO_FEW) if len(self._comparison.takes) < FEWEST else tr(LEFT)

    def _note(self) -> str:
        comparison = self._comparison
        if len(comparison.takes) < FEWEST or not comparison.is_running:
            return self._reason() or tr(TOO_FEW)
        if not comparison.is_matched:
            return tr(MEASURING)
        return f"{tr(MATCHED)}\n{tr(BLIND)}" if comparison.hides_names else tr(MATCHED)

    def _show_table(self) -> None:
        while (item := self._cells.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        comparison = self._comparison
        if comparison.hides_names or not comparison.takes:
            return
        for place in range(len(comparison.takes)):
            self._cells.addWidget(label(LETTERS[place], tone="section"), 0, place + 1)
        for number, row in enumerate(comparison.rows(), 1):
            name = label((OTHER if row.differs else SAME) + said(row.name), tone="section" if row.differs else "muted")
            if row.differs:
                name.setAccessibleName(tr("{name}, not the same in all", name=said(row.name)))
            self._cells.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            words = str if row.name in TYPED else key_name if row.name == KEY else said
            for place, value in enumerate(map(words, row.values)):
                cell = label(value[:TITLE_CHARACTERS] + ("…" if len(value) > TITLE_CHARACTERS else ""))
                cell.setToolTip(value[:400])
                restyle(cell, "tone", "" if row.differs else "muted")
                self._cells.addWidget(cell, number, place + 1, Qt.AlignmentFlag.AlignTop)
