"""The models to choose from: those on this computer, and folders that the user pointed at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from musicapp.request import BUILTIN_MODEL
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages

if TYPE_CHECKING:
    from musicapp.description.catalogue import ModelEntry


class ModelChoice(QObject):
    """Keys and names, in the order to show them. `changed` tells of every change."""

    changed = Signal()

    def __init__(self, messages: Messages, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages, self._files = messages, files
        self.names = {BUILTIN_MODEL: "Built-in"}
        self._added: dict[str, str] = {}

    def load(self) -> None:
        """Look for models on disk."""
        self._files.run(_list_models, self._listed, self._messages.post_error)

    def add(self, key: str) -> None:
        """Offer a model that is not listed: a folder."""
        if key not in self.names:
            self.names[key] = self._added[key] = Path(key).name or key
            self.changed.emit()

    def _listed(self, entries: list[ModelEntry]) -> None:
        found = {entry.key: _name_of(entry) for entry in entries}
        self._added = {key: name for key, name in self._added.items() if key not in found}
        self.names = {**found, **self._added}
        self.changed.emit()


def _name_of(entry: ModelEntry) -> str:
    from musicapp.store.known import BY_KEY

    known = BY_KEY.get(entry.key)
    return known.name if known is not None and entry.name == entry.key else entry.name


def _list_models() -> list[ModelEntry]:
    from musicapp.description import catalogue  # late: it reads configs, and the first picture needs none

    return catalogue.list_models()
