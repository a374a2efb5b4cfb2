"""Downloads of models: one at a time in a lane of their own, with pause, resume and cancel."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from musicapp import paths
from musicapp.errors import ModelStoreError, MusicAppError
from musicapp.ui.state.background import Lane

log = logging.getLogger(__name__)

TELL_EVERY_S = 0.1


@dataclass(frozen=True)
class Transfer:
    """A download as people see it. state: "queued", "running", "stopping", "paused" or "failed".

    fraction  of all bytes, None while that is not known
    """

    key: str
    state: str
    text: str
    fraction: float | None = None
    error: MusicAppError | None = None

    @property
    def is_active(self) -> bool:
        return self.state in ("queued", "running", "stopping")


class ModelTransfers(QObject):
    """Downloads that were begun in this window.

    changed  a download moved, ended or went away: its key
    arrived  a model is here: its key
    failed   a download could not go on: its key
    warned   something that the user should know, a MusicAppError
    """

    changed = Signal(str)
    arrived = Signal(str)
    failed = Signal(str)
    warned = Signal(object)

    _progressed = Signal(str, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.by_key: dict[str, Transfer] = {}
        self._lane = Lane("downloads", self)
        self._stops: dict[str, threading.Event] = {}
        self._discarded: set[str] = set()
        self._session_token = ""  # for a system without a keyring
        self._progressed.connect(self._show_progress)

    def get(self, key: str, token_text: str = "") -> None:
        """Download a known model and its text encoder, or go on with that. `token_text` is kept in the keyring."""
        if key in self.by_key and self.by_key[key].is_active:
            return
        others = any(transfer.is_active for transfer in self.by_key.values())
        words = "Waits for the other download" if others else "Asking the hub"
        self._set(Transfer(key, "queued", words, self._fraction_of(key)))
        stop = self._stops[key] = threading.Event()
        self._lane.run(
            lambda: self._work(key, token_text, stop),
            lambda whole: self._ended(key, whole),
            lambda error: self._broke(key, error),
        )

    def pause(self, key: str) -> None:
        """Stop; what has arrived is kept."""
        transfer = self.by_key.get(key)
        if transfer is not None and transfer.is_active:
            self._stops[key].set()
            self._set(replace(transfer, state="stopping", text="Stopping"))

    def cancel(self, key: str) -> None:
        """Stop, and delete what has arrived: behind another download, until which it is being stopped."""
        if key in self._discarded:
            return
        self._discarded.add(key)
        if key in self.by_key and self.by_key[key].is_active:
            self.pause(key)
        else:
            self._set(Transfer(key, "stopping", "Stopping", self._fraction_of(key)))
            self._discard(key)

    def forget_token(self) -> None:
        """Do not use the token of this session any more."""
        self._session_token = ""

    def close(self) -> None:
        """Stop all downloads; what has arrived is kept."""
        for stop in self._stops.values():
            stop.set()
        self._lane.close()

    def _work(self, key: str, token_text: str, stop: threading.Event) -> bool:
        """In the lane: fetch text encoder and model; whether they are whole."""
        from musicapp.store import getting, known, shelf
        from musicapp.store.words import describe

        item, encoder, told_at = known.find(key), shelf.missing_encoder(key), 0.0
        sizes = {part.key: part.size_bytes for part in (item, encoder) if part is not None}
        done: dict[str, int] = {}
        for part, progress in getting.get(item, token=self._token(token_text)):
            if stop.is_set():
                return False
            sizes[part.key], done[part.key] = progress.total_bytes, progress.done_bytes
            if time.monotonic() - told_at >= TELL_EVERY_S:
                told_at = time.monotonic()
                words = describe(progress) if part is item else f"{part.name} first: {describe(progress)}"
                share = min(1.0, sum(done.values()) / sum(sizes.values()))
                self._progressed.emit(key, share, words[:1].upper() + words[1:])
        return True

    def _token(self, text: str) -> str:
        from musicapp.store import token

        if text:
            self._session_token = token.checked(text)
            try:
                token.keep(self._session_token)
            except ModelStoreError as error:
                hint = f"It is used until the window is closed. {error.hint}"
                self.warned.emit(ModelStoreError(error.message, hint=hint, detail=error.detail))
        return self._session_token or token.read()

    def _show_progress(self, key: str, fraction: float | None, text: str) -> None:
        if key in self.by_key and self.by_key[key].state in ("queued", "running"):
            self._set(Transfer(key, "running", text, fraction))

    def _ended(self, key: str, whole: bool) -> None:
        if whole:
            self._discarded.discard(key)
            del self.by_key[key]
            self.arrived.emit(key)
            self.changed.emit(key)
        elif key in self._discarded:
            self._discard(key)
        else:
            self._set(Transfer(key, "paused", "Paused", self._fraction_of(key)))

    def _broke(self, key: str, error: MusicAppError) -> None:
        if error.detail:
            log.info("detail: %s", error.detail)
        log.warning("%s: %s", key, error.message)
        if key in self._discarded:
            self._discard(key)
            return
        self._set(Transfer(key, "failed", error.message, self._fraction_of(key), error))
        self.failed.emit(key)

    def _discard(self, key: str) -> None:
        def delete() -> None:
            from musicapp.store import folders, sources

            models = paths.user_models_folder()
            if (models / sources.UNFINISHED / key).is_dir():
                folders.remove(key, models)

        def gone(_nothing: object) -> None:
            self._discarded.discard(key)
            self.by_key.pop(key, None)
            self.changed.emit(key)

        self._lane.run(delete, gone, lambda error: self._broke_discarding(key, error))

    def _broke_discarding(self, key: str, error: MusicAppError) -> None:
        self._discarded.discard(key)
        self.warned.emit(error)
        self._set(Transfer(key, "paused", "Paused", self._fraction_of(key)))

    def _fraction_of(self, key: str) -> float | None:
        return self.by_key[key].fraction if key in self.by_key else None

    def _set(self, transfer: Transfer) -> None:
        self.by_key[transfer.key] = transfer
        self.changed.emit(transfer.key)
