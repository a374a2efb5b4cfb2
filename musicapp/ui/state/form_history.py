"""What the form held before: steps back after "Use settings", and the prompts of before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from musicapp.request import Lora, TakeRequest
from musicapp.settings import Settings
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import FormValues, TakeSettings

USED = "The settings of the take are in the form; its seed is kept."
USED_BUT_SEED = "The settings of the take are in the form; the seed is the one of before."
USED_SEED = "The seed of the take is in the form and kept; all else is as it was."
MOST_STEPS = 50


@dataclass(frozen=True)
class _Form:
    """The whole form, with the adapters of every model."""

    values: FormValues
    loras_of: dict[str, tuple[Lora, ...]]


class FormHistory(QObject):
    """`changed` tells that there is something to undo, or nothing any more; `used` that settings were used.

    The prompts of before are in `Settings.recent_prompts`, newest first: those that were made, and what was being
    written when other settings took its place. Walking through them (`older`, `newer`) ends at what was being written.
    """

    changed = Signal()
    used = Signal()

    def __init__(self, form: TakeSettings, saved: Settings, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._form, self._saved, self._messages = form, saved, messages
        self._before: list[_Form] = []
        self._walk: list[str] = []
        self._place = 0
        self._is_walking = False
        form.prompt_changed.connect(self._written)

    @property
    def can_undo(self) -> bool:
        """Whether other settings took the form's place."""
        return bool(self._before)

    def use(self, request: TakeRequest, note: tuple[str, str] = ("", "")) -> None:
        """Set the form as it was for a take; the form of before comes back with `undo`.

        note  what of the take's settings could not be set, and what to do
        """
        self._keep_now()
        self._saved.remember_prompt(self._form.prompt)
        self._form.recall(request)
        self._tell(note[0] or USED, note[1], "warning" if note[0] else "notice")

    def use_but_seed(self, request: TakeRequest, note: tuple[str, str] = ("", "")) -> None:
        """Set the form as it was for a take, but keep the seed of the form and its lock."""
        before = self._keep_now().values
        self._saved.remember_prompt(self._form.prompt)
        self._form.recall(request)
        self._form.set_seed(before.seed, is_used=not before.seed_is_unused)
        self._form.set_seed_locked(before.seed_is_locked)
        self._tell(note[0] or USED_BUT_SEED, note[1], "warning" if note[0] else "notice")

    def use_seed(self, request: TakeRequest) -> None:
        """Use the seed of a take for the next ones, and nothing else of it."""
        self._keep_now()
        self._form.set_seed(request.seed)
        self._form.set_seed_locked(True)
        self._tell(USED_SEED)

    def _keep_now(self) -> _Form:
        self._before = [*self._before[1 - MOST_STEPS :], self._now()]
        return self._before[-1]

    def _tell(self, text: str, hint: str = "", kind: str = "notice") -> None:
        self.changed.emit()
        self.used.emit()
        self._messages.post(kind, text, hint, offer=("Undo", self.undo), about="recall")

    def undo(self) -> None:
        """Have the form of before the last "Use settings" again."""
        if not self._before:
            return
        before = self._before.pop()
        self._saved.remember_prompt(self._form.prompt)
        self._form.loras_of = dict(before.loras_of)
        self._form.set_values(before.values)
        self._messages.dismiss("recall")
        self._messages.remark("The form is as it was before")
        self.changed.emit()

    def made(self, request: TakeRequest) -> None:
        """A take of this request is being made."""
        self._saved.remember_prompt(request.prompt)
        self._walk, self._place = [], 0

    def older(self) -> bool:
        """Put the prompt before this one into the form; False when there is none."""
        if not self._walk:
            written = self._form.prompt
            self._walk = [written, *(text for text in self._saved.recent_prompts if text != written.strip())]
            self._place = 0
        return self._go_to(self._place + 1)

    def newer(self) -> bool:
        """Back towards what was being written; False when that is there."""
        return bool(self._walk) and self._go_to(self._place - 1)

    def _go_to(self, place: int) -> bool:
        if not 0 <= place < len(self._walk):
            return False
        self._place, self._is_walking = place, True
        self._form.set_prompt(self._walk[place])
        self._is_walking = False
        return True

    def _written(self, _text: str) -> None:
        if self._is_walking:
            return
        if self._place and self._walk:  # a prompt of before is changed: what was being written becomes one, too
            self._saved.remember_prompt(self._walk[0])
        self._walk, self._place = [], 0

    def _now(self) -> _Form:
        return _Form(replace(self._form.values()), dict(self._form.loras_of))
