"""What the form held before: one step back after "Use settings", and the prompts of before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from musicapp.request import Lora, TakeRequest
from musicapp.settings import Settings
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import FormValues, TakeSettings

USED = "The settings of the take are in the form; its seed is kept."


@dataclass(frozen=True)
class _Form:
    """The whole form, with the adapters of every model."""

    values: FormValues
    loras_of: dict[str, tuple[Lora, ...]]


class FormHistory(QObject):
    """`changed` tells that there is something to undo, or nothing any more.

    The prompts of before are in `Settings.recent_prompts`, newest first: those that were made, and what was being
    written when other settings took its place. Walking through them (`older`, `newer`) ends at what was being written.
    """

    changed = Signal()

    def __init__(self, form: TakeSettings, saved: Settings, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._form, self._saved, self._messages = form, saved, messages
        self._before: _Form | None = None
        self._walk: list[str] = []
        self._place = 0
        self._is_walking = False
        form.prompt_changed.connect(self._written)

    @property
    def can_undo(self) -> bool:
        """Whether other settings took the form's place."""
        return self._before is not None

    def use(self, request: TakeRequest, note: tuple[str, str] = ("", "")) -> None:
        """Set the form as it was for a take; the form of before comes back with `undo`.

        note  what of the take's settings could not be set, and what to do
        """
        self._before = self._now()
        self._saved.remember_prompt(self._form.prompt)
        self._form.recall(request)
        self.changed.emit()
        kind = "warning" if note[0] else "notice"
        self._messages.post(kind, note[0] or USED, note[1], offer=("Undo", self.undo), about="recall")

    def undo(self) -> None:
        """Have the form of before "Use settings" again."""
        if self._before is None:
            return
        before, self._before = self._before, None
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
