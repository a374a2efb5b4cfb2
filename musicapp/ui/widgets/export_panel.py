"""Export: format, name, folder, and where the file goes and went.

The second row is always there, so that nothing above it moves when an export begins or ends.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from musicapp.audio.wave_io import EXPORT_FORMATS
from musicapp.ui import icons
from musicapp.ui.dialogs.export_options import ExportOptions
from musicapp.ui.state.exporter import Exported, Exporter
from musicapp.ui.theme import ICON_SIZE, SPACE, SPACE_TIGHT, SPACE_WIDE, Theme
from musicapp.ui.widgets.clock import clock
from musicapp.ui.widgets.described import (
    ElidedLabel,
    ElidedLineEdit,
    IconButton,
    IconTextButton,
    described,
    restyle,
    set_available,
)
from musicapp.ui.widgets.drag_handle import DragHandle
from musicapp.ui.words import marked, number, said, tr

DRAG, DRAG_TIP = marked("Drag or copy the file"), marked("Drag it into a folder or a DAW; a click copies it as a file")
OPTIONS, OPTIONS_TIP = marked("Export options"), marked("Part, loudness, fades, rate, names, for DAWs and samplers")
NOTHING_TO_EXPORT = marked("There is no finished take to export yet.")
PARTS = 1000
NAME_CHARACTERS, FORMAT_CHARACTERS = 120, 11


class ExportPanel(QFrame):
    """One row for the form, one for progress or result."""

    def __init__(self, exporter: Exporter, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self._exporter, self._theme = exporter, theme
        self.options_dialog: ExportOptions | None = None
        self.format = described(QComboBox(), "export_format", tr("Export format"), tr("File format"))
        self.format.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.format.setMinimumContentsLength(FORMAT_CHARACTERS)
        for key, form in EXPORT_FORMATS.items():
            self.format.addItem(said(form.label), key)
        self.name = described(
            ElidedLineEdit(), "export_name", tr("File name"), tr("Name of the file, without its ending")
        )
        self.name.setMaxLength(NAME_CHARACTERS)
        self.name.setMinimumWidth(24)
        self.folder = described(IconButton(theme, "folder", role="framed"), "export_folder", tr("Choose the folder"))
        self.options = described(
            IconButton(theme, "options", role="framed"),
            "export_options",
            tr(OPTIONS),
            tr(OPTIONS_TIP),
            keys="Ctrl+Alt+E",
        )
        self.handle = described(DragHandle(exporter, theme), "export_drag", tr(DRAG), tr(DRAG_TIP), keys="Ctrl+Shift+D")
        self.handle.setParent(self)  # until it stands beside the picture that it stands for
        self.handle.hide()
        self.button = described(
            IconTextButton(theme, "export", tr("Export")), "export", tr("Export"), keys="Ctrl+Shift+E"
        )
        self.bar = described(QProgressBar(), "export_progress", tr("Progress of the export"))
        self.bar.setRange(0, PARTS)
        self.bar.setTextVisible(False)
        self.cancel = described(QPushButton(tr("Cancel")), "export_cancel", tr("Cancel the export"))
        self.cancel.setProperty("role", "link")
        self._done_icon = QLabel()
        self._done_icon.setAccessibleName(tr("Done"))
        self.result = _SavedLabel()
        self.result.setObjectName("export_result")
        self.target = ElidedLabel(tone="muted", alignment=Qt.AlignmentFlag.AlignLeft)
        self.target.setObjectName("export_target")
        self.show_in_folder = described(QPushButton(tr("Show in folder")), "export_show", tr("Show in folder"))
        self.show_in_folder.setProperty("role", "link")
        self._lay_out()

        self.format.activated.connect(self._format_chosen)
        self.name.textEdited.connect(exporter.set_name)
        self.name.returnPressed.connect(exporter.export)
        self.folder.clicked.connect(self.choose_folder)
        self.button.clicked.connect(exporter.export)
        self.options.clicked.connect(self.show_options)
        self.cancel.clicked.connect(exporter.cancel)
        self.show_in_folder.clicked.connect(self._show_folder)
        exporter.form_changed.connect(self._show_form)
        exporter.progress_changed.connect(self._show_progress)
        exporter.running_changed.connect(self._show_running)
        exporter.exported.connect(self._show_result)
        theme.changed.connect(self._show_icon)
        self._show_form()
        self._show_running(False)
        self._show_icon()

    def _lay_out(self) -> None:
        form = QHBoxLayout()
        form.setSpacing(SPACE)
        form.addWidget(self.format)
        form.addWidget(self.name, 1)
        form.addWidget(self.folder)
        form.addWidget(self.options)
        form.addWidget(self.button)
        self._target_row, self._running_row, self._result_row = QWidget(), QWidget(), QWidget()
        target = QHBoxLayout(self._target_row)
        target.addWidget(self.target)
        running = QHBoxLayout(self._running_row)
        running.addWidget(self.bar, 1)
        running.addWidget(self.cancel)
        result = QHBoxLayout(self._result_row)
        result.setSpacing(SPACE)
        result.addWidget(self._done_icon)
        result.addWidget(self.result)
        result.addWidget(self.show_in_folder)
        result.addStretch(1)
        self._rows = QStackedWidget()
        for row in (target, running, result):
            row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._target_row, self._running_row, self._result_row):
            self._rows.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE_TIGHT)
        layout.setSpacing(SPACE_TIGHT)
        layout.addLayout(form)
        layout.addWidget(self._rows)

    def show_options(self) -> None:
        """The dialog with everything that an export can be told."""
        if self.options_dialog is None:
            self.options_dialog = ExportOptions(self._exporter, self.window())
        self.options_dialog.show()
        self.options_dialog.activateWindow()

    def choose_folder(self) -> None:
        """Ask for the folder to export to."""
        chosen = QFileDialog.getExistingDirectory(self, tr("Export to"), str(self._exporter.folder))
        if chosen:
            self._exporter.set_folder(Path(chosen))

    def _format_chosen(self, row: int) -> None:
        self._exporter.set_format(self.format.itemData(row))

    def _show_form(self) -> None:
        exporter = self._exporter
        with QSignalBlocker(self.format):
            self.format.setCurrentIndex(self.format.findData(exporter.format))
        if self.name.text() != exporter.name:
            self.name.setText(exporter.name)
            self.name.setCursorPosition(0)
        described(
            self.folder, "export_folder", tr("Choose the folder"), tr("Export to {folder}", folder=exporter.folder)
        )
        reason = "" if exporter.take else tr(NOTHING_TO_EXPORT)
        for widget in (self.format, self.name, self.button, self.folder, self.handle):
            set_available(widget, reason)
        self.target.set_whole(summary(exporter))
        restyle(self.target, "tone", "warning" if exporter.note else "muted")
        self._show_row()

    def _show_row(self) -> None:
        exporter = self._exporter
        last, take = exporter.last, exporter.take
        if exporter.is_running:
            self._rows.setCurrentWidget(self._running_row)
        elif last is not None and take is not None and last.take_id == take.take_id and not exporter.note:
            self._rows.setCurrentWidget(self._result_row)
        else:
            self._rows.setCurrentWidget(self._target_row)

    def _show_progress(self, fraction: float) -> None:
        self.bar.setValue(round(fraction * PARTS))

    def _show_running(self, running: bool) -> None:
        self.bar.setValue(0)
        self._show_form()
        if running:
            set_available(self.button, tr("An export is running."))

    def _show_result(self, exported: Exported) -> None:
        short = exported.told.replace(" so that no player clips", "")
        start, short = _saved(exported.told), _saved(short)
        self.result.set_saved(short.replace("-", "−"), exported.path.name, f"{start.rstrip(':')}:\n{exported.path}")
        self._show_form()

    def _show_folder(self) -> None:
        if self._exporter.last is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._exporter.last.path.parent)))

    def _show_icon(self) -> None:
        pixmap = icons.pixmap("done", self._theme.colours.accent, ICON_SIZE, self.devicePixelRatioF())
        self._done_icon.setPixmap(pixmap)


def summary(exporter: Exporter) -> str:
    """Where the file goes and what is done on the way: "To /music · the marked part · −14 LUFS"."""
    if exporter.take is None:
        return ""
    if exporter.note:
        return said(exporter.note)
    settings, part_s = exporter.settings, exporter.part_s
    parts = [tr("To {folder}", folder=exporter.folder)]
    if part_s is not None:
        parts.append(tr("{start} to {end}", start=clock(part_s[0]), end=clock(part_s[1])))
    if settings.loudness_lufs is not None:
        parts.append(tr("{loudness} LUFS", loudness=number(settings.loudness_lufs)).replace("-", "−"))
    if settings.sample_rate is not None:
        parts.append(tr("{rate} kHz", rate=number(settings.sample_rate / 1000)))
    if settings.fade_in_s or settings.fade_out_s:
        parts.append(tr("with fades"))
    if settings.is_loop:
        parts.append(tr("loop"))
    return " · ".join(parts)


def _saved(told: str) -> str:
    return tr("Saved, {told}:", told=said(told)) if told else tr("Saved")


class _SavedLabel(ElidedLabel):
    """What was done, never cut, and the file's name, of which the middle goes first."""

    def __init__(self) -> None:
        super().__init__()
        self._start, self._name = "", ""

    def set_saved(self, start: str, name: str, tooltip: str) -> None:
        """Show the two as one sentence."""
        self._start, self._name = start, name
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(f"{start} a…z.wav"))
        self.set_whole(f"{start} {name}", tooltip)

    def _elide(self) -> None:
        room = self.contentsRect().width() - self.fontMetrics().horizontalAdvance(f"{self._start} ")
        name = self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, max(room, 0))
        self.setText(f"{self._start} {name}")
