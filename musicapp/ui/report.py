"""A report to pass on when something is wrong: what runs here, how it is set, and the end of the logs.

Prompts, titles and whatever stands in quotation marks are left out unless they are wanted, and folders of the
user's own are never told.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from musicapp import __version__, paths
from musicapp.settings import Settings

LOG_BYTES, MOST_LINES = 64_000, 120  # of the end of each log
LOGS = ("window", "engine", "sound")
LEFT_OUT = "…"
SHORTEST_TOLD = 4  # characters: shorter texts would be found in every word
OF_PROMPTS = ("prompt", "negative_prompt", "recent_prompts")
NOT_TOLD = (
    "window_geometry", "window_columns", "last_take_id", "load_times", "loop_regions", "adapters", "recent_seeds",
    "export_folder",
)  # fmt: skip
_QUOTED = re.compile(r"“[^”\n]*”?")


def log_ends(folder: Path | None = None) -> dict[str, str]:
    """The last lines of each log, by its name; "" for one that cannot be read."""
    folder = folder or paths.log_folder()
    return {name: _end_of(folder / f"{name}.log") for name in LOGS}


def written(
    facts: Iterable[tuple[str, str]],
    settings: Settings,
    logs: dict[str, str],
    private: Iterable[str] = (),
    *,
    with_prompts: bool = False,
) -> str:
    """The report as text.

    facts    what is known of engine and model, name and value
    logs     as `log_ends` gives them
    private  prompts and titles, which may stand in the logs
    """
    told = {name: value for name, value in asdict(settings).items() if name not in NOT_TOLD}
    if not with_prompts:
        told = {name: value for name, value in told.items() if name not in OF_PROMPTS}
    parts = [
        "\n".join(f"{name}: {value}" for name, value in (*_system(), *facts)),
        "Settings: " + json.dumps(told, ensure_ascii=False),
        *(f"{name}.log:\n{text or '(empty)'}" for name, text in logs.items()),
    ]
    text = "\n\n".join(parts)
    if not with_prompts:
        text = _QUOTED.sub(f"“{LEFT_OUT}”", text)
        known = {part.strip() for each in private for part in (each, *each.splitlines())}
        for secret in sorted(known, key=len, reverse=True):
            if len(secret) >= SHORTEST_TOLD:
                text = text.replace(secret, LEFT_OUT)
    return _without_home(text)


def _system() -> list[tuple[str, str]]:
    return [
        ("Musicapp", __version__),
        ("Python", platform.python_version()),
        ("System", platform.platform()),
    ]


def _end_of(path: Path) -> str:
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LOG_BYTES))
            text = file.read(LOG_BYTES).decode("utf-8", errors="replace")
    except OSError as error:
        return f"(cannot be read: {error.strerror or error})"
    return "\n".join(text.splitlines()[-MOST_LINES:])


def _without_home(text: str) -> str:
    """Folders of the user's by what they are for: they tell a name."""
    folders = {
        str(paths.takes_folder()): "<takes>",
        str(paths.data_folder()): "<data>",
        str(paths.log_folder()): "<logs>",
        str(paths.cache_folder()): "<cache>",
        str(Path.home()): "~",
    }
    for folder in sorted(folders, key=len, reverse=True):
        if len(folder) > 1:
            text = text.replace(folder, folders[folder])
    return text
