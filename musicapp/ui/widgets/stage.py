"""The middle of the window: the take on the stage, or examples to start from while there is none."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from musicapp.handover.recalling import split_gone
from musicapp.request import TakeRequest, note_about
from musicapp.ui import guard
from musicapp.ui.state.background import Lane
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.grid import Grid
from musicapp.ui.state.looks import Looks
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
from musicapp.ui.state.spectrum_view import SpectrumView
from musicapp.ui.state.take_gain import TakeGain
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.theme import Theme
from musicapp.ui.widgets.described import surface
from musicapp.ui.widgets.empty_stage import EmptyStage
from musicapp.ui.widgets.waiting import Waiting

if TYPE_CHECKING:
    from musicapp.ui.widgets.take_page import TakePage


class Stage(QWidget):
    """An empty page at first. The page for takes comes with `prepare`; `prepared` tells when it is there.

    Importing pyqtgraph takes as long as everything else that the first picture needs, so it comes after it.
    """

    prepared = Signal()

    def __init__(
        self,
        open_takes: OpenTakes,
        player: Player,
        generation: Generation,
        settings: TakeSettings,
        history: FormHistory,
        messages: Messages,
        looks: Looks,
        take_gain: TakeGain,
        spectrum: SpectrumView,
        grid: Grid,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._looks, self._take_gain, self._spectrum, self._grid = looks, take_gain, spectrum, grid
        self._open_takes, self._player, self._generation, self._theme = open_takes, player, generation, theme
        self._settings, self._history, self._messages = settings, history, messages
        self.page: TakePage | None = None
        self._pages = QStackedLayout(self)
        self.empty = EmptyStage()
        self.examples = self.empty.examples
        self.empty.example_chosen.connect(self._use_example)
        self._waiting_page = surface("stage")
        self.waiting = Waiting(generation)
        QVBoxLayout(self._waiting_page).addWidget(self.waiting)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._waiting_page)
        player.shown_changed.connect(self._show_page)
        generation.run_changed.connect(self._show_page)

    def prepare(self, lane: Lane) -> None:
        """Load what the page for takes needs in the background, then make it."""

        def load() -> None:
            importlib.import_module("musicapp.ui.widgets.take_page")

        lane.run(load, self._make_page, self._messages.post_error)

    def _make_page(self, _nothing: object) -> None:
        from musicapp.ui.widgets.take_page import TakePage

        guard.protect_all()  # these classes came after the window's start
        self.page = TakePage(
            self._open_takes,
            self._player,
            self._generation,
            self._looks,
            self._take_gain,
            self._spectrum,
            self._grid,
            self._theme,
        )
        self.page.recall.clicked.connect(self.recall_settings)
        self.page.copy_seed.clicked.connect(self.copy_the_seed)
        self._pages.addWidget(self.page)
        self._show_page()
        self.prepared.emit()

    def recall_settings(self) -> None:
        """Set the form as it was for the take on the stage; what of it could not be set is told."""
        if (shown := self._player.shown) is not None:
            self.use_settings(shown.request, shown.left_out)

    def recall_but_seed(self) -> None:
        """The same, but the form keeps its seed."""
        if (shown := self._player.shown) is not None:
            request, note = self._usable(shown.request, shown.left_out)
            self._history.use_but_seed(request, note)

    def recall_seed(self) -> None:
        """Use the seed of the take on the stage, and nothing else of it."""
        if (shown := self._player.shown) is not None:
            self._history.use_seed(shown.request)

    def use_settings(self, request: TakeRequest, left_out: dict[str, Any]) -> None:
        """Set the form to these settings; what of them could not be set is told, and all can be undone."""
        self._history.use(*self._usable(request, left_out))

    def _usable(self, request: TakeRequest, left_out: dict[str, Any]) -> tuple[TakeRequest, tuple[str, str]]:
        """Settings without what is gone, and what is to be told of them."""
        request, gone = split_gone(request, self._settings.known_loras)
        notes = [note for note in (note_about(left_out), _note_about_gone(gone)) if note[0]]
        return request, (" ".join(text for text, _ in notes), " ".join(hint for _, hint in notes))

    def copy_the_seed(self) -> None:
        """Put the seed of the take on the stage on the clipboard."""
        if self._player.shown is not None:
            QGuiApplication.clipboard().setText(str(self._player.shown.request.seed))
            self._messages.remark("Seed copied")

    def _use_example(self, prompt: str) -> None:
        self._history.use_prompt(prompt)

    def focus_waveform(self) -> None:
        """Take the keyboard focus away from fields."""
        target = self.focus_target
        # Without a take nobody asked for an example: Space would press it over what was just typed.
        (self if target is self.examples[0] else target).setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def focus_target(self) -> QWidget:
        """What takes the focus here: the waveform, or the first example while there is none."""
        if self.page is not None and self._pages.currentWidget() is self.page:
            return self.page.waveform
        return self.examples[0]

    def zoom_in(self) -> None:
        if self.page is not None:
            self.page.waveform.zoom_in()

    def zoom_out(self) -> None:
        if self.page is not None:
            self.page.waveform.zoom_out()

    def zoom_to_region(self) -> None:
        if self.page is not None:
            self.page.waveform.zoom_to_region()

    def zoom_to_all(self) -> None:
        if self.page is not None:
            self.page.waveform.fit()

    def takes_are_read(self) -> None:
        """It is known by now whether there are takes: nobody has to fear that they are lost."""
        self.empty.takes_are_read()

    def _show_page(self) -> None:
        """The take; while the first one is on its way, how far it is; else examples."""
        if self._player.shown and self.page:
            self._pages.setCurrentWidget(self.page)
        elif self._generation.is_running:
            self.waiting.show_run()
            self._pages.setCurrentWidget(self._waiting_page)
        else:
            self._pages.setCurrentWidget(self.empty)


def _note_about_gone(gone: list[Path]) -> tuple[str, str]:
    if not gone:
        return "", ""
    names = ", ".join(f"“{path.name}”" for path in gone)
    return (
        f"Settings of the take are back, but not the adapter {names}."
        if len(gone) == 1
        else f"Settings of the take are back, but not the adapters {names}.",
        f"There is no file {gone[0]} any more; put it back and use the settings again, or go on without.",
    )
