"""Model, sampling and where it runs: folded away until wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from musicapp.request import BUILTIN_MODEL, DEVICES, MAX_GUIDANCE_SCALE, MAX_STEPS, PRECISIONS
from musicapp.ui import icons
from musicapp.ui.state.adapters import Adapters
from musicapp.ui.state.engine_state import EngineState
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.model_choice import ModelChoice
from musicapp.ui.state.precision_facts import PrecisionFacts
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.theme import ICON_SIZE, SPACE, SPACE_TIGHT, Theme
from musicapp.ui.widgets.adapter_list import AdapterList
from musicapp.ui.widgets.decimal_box import DecimalBox
from musicapp.ui.widgets.described import described, label, set_available
from musicapp.ui.words import marked, said, tr

NOT_MEASURED = marked("Not measured for this model; “musicapp models info NAME --measure” does that.")
UNKNOWN_YET = marked("Known as soon as the model is loaded.")
BROWSE, MORE = "browse", "more"
DEVICE_LABELS = {
    "auto": marked("Automatic"),
    "cpu": marked("Processor"),
    "cuda": marked("NVIDIA graphics card"),
    "mps": marked("Apple graphics chip"),
}
DEVICE_TIPS = {"cpu": "CPU", "cuda": "CUDA", "mps": "Metal"}
PRECISION_LABELS = {
    "auto": marked("Automatic"),
    "fp32": marked("Full (32 bit)"),
    "bf16": marked("Half (bfloat16)"),
    "fp16": marked("Half (16 bit)"),
    "int8": marked("Small (8 bit)"),
    "int4": marked("Smallest (4 bit), slower"),
}


class AdvancedPanel(QWidget):
    """A heading that unfolds the fields. `unfolded` tells of each switch, `models_wanted` that more are wanted."""

    unfolded = Signal(bool)
    models_wanted = Signal()

    def __init__(
        self,
        settings: TakeSettings,
        history: FormHistory,
        models: ModelChoice,
        adapters: Adapters,
        facts: PrecisionFacts,
        engine: EngineState,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._engine, self._history = engine, history
        self._settings, self._models, self._facts, self._theme = settings, models, facts, theme
        self.heading = described(
            QToolButton(), "advanced", tr("Advanced settings"), tr("Model, adapters, steps, guidance, sampler, device")
        )
        self.heading.setProperty("role", "section")
        self.heading.setCheckable(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

        self.model = described(QComboBox(), "model", tr("Model"), tr("The model that makes the music"))
        self.adapters = AdapterList(settings, adapters, theme)
        self.steps = described(QSpinBox(), "steps", tr("Steps"), tr("More steps take longer and may sound cleaner"))
        self.guidance = described(
            DecimalBox(), "guidance", tr("Guidance"), tr("How closely the prompt is followed; 1 is guidance off")
        )
        self.sampler = described(QComboBox(), "sampler", tr("Sampler"), tr("The method that turns noise into music"))
        self.device = described(QComboBox(), "device", tr("Device"), tr("Where the model runs"))
        self.precision = described(QComboBox(), "precision", tr("Precision"), tr("How precisely it computes"))
        self.precision_fact = label("", tone="muted")
        self.precision_fact.setObjectName("precision_fact")
        self.precision_fact.setWordWrap(True)
        self.reset = described(
            QPushButton(tr("Use the model’s own values")), "sampling_reset", tr("Reset steps, guidance and sampler"),
            tr("Steps, guidance and sampler as the model recommends"),
        )  # fmt: skip
        self.reset.setProperty("role", "link")
        self.steps.setRange(1, MAX_STEPS)
        self.guidance.setRange(0.0, MAX_GUIDANCE_SCALE)
        self.guidance.setSingleStep(0.5)
        self.guidance.setDecimals(1)
        for number in (self.steps, self.guidance):
            number.lineEdit().setTextMargins(SPACE_TIGHT + 2, 0, 0, 0)
        for box in (self.model, self.sampler, self.device, self.precision):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
        self._devices: tuple[str, ...] = ()
        _fill(self.precision, PRECISIONS, PRECISION_LABELS)

        self._body = QWidget()
        self._lay_out()
        self._connect()
        self._show_unfolded(False)
        self._show_count()
        self._show_models()
        self._show_devices()
        self._show_sampling()
        self._show_target()

    def _lay_out(self) -> None:
        form = QGridLayout(self._body)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(SPACE)
        form.setVerticalSpacing(SPACE_TIGHT + 2)
        form.setColumnStretch(1, 1)
        rows = (
            (tr("Model"), self.model),
            (tr("Adapters"), self.adapters.add),
            (tr("Steps"), self.steps),
            (tr("Guidance"), self.guidance),
            (tr("Sampler"), self.sampler),
            (tr("Device"), self.device),
            (tr("Precision"), self.precision),
        )
        for text, field in rows:
            name, row = label(text, tone="muted"), form.rowCount()
            name.setBuddy(field)
            form.addWidget(name, row, 0)
            form.addWidget(field, row, 1)
            if field is self.adapters.add:
                form.addWidget(self.adapters, row + 1, 0, 1, 2)
        form.addWidget(self.precision_fact, form.rowCount(), 0, 1, 2)
        form.addWidget(self.reset, form.rowCount(), 0, 1, 2, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_TIGHT)
        layout.addWidget(self.heading)
        layout.addWidget(self._body)

    def _connect(self) -> None:
        settings = self._settings
        self.heading.toggled.connect(self._show_unfolded)
        self._theme.changed.connect(self._show_arrow)
        self.steps.valueChanged.connect(self._steps_chosen)
        self.guidance.valueChanged.connect(self._guidance_chosen)
        self.sampler.activated.connect(self._sampler_chosen)
        self.reset.clicked.connect(self._reset)
        self.model.activated.connect(self._model_chosen)
        self.device.activated.connect(self._device_chosen)
        self.precision.activated.connect(self._precision_chosen)
        settings.sampling_changed.connect(self._show_sampling)
        settings.limits_changed.connect(self._show_sampling)
        settings.target_changed.connect(self._show_target)
        self._engine.changed.connect(self._show_devices)
        settings.loras_changed.connect(self._show_count)
        self._models.changed.connect(self._show_models)
        self._facts.changed.connect(self._show_facts)
        settings.limits_changed.connect(self._show_facts)

    def set_unfolded(self, unfolded: bool) -> None:
        self.heading.setChecked(unfolded)

    def unfold(self) -> None:
        self.set_unfolded(True)

    def _show_count(self) -> None:
        """Adapters change every take, so they are told of when the fields are folded away, too."""
        count = len(self._settings.loras)
        more = " · " + tr("%n adapters", "", count) if count else ""
        self.heading.setText(tr("Advanced") + more)

    def _show_unfolded(self, unfolded: bool) -> None:
        self._body.setVisible(unfolded)
        self._show_arrow()
        self.unfolded.emit(unfolded)

    def _show_arrow(self) -> None:
        colours = self._theme.colours
        name = "chevron-down" if self.heading.isChecked() else "chevron-right"
        self.heading.setIcon(icons.icon(name, colours.muted, colours.disabled, ICON_SIZE - 4))

    def _steps_chosen(self, steps: int) -> None:
        self._history.step("Steps", lambda: self._settings.set_sampling(steps=steps), joins=True)

    def _guidance_chosen(self, scale: float) -> None:
        self._history.step("Guidance", lambda: self._settings.set_sampling(guidance_scale=scale), joins=True)

    def _sampler_chosen(self, row: int) -> None:
        chosen = self.sampler.itemData(row)
        self._history.step("Sampler", lambda: self._settings.set_sampling(sampler=chosen))

    def _reset(self) -> None:
        usual: dict[str, Any] = {"steps": None, "guidance_scale": None, "sampler": None}
        self._history.step("The model’s own settings", lambda: self._settings.set_sampling(**usual))

    def _model_chosen(self, row: int) -> None:
        key = self.model.itemData(row)
        if key == MORE:
            self._show_target()
            self.models_wanted.emit()
            return
        if key == BROWSE:
            folder = QFileDialog.getExistingDirectory(self, tr("Choose a model folder"), str(Path.home()))
            if not folder:
                self._show_target()
                return
            key = folder
        self._models.add(key)
        self._history.step("Model", lambda: self._settings.set_target(model=key))

    def _device_chosen(self, row: int) -> None:
        chosen = self.device.itemData(row)
        self._history.step("Device", lambda: self._settings.set_target(device=chosen))

    def _precision_chosen(self, row: int) -> None:
        chosen = self.precision.itemData(row)
        self._history.step("Precision", lambda: self._settings.set_target(precision=chosen))

    def _show_models(self) -> None:
        with QSignalBlocker(self.model):
            self.model.clear()
            for key, name in self._models.names.items():
                self.model.addItem(said(name), key)
                self.model.setItemData(self.model.count() - 1, key, Qt.ItemDataRole.ToolTipRole)
            self.model.insertSeparator(self.model.count())
            self.model.addItem(tr("Choose a folder …"), BROWSE)
            self.model.addItem(tr("More models …"), MORE)
        self._show_target()

    def _show_devices(self) -> None:
        """Only what this machine has, and what was chosen before."""
        devices = tuple(key for key in DEVICES if key in ("auto", *self._engine.devices, self._settings.device))
        if devices == self._devices:
            return
        self._devices = devices
        with QSignalBlocker(self.device):
            self.device.clear()
            _fill(self.device, devices, DEVICE_LABELS)
            for row, key in enumerate(devices):
                missing = key not in ("auto", *self._engine.devices)
                tip = tr("Not found on this computer") if missing else DEVICE_TIPS.get(key, "")
                self.device.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        self._show_target()

    def _show_target(self) -> None:
        if self._settings.model not in self._models.names:
            self._models.add(self._settings.model)  # answers with `changed`, which comes back here
            return
        for box, value in (
            (self.model, self._settings.model or BUILTIN_MODEL),
            (self.device, self._settings.device),
            (self.precision, self._settings.precision),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self._show_facts()

    def _show_facts(self) -> None:
        """What is known of every precision in its tooltip, and of the one in use below the box."""
        info = self._settings.info
        for row in range(self.precision.count()):
            key = self.precision.itemData(row)
            used = info.precision if key == "auto" and info is not None else key
            fact = said(self._facts.texts.get(used, ""))
            if fact and key == "auto":
                fact = f"{tr(PRECISION_LABELS[used])}: {fact}"
            tip = fact or (tr(NOT_MEASURED) if key not in ("auto", "fp16") else "")
            self.precision.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
            self.precision.setItemData(row, fact, Qt.ItemDataRole.AccessibleDescriptionRole)
            if row == self.precision.currentIndex():
                self.precision_fact.setText(fact)
                self.precision_fact.setVisible(bool(fact))
                self.precision.setAccessibleDescription(fact)

    def _show_sampling(self) -> None:
        settings, info = self._settings, self._settings.info
        reason = "" if info else tr(UNKNOWN_YET)
        for widget in (self.steps, self.guidance, self.sampler):
            set_available(widget, reason)
        defaults = info.defaults if info else None
        steps = settings.steps or (defaults.steps if defaults else 0)
        scale = settings.guidance_scale
        if scale is None and defaults:
            scale = defaults.guidance_scale
        _show_number(self.steps, steps if steps else None)
        _show_number(self.guidance, scale)
        with QSignalBlocker(self.sampler):
            self.sampler.clear()
            if info is not None:
                self.sampler.addItem(tr("The model’s own"), None)
                self.sampler.setItemData(0, info.defaults.sampler, Qt.ItemDataRole.ToolTipRole)
                for name in info.samplers:
                    if name != info.defaults.sampler:
                        self.sampler.addItem(name, name)
            self.sampler.setCurrentIndex(max(0, self.sampler.findData(settings.sampler)))
        own = settings.steps is None and settings.guidance_scale is None and settings.sampler is None
        set_available(self.reset, tr("These are the model’s own values.") if own else "")


def _fill(box: QComboBox, keys: tuple[str, ...], labels: dict[str, str]) -> None:
    for key in keys:
        box.addItem(tr(labels.get(key, key)), key)


def _show_number(box: QSpinBox | QDoubleSpinBox, value: float | None) -> None:
    """Show a value; a dash stands for one that is not known yet."""
    unknown = value is None
    if value == box.value() and not box.specialValueText():
        return  # what is half typed stays
    box.setSpecialValueText("–" if unknown else "")
    box.setButtonSymbols(
        QAbstractSpinBox.ButtonSymbols.NoButtons if unknown else QAbstractSpinBox.ButtonSymbols.UpDownArrows
    )
    with QSignalBlocker(box):
        if isinstance(box, QSpinBox):
            box.setValue(int(value) if value is not None else box.minimum())
        else:
            box.setValue(float(value) if value is not None else box.minimum())
