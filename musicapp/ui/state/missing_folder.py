"""A chosen folder of takes that is not there, because its disk is not connected or somebody renamed it: said, so that
nobody takes an empty list for lost takes.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from musicapp import paths
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_library import TakeLibrary

ABOUT = "missing folder"


class MissingFolder(QObject):
    """Looks after each listing of the takes; says it once, until the folder was there again or is another."""

    def __init__(self, library: TakeLibrary, messages: Messages, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._messages, self._files = library, messages, files
        self._told: Path | None = None
        library.loaded.connect(self._look)

    def _look(self) -> None:
        self._files.run(paths.missing_takes_folder, self._found)

    def _found(self, missing: Path | None) -> None:
        if missing == self._told:
            return
        self._told = missing
        self._messages.dismiss(ABOUT)
        if missing is not None:
            usual = paths.usual_takes_folder()
            self._messages.post(
                "warning",
                f"The folder of the takes, “{missing}”, is not there.",
                "Connect its disk and read the folder again (menu Library), or choose the folder where they are now "
                "in the menu File. New takes would begin a folder of that name.",
                offer=("Use the usual folder", lambda: self._library.choose_folder(usual)),
                about=ABOUT,
                stays=True,
            )
