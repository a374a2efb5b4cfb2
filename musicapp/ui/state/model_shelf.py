"""All models, here and to be had, as the Models dialog shows them: list, import, removal, the folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.errors import MusicAppError
from musicapp.request import BUILTIN_MODEL
from musicapp.ui.state.background import Lane
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.model_choice import ModelChoice
from musicapp.ui.state.model_transfers import ModelTransfers
from musicapp.ui.state.take_settings import TakeSettings

if TYPE_CHECKING:
    from musicapp.store.shelf import DiskUse, Item

T = TypeVar("T")


class ModelShelf(QObject):
    """What there is, and what is being done with it. Its messages are shown in the dialog.

    changed       the list or the disk use is another
    work_changed  the words for what is being done in the background, "" for nothing
    added         a model was imported or has arrived: its key
    """

    changed = Signal()
    work_changed = Signal(str)
    added = Signal(str)

    _worked = Signal(str)

    def __init__(
        self, choice: ModelChoice, settings: TakeSettings, generation: Generation, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choice, self._settings, self._generation = choice, settings, generation
        self.messages = Messages(self)
        self.transfers = ModelTransfers(self)
        self.items: list[Item] = []
        self.use: DiskUse | None = None
        self.work = ""
        self.check_model: Callable[[Path], None] | None = None  # raises for a model folder that would not load
        self._lane = Lane("models", self)
        self._worked.connect(self._set_work)
        self.transfers.arrived.connect(self._arrived)
        self.transfers.changed.connect(self._transfer_changed)
        self.transfers.failed.connect(self._transfer_failed)
        self.transfers.warned.connect(self.messages.post_error)

    def load(self) -> None:
        """Look at the disk again."""
        self._lane.run(_read, self._loaded, self.messages.post_error)

    def find(self, key: str) -> Item | None:
        """The item of this name."""
        return next((item for item in self.items if item.key == key), None)

    def is_in_use(self, key: str) -> bool:
        """Whether the next take would be made with it."""
        return key == self._settings.model

    def use_model(self, key: str) -> None:
        """Make the next takes with this model."""
        self._settings.set_target(model=key)
        self.changed.emit()

    def why_not_remove(self, key: str) -> str:
        """The reason why a model has to stay for now, "" for none."""
        item = self.find(key)
        if item is not None and item.ships:
            return "It ships with the app."
        if self.is_in_use(key) and self._generation.is_running:
            return "A take is being made with it."
        return ""

    def remove(self, key: str) -> None:
        """Delete a model. If it was the chosen one, the built-in one is chosen."""
        if reason := self.why_not_remove(key):
            self.messages.post("error", "This model cannot be removed now.", reason)
            return
        if self.is_in_use(key):
            self._settings.set_target(model=BUILTIN_MODEL)

        def delete() -> str:
            from musicapp.store import folders
            from musicapp.store.sizes import format_bytes

            return format_bytes(folders.remove(key, paths.user_models_folder()))

        self._do(delete, f"Removing {key}", lambda freed: self._tell(f"{key} is gone, {freed} are free again."))

    def add(self, path: Path) -> None:
        """Import a folder or file."""

        def copy() -> tuple[str, str]:
            from musicapp.store import folders, importing, shelf, words

            models = folders.usable()
            job = importing.plan(path, models, verify=self.check_model)
            for progress in importing.run(job, models, verify=self.check_model):
                self._worked.emit(f"{job.key} · {words.describe(progress)}")
            encoder = shelf.missing_encoder(job.key)
            return job.key, encoder.key if encoder is not None else ""

        self._do(copy, f"Looking at {path.name}", self._imported)

    def move_folder(self, target: Path) -> None:
        """Move all models to another folder."""

        def move() -> None:
            from musicapp.store import folders, words

            for progress in folders.move(target):
                self._worked.emit(f"Models: {words.describe(progress)}")

        self._do(move, "Moving the models", lambda _nothing: self._tell(f"Your models are in {target} now."))

    def forget_token(self) -> None:
        """Take the hub's token out of the keyring."""

        def forget() -> bool:
            from musicapp.store import token

            return token.forget()

        self.transfers.forget_token()
        words = {True: "The token is forgotten.", False: "No token was kept."}
        self._lane.run(forget, lambda was_there: self._tell(words[was_there]), self.messages.post_error)

    def close(self) -> None:
        """Stop downloads and end the threads."""
        self.transfers.close()
        self._lane.close()

    def _do(self, work: Callable[[], T], words: str, done: Callable[[T], None]) -> None:
        def succeeded(result: T) -> None:
            self._set_work("")
            done(result)
            self._refresh()

        def failed(error: MusicAppError) -> None:
            self._set_work("")
            self.messages.post_error(error)
            self._refresh()

        self.messages.dismiss()
        self._set_work(words)
        self._lane.run(work, succeeded, failed)

    def _imported(self, found: tuple[str, str]) -> None:
        key, missing = found
        self._arrived(key)
        if missing:
            self._tell(f"{key} is here.", f"It needs the text encoder {missing} too: get it from the list.")

    def _arrived(self, key: str) -> None:
        item = self.find(key)
        name = item.known.name if item is not None and item.known is not None else key
        self._tell(f"{name} is here.", "Choose it with “Use”; every weight is checked when it is loaded.")
        self._refresh()
        self.added.emit(key)

    def _tell(self, text: str, hint: str = "") -> None:
        self.messages.post("notice", text, hint)

    def _refresh(self) -> None:
        self.load()
        self._choice.load()

    def _transfer_changed(self, key: str) -> None:
        self.changed.emit()
        transfer = self.transfers.by_key.get(key)
        if transfer is None or not transfer.is_active:
            self.load()  # it has arrived, stopped or gone: the disk knows how much is there

    def _transfer_failed(self, key: str) -> None:
        self.messages.remark(f"{key}: {self.transfers.by_key[key].text}")  # the dialog may be closed

    def _set_work(self, words: str) -> None:
        if words != self.work:
            self.work = words
            self.work_changed.emit(words)

    def _loaded(self, found: tuple[list[Item], DiskUse]) -> None:
        self.items, self.use = found
        self.changed.emit()


def _read() -> tuple[list[Item], DiskUse]:
    from musicapp.store import shelf

    return shelf.list_items(), shelf.disk_use()
