"""Where the app writes down what happens: a rotating file, warnings on the console, and the stacks of a crash."""

from __future__ import annotations

import faulthandler
import logging
import os
import stat
import sys
from contextvars import ContextVar
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO, cast

from musicapp import paths

MAX_BYTES = 1_000_000
OLD_FILES = 3
current_take: ContextVar[str] = ContextVar("current_take", default="-")  # the take that this thread works on

_LINE = "%(asctime)s %(levelname)-7s %(process)d %(take)s %(name)s: %(message)s"
_handlers: list[logging.Handler] = []
_crash_file: TextIO | None = None


def set_up(name: str) -> Path | None:
    """Send all logging to `name`.log in the log folder, warnings to the console too; the file's path.

    Crashes of the interpreter itself go to `name`-crash.log. Without a folder that can be written there is only the
    console, and None is returned. Called again, it replaces what the last call set up.
    """
    global _crash_file
    shut_down()
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    if sys.stderr is not None:  # a windowed app on Windows has none
        console = logging.StreamHandler()
        console.setLevel(logging.WARNING)
        console.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
        _add(console)
    path = paths.log_folder() / f"{name}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _LogFile(path, maxBytes=MAX_BYTES, backupCount=OLD_FILES, encoding="utf-8")
        _crash_file = open_to_append(path.with_name(f"{name}-crash.log"))
    except OSError as error:
        logging.getLogger(__name__).warning("no log file: %s", error)
        return None
    file.setFormatter(logging.Formatter(_LINE))
    file.addFilter(_name_take)
    _add(file)
    faulthandler.enable(_crash_file)
    return path


def shut_down() -> None:
    """Undo `set_up`: close the files and leave logging as it was found."""
    global _crash_file
    for handler in _handlers:
        logging.getLogger().removeHandler(handler)
        handler.close()
    _handlers.clear()
    if _crash_file is not None:
        faulthandler.disable()
        _crash_file.close()
        _crash_file = None


def open_to_append(path: Path) -> TextIO:
    """A text file to add lines to. Raises OSError, also for what is no file: a pipe would hold up who opens it."""
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o644)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(f"{path} is no file")
    return cast(TextIO, os.fdopen(number, "a", encoding="utf-8", errors="replace", buffering=1))


class _LogFile(RotatingFileHandler):
    """What it cannot write is lost, and nothing else: a full disk must not fill the console or stop the work."""

    def _open(self) -> TextIO:  # type: ignore[override]
        return open_to_append(Path(self.baseFilename))

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def _add(handler: logging.Handler) -> None:
    logging.getLogger().addHandler(handler)
    _handlers.append(handler)


def _name_take(record: logging.LogRecord) -> bool:
    record.take = current_take.get()
    return True
