"""What is in the trash, for the window: shown, brought back, deleted for good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.errors import MusicAppError
from musicapp.library import trash
from musicapp.library.trash import Trashed
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_edits import TakeEdits


class TakeTrash(QObject):
    """`changed` tells that `inside` is another, thrown away last first; None while it is read."""

    changed = Signal()

    def __init__(self, edits: TakeEdits, messages: Messages, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edits, self._messages, self._files = edits, messages, files
        self.inside: list[Trashed] | None = None
        edits.back.connect(self._changed_elsewhere)

    def load(self) -> None:
        """Look what is in it."""
        folder = paths.takes_folder()
        self._files.run(lambda: trash.inside(folder), self._found, self._messages.post_error)

    def restore(self, chosen: Sequence[Trashed]) -> None:
        """Bring takes back."""
        self._edits.restore([each.take.path for each in chosen])

    def delete(self, chosen: Sequence[Trashed]) -> None:
        """Delete takes for good; nobody asks any more."""
        folder, places = paths.takes_folder(), [each.take.path for each in chosen]

        def deleted(count: int) -> None:
            self._edits.forget(places)
            self._messages.remark("One take deleted" if count == 1 else f"{count} takes deleted")
            self._messages.dismiss("trash")  # its Undo could bring nothing back
            self.load()

        self._files.run(lambda: trash.empty(folder, places), deleted, self._failed)

    def _found(self, inside: list[Trashed]) -> None:
        self.inside = inside
        self.changed.emit()

    def _failed(self, error: MusicAppError) -> None:
        self._messages.post_error(error)
        self.load()

    def _changed_elsewhere(self, _places: list[Path]) -> None:
        if self.inside is not None:
            self.load()
