"""The window: prompt and settings on the left, the take in the middle, all takes on the right."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, QUrl, Signal, qVersion
from PySide6.QtGui import QCloseEvent, QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFileDialog,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from musicapp import paths
from musicapp.errors import MusicAppError
from musicapp.request import DEVICES, Recalled
from musicapp.ui import guard, icons, report, screen_room, theme
from musicapp.ui.actions import AUTO_PLAY_LABELS, THEME_LABELS, Actions
from musicapp.ui.dialogs.compare import CompareDialog
from musicapp.ui.dialogs.leave import LeaveQuestion
from musicapp.ui.dialogs.report import ReportDialog
from musicapp.ui.dialogs.shortcuts import ShortcutsDialog
from musicapp.ui.intake import Intake
from musicapp.ui.keys import FocusKeys
from musicapp.ui.outside import Outside
from musicapp.ui.parts import Parts
from musicapp.ui.preferences import Preferences
from musicapp.ui.spoken import SpokenWindow
from musicapp.ui.state.queue_list_model import QueueListModel
from musicapp.ui.studio import Studio, takes_folder
from musicapp.ui.widgets.advanced_panel import DEVICE_LABELS, PRECISION_LABELS, AdvancedPanel
from musicapp.ui.widgets.centre import Centre
from musicapp.ui.widgets.columns import Columns
from musicapp.ui.widgets.export_panel import ExportPanel
from musicapp.ui.widgets.generate_box import GenerateBox
from musicapp.ui.widgets.length_field import LengthField
from musicapp.ui.widgets.message_bar import MessageBar
from musicapp.ui.widgets.path_drop import FileDrop
from musicapp.ui.widgets.prompt_fields import PromptFields
from musicapp.ui.widgets.queue_panel import QueuePanel, RightColumn
from musicapp.ui.widgets.rail import Rail
from musicapp.ui.widgets.scrolling import SidewaysScroll
from musicapp.ui.widgets.seed_field import SeedField
from musicapp.ui.widgets.source_field import SourceField
from musicapp.ui.widgets.stage import Stage
from musicapp.ui.widgets.status_line import StatusLine
from musicapp.ui.widgets.take_list import TakeList
from musicapp.ui.widgets.transport_bar import LOOK_AGAIN, TransportBar
from musicapp.ui.words import LANGUAGES, marked, tr, tr_all

if TYPE_CHECKING:  # large dialogs are read when they are opened: the window starts without them
    from musicapp.ui.dialogs.models import ModelsDialog
    from musicapp.ui.dialogs.settings import SettingsDialog

SOUND_FILES = marked("Sounds (*.wav *.flac *.ogg *.opus *.oga *.mp3 *.aif *.aiff *.caf *.w64);;All files (*)")
START_DELAY_MS = 50  # after the first picture, so that starting the engine does not hold it up


class MainWindow(QMainWindow):
    """Puts the views together. `closing` is emitted once, when the user closes the window."""

    closing = Signal()

    def __init__(self, studio: Studio, themes: theme.Theme) -> None:
        super().__init__()
        self._studio, self._theme = studio, themes
        self._was_shown = self._may_leave = False
        self.setObjectName("main_window")
        self.setWindowTitle("Musicapp")
        self.setWindowIcon(icons.window_icon())
        self.setMinimumSize(*theme.WINDOW_MIN_SIZE)

        self.transport = TransportBar(
            studio.player, studio.take_gain, studio.playing_levels, studio.ableton_link, themes
        )
        self.prompts = PromptFields(
            studio.take_settings, studio.prompt_note, studio.form_history, studio.presets, studio.messages
        )
        self.source = SourceField(studio.take_settings, studio.form_history, themes)
        self.length = LengthField(studio.take_settings, studio.form_history, studio.messages)
        self.seed = SeedField(studio.take_settings, studio.form_history, studio.messages, themes)
        self.advanced = AdvancedPanel(
            studio.take_settings,
            studio.form_history,
            studio.models,
            studio.adapters,
            studio.precision_facts,
            studio.engine,
            themes,
        )
        self.generate = GenerateBox(studio.generation, studio.queue, studio.live)
        self.message_bar = MessageBar(studio.messages, themes)
        self.stage = Stage(
            studio.open_takes,
            studio.player,
            studio.generation,
            studio.take_settings,
            studio.form_history,
            studio.messages,
            studio.looks,
            studio.take_gain,
            studio.spectrum,
            studio.grid,
            themes,
        )
        self.export = ExportPanel(studio.exporter, themes)
        self.takes = TakeList(studio.library, studio.search, themes)
        self.queue = QueuePanel(studio.queue, QueueListModel(studio.queue, studio.generation), themes)
        self.status = StatusLine(studio.engine, studio.messages, studio.queue, studio.generation)
        self.setStatusBar(self.status)
        rail = Rail((self.prompts, self.source, self.length, self.seed, self.advanced), self.generate)
        self.columns = Columns(
            rail, Centre(self.stage, self.export, self.message_bar), RightColumn(self.queue, self.takes)
        )
        self._models: ModelsDialog | None = None
        self.compare: CompareDialog | None = None
        self.question: LeaveQuestion | None = None
        self.intake = Intake(
            studio.adapters,
            studio.messages,
            studio.files,
            use_settings=self._use_settings_of,
            add_model=self._add_model,
            start_from=studio.reshaping.start_from,
            take_apart=studio.sounds.take_apart,
            parent=self,
        )
        self.drop = FileDrop(self)
        self.drop.dropped.connect(self.intake.take)
        studio.adapters.added.connect(self.advanced.unfold)
        self.advanced.models_wanted.connect(self.show_models)
        self.stage.empty.models_wanted.connect(self.show_models)
        self.stage.empty.source_wanted.connect(self.choose_source)
        self._lay_out()
        self.parts = Parts(self.columns, self.transport, self.prompts, self.stage, self.export, self.queue, self.takes)
        self.actions_ = Actions(self, studio, themes)
        self._preferences = Preferences(studio, themes, self.actions_.shortcuts, self)
        self.menuBar().setCornerWidget(self.parts.switch)
        self._spoken = SpokenWindow(self, studio)
        self._keys = FocusKeys(self)
        self._keys.left.connect(self._leave)
        self.message_bar.focus_lost.connect(self.stage.focus_waveform)
        self.outside = Outside(self, studio.generation, studio.open_takes)
        studio.library.loaded.connect(self.stage.takes_are_read)
        self.stage.prepared.connect(self._place_handle)
        self._restore()
        self.prompts.prompt.setFocus()

    def _place_handle(self) -> None:
        if self.stage.page is not None:
            self.stage.page.add_tool(self.export.handle)

    def _lay_out(self) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(theme.SPACE, theme.SPACE_TIGHT, theme.SPACE, 0)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(SidewaysScroll(self.transport))
        layout.addWidget(self.columns, 1)
        self.setCentralWidget(body)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            QTimer.singleShot(START_DELAY_MS, self._start)

    def _start(self) -> None:
        self._studio.autosave.collect_from(self._remember)
        screen_room.keep_inside(self)  # the window manager has put its frame around it by now
        self._studio.start()
        self.stage.prepare(self._studio.files)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._studio.generation.is_running and not self._may_leave:
            event.ignore()
            self._ask_to_leave()
            return
        self._remember()
        event.accept()
        self.hide()  # the engine may need a moment to end; nobody has to watch that
        self.closing.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._studio.library.look_again()  # another program may have made takes meanwhile

    def leave(self) -> None:
        """Close without a question, as the system wants it: what can be heard of a take is kept."""
        self._may_leave = True
        self.close()

    def _ask_to_leave(self) -> None:
        if self.question is None:
            self.question = LeaveQuestion(self._studio.generation, self._studio.queue, self)
            self.question.chosen.connect(self._leave_with)
        self.question.open()

    def _leave_with(self, keep_part: bool) -> None:
        self._studio.keeps_part = keep_part
        self._studio.queue.forget_running()
        self.leave()

    def choose_takes_folder(self) -> None:
        """Ask where takes are kept from now on."""
        before = str(paths.takes_folder())
        if folder := QFileDialog.getExistingDirectory(self, tr("Choose the folder of the takes"), before):
            self._studio.library.choose_folder(Path(folder))

    def move_takes(self) -> None:
        """Ask where all takes are to be moved."""
        before = str(paths.takes_folder())
        if folder := QFileDialog.getExistingDirectory(self, tr("Move all takes to another folder"), before):
            self._studio.takes_move.start(Path(folder))

    def choose_source(self) -> None:
        """Ask for a sound that the next takes start from."""
        if path := self._sound_file(tr("Start from a sound")):
            self._studio.reshaping.start_from(path)

    def choose_sound(self) -> None:
        """Ask for a sound to take apart on the stage."""
        if path := self._sound_file(tr("Take a sound apart")):
            self._studio.sounds.take_apart(path)

    def _sound_file(self, words: str) -> Path | None:
        before = str(paths.usual_takes_folder().parent)
        path, _ = QFileDialog.getOpenFileName(self, words, before, tr(SOUND_FILES))
        return Path(path) if path else None

    def open_takes_folder(self) -> None:
        """Show the takes in the system's file manager."""
        try:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(takes_folder())))
        except MusicAppError as error:
            self._studio.messages.post_error(error)

    def show_shortcuts(self) -> None:
        ShortcutsDialog(self.actions_.shortcut_rows(), self).open()

    def show_report(self) -> None:
        """What can be passed on when something is wrong."""
        studio = self._studio
        facts = (("Engine", studio.engine.text), ("Device", studio.engine.device_text), ("Qt", qVersion()))

        def make(logs: dict[str, str], with_prompts: bool) -> str:
            rows = studio.library.model.rows
            takes = [text for row in rows if row.take for text in (row.take.request.prompt, row.take.title)]
            own = [studio.take_settings.prompt, studio.take_settings.negative_prompt, *studio.settings.recent_prompts]
            return report.written(facts, studio.settings, logs, [*own, *takes], with_prompts=with_prompts)

        ReportDialog(report.log_ends, make, studio.files, self).open()

    def show_about(self) -> None:
        from musicapp.ui.dialogs.about import AboutDialog

        guard.protect_all()
        AboutDialog(self._studio.engine, self).open()

    def show_settings(self) -> None:
        self.settings_dialog().open()

    def settings_dialog(self) -> SettingsDialog:
        """All that is chosen once for all work, as it is now."""
        from musicapp.ui.dialogs.settings import SettingsDialog

        guard.protect_all()
        box = self.transport.device
        outputs = {str(box.itemData(row)): box.itemText(row) for row in range(box.count()) if box.itemText(row)}
        outputs.pop(LOOK_AGAIN, None)
        devices = {key: tr(DEVICE_LABELS[key]) for key in DEVICES if key in ("auto", *self._studio.engine.devices)}
        choices = {
            "themes": tr_all(THEME_LABELS),
            "languages": {"": tr("As the system"), **LANGUAGES},
            "auto_play": tr_all(AUTO_PLAY_LABELS),
            "outputs": outputs,
            "devices": devices,
            "precisions": tr_all(PRECISION_LABELS),
        }
        return SettingsDialog(self._preferences, choices, self)

    def add_to_comparison(self) -> None:
        """Compare the take on the stage with others."""
        self._studio.comparison.add(self._studio.library.current)

    def show_comparison(self) -> None:
        """The takes that were put into the comparison, to switch between while they play."""
        if self.compare is None:
            self.compare = CompareDialog(
                self._studio.comparison, self._studio.comping, self._studio.player, self._theme, self
            )
        self.compare.open_for()

    def show_models(self) -> None:
        """The Models dialog, beside the window: downloads and music go on."""
        if self._models is None:
            from musicapp.ui.dialogs.models import ModelsDialog

            guard.protect_all()
            self._models = ModelsDialog(self._studio.shelf, self._theme, self)
        self._models.show()
        self._models.activateWindow()

    def _use_settings_of(self, path: Path, found: Recalled) -> None:
        """The settings of a file of ours; a take of the library comes on the stage, too."""
        rows = self._studio.library.model.rows
        take = next((row.take for row in rows if row.take is not None and row.take.path == path), None)
        if take is not None:
            self._studio.library.open(take.take_id)
        self.stage.use_settings(found.request, found.left_out)

    def _add_model(self, path: Path) -> None:
        self.show_models()
        self._studio.shelf.add(path)

    def come_forward(self, files: list[Path], token: str) -> None:
        """Musicapp was started once more: this window is shown, and takes what came along."""
        if token:  # Wayland lets only those come to the front who were given one
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()
        self.intake.take(files)

    def toggle_advanced(self) -> None:
        """Unfold the advanced settings and go there, or fold them away."""
        unfolded = not self.advanced.heading.isChecked()
        self.advanced.set_unfolded(unfolded)
        (self.advanced.model if unfolded else self.advanced.heading).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _leave(self, field: QWidget) -> None:
        """Return ended the typing in a field: single keys work again."""
        if field.window() is self:
            self.stage.focus_waveform()

    def escape(self) -> None:
        """Leave the field first, then close the message; after that, twice within a second cancels the run."""
        if isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit | QAbstractSpinBox):
            self.stage.focus_waveform()
        elif self._studio.messages.current is not None:
            self._studio.messages.put_aside()
        else:
            self._studio.generation.cancel_if_asked_twice()

    def _restore(self) -> None:
        saved = self._studio.settings
        if not saved.window_geometry or not self.restoreGeometry(
            QByteArray.fromBase64(saved.window_geometry.encode("ascii"))
        ):
            room = self.screen().availableGeometry()
            sizes = (QSize(*theme.WINDOW_SIZE), QSize(*theme.WINDOW_MAX_FIRST_SIZE))
            self.resize(screen_room.first_size(room.size(), *sizes))
            self.advanced.set_unfolded(self.height() >= theme.TALL_WINDOW)
        else:
            self.advanced.set_unfolded(saved.advanced_is_open)
        self.columns.divide(self.width())
        if saved.window_columns:
            self.columns.restore(saved.window_columns)

    def _remember(self) -> None:
        saved = self._studio.settings
        saved.window_geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        saved.window_columns = self.columns.state()
        saved.advanced_is_open = self.advanced.heading.isChecked()
        saved.theme = self._theme.choice
