"""What the chosen model reads out of a prompt and what it does not know: in the background, soon after the last key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from musicapp.ui.state.background import Lane
from musicapp.ui.state.take_settings import TakeSettings

if TYPE_CHECKING:
    from musicapp.prompts.vocabulary import Vocabulary

PAUSE_MS = 500  # a word that is being typed is not yet unknown
_Asked = tuple[str, str, float]  # model, prompt, length in seconds


@dataclass(frozen=True)
class _Reader:
    """How a model reads: its list of words, if it has one, and whether it follows tempo, key and drums by rule."""

    model: str = ""
    vocabulary: Vocabulary | None = None
    follows_facts: bool = False


class PromptNote(QObject):
    """`text` names what is followed by rule and the unknown words, or is empty; `changed` carries it.

    It never stands in the way of a take.
    """

    changed = Signal(str)

    def __init__(self, settings: TakeSettings, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._files = settings, files
        self._reader = _Reader()
        self.text = ""
        self._look_soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._look_soon.timeout.connect(self._look)
        settings.prompt_changed.connect(self._wait)
        settings.target_changed.connect(self._wait)
        settings.duration_changed.connect(self._wait)  # what is said to happen at a time may lie behind the end

    def _wait(self) -> None:
        self._look_soon.start()

    def _look(self) -> None:
        asked = self._asked()
        reader = self._reader

        def work() -> tuple[_Asked, _Reader, str]:
            return asked, *_note(*asked, reader)

        self._files.run(work, self._found)

    def _asked(self) -> _Asked:
        return self._settings.model, self._settings.prompt, self._settings.duration_s

    def _found(self, result: tuple[_Asked, _Reader, str]) -> None:
        asked, self._reader, text = result
        if asked == self._asked() and text != self.text:
            self.text = text
            self.changed.emit(text)


def _note(model: str, prompt: str, duration_s: float, reader: _Reader) -> tuple[_Reader, str]:
    from musicapp.prompts import vocabulary  # late, as `model_choice` does
    from musicapp.prompts.arc import describe_arc, without_arc
    from musicapp.prompts.facts import describe, read_prompt, without_read

    if reader.model != model:
        reader = _reader_of(model)
    followed, rest = "", prompt
    if reader.follows_facts:
        facts = read_prompt(prompt)
        followed = ", ".join(filter(None, (describe(facts), describe_arc(prompt, facts, duration_s))))
        rest = without_read(without_arc(prompt))
    unknown = vocabulary.note_about(reader.vocabulary.unknown_in(rest)) if reader.vocabulary else ""
    return reader, "\n".join(part for part in (f"Read as: {followed}" if followed else "", unknown) if part)


def _reader_of(model: str) -> _Reader:
    from musicapp.description import catalogue
    from musicapp.errors import CheckpointError
    from musicapp.prompts import vocabulary

    try:
        folder = catalogue.find_model(model)
        return _Reader(model, vocabulary.read_vocabulary(folder), catalogue.follows_facts(folder))
    except CheckpointError:  # a model that is gone or damaged is told of where it is loaded
        return _Reader(model)
