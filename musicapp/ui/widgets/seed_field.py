"""The seed: always the real number, with dice and lock."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QMenu, QWidget

from musicapp.ui.state.form_history import FormHistory, Snapshot
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.theme import SPACE_TIGHT, Theme
from musicapp.ui.widgets.described import ElidedLabel, IconButton, described, label, restyle
from musicapp.ui.widgets.menu_button import MenuButton
from musicapp.ui.words import marked, tr

OF_NEXT, OF_LAST = marked("of the next take"), marked("of the last take")
MOST_RECENT = 20
DRAWS = marked("The next take draws another seed")


class SeedField(QWidget):
    """Field, dice (another seed now) and lock (the same seed for every take)."""

    def __init__(self, settings: TakeSettings, history: FormHistory, messages: Messages, theme: Theme) -> None:
        super().__init__()
        self._settings, self._history, self._messages = settings, history, messages
        self._before: Snapshot | None = None  # the form when typing began
        self.field = described(
            QLineEdit(), "seed", tr("Seed"), tr("The number that the take grows from: same seed, same music")
        )
        self.field.setMaxLength(40)
        self.dice = described(IconButton(theme, "dice", role="framed"), "dice", tr("Another seed"), keys="D")
        self.lock = described(IconButton(theme, "unlock", role="framed"), "seed_lock", tr("Keep this seed"), keys="K")
        self.lock.setCheckable(True)
        self.recent = MenuButton(
            "recent_seeds",
            tr("Recent"),
            tr("Other seeds"),
            tr("The seed that follows, and those of before"),
            self._fill_recent,
        )

        heading = label(tr("Seed"), tone="section")
        heading.setBuddy(self.field)
        self.use = ElidedLabel(tone="muted")
        self.use.setObjectName("seed_use")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_TIGHT)
        top = QHBoxLayout()
        top.setSpacing(SPACE_TIGHT)
        top.addWidget(heading)
        top.addWidget(self.use, 1)
        top.addWidget(self.recent)
        layout.addLayout(top, 0, 0, 1, 3)
        for column, widget in enumerate((self.field, self.dice, self.lock)):
            layout.addWidget(widget, 1, column)
        layout.setColumnStretch(0, 1)

        self.field.textEdited.connect(self._typed)
        self.field.editingFinished.connect(self._left)
        self.dice.clicked.connect(history.roll_seed)
        self.lock.toggled.connect(history.lock_seed)
        settings.seed_changed.connect(self._show)
        settings.seed_lock_changed.connect(self._show_lock)
        settings.seed_use_changed.connect(self._show_use)
        self._show(settings.seed)
        self._show_use(settings.seed_is_next)
        self._show_lock(settings.seed_is_locked)

    def _fill_recent(self, menu: QMenu) -> None:
        menu.addAction(tr("Seed + &1\tShift+D"), self._history.next_seed)
        menu.addAction(tr("Seed − 1"), partial(self._history.next_seed, -1))
        menu.addSeparator()
        seeds = self._history.recent_seeds[:MOST_RECENT]
        for seed in seeds:
            menu.addAction(str(seed), partial(self._history.use_recent_seed, seed))
        if not seeds:
            menu.addAction(tr("No seeds yet")).setEnabled(False)

    def _typed(self, text: str) -> None:
        self._before = self._before or self._history.now()
        self._settings.set_seed_text(text)
        self._show_problem()

    def _left(self) -> None:
        before, self._before = self._before, None
        problem = self._settings.seed_problem
        if before is not None and problem is None:
            self._history.keep("Type a seed", before)
        if problem is not None:
            self._messages.post_error(problem, about="seed")
        elif not self.field.text().strip():
            self._settings.roll_seed()
            self._show(self._settings.seed)
        else:
            self._show(self._settings.seed)

    def _show(self, seed: int) -> None:
        if not (self.field.hasFocus() and self.field.isModified() and self.field.text().strip() == str(seed)):
            self.field.setText(str(seed))
        self._show_problem()

    def _show_use(self, is_next: bool) -> None:
        words = tr(OF_NEXT) if is_next else tr(OF_LAST)
        self.use.set_whole(words, words if is_next else tr(DRAWS))
        self.field.setAccessibleDescription(words if is_next else f"{words}. {tr(DRAWS)}")

    def _show_problem(self) -> None:
        restyle(self.field, "problem", "true" if self._settings.seed_problem else "false")

    def _show_lock(self, locked: bool) -> None:
        self.lock.setChecked(locked)
        self.lock.set_icon_name("lock" if locked else "unlock")
        text = (
            tr("The seed is kept for every take")
            if locked
            else tr("Each take gets another seed; press to keep this one")
        )
        described(self.lock, "seed_lock", tr("Keep this seed"), text, "K")
