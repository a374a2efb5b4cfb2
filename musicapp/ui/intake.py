"""Files that come to the window, dropped or handed over: adapters, models, and music whose settings come back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from musicapp.audio import tags, wave_io
from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.errors import LibraryError
from musicapp.request import Recalled, new_take_id
from musicapp.ui.state.adapters import Adapters
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages

MODEL_SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin")
OUR_SUFFIXES = tuple({form.suffix for form in EXPORT_FORMATS.values()})
OTHER_MUSIC = (".aif", ".aiff", ".aifc", ".caf", ".m4a", ".aac", ".oga", ".w64", ".rf64", ".wma", ".mid", ".midi")
WHAT_TO_DROP = "Drop music, a LoRA adapter (.safetensors), or a model’s folder."
ONE_ALONE = "Drop one of them alone to start from it or to take it apart."
CONVERT = "Convert it to WAV, FLAC or MP3 to make takes from it."

_FOREIGN, _UNREAD, _UNKNOWN, _MODEL = "foreign", "unread", "unknown", "model"


class Intake(QObject):
    """Takes paths in one after the other, in their order: each is looked at in one lane."""

    def __init__(
        self,
        adapters: Adapters,
        messages: Messages,
        files: Lane,
        *,
        use_settings: Callable[[Path, Recalled], None],
        add_model: Callable[[Path], None],
        start_from: Callable[[Path], None],
        take_apart: Callable[[Path], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._adapters, self._messages, self._files = adapters, messages, files
        self._use_settings, self._add_model = use_settings, add_model
        self._start_from, self._take_apart = start_from, take_apart
        self._refused: dict[str, list[str]] = {}

    def take(self, paths: list[Path]) -> None:
        """Take these in. What cannot be used becomes one message for each reason."""
        self._refused = {}
        for path in paths:
            if path.suffix.lower() == ".safetensors" and path.is_file():
                self._adapters.take_in(path, self._add_model)
            else:
                self._files.run(partial(look_at, path), partial(self._looked, path), self._messages.post_error)

    def _looked(self, path: Path, found: Recalled | str) -> None:
        if isinstance(found, Recalled):
            self._use_settings(path, found)
        elif found == _MODEL:
            self._add_model(path)
        else:
            names = self._refused.setdefault(found, [])
            names.append(f"“{path.name}”")
            if found == _FOREIGN and len(names) == 1:
                start, apart = partial(self._start_from, path), partial(self._answered, self._take_apart, path)
                self._messages.post(
                    "warning",
                    _sentence(found, names),
                    "The file stays as it is, whatever is made of it.",
                    offer=("Start from it", start),
                    also=(("Take it apart", apart), ("Play it", partial(_play, path))),
                )
            elif found == _UNREAD:
                play = ("Play it", partial(_play, path)) if len(names) == 1 else None
                self._messages.post("warning", _sentence(found, names), CONVERT, offer=play)
            else:
                hint = ONE_ALONE if found == _FOREIGN else WHAT_TO_DROP
                self._messages.post("warning", _sentence(found, names), hint)

    def _answered(self, act: Callable[[Path], None], path: Path) -> None:
        """The message would stand before the waveform that is worked on now."""
        self._messages.put_aside()
        act(path)


def look_at(path: Path) -> Recalled | str:
    """What a file or folder is for us: the settings in it, or a word. Raises LibraryError for damaged music."""
    suffix = path.suffix.lower()
    if path.is_dir() or suffix in MODEL_SUFFIXES:
        return _MODEL
    if not path.is_file():
        raise LibraryError(f"There is no file “{path.name}”.", hint="It may have been moved or deleted.")
    try:
        found = tags.recalled(wave_io.read_tags(path), new_take_id())
    except LibraryError:
        if suffix in OUR_SUFFIXES:
            raise
        return _UNREAD if suffix in OTHER_MUSIC else _UNKNOWN
    return found if found is not None else _FOREIGN


def _play(path: Path) -> None:
    """In the program that the system has for such files: it knows more of them than are read here."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _sentence(reason: str, names: list[str]) -> str:
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    if len(names) > 4:
        listed = f"{', '.join(names[:3])} and {len(names) - 3} more"
    if reason == _FOREIGN:
        if len(names) == 1:
            return f"{listed} was not made by Musicapp and has no settings to bring back."
        return f"{listed} were not made by Musicapp and have no settings to bring back."
    if reason == _UNREAD:
        if len(names) == 1:
            return f"{listed} is of a kind that Musicapp does not read, or damaged."
        return f"{listed} are of a kind that Musicapp does not read, or damaged."
    if len(names) == 1:
        return f"{listed} is nothing that Musicapp can use."
    return f"{listed} are nothing that Musicapp can use."
