"""Sounds of the user's own on the stage: opened from wherever they lie, shown, and found again when what was made of
them leaves the stage."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from musicapp.ui.state import sound
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.sound import Sound, SoundAudio
from musicapp.ui.state.take_library import TakeLibrary


class Sounds(QObject):
    """Takes sounds apart. What is done with one in the window is what is done with a take, but for what changes files:
    a sound has no title, no tags, and no way into the trash."""

    def __init__(
        self,
        library: TakeLibrary,
        open_takes: OpenTakes,
        messages: Messages,
        files: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._open_takes, self._messages, self._files = library, open_takes, messages, files
        self._last: Sound | None = None
        library.open_other = self._open_last

    def take_apart(self, path: Path) -> None:
        """Put a sound on the stage; a take of the list as that."""
        path = path.absolute()
        rows = self._library.model.rows
        take = next((row.take for row in rows if row.take is not None and row.take.path == path), None)
        if take is not None:
            self._library.open(take.take_id)
        else:
            self._files.run(partial(sound.opened, path), self._show, self._messages.post_error)

    def _show(self, found: Sound) -> None:
        self._last = found
        opened = self._open_takes.find(found.take_id)
        if opened is not None and isinstance(opened.audio, SoundAudio) and opened.audio.has_failed:
            self._open_takes.close(found.take_id)  # perhaps its disk is back
        if self._open_takes.open(found) is not None:
            self._library.put_on_stage(found.take_id)

    def _open_last(self, take_id: str) -> None:
        if self._last is not None and self._last.take_id == take_id:
            self.take_apart(self._last.path)
