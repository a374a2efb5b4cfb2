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
        self._offered: set[str] = set()  # names that the last message offers back

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
        if not self._write([*others, Preset(name, request)], f"Preset “{name}” saved"):
            return False
        if replaced := [preset for preset in before if preset not in others]:
            self._offer_back(f"The preset “{name}” was there already and has the settings of the form now.", replaced)
        elif name.casefold() in self._offered:  # what was removed under this name cannot come back beside it
            self._messages.dismiss("preset")
        return True

    def remove(self, preset: Preset) -> None:
        """Forget one of the user's own; the message offers it back."""
        if self._write([each for each in self.own if each != preset], ""):
            self._offer_back(f"The preset “{preset.name}” is removed.", [preset])

    def _offer_back(self, text: str, gone: list[Preset]) -> None:
        """Say what became of some; undone, they come back behind those that are there by then."""
        self._offered = names = {preset.name.casefold() for preset in gone}

        def put_back() -> None:
            others = [preset for preset in self.own if preset.name.casefold() not in names]
            self._write([*others, *gone], "The preset is back")

        self._messages.post("notice", text, offer=("Undo", put_back), about="preset")

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
