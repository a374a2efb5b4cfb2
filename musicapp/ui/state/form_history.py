"""What the form held before: steps back and forth, and the prompts and seeds of before."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from musicapp.request import MAX_SEED, Lora, TakeRequest
from musicapp.settings import Settings
from musicapp.ui.state.form_values import FormValues
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.state.undo import JOINED_S

USED = "The settings of the take are in the form; its seed is kept."
USED_BUT_SEED = "The settings of the take are in the form; the seed is the one of before."
USED_SEED = "The seed of the take is in the form and kept; all else is as it was."
MOST_STEPS = 100


@dataclass(frozen=True)
class Snapshot:
    """The whole form, with the adapters of every model, and where it runs."""

    values: FormValues
    loras_of: dict[str, tuple[Lora, ...]]
    device: str
    precision: str


@dataclass(eq=False)
class Step:
    """What changed the form, for people, and the form on its other side: before it, or behind it while undone."""

    words: str
    form: Snapshot


class FormHistory(QObject):
    """`changed` tells that there is something to undo or to redo, or nothing any more; `used` carries each new Step.

    What one press changes is a step: the settings of a take, a preset, words put into the prompt, a seed, a length.
    What is turned or slid is one, too, as long as there is no pause in it.

    The prompts of before are in `Settings.recent_prompts`, newest first: those that were made, and what was being
    written when other settings took its place; seeds that were made are in `Settings.recent_seeds`. Walking through
    the prompts (`older`, `newer`) ends at what was being written.
    """

    changed = Signal()
    used = Signal(object)

    def __init__(self, form: TakeSettings, saved: Settings, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._form, self._saved, self._messages = form, saved, messages
        self._before: list[Step] = []
        self._after: list[Step] = []
        self._walk: list[str] = []
        self._place = 0
        self._is_walking = False
        self._stepped_s = 0.0
        form.prompt_changed.connect(self._written)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._after)

    def is_done(self, step: Step) -> bool | None:
        """Whether a step is done (True), undone (False) or forgotten (None)."""
        return True if step in self._before else False if step in self._after else None

    def forget_undone(self) -> None:
        """Something else was done: what was undone before cannot be redone any more."""
        if self._after:
            self._after = []
            self.changed.emit()

    @property
    def recent_prompts(self) -> list[str]:
        """Newest first."""
        return list(self._saved.recent_prompts)

    @property
    def recent_seeds(self) -> list[int]:
        """Newest first."""
        return list(self._saved.recent_seeds)

    def step(self, words: str, change: Callable[[], None], *, joins: bool = False) -> None:
        """Change the form; the form of before comes back with `undo`.

        words  what it is, for people
        joins  steps of the same words that follow each other at once are one
        """
        before, now_s = self.now(), time.monotonic()
        change()
        is_more = joins and bool(self._before) and self._before[-1].words == words and not self._after
        if not is_more or now_s - self._stepped_s > JOINED_S:
            self.keep(words, before)
        self._stepped_s = now_s

    def keep(self, words: str, before: Snapshot) -> bool:
        """Whether the form has changed since `before` was taken; then that can be undone."""
        if self.now() == before:
            return False
        self._push(words, before)
        self._after = []
        self.changed.emit()
        return True

    def use(self, request: TakeRequest, note: tuple[str, str] = ("", "")) -> None:
        """Set the form as it was for a take.

        note  what of the take's settings could not be set, and what to do
        """
        self._use("Use settings", lambda: self._form.recall(request), note, USED)

    def use_but_seed(
        self, request: TakeRequest, note: tuple[str, str] = ("", ""), *, told: str = USED_BUT_SEED
    ) -> None:
        """Set the form as it was for a take, but keep the seed of the form and its lock."""
        self._use("Use all but its seed", lambda: self._recall_but_seed(request), note, told)

    def use_seed(self, request: TakeRequest) -> None:
        """Use the seed of a take for the next ones, and nothing else of it."""
        self._use("Use its seed", lambda: self._keep_seed(request.seed), ("", ""), USED_SEED)

    def use_recent_seed(self, seed: int) -> None:
        """Use a seed of before for the next takes."""
        self.step(f"Seed {seed}", lambda: self._keep_seed(seed))

    def roll_seed(self) -> None:
        """Another seed."""
        self.step("Another seed", self._form.roll_seed)

    def lock_seed(self, locked: bool) -> None:
        """Keep the seed for the takes that follow, or draw others."""
        words = "Keep the seed" if locked else "Let go of the seed"
        self.step(words, lambda: self._form.set_seed_locked(locked))

    def next_seed(self, step: int = 1) -> None:
        """The seed that follows, or the one before; behind the last one comes the first."""
        seed = (self._form.seed + step) % (MAX_SEED + 1)
        self.step(f"Seed {seed}", lambda: self._form.set_seed(seed))

    def use_prompt(self, prompt: str) -> None:
        """Put a prompt of before into the form."""

        def change() -> None:
            self._saved.remember_prompt(self._form.prompt)
            self._form.set_prompt(prompt)

        self.step("Recent prompt", change)

    def undo(self) -> None:
        """Have the form of before the last step again."""
        if self._before:
            self._walk_over(self._before, self._after)

    def redo(self) -> None:
        """Have the form as it was before `undo`."""
        if self._after:
            self._walk_over(self._after, self._before)

    def now(self) -> Snapshot:
        """The form as it is."""
        form = self._form
        return Snapshot(replace(form.values()), dict(form.loras_of), form.device, form.precision)

    def made(self, request: TakeRequest) -> None:
        """A take of this request is wanted."""
        self._saved.remember_prompt(request.prompt)
        self._saved.remember_seed(request.seed)
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

    def _use(self, words: str, change: Callable[[], None], note: tuple[str, str], told: str) -> None:
        before = self.now()
        self._saved.remember_prompt(self._form.prompt)
        change()
        offer = ("Undo", self.undo) if self.keep(words, before) else None
        self._messages.post("warning" if note[0] else "notice", note[0] or told, note[1], offer=offer, about="recall")

    def _push(self, words: str, before: Snapshot) -> None:
        step = Step(words, before)
        self._before = [*self._before[1 - MOST_STEPS :], step]
        self.used.emit(step)

    def _walk_over(self, here: list[Step], there: list[Step]) -> None:
        step = here.pop()
        step.form, form = self.now(), step.form
        there.append(step)
        self._go_back_to(form)

    def _keep_seed(self, seed: int) -> None:
        self._form.set_seed(seed)
        self._form.set_seed_locked(True)

    def _recall_but_seed(self, request: TakeRequest) -> None:
        before = self._form.values()
        self._form.recall(request)
        self._form.set_seed(before.seed, is_used=before.seed_is_used)
        self._form.set_seed_locked(before.seed_is_locked)

    def _go_back_to(self, snapshot: Snapshot) -> None:
        self._saved.remember_prompt(self._form.prompt)
        self._form.loras_of = dict(snapshot.loras_of)
        self._form.set_values(snapshot.values)
        self._form.set_target(device=snapshot.device, precision=snapshot.precision)
        self._messages.dismiss("recall")
        self._messages.remark("The form is as it was before")
        self.changed.emit()

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
