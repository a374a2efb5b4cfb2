"""What the chosen model does not know of the prompt: looked up in the background, shortly after the last key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp.ui.state.background import Lane
from musicapp.ui.state.take_settings import TakeSettings

if TYPE_CHECKING:
    from musicapp.checkpoints.vocabulary import Vocabulary

PAUSE_MS = 500  # a word that is being typed is not yet unknown


class PromptNote(QObject):
    """`text` names the unknown words, or is empty; `changed` carries it. It never stands in the way of a take."""

    changed = Signal(str)

    def __init__(self, settings: TakeSettings, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._files = settings, files
        self._read: tuple[str, Vocabulary | None] = ("", None)  # the model and its vocabulary
        self.text = ""
        self._look_soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._look_soon.timeout.connect(self._look)
        settings.prompt_changed.connect(self._wait)
        settings.target_changed.connect(self._wait)

    def _wait(self) -> None:
        self._look_soon.start()

    def _look(self) -> None:
        asked = (self._settings.model, self._settings.prompt)
        read = self._read

        def work() -> tuple[tuple[str, str], tuple[str, Vocabulary | None], str]:
            return asked, *_note(*asked, read)

        self._files.run(work, self._found)

    def _found(self, result: tuple[tuple[str, str], tuple[str, Vocabulary | None], str]) -> None:
        asked, self._read, text = result
        if asked == (self._settings.model, self._settings.prompt) and text != self.text:
            self.text = text
            self.changed.emit(text)


def _note(model: str, prompt: str, read: tuple[str, Vocabulary | None]) -> tuple[tuple[str, Vocabulary | None], str]:
    from musicapp.checkpoints import catalogue, vocabulary  # late, as `model_choice` does
    from musicapp.errors import CheckpointError

    if read[0] != model:
        try:
            read = (model, vocabulary.read_vocabulary(catalogue.find_model(model)))
        except CheckpointError:  # a model that is gone is told of where it is loaded
            read = (model, None)
    return read, vocabulary.note_about(read[1].unknown_in(prompt)) if read[1] else ""
