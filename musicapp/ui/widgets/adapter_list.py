"""LoRA adapters: a row for each with its strength, and a button for more."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from musicapp.request import MAX_LORA_STRENGTH, Lora
from musicapp.ui.state.adapters import Adapters
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.theme import ICON_SIZE, SPACE_TIGHT, Theme
from musicapp.ui.widgets.decimal_box import DecimalBox
from musicapp.ui.widgets.described import ElidedLabel, IconButton, described
from musicapp.ui.words import tr

STEP = 0.1


class AdapterRow(QWidget):
    """One adapter: name, strength, and a button that takes it away."""

    def __init__(self, adapters: Adapters, theme: Theme, place: int, path: Path) -> None:
        super().__init__()
        self._adapters, self._place = adapters, place
        self.name = ElidedLabel()
        self.name.set_whole(path.stem, str(path))
        self.strength = described(
            DecimalBox(), f"adapter_{place}_strength", tr("Strength of {stem}", stem=path.stem),
            tr("1 is as it was trained, 0 is off"),
        )  # fmt: skip
        self.strength.setRange(-MAX_LORA_STRENGTH, MAX_LORA_STRENGTH)
        self.strength.setSingleStep(STEP)
        self.strength.setKeyboardTracking(False)  # what is half typed would be tried out
        self.strength.lineEdit().setTextMargins(SPACE_TIGHT + 2, 0, 0, 0)
        self.removal = described(
            IconButton(theme, "close", tone="muted", size=ICON_SIZE - 4), f"adapter_{place}_remove",
            tr("Remove {stem}", stem=path.stem), tr("Do without this adapter; its file stays"),
        )  # fmt: skip
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_TIGHT)
        layout.addWidget(self.name, 1)
        layout.addWidget(self.strength)
        layout.addWidget(self.removal)
        self.strength.valueChanged.connect(self._strength_chosen)
        self.removal.clicked.connect(self._remove)

    def show_strength(self, strength: float) -> None:
        with QSignalBlocker(self.strength):  # rounding in the box must not write back
            self.strength.setValue(strength)

    def _strength_chosen(self, strength: float) -> None:
        self._adapters.set_strength(self._place, strength)

    def _remove(self) -> None:
        self._adapters.remove(self._place)


class AdapterList(QWidget):
    """The rows; `add` is the button, which whoever lays this out puts in its place."""

    def __init__(self, settings: TakeSettings, adapters: Adapters, theme: Theme) -> None:
        super().__init__()
        self._settings, self._adapters, self._theme = settings, adapters, theme
        self.rows: list[AdapterRow] = []
        self._shown: list[str] = []
        self.add = described(
            QPushButton(tr("Add …")), "adapter_add", tr("Add an adapter"),
            tr("A LoRA (.safetensors) that was trained for this model; you can drop its file on the window, too"),
        )  # fmt: skip
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_TIGHT)
        self.add.clicked.connect(self._choose)
        settings.loras_changed.connect(self._show)
        self._show()

    def _choose(self) -> None:
        loras = self._settings.loras
        folder = Path(loras[-1].path).parent if loras else Path.home()
        chosen, _ = QFileDialog.getOpenFileNames(
            self, tr("Add adapters"), str(folder), tr("LoRA adapters (*.safetensors)")
        )
        self._adapters.add([Path(path) for path in chosen])

    def _show(self) -> None:
        loras = self._settings.loras
        if [lora.path for lora in loras] != self._shown:
            self._make_rows(loras)
        for row, lora in zip(self.rows, loras, strict=True):
            row.show_strength(lora.strength)

    def _make_rows(self, loras: tuple[Lora, ...]) -> None:
        for row in self.rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()  # not now: one of its buttons may have been pressed
        self._shown = [lora.path for lora in loras]
        self.rows = [
            AdapterRow(self._adapters, self._theme, place, Path(path)) for place, path in enumerate(self._shown)
        ]
        for row in self.rows:
            self._layout.addWidget(row)
        if self.parentWidget() is not None or not self.rows:  # without a parent it would be a window of its own
            self.setVisible(bool(self.rows))
