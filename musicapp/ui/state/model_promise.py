"""What the chosen model can do, read from its description: known in a moment, long before its weights are loaded."""

from __future__ import annotations

from PySide6.QtCore import QObject

from musicapp.errors import MusicAppError
from musicapp.ui.state.background import Lane
from musicapp.ui.state.form_values import Promise
from musicapp.ui.state.take_settings import TakeSettings


class ModelPromise(QObject):
    """Gives `TakeSettings` the promise of whichever model is chosen."""

    def __init__(self, settings: TakeSettings, files: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._files = settings, files
        settings.target_changed.connect(self.look)

    def look(self) -> None:
        """Read the description of the chosen model. One that cannot be read is told of where it is loaded."""
        key = self._settings.model
        promise = self._settings.promise
        if self._settings.info is None and (promise is None or promise.key != key):
            self._files.run(lambda: _read(key), self._found, _leave)

    def _found(self, promise: Promise) -> None:
        if promise.key == self._settings.model:  # else another one was chosen meanwhile, whose promise stays
            self._settings.set_promise(promise)


def _read(key: str) -> Promise:
    from musicapp.description import catalogue  # late, as `model_choice` does

    folder = catalogue.find_model(key)
    return Promise(key, catalogue.name_of(folder), catalogue.max_duration_s(folder))


def _leave(_error: MusicAppError) -> None:
    pass
