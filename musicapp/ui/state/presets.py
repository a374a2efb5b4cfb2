"""The presets of the form: read once, saved at each change."""

from __future__ import annotations

from PySide6.QtCore import QObject

from musicapp.errors import MusicAppError, RequestError
from musicapp.library import presets
from musicapp.library.presets import Preset
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.take_settings import TakeSettings


class Presets(QObject):
    """Those that come along, and the user's own. Using one leaves the seed, and can be undone."""

    def __init__(
        self, form: TakeSettings, history: FormHistory, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._form, self._history, self._messages = form, history, messages
        self._own: list[Preset] | None = None

    @property
    def own(self) -> list[Preset]:
        """The user's."""
        if self._own is None:
            self._own = presets.read(tell=self._tell)
        return self._own

    def _tell(self, note: str) -> None:
        self._messages.post("warning", note, "The others can be used.", about="presets file", stays=True)

    def use(self, preset: Preset) -> None:
        """Set the form to it."""
        self._history.use_but_seed(preset.request, told=f"The preset “{preset.name}” is in the form.")

    def save(self, name: str) -> bool:
        """Keep the form under a name; the message offers the one that had it back. False when that cannot be."""
        try:
            name, before = presets.check_name(name), self.own
            request = self._form.as_request()
            others = [preset for preset in before if preset.name.casefold() != name.casefold()]
            if len(others) >= presets.MOST:
                raise RequestError(f"There are {presets.MOST} presets already.", hint="Remove one first.")
        except MusicAppError as problem:
            self._messages.post_error(problem, about="preset")
            return False
        is_saved = self._write([*others, Preset(name, request)], f"Preset “{name}” saved")
        if is_saved and len(others) < len(before):
            self._messages.post(
                "notice",
                f"The preset “{name}” was there already and has the settings of the form now.",
                offer=("Undo", lambda: self._put_back(before)),
                about="preset",
            )
        return is_saved

    def remove(self, preset: Preset) -> None:
        """Forget one of the user's own; the message offers it back."""
        kept = self.own
        if self._write([each for each in kept if each != preset], ""):
            self._messages.post(
                "notice",
                f"The preset “{preset.name}” is removed.",
                offer=("Undo", lambda: self._put_back(kept)),
                about="preset",
            )

    def _put_back(self, kept: list[Preset]) -> None:
        self._write(kept, "The preset is back")

    def _write(self, own: list[Preset], remark: str) -> bool:
        try:
            presets.save(own)
        except MusicAppError as problem:
            self._messages.post_error(problem, about="preset")
            return False
        self._own = own
        if remark:
            self._messages.remark(remark)
        return True
