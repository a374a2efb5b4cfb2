"""What each precision of the chosen model takes and changes: read in the background from what was measured on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from musicapp.errors import CheckpointError
from musicapp.ui.state.background import Lane
from musicapp.ui.state.take_settings import TakeSettings

if TYPE_CHECKING:
    from musicapp.description.precision_figures import Figures


class PrecisionFacts(QObject):
    """`texts` has one sentence for each precision of which something is known; `changed` tells of others."""

    changed = Signal()

    def __init__(self, settings: TakeSettings, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._files = settings, files
        self.texts: dict[str, str] = {}
        settings.limits_changed.connect(self._look)  # another model, or one that is loaded now: its copy may be new

    def _look(self) -> None:
        model = self._settings.model
        self._files.run(lambda: (model, _read(model)), self._found)

    def _found(self, result: tuple[str, dict[str, str]]) -> None:
        model, texts = result
        if model == self._settings.model and texts != self.texts:
            self.texts = texts
            self.changed.emit()


def _read(model: str) -> dict[str, str]:
    from musicapp.description import catalogue, copies, precision_figures  # late, as `model_choice` does
    from musicapp.store.sizes import format_bytes

    try:
        folder = catalogue.find_model(model)
    except CheckpointError:  # a model that is gone is told of where it is loaded
        return {}
    parts = {figures.precision: _words(figures) for figures in precision_figures.read(folder)}
    for copy in copies.list_copies(folder):
        parts.setdefault(copy.precision, []).append(f"{format_bytes(copy.size_bytes)} on disk beside the original")
    return {precision: "; ".join(words) for precision, words in parts.items()}


def _words(figures: Figures) -> list[str]:
    from musicapp.store.sizes import format_bytes

    memory = f"{format_bytes(figures.weights_bytes)} of memory for the weights"
    if figures.signal_db is None:
        return [memory, "full precision"]
    return [memory, f"differs from full precision by −{figures.signal_db:.0f} dB (mel distance {figures.mel:.2f})"]
