"""Where things lie: the user's folders, and what ships with the app (source tree and frozen app alike)."""

from __future__ import annotations

import errno
import os
import secrets
import sys
from pathlib import Path

import platformdirs

APP_NAME = "Musicapp"


def app_root() -> Path:
    """The folder that holds models/ and resources/: the repository, or the frozen app's data folder."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parent.parent


def bundled_models_folder() -> Path:
    """The models that ship with the app, one folder each."""
    return app_root() / "models"


def resources_folder() -> Path:
    """Icons and other files of the window."""
    return app_root() / "resources"


def user_models_folder() -> Path:
    """Models that the user imported or downloaded, one folder each: the usual place, or where they were moved to."""
    try:
        chosen = moved_models_file().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        chosen = ""
    return Path(chosen) if chosen and Path(chosen).is_absolute() else data_folder() / "models"


def moved_models_file() -> Path:
    """One line: the folder that the user's models were moved to. No file: the usual place."""
    return data_folder() / "models-folder.txt"


def takes_folder() -> Path:
    """Where takes are kept: the user's Music folder unless MUSICAPP_HOME says otherwise."""
    if home := os.environ.get("MUSICAPP_HOME"):
        return Path(home) / "takes"
    return Path(platformdirs.user_music_dir()) / APP_NAME


def data_folder() -> Path:
    """Data that the app keeps for the user. MUSICAPP_HOME moves everything, for tests and portable installs."""
    if home := os.environ.get("MUSICAPP_HOME"):
        return Path(home) / "data"
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def settings_file() -> Path:
    """The saved preferences."""
    if home := os.environ.get("MUSICAPP_HOME"):
        return Path(home) / "settings.json"
    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "settings.json"


def cache_folder() -> Path:
    """What can be worked out again, and may be deleted at any time."""
    if home := os.environ.get("MUSICAPP_HOME"):
        return Path(home) / "cache"
    return Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def log_folder() -> Path:
    """The rotating logs of window and engine."""
    if home := os.environ.get("MUSICAPP_HOME"):
        return Path(home) / "logs"
    return Path(platformdirs.user_log_dir(APP_NAME, appauthor=False))


def is_full(error: OSError) -> bool:
    """Whether something could not be written because the disk, or the user's share of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def replace_file(path: Path, data: bytes) -> None:
    """Write `path` so that a reader, a crash or a power cut sees the old file or the new one, never a mixture.

    Parent folders are made. Raises OSError and leaves the old file as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(6)}.part")  # short: `path` may have the longest name allowed
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
