"""Where things lie: the user's folders, and what ships with the app (source tree and frozen app alike)."""

from __future__ import annotations

import codecs
import errno
import math
import os
import shutil
import stat
import sys
from pathlib import Path

import platformdirs

from musicapp import part_files

APP_NAME = "Musicapp"
MAX_SMALL_BYTES = 8 << 20  # of a file that the app keeps for itself
MOST_ASIDE = 9


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
    return _chosen_in(moved_models_file()) or data_folder() / "models"


def moved_models_file() -> Path:
    """One line: the folder that the user's models were moved to. No file: the usual place."""
    return data_folder() / "models-folder.txt"


def takes_folder() -> Path:
    """Where takes are kept: the folder that the user chose, else the usual one."""
    return _chosen_in(chosen_takes_file()) or usual_takes_folder()


def missing_takes_folder() -> Path | None:
    """The folder that the user chose for takes when it is not there: its disk may not be connected. Else None."""
    chosen = _chosen_in(chosen_takes_file())
    return chosen if chosen is not None and not chosen.is_dir() else None


def choose_takes_folder(folder: Path) -> None:
    """Keep takes there from now on; those that were made stay where they are. Raises OSError."""
    if folder == usual_takes_folder():
        chosen_takes_file().unlink(missing_ok=True)
    else:
        replace_file(chosen_takes_file(), os.fsencode(f"{folder}\n"))


def chosen_takes_file() -> Path:
    """One line: the folder that takes are kept in. No file: the usual place."""
    return data_folder() / "takes-folder.txt"


def _chosen_in(file: Path) -> Path | None:
    """The absolute path that a file of one line holds; None without one that could be a folder."""
    try:
        chosen = os.fsdecode(read_small(file)).strip()
    except (OSError, ValueError):
        return None
    return Path(chosen) if chosen and not {"\0", "\n"} & set(chosen) and Path(chosen).is_absolute() else None


def usual_takes_folder() -> Path:
    """A folder in the user's Music folder, unless MUSICAPP_HOME says otherwise."""
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


def queue_file() -> Path:
    """The takes that wait to be made."""
    return data_folder() / "queue.json"


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


def free_bytes(folder: Path) -> float:
    """What is free on a folder's disk. Endless on those that say nothing of themselves, as some network disks do, which
    then hold 0 of 0 bytes: writing there shows whether there is room. Raises OSError.
    """
    usage = shutil.disk_usage(folder)
    return usage.free if usage.total else math.inf


def is_full(error: OSError) -> bool:
    """Whether something could not be written because the disk, or the user's share of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def read_small(path: Path) -> bytes:
    """A file of the app's own, without the mark that some editors put in front of text. Raises OSError, also for what
    is no ordinary file (a pipe would hold the reader up), and ValueError for one that is far too large.
    """
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(errno.EINVAL, "no ordinary file", str(path))
        content = file.read(MAX_SMALL_BYTES + 1)
    if len(content) > MAX_SMALL_BYTES:
        raise ValueError(f"more than {MAX_SMALL_BYTES} bytes")
    return content.removeprefix(codecs.BOM_UTF8)


def put_aside(path: Path) -> Path | None:
    """Rename what lies at `path`, file or folder, to a name with `.bad` that is free; None when that is refused."""
    place = _free_aside(path)
    try:
        path.replace(place)
    except OSError:
        return None
    return place


def copy_aside(path: Path) -> Path | None:
    """Keep a file, parts of which cannot be used, also under a name with `.bad`; None when that is refused."""
    try:
        content = path.read_bytes()
        for place in _places_aside(path):
            if place.is_file() and place.read_bytes() == content:
                return place
        place = _free_aside(path)
        replace_file(place, content)
    except OSError:
        return None
    return place


def _free_aside(path: Path) -> Path:
    places = _places_aside(path)
    return next((place for place in places if not os.path.lexists(place)), places[-1])


def _places_aside(path: Path) -> list[Path]:
    names = [f"{path.name}.bad", *(f"{path.name}.bad-{number}" for number in range(2, MOST_ASIDE + 1))]
    return [path.with_name(name) for name in names]


def replace_file(path: Path, data: bytes) -> None:
    """Write `path` so that a reader, a crash or a power cut sees the old file or the new one, never a mixture.

    Parent folders are made. Raises OSError and leaves the old file as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = part_files.beside(path)
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
