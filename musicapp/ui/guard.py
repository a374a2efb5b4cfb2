"""No exception leaves a method that Qt calls: thrown through Qt's own code it would end the process.

Exceptions in slots come to `sys.excepthook` by themselves. Those in methods that override Qt's (a model's `data`, a
widget's `paintEvent`) do not: `protect_all` wraps every one of the window's classes, so that a new one cannot be
forgotten. What Qt gets in place of the answer is what the class below answers, which draws or does the ordinary thing.
"""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from shiboken6 import Shiboken

log = logging.getLogger(__name__)

PACKAGE = "musicapp.ui"
_MARK = "_is_guarded"
_WITHOUT_BASE = {"rowCount": 0, "columnCount": 0}  # what a method answers that no class below has
_told: set[tuple[str, str]] = set()


def protect_all() -> None:
    """Wrap what the window's classes override of Qt, as far as their modules are imported. Safe to repeat."""
    for kind in list(_below(Shiboken.Object)):
        if kind.__module__.startswith(PACKAGE):
            protect(kind)


def protect(kind: type) -> None:
    """Wrap what one class overrides of Qt."""
    for name, method in list(vars(kind).items()):
        if isinstance(method, FunctionType) and not hasattr(method, _MARK) and _is_of_qt(kind, name):
            setattr(kind, name, _guarded(kind, name, method))


def _guarded(kind: type, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(self: Any, *args: Any) -> Any:
        try:
            return method(self, *args)
        except Exception as error:  # the border to Qt: nothing may pass it
            _tell(f"{kind.__qualname__}.{name}", error)
        try:
            return getattr(super(kind, self), name)(*args)
        except Exception:  # a pure virtual method, or the object is going away
            return _WITHOUT_BASE.get(name)

    setattr(call, _MARK, True)
    return call


def _tell(place: str, error: Exception) -> None:
    """Like any exception that nobody caught, once: what paints fails again with every frame."""
    key = place, repr(error)[:200]
    if key in _told:
        return
    _told.add(key)
    log.error("%s failed; Qt gets the ordinary answer from now on", place)
    sys.excepthook(type(error), error, error.__traceback__)


def _is_of_qt(kind: type, name: str) -> bool:
    """Whether Qt may call a class's method of this name."""
    return not name.startswith("_") and any(
        name in vars(base) for base in kind.__mro__ if base.__module__.startswith("PySide6")
    )


def _below(kind: type) -> Iterator[type]:
    children: list[type] = kind.__subclasses__()
    for child in children:
        yield child
        yield from _below(child)
