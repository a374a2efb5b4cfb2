"""What the list of takes shows: a search that runs in the background, the newest wish first, and order and filters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from musicapp.errors import MusicAppError
from musicapp.library import order, query
from musicapp.library.index import Index
from musicapp.settings import Settings
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_list_model import TakeListModel
from musicapp.ui.words import marked

LABELS = {
    order.NEWEST: marked("&Newest first"),
    order.NAME: marked("N&ame"),
    order.TEMPO: marked("&Tempo"),
    order.KEY: marked("&Key"),
    order.LENGTH: marked("&Length"),
}


class TakeSearch(QObject):
    """`changed` tells that other takes are shown, or in another order."""

    changed = Signal()

    def __init__(
        self, model: TakeListModel, messages: Messages, lane: Lane, saved: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._messages, self._lane, self._saved = model, messages, lane, saved
        self._index: Index | None = None
        self._is_busy = False
        self._is_stale = False
        self.text = ""
        by_prompt, wanted = saved.takes_by_prompt, saved.takes_order
        model.choose(replace(model.choice, order=wanted if wanted in order.ALL else order.NEWEST, by_prompt=by_prompt))

    @property
    def order(self) -> str:
        """One of `order.ALL`."""
        return self._model.choice.order

    @property
    def by_prompt(self) -> bool:
        """Whether takes of one prompt stand together."""
        return self._model.choice.by_prompt

    @property
    def only_starred(self) -> bool:
        """Whether only those with a star are shown."""
        return self._model.choice.only_starred

    def search_in(self, index: Index) -> None:
        """From now on search in this index, and do so at once."""
        self._index = index
        self.again()

    def set_text(self, text: str) -> None:
        """Search for this; an empty text shows all."""
        if text != self.text:
            self.text = text
            self.again()

    def again(self) -> None:
        """Search once more: takes came or changed."""
        if not query.words_of(self.text):
            self._show(None, "")
        elif self._index is not None and not self._is_busy:
            index, text = self._index, self.text
            self._is_busy, self._is_stale = True, False
            self._lane.run(
                lambda: index.search(text), lambda found: self._found(text, found), partial(self._failed, text)
            )
        else:
            self._is_stale = True

    def set_only_starred(self, on: bool) -> None:
        """Show those with a star alone, or all."""
        self._choose(only_starred=on)

    def set_order(self, name: str) -> None:
        self._saved.takes_order = name
        self._choose(order=name)

    def set_by_prompt(self, on: bool) -> None:
        """Let takes of one prompt stand together."""
        self._saved.takes_by_prompt = on
        self._choose(by_prompt=on, folded=frozenset())

    def show_all(self) -> None:
        """Neither search nor filter."""
        self.text = ""
        self._choose(found=None, words=(), only_starred=False)

    def _found(self, text: str, found: set[str] | None) -> None:
        self._is_busy = False
        if query.words_of(self.text):  # else the search was cleared meanwhile
            self._show(frozenset(found or ()), text)
        if text != self.text or self._is_stale:
            self.again()

    def _failed(self, text: str, error: MusicAppError) -> None:
        self._is_busy = False
        if text != self.text or self._is_stale:  # perhaps in an index that is closed: the takes are elsewhere now
            self.again()
        else:
            self._messages.post_error(error)

    def _show(self, found: frozenset[str] | None, text: str) -> None:
        self._choose(found=found, words=query.words_of(text))

    def _choose(self, **changes: object) -> None:
        before = self._model.choice
        self._model.choose(replace(before, **changes))  # type: ignore[arg-type]
        if self._model.choice != before:
            self.changed.emit()
