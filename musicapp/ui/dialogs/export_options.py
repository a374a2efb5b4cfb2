"""All that an export can be told: part, format, rate, loudness, edges, what else stands in the file, and its name."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.handover import naming
from musicapp.handover.exporting import CEILING_RANGE, FADE_RANGE_S, LOUDNESS_RANGE, PRESETS
from musicapp.ui import screen_room
from musicapp.ui.state.exporter import Exporter
from musicapp.ui.theme import SPACE, SPACE_WIDE
from musicapp.ui.widgets.decimal_box import DecimalBox
from musicapp.ui.widgets.described import described, label, restyle, set_available
from musicapp.ui.widgets.scrolling import VerticalScroll
from musicapp.ui.words import marked, number, said, tr

OWN = marked("As chosen below")
RATES = (44_100, 48_000, 88_200, 96_000)
USUAL_LUFS = -14.0
NO_REGION = marked(
    "Nothing is marked in the take: mark a part in its picture, or with Playback, Loop from here and Loop up to here."
)
ONLY_WAVE = marked("Only WAV files have a place for this.")
NO_LOOP = marked("This format adds silence at the edges of a file: WAV and FLAC do not.")
NO_CEILING = marked("It only limits a gain for the loudness.")
AS_IT_IS = marked("The loudness stays as it is.")


class ExportOptions(QDialog):
    """Beside the window: what is changed here is used by the next export, by drags and by copies."""

    def __init__(self, exporter: Exporter, parent: QWidget) -> None:
        super().__init__(parent)
        described(self, "export_options_dialog", tr("Export options"))
        self.setToolTip("")
        self.setWindowTitle(tr("Export options"))
        self._exporter = exporter
        self.preset = described(QComboBox(), "export_preset", tr("What the file is for"))
        self.preset.addItem(tr(OWN), "")
        for key, preset in PRESETS.items():
            self.preset.addItem(said(preset.label), key)
        self.only_region = described(
            QCheckBox(tr("The marked part only")),
            "export_region",
            tr("The marked part only"),
            tr("Instead of the whole take"),
        )
        self.at_zero = described(
            QCheckBox(tr("Move its edges to zero crossings")),
            "export_at_zero",
            tr("Move the edges of the part to zero crossings"),
            tr("By at most 10 ms, so that they do not click"),
        )
        self.form = described(QComboBox(), "export_form", tr("File format"))
        for key, form in EXPORT_FORMATS.items():
            self.form.addItem(said(form.label), key)
        self.rate = described(QComboBox(), "export_rate", tr("Sample rate"))
        self.rate.addItem(tr("The take’s own"), None)
        for rate in RATES:
            self.rate.addItem(tr("{rate} kHz", rate=number(rate / 1000)), rate)
        self.with_loudness = described(
            QCheckBox(tr("Bring it to")),
            "export_with_loudness",
            tr("Bring it to a loudness"),
            tr("By one gain for the whole file"),
        )
        self.loudness = spin("export_loudness", tr("Loudness"), LOUDNESS_RANGE, " LUFS")
        self.ceiling = spin("export_ceiling", tr("Highest true peak"), CEILING_RANGE, " dBTP")
        self.fade_in = spin("export_fade_in", tr("Fade in"), FADE_RANGE_S, " s", 0.1)
        self.fade_out = spin("export_fade_out", tr("Fade out"), FADE_RANGE_S, " s", 0.1)
        self.is_loop = described(
            QCheckBox(tr("It repeats")), "export_loop", tr("It repeats"), tr("Samplers read from where to where")
        )
        self.is_broadcast = described(
            QCheckBox(tr("Levels for broadcast")), "export_broadcast", tr("Levels for broadcast"), tr("A bext chunk")
        )
        self.template = described(QLineEdit(), "export_template", tr("Template of names"), fields_told())
        self.template.setMaxLength(naming.MOST_CHARACTERS)
        self.preview = label("", tone="muted")
        self.preview.setObjectName("export_preview")
        self.preview.setWordWrap(True)
        self._lay_out()
        self._connect(exporter)
        self.template.setText(exporter.template)
        self._show_form()
        screen_room.fit(self, self.sizeHint())

    def _lay_out(self) -> None:
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(0, 0, SPACE_WIDE, 0)
        grid.setHorizontalSpacing(SPACE_WIDE)
        grid.setVerticalSpacing(SPACE)
        rows: tuple[tuple[str, tuple[QWidget, ...]], ...] = (
            (tr("For"), (self.preset,)),
            (tr("Part"), (self.only_region,)),
            ("", (self.at_zero,)),
            (tr("Format"), (self.form, self.rate)),
            (tr("Loudness"), (self.with_loudness, self.loudness, label(tr("below")), self.ceiling)),
            (tr("Fade in, out"), (self.fade_in, self.fade_out)),
            (tr("Also"), (self.is_loop, self.is_broadcast)),
            (tr("Name"), (self.template,)),
            ("", (self.preview,)),
        )
        for place, (name, widgets) in enumerate(rows):
            grid.addWidget(label(name, tone="muted"), place, 0)
            row = QHBoxLayout()
            row.setSpacing(SPACE)
            for widget in widgets:
                row.addWidget(widget)
            if not isinstance(widgets[-1], QComboBox | QLineEdit) and widgets[-1] is not self.preview:
                row.addStretch(1)
            grid.addLayout(row, place, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_WIDE * 2, SPACE_WIDE * 2, SPACE_WIDE * 2, SPACE_WIDE)
        layout.setSpacing(SPACE_WIDE)
        layout.addWidget(VerticalScroll(sheet), 1)
        layout.addWidget(buttons)

    def _connect(self, exporter: Exporter) -> None:
        self.preset.activated.connect(self._preset_chosen)
        self.only_region.toggled.connect(exporter.set_only_region)
        self.at_zero.toggled.connect(self._changed)
        self.form.activated.connect(self._changed)
        self.rate.activated.connect(self._changed)
        self.with_loudness.toggled.connect(self._changed)
        for spin in (self.loudness, self.ceiling, self.fade_in, self.fade_out):
            spin.valueChanged.connect(self._changed)
        self.is_loop.toggled.connect(self._changed)
        self.is_broadcast.toggled.connect(self._changed)
        self.template.textEdited.connect(exporter.set_template)
        exporter.form_changed.connect(self._show_form)

    def _preset_chosen(self) -> None:
        if key := self.preset.currentData():
            self._exporter.use_preset(key)
        self._show_form()

    def _changed(self) -> None:
        """Only what differs is changed, so that what does not go together gives way to what was chosen."""
        now = self._exporter.settings
        wanted = {
            "format": self.form.currentData(),
            "sample_rate": self.rate.currentData(),
            "loudness_lufs": self.loudness.value() if self.with_loudness.isChecked() else None,
            "ceiling_dbtp": self.ceiling.value(),
            "fade_in_s": self.fade_in.value(),
            "fade_out_s": self.fade_out.value(),
            "at_zero_crossings": self.at_zero.isChecked(),
            "is_loop": self.is_loop.isChecked(),
            "is_broadcast": self.is_broadcast.isChecked(),
        }
        self._exporter.change(**{name: value for name, value in wanted.items() if value != getattr(now, name)})
        self._show_form()

    def _show_form(self) -> None:
        exporter, settings = self._exporter, self._exporter.settings
        form = EXPORT_FORMATS[settings.format]
        boxes = {
            self.only_region: exporter.only_region,
            self.at_zero: settings.at_zero_crossings,
            self.with_loudness: settings.loudness_lufs is not None,
            self.is_loop: settings.is_loop,
            self.is_broadcast: settings.is_broadcast,
        }
        for box, checked in boxes.items():
            with QSignalBlocker(box):
                box.setChecked(checked)
        lufs = settings.loudness_lufs if settings.loudness_lufs is not None else USUAL_LUFS
        values = {self.loudness: lufs, self.ceiling: settings.ceiling_dbtp}
        values |= {self.fade_in: settings.fade_in_s, self.fade_out: settings.fade_out_s}
        for spin, value in values.items():
            with QSignalBlocker(spin):
                spin.setValue(value)
        self.preset.setCurrentIndex(self.preset.findData(exporter.preset))
        self.form.setCurrentIndex(self.form.findData(settings.format))
        self.rate.setCurrentIndex(max(self.rate.findData(settings.sample_rate), 0))
        with_loudness = settings.loudness_lufs is not None
        set_available(self.loudness, "" if with_loudness else tr(AS_IT_IS))
        set_available(self.ceiling, "" if with_loudness else tr(NO_CEILING))
        set_available(self.only_region, "" if exporter.region is not None else tr(NO_REGION))
        set_available(self.at_zero, "" if exporter.part_s is not None else tr("Only a part has edges within the take."))
        set_available(self.is_loop, tr(NO_LOOP) if form.is_lossy else "")
        set_available(self.is_broadcast, "" if form.container == "WAV" else tr(ONLY_WAVE))
        told = f"{exporter.name}{exporter.suffix}" if exporter.take is not None else ""
        self.preview.setText(f"{told}\n{said(exporter.note)}" if exporter.note else told)
        restyle(self.preview, "tone", "warning" if exporter.note else "muted")


def spin(name: str, text: str, limits: tuple[float, float], unit: str, step: float = 0.5) -> QDoubleSpinBox:
    """A field for a number with its unit."""
    spin = described(DecimalBox(), name, text, text)
    spin.setRange(*limits)
    spin.setSingleStep(step)
    spin.setDecimals(2 if step < 0.5 else 1)
    spin.setSuffix(unit)
    return spin


def fields_told() -> str:
    """What the template of names can contain, a line each."""
    fields = "\n".join(f"{{{name}}}  {said(what)}" for name, what in naming.FIELDS.items())
    return tr("{fields}\nWhat is empty goes, with what parts it from the rest.", fields=fields)
