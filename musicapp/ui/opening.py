"""What the window can open on here, found out without opening one: a missing library would end the program."""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from pathlib import Path

from PySide6 import __version__
from PySide6.QtCore import QLibraryInfo


def check() -> str:
    """Load everything that the window loads before it is shown, and tell of it.

    Raises ImportError, or OSError that names the library which the system lacks.
    """
    importlib.import_module("musicapp.ui.app")  # all of the window's own code, and Qt's libraries with it
    if sys.platform != "linux":
        return f"Qt {__version__}"
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    on_wayland = bool(os.environ.get("WAYLAND_DISPLAY"))
    name = next(iter(sorted(plugins.glob("libqwayland*.so"))), None) if on_wayland else plugins / "libqxcb.so"
    ctypes.CDLL(str(name or plugins / "libqxcb.so"))
    screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    return f"Qt {__version__}, {f'on {screen}' if screen else 'there is no screen here to open it on'}"
