"""What people choose once for all their work, as one value: read it, change it as a whole, and undo that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.handover.exporting import ExportSettings
from musicapp.ui.shortcuts import Keys, Shortcuts
from musicapp.ui.studio import Studio
from musicapp.ui.theme import Theme


@dataclass(frozen=True)
class Chosen:
    """All of it. language, output: a key of either, "" for the system's own; shortcuts: of every action"""

    theme: str
    language: str
    auto_play: str
    takes_folder: Path
    output: str
    matches_loudness: bool
    hears_forming: bool
    device: str
    precision: str
    export: ExportSettings
    export_folder: Path
    export_template: str
    export_new: bool
    shortcuts: dict[str, Keys]


class Preferences(QObject):
    """Reads from the states that own the values, and hands them back to them.

    `refused` tells why the folder of the takes stays what it was, MusicAppError; all else has been applied.
    """

    refused = Signal(object)

    def __init__(self, studio: Studio, theme: Theme, shortcuts: Shortcuts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio, self._theme, self.shortcuts = studio, theme, shortcuts

    def now(self) -> Chosen:
        """Everything as it is."""
        studio = self._studio
        return Chosen(
            theme=self._theme.choice,
            language=studio.settings.language,
            auto_play=studio.library.auto_play,
            takes_folder=paths.takes_folder(),
            output=studio.player.device_name,
            matches_loudness=studio.take_gain.is_matching,
            hears_forming=studio.forming.is_on,
            device=studio.take_settings.device,
            precision=studio.take_settings.precision,
            export=studio.exporter.settings,
            export_folder=studio.exporter.folder,
            export_template=studio.exporter.template,
            export_new=studio.watch_folder.is_on,
            shortcuts=self.shortcuts.now,
        )

    def apply(self, wanted: Chosen) -> bool:
        """Have everything as wanted, as one step that can be undone; whether anything changed."""
        before = self.now()
        if wanted == before:
            return False
        self._have(wanted)
        self._studio.undo.push("Settings", lambda: self._have(before), lambda: self._have(wanted))
        return True

    def _have(self, wanted: Chosen) -> None:
        studio = self._studio
        with studio.export_history.paused():
            studio.exporter.set_all(wanted.export, wanted.export_folder, wanted.export_template)
        studio.watch_folder.set_on(wanted.export_new)
        studio.player.choose_device(wanted.output)
        studio.take_gain.set_matching(wanted.matches_loudness)
        studio.forming.set_on(wanted.hears_forming)
        studio.take_settings.set_target(device=wanted.device, precision=wanted.precision)
        studio.library.auto_play = wanted.auto_play
        if wanted.takes_folder != paths.takes_folder():
            studio.library.choose_folder(wanted.takes_folder, self.refused.emit)
        self._theme.choose(wanted.theme)
        studio.choose_language(wanted.language)
        self.shortcuts.use(wanted.shortcuts)
