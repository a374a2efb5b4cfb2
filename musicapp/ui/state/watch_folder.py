"""A folder for other programs to watch: every new take comes into it as a finished file, while it is switched on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from musicapp.library.takes import Take
from musicapp.ui.state import many_exports
from musicapp.ui.state.background import Lane
from musicapp.ui.state.exporter import Exporter
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.open_takes import OpenTakes

FOLDER = "New takes"  # in that of the exports


class WatchFolder(QObject):
    """`changed` tells that it was switched on or off. Files are as the export options say, whole takes each."""

    changed = Signal()

    def __init__(
        self, exporter: Exporter, open_takes: OpenTakes, messages: Messages, lane: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._exporter, self._messages, self._lane = exporter, messages, lane
        self.is_on = False
        open_takes.made.connect(self._made)

    def set_on(self, on: bool) -> None:
        """Write every new take from now on, or none any more."""
        if on != self.is_on:
            self.is_on = on
            self.changed.emit()
            if on:
                self._messages.remark(f"New takes are also written to {self._exporter.folder / FOLDER}")

    def _made(self, take: Take) -> None:
        if not self.is_on:
            return
        folder, settings, template = self._exporter.folder / FOLDER, self._exporter.settings, self._exporter.template

        def work() -> many_exports.Written:
            many_exports.make_folder(folder)
            return many_exports.write_files([take], folder, settings, template, lambda share: None, lambda: False)

        self._lane.run(work, self._wrote, self._messages.post_error)

    def _wrote(self, written: many_exports.Written) -> None:
        if written.failed:
            self._messages.post("error", "The new take could not be exported.", written.failed[0])
