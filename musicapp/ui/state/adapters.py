"""The LoRA adapters of the chosen model: added from files, each with a strength, taken away again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp.description import adapter_names
from musicapp.request import Lora
from musicapp.ui.state.background import Lane
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import TakeSettings


class Adapters(QObject):
    """Changes `TakeSettings.loras`, whose signal tells of every change. `added` tells that there is a new one.

    Whether an adapter fits the model only the engine finds out, which tries as soon as it is added.
    """

    added = Signal()

    def __init__(
        self,
        settings: TakeSettings,
        history: FormHistory,
        messages: Messages,
        files: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._history, self._messages, self._files = settings, history, messages, files

    def add(self, paths: Sequence[Path]) -> None:
        """Put adapters at the end, as strong as they were trained. What is no adapter becomes a message."""
        for path in paths:

            def check(path: Path = path) -> Path:
                adapter_names.check_adapter(path)
                return path.absolute()

            self._files.run(check, self._add, self._messages.post_error)

    def take_in(self, path: Path, otherwise: Callable[[Path], None]) -> None:
        """Add a file that was dropped if it is an adapter, else give it to `otherwise`."""

        def decide(is_adapter: bool) -> None:
            (self._add if is_adapter else otherwise)(path)

        self._files.run(lambda: adapter_names.is_adapter(path), decide, self._messages.post_error)

    def set_strength(self, place: int, strength: float) -> None:
        """Change one; 0 is as if it were not there."""
        loras = list(self._settings.loras)
        loras[place] = replace(loras[place], strength=strength)
        self._history.step("Strength of an adapter", lambda: self._settings.set_loras(tuple(loras)), joins=True)

    def remove(self, place: int) -> None:
        """Take one away; its file stays."""
        loras = self._settings.loras
        self._history.step("Remove an adapter", lambda: self._settings.set_loras(loras[:place] + loras[place + 1 :]))

    def _add(self, path: Path) -> None:
        loras = self._settings.loras
        if any(lora.path == str(path) for lora in loras):
            self._messages.remark(f"The adapter {path.stem} is there already")
            return
        self._history.step("Add an adapter", lambda: self._settings.set_loras((*loras, Lora(str(path)))))
        self._messages.remark(f"Adapter {path.stem} added")
        self.added.emit()
