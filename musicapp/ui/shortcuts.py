"""The keys of the menus' actions: the usual ones, and those that people chose instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from musicapp.settings import Settings
from musicapp.ui.widgets.described import show_keys
from musicapp.ui.words import tr

Keys = tuple[str, ...]
PORTABLE, NATIVE = QKeySequence.SequenceFormat.PortableText, QKeySequence.SequenceFormat.NativeText
FIXED = ("escape",)  # leaving a field and cancelling must always be possible
NAMED_AT_MOST = 4
_OF_CONTROLS = {
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Backspace,
}  # fmt: skip
_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}
_ALT, _SHIFT, _NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True)
class Row:
    """One action for a table of keys: its name in the settings, and what it does, for people."""

    name: str
    words: str


class Shortcuts(QObject):
    """Every action says its usual keys to `add`; `restore` then puts those in their place that were saved.

    `changed` tells that keys are others now. Keys are in Qt's portable text: "Ctrl+Shift+E".
    """

    changed = Signal()

    def __init__(self, saved: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._saved = saved
        self._actions: dict[str, QAction] = {}
        self._words: dict[str, str] = {}
        self.usual: dict[str, Keys] = {}

    def add(self, name: str, action: QAction, keys: Iterable[str]) -> None:
        """Give an action its usual keys."""
        self._actions[name], self._words[name] = action, action.text().replace("&", "")
        self.usual[name] = tuple(key for key in keys if key)
        action.setShortcuts([QKeySequence(key) for key in self.usual[name]])

    @property
    def rows(self) -> list[Row]:
        """What keys can be chosen for."""
        return [Row(name, self._words[name]) for name in self._actions if name not in FIXED]

    @property
    def now(self) -> dict[str, Keys]:
        """The keys of all actions, as they are."""
        return {**self.usual, **{name: tuple(keys) for name, keys in self._saved.shortcuts.items()}}

    def restore(self) -> str:
        """Use the saved keys. What of them could not be used is forgotten and told, "" when all is well."""
        saved = {name: tuple(keys) for name, keys in self._saved.shortcuts.items()}
        usable = {name: keys for name, keys in saved.items() if self._are_usable(name, keys)}
        while (name := self._in_the_way(usable)) is not None:
            del usable[name]
        lost = [self._words.get(name, name) for name in saved if name not in usable]
        self.use({**self.usual, **usable})
        if not lost:
            return ""
        named = ", ".join(f"“{words}”" for words in lost[:NAMED_AT_MOST]) + (" …" if len(lost) > NAMED_AT_MOST else "")
        return f"Saved keys of {named} cannot be used: the usual ones are back."

    def use(self, keys: Mapping[str, Keys]) -> None:
        """Give all actions these keys, and remember those that are not the usual ones."""
        own = {name: list(each) for name, each in keys.items() if name in self.usual and each != self.usual[name]}
        self._saved.shortcuts = own
        for name, action in self._actions.items():
            action.setShortcuts([QKeySequence(key) for key in self.now[name]])
        self.changed.emit()

    def show_on(self, window: QWidget) -> None:
        """Name the keys as they are in the tooltips of controls."""
        now = self.now
        known = {key: name for name, keys in self.usual.items() for key in keys}
        for widget in window.findChildren(QWidget):
            usual = str(widget.property("usual_keys") or "")
            names = [known[key] for key in usual.split(", ") if key in known]
            if not names:
                continue
            is_usual = all(now[name] == self.usual[name] for name in names)
            firsts = ", ".join(native(now[name][0]) for name in names if now[name])
            show_keys(widget, None if is_usual else firsts)

    def _are_usable(self, name: str, keys: Keys) -> bool:
        if name not in self.usual or name in FIXED:
            return False
        return all(normal(key) == key and not reason_against(key) for key in keys) and len(set(keys)) == len(keys)

    def _in_the_way(self, chosen: Mapping[str, Keys]) -> str | None:
        """The last of the chosen that has a key which another action has, too."""
        everyone = {**self.usual, **chosen}
        for name in reversed(list(chosen)):
            if any(set(chosen[name]) & set(keys) for other, keys in everyone.items() if other != name):
                return name
        return None


def holder_of(key: str, keys: Mapping[str, Keys], besides: str = "") -> str | None:
    """The action that has a key."""
    return next((name for name, each in keys.items() if key in each and name != besides), None)


def normal(text: str) -> str:
    """A key as it is saved, "" for what is none."""
    found = QKeySequence.fromString(text, PORTABLE)
    if found.count() != 1 or _first(found).key() in (Qt.Key.Key_unknown, *_MODIFIERS):
        return ""
    return found.toString(PORTABLE)


def native(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence.fromString(key, PORTABLE).toString(NATIVE)


def reason_against(key: str) -> str:
    """Why an action cannot have a key, "" when it can."""
    pressed = _first(QKeySequence.fromString(key, PORTABLE))
    plain = pressed.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if pressed.key() == Qt.Key.Key_Escape:
        return tr("Esc leaves fields and dialogs; it cannot be chosen.")
    if plain in (_NONE, _SHIFT) and pressed.key() in _OF_CONTROLS:
        return tr("{key} belongs to fields, lists and the waveform; it cannot be chosen alone.", key=native(key))
    if plain == _ALT and Qt.Key.Key_A <= pressed.key() <= Qt.Key.Key_Z:
        return tr("Alt with a letter opens menus; it cannot be chosen.")
    return ""


def _first(keys: QKeySequence) -> QKeyCombination:
    combination: QKeyCombination = keys[0]  # type: ignore[index]  # PySide's stubs leave it out
    return combination
