"""Files in the folder of takes that cannot be used: told once, and put out of the way where that is wanted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from musicapp import paths
from musicapp.library.takes import Unreadable, set_aside
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages

NAMED_AT_MOST = 3


class OddFiles:
    """What was told of already is not told again."""

    def __init__(self, messages: Messages, files: Lane) -> None:
        self._messages, self._files = messages, files
        self._told: set[Path] = set()

    def tell(self, unreadable: list[Unreadable]) -> None:
        """Say which files are no takes, as far as they are new."""
        if new := [file for file in unreadable if file.path not in self._told]:
            self._told |= {file.path for file in new}
            self._tell(new)

    def _tell(self, files: list[Unreadable]) -> None:
        """Say which files of the folder are no takes, and offer to put them out of the way."""
        count = len(files)
        what = "One file" if count == 1 else f"{count} files"
        named = " ".join(file.reason for file in files[:NAMED_AT_MOST])
        more = f" And {count - NAMED_AT_MOST} more." if count > NAMED_AT_MOST else ""
        self._messages.post(
            "warning",
            f"{what} in the folder of takes could not be read. All other takes are here.",
            f"{named}{more} In: {files[0].path.parent}",
            offer=("Set aside", lambda: self._set_aside([file.path for file in files])),
        )

    def _set_aside(self, files: list[Path]) -> None:
        folder = paths.takes_folder()
        self._files.run(lambda: set_aside(folder, files), self._tell_set_aside, self._messages.post_error)

    def _tell_set_aside(self, place: Path) -> None:
        self._messages.post(
            "notice",
            "The files were set aside. Nothing was deleted.",
            f"They are in {place}",
            offer=("Show", lambda: _show_folder(place)),
        )


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
