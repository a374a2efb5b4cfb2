"""The pages of the settings: fields that show a draft, and give their part of it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.errors import MusicAppError
from musicapp.handover import exporting, naming
from musicapp.handover.exporting import CEILING_RANGE, LOUDNESS_RANGE, PRESETS, ExportSettings
from musicapp.ui.dialogs.export_options import AS_IT_IS, NO_CEILING, OWN, RATES, USUAL_LUFS, fields_told, spin
from musicapp.ui.preferences import Chosen
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.described import described, label, set_available
from musicapp.ui.words import number, said, tr

Choices = dict[str, str]


class Page(QWidget):
    """Rows of a name and its fields. `changed` tells that a field is another one by hand."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, SPACE_WIDE, SPACE_WIDE, 0)
        self._grid.setHorizontalSpacing(SPACE_WIDE)
        self._grid.setVerticalSpacing(SPACE)
        self._grid.setColumnStretch(1, 1)

    def add_row(self, name: str, *widgets: QWidget) -> None:
        """One more row; a field of text or choices takes the room that is left."""
        number, row = self._grid.rowCount(), QHBoxLayout()
        row.setSpacing(SPACE)
        for widget in widgets:
            row.addWidget(widget, 1 if isinstance(widget, QLineEdit) else 0)
            if isinstance(widget, QComboBox):
                widget.activated.connect(self._by_hand)
            elif isinstance(widget, QCheckBox):
                widget.toggled.connect(self._by_hand)
            elif isinstance(widget, QDoubleSpinBox):
                widget.valueChanged.connect(self._by_hand)
            elif isinstance(widget, QLineEdit):
                widget.textEdited.connect(self._by_hand)
        if not any(isinstance(widget, QLineEdit) for widget in widgets):
            row.addStretch(1)
        heading = label(name, tone="muted")
        self._grid.addWidget(heading, number, 0)
        self._grid.addLayout(row, number, 1)
        if name:
            heading.setBuddy(widgets[0])

    def add_note(self, text: str) -> None:
        """A remark below the fields."""
        note = label(text, tone="muted")
        note.setWordWrap(True)
        self._grid.addWidget(note, self._grid.rowCount(), 0, 1, 2)

    def end(self) -> None:
        """What is above stays at the top."""
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _by_hand(self, *_value: object) -> None:
        self.changed.emit()


class FolderField(QLineEdit):
    """A folder that is chosen by the button beside it, or typed."""

    def __init__(self, name: str, words: str, question: str) -> None:
        super().__init__()
        described(self, name, words)
        self._question = question
        self.button = described(QPushButton(tr("Choose …")), f"{name}_choose", question)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._choose)

    @property
    def folder(self) -> Path | None:
        """What it says; None for what is no whole path."""
        text = self.text().strip()
        path = Path(text).expanduser() if text and "\0" not in text else None
        return path if path is not None and path.is_absolute() else None

    def _choose(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, self._question, self.text()):
            self.setText(chosen)
            self.textEdited.emit(chosen)


class GeneralPage(Page):
    """How the window looks, what new takes do, and where takes are kept."""

    def __init__(self, themes: Choices, languages: Choices, auto_play: Choices) -> None:
        super().__init__()
        self.theme = choice("settings_theme", tr("Theme"), themes)
        self.language = choice("settings_language", tr("Language"), languages)
        self.auto_play = choice("settings_auto_play", tr("Play new takes"), auto_play)
        self.takes = FolderField("settings_takes", tr("Folder of the takes"), tr("Choose the folder of the takes"))
        self.add_row(tr("Theme"), self.theme)
        self.add_row(tr("Language"), self.language, label(tr("from the next start on"), tone="muted"))
        self.add_row(tr("Play new takes"), self.auto_play)
        self.add_row(tr("Takes"), self.takes, self.takes.button)
        self.add_note(
            tr(
                "Takes of before stay where they are. "
                "“Move all takes to another folder” in the Library menu moves them."
            )
        )
        self.end()

    def show_values(self, chosen: Chosen) -> None:
        """Show a draft."""
        _show(self.theme, chosen.theme)
        _show(self.language, chosen.language)
        _show(self.auto_play, chosen.auto_play)
        self.takes.setText(str(chosen.takes_folder))

    def values(self) -> dict[str, Any]:
        """Its part of the draft, by the names in Chosen."""
        return {
            "theme": self.theme.currentData(),
            "language": self.language.currentData(),
            "auto_play": self.auto_play.currentData(),
            "takes_folder": self.takes.folder,
        }


class SoundPage(Page):
    """Where it plays and how loud, and what makes the takes."""

    def __init__(self, outputs: Choices, devices: Choices, precisions: Choices) -> None:
        super().__init__()
        self.output = choice("settings_output", tr("Audio output"), outputs)
        self.match = described(
            QCheckBox(tr("Play all takes at one loudness")), "settings_match", tr("Play all takes at one loudness"),
            tr("Louder is not better: for comparing. Exports stay as they are"),
        )  # fmt: skip
        self.forming = described(
            QCheckBox(tr("Hear new takes form")), "settings_forming", tr("Hear new takes form"),
            tr("Some seconds, quietly and while nothing else plays; takes up to a tenth more time"),
        )  # fmt: skip
        self.device = choice("settings_device", tr("Device of the engine"), devices)
        self.precision = choice("settings_precision", tr("Precision of the engine"), precisions)
        self.add_row(tr("Output"), self.output)
        self.add_row("", self.match)
        self.add_row("", self.forming)
        self.add_row(tr("Takes are made on"), self.device)
        self.add_row(tr("Precision"), self.precision)
        self.add_note(tr("The engine uses as many threads as the processor has cores, or what OMP_NUM_THREADS says."))
        self.end()

    def show_values(self, chosen: Chosen) -> None:
        """Show a draft."""
        _show(self.output, chosen.output)
        self.match.setChecked(chosen.matches_loudness)
        self.forming.setChecked(chosen.hears_forming)
        _show(self.device, chosen.device)
        _show(self.precision, chosen.precision)

    def values(self) -> dict[str, Any]:
        """Its part of the draft, by the names in Chosen."""
        return {
            "output": self.output.currentData(),
            "matches_loudness": self.match.isChecked(),
            "hears_forming": self.forming.isChecked(),
            "device": self.device.currentData(),
            "precision": self.precision.currentData(),
        }


class ExportPage(Page):
    """What the next exports are like, and where they go."""

    def __init__(self) -> None:
        super().__init__()
        self._settings = ExportSettings()
        presets = {"": tr(OWN), **{key: said(preset.label) for key, preset in PRESETS.items()}}
        self.folder = FolderField("settings_export_folder", tr("Folder of the exports"), tr("Export to"))
        self.preset = choice("settings_preset", tr("What exports are for"), presets)
        self.form = choice(
            "settings_format", tr("Format of exports"), {key: said(form.label) for key, form in EXPORT_FORMATS.items()}
        )
        rates = {"": tr("The take’s own"), **{str(rate): tr("{rate} kHz", rate=number(rate / 1000)) for rate in RATES}}
        self.rate = choice("settings_rate", tr("Rate of exports"), rates)
        self.with_loudness = described(
            QCheckBox(tr("Bring it to")), "settings_with_loudness", tr("Bring exports to a loudness")
        )
        self.loudness = spin("settings_loudness", tr("Loudness of exports"), LOUDNESS_RANGE, " LUFS")
        self.ceiling = spin("settings_ceiling", tr("Highest true peak of exports"), CEILING_RANGE, " dBTP")
        self.template = described(QLineEdit(), "settings_template", tr("Names of exports"), fields_told())
        self.template.setMaxLength(naming.MOST_CHARACTERS)
        self.new = described(
            QCheckBox(tr("Export every new take")), "settings_export_new", tr("Export every new take"),
            tr("Into the folder “New takes” beside the exports"),
        )  # fmt: skip
        self.preset.activated.connect(self._preset_chosen)  # first of all: what is told next is what it stands for
        self.add_row(tr("Folder"), self.folder, self.folder.button)
        self.add_row(tr("For"), self.preset)
        self.add_row(tr("Format"), self.form, self.rate)
        self.add_row(tr("Loudness"), self.with_loudness, self.loudness, label(tr("below")), self.ceiling)
        self.add_row(tr("Names"), self.template)
        self.add_row("", self.new)
        self.add_note(tr("Fades, loops and what else an export can be told: Export options in the File menu."))
        self.end()

    def show_values(self, chosen: Chosen) -> None:
        """Show a draft."""
        self.folder.setText(str(chosen.export_folder))
        self.template.setText(chosen.export_template)
        self.new.setChecked(chosen.export_new)
        self._show_settings(chosen.export)

    def values(self) -> dict[str, Any]:
        """Its part of the draft, by the names in Chosen; see `problem` for the template."""
        rate = self.rate.currentData()
        wanted = {
            "format": self.form.currentData(),
            "sample_rate": int(rate) if rate else None,
            "loudness_lufs": self.loudness.value() if self.with_loudness.isChecked() else None,
            "ceiling_dbtp": self.ceiling.value(),
        }
        differs = {name: value for name, value in wanted.items() if value != getattr(self._settings, name)}
        return {
            "export": exporting.changed(self._settings, **differs) if differs else self._settings,
            "export_folder": self.folder.folder,
            "export_template": self.template.text(),
            "export_new": self.new.isChecked(),
        }

    def problem(self) -> str:
        """What is wrong with the template, "" for nothing."""
        try:
            naming.check_template(self.template.text())
        except MusicAppError as error:
            return f"{error.message} {error.hint}"
        return ""

    def refresh(self, chosen: Chosen) -> None:
        """Show what became of what was chosen."""
        self._show_settings(chosen.export)

    def _preset_chosen(self) -> None:
        if key := self.preset.currentData():
            self._show_settings(PRESETS[key].settings)

    def _show_settings(self, settings: ExportSettings) -> None:
        self._settings = settings
        preset = next((key for key, each in PRESETS.items() if each.settings == settings), "")
        is_loud = settings.loudness_lufs is not None
        widgets: tuple[QWidget, ...] = (self.with_loudness, self.loudness, self.ceiling)
        for widget in widgets:
            widget.blockSignals(True)
        _show(self.preset, preset)
        _show(self.form, settings.format)
        _show(self.rate, str(settings.sample_rate or ""))
        self.with_loudness.setChecked(is_loud)
        self.loudness.setValue(settings.loudness_lufs if settings.loudness_lufs is not None else USUAL_LUFS)
        self.ceiling.setValue(settings.ceiling_dbtp)
        for widget in widgets:
            widget.blockSignals(False)
        set_available(self.loudness, "" if is_loud else tr(AS_IT_IS))
        set_available(self.ceiling, "" if is_loud else tr(NO_CEILING))


def choice(name: str, words: str, choices: Choices) -> QComboBox:
    """A box of choices, key -> words."""
    box = described(QComboBox(), name, words)
    for key, text in choices.items():
        box.addItem(text.replace("&", ""), key)
    return box


def _show(box: QComboBox, value: str) -> None:
    row = box.findData(value)
    if row < 0:  # chosen by hand in the file, or no longer offered
        box.addItem(value, value)
        row = box.count() - 1
    box.setCurrentIndex(row)
