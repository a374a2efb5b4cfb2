"""Everything that is chosen once for all work, on four pages. Nothing changes before Apply or OK."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QVBoxLayout, QWidget

from musicapp.errors import MusicAppError
from musicapp.ui import screen_room
from musicapp.ui.dialogs.settings_pages import Choices, ExportPage, GeneralPage, SoundPage
from musicapp.ui.preferences import Chosen, Preferences
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.described import described, label, restyle, set_available
from musicapp.ui.widgets.key_table import KeyTable
from musicapp.ui.widgets.scrolling import VerticalScroll
from musicapp.ui.words import marked, said, tr

SIZE = (640, 560)
BEFORE_APPLY = marked("Nothing changes before Apply or OK.")
APPLIED = marked("Applied. Undo in the Take menu takes it back.")
NO_FOLDER = marked("A folder is written as a whole path, from the root or the drive on.")


class SettingsDialog(QDialog):
    """Shown by File, Settings.

    choices  what there is to choose, key -> words, of "themes", "languages", "auto_play", "outputs", "devices" and
             "precisions"
    """

    def __init__(self, preferences: Preferences, choices: dict[str, Choices], parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "settings_dialog", tr("Settings"))
        self.setToolTip("")
        self.setWindowTitle(tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences = preferences
        preferences.refused.connect(self._refused)
        self._before = preferences.now()
        shortcuts = preferences.shortcuts
        self.general = GeneralPage(choices["themes"], choices["languages"], choices["auto_play"])
        self.sound = SoundPage(choices["outputs"], choices["devices"], choices["precisions"])
        self.export = ExportPage()
        self.keys = KeyTable(shortcuts.rows, shortcuts.now, shortcuts.usual)
        self.tabs = QTabWidget()
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its bar takes it
        self.tabs.tabBar().setAccessibleName(tr("Pages of the settings"))
        pages: tuple[tuple[GeneralPage | SoundPage | ExportPage, str], ...] = (
            (self.general, tr("&General")),
            (self.sound, tr("&Sound and engine")),
            (self.export, tr("&Export")),
        )
        for page, words in pages:
            self.tabs.addTab(VerticalScroll(page), words)
            page.show_values(self._before)
            page.changed.connect(self._show_state)
        self.tabs.addTab(VerticalScroll(self.keys), tr("&Keyboard"))
        self.keys.changed.connect(self._show_state)
        self.note = label("", tone="muted")
        self.note.setObjectName("settings_note")
        self.note.setWordWrap(True)
        button = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(button.Ok | button.Apply | button.Cancel)
        self.apply_button = self.buttons.button(button.Apply)
        described(self.apply_button, "settings_apply", tr("Apply"), tr("Use these settings now"))
        self.buttons.button(button.Ok).setDefault(True)
        self.buttons.accepted.connect(self._leave_with_all)
        self.buttons.rejected.connect(self.reject)
        self.apply_button.clicked.connect(self._apply)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[SPACE_WIDE] * 4)
        layout.setSpacing(SPACE)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)
        screen_room.fit(self, QSize(*SIZE))
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.general.theme.setFocus(Qt.FocusReason.OtherFocusReason)

    def _wanted(self) -> Chosen | None:
        """The draft; None while a field cannot be used."""
        values = self.general.values() | self.sound.values() | self.export.values()
        if values["takes_folder"] is None or values["export_folder"] is None or self.export.problem():
            return None
        return replace(self._before, **values, shortcuts=dict(self.keys.keys))

    def _show_state(self) -> None:
        wanted = self._wanted()
        if wanted is None:
            problem = said(self.export.problem()) or tr(NO_FOLDER)
        else:
            problem = ""
            self.export.refresh(wanted)
        for field in (self.general.takes, self.export.folder):
            restyle(field, "problem", "true" if field.folder is None else "false")
        restyle(self.export.template, "problem", "true" if self.export.problem() else "false")
        self.note.setText(problem or tr(BEFORE_APPLY))
        restyle(self.note, "tone", "warning" if problem else "muted")
        set_available(self.buttons.button(QDialogButtonBox.StandardButton.Ok), problem)
        set_available(self.apply_button, problem or ("" if wanted != self._before else tr("Nothing is changed.")))

    def _apply(self) -> None:
        wanted = self._wanted()
        if wanted is None:
            return
        self._preferences.apply(wanted)
        self._before = wanted
        self._show_state()
        self.note.setText(tr(APPLIED))

    def _refused(self, error: MusicAppError) -> None:
        """The folder of the takes stayed what it was: said here, since this stands in front of the window."""
        self._before = self._preferences.now()
        self._show_state()
        restyle(self.general.takes, "problem", "true")
        self.note.setText(f"{said(error.message)} {said(error.hint)}".strip())
        restyle(self.note, "tone", "warning")

    def _leave_with_all(self) -> None:
        self._apply()
        self.accept()
