"""Saved preferences: typed, in one place, one JSON file.

A damaged file or a value of the wrong kind never stops the app: defaults take its place, the file is kept aside.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from musicapp import paths
from musicapp.errors import LibraryError
from musicapp.request import BUILTIN_MODEL, MAX_LORA_STRENGTH

log = logging.getLogger(__name__)

VERSION = 1
MAX_RECENT_PROMPTS = 50
_CHOICES = {
    "theme": ("system", "light", "dark"),
    "auto_play": ("off", "idle", "always"),
    "export_format": ("wav16", "wav24", "wav32f", "flac", "ogg", "opus", "mp3"),
}


@dataclass
class Settings:
    """What is remembered from one start to the next.

    volume         linear gain, 0.5 is -6 dB
    match_loudness all takes play at one loudness
    output_device  name of the output, empty: the system's choice
    theme          system, light or dark
    export_format  a key of EXPORT_FORMATS
    export_folder  empty: the user's music folder
    seed           kept with the lock closed; None before the first take
    steps, guidance_scale   None: the model's own; so does an empty sampler
    window_columns, advanced_is_open, last_take_id   how the window was left
    model, device, precision   as in TakeRequest
    adapters       of each model: path of an adapter -> its strength, in their order
    auto_play      a new take plays: off, idle (nothing else is playing), always
    """

    volume: float = 0.5
    output_device: str = ""
    theme: str = "system"
    export_format: str = "wav24"
    export_folder: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    duration_s: float = 30.0
    seed: int | None = None
    seed_locked: bool = False
    steps: int | None = None
    guidance_scale: float | None = None
    sampler: str = ""
    model: str = BUILTIN_MODEL
    device: str = "auto"
    precision: str = "auto"
    loop: bool = False
    match_loudness: bool = False
    window_geometry: str = ""
    window_columns: str = ""
    advanced_is_open: bool = False
    last_take_id: str = ""
    auto_play: str = "idle"
    recent_prompts: list[str] = field(default_factory=list)
    adapters: dict[str, dict[str, float]] = field(default_factory=dict)

    def remember_prompt(self, prompt: str) -> None:
        """Put a prompt first among the recent ones."""
        others = [text for text in self.recent_prompts if text != prompt]
        self.recent_prompts = [prompt, *others][:MAX_RECENT_PROMPTS]


def load(path: Path | None = None) -> Settings:
    """The saved settings; defaults for what is missing or cannot be used. A damaged file becomes `….bad`."""
    path = path or paths.settings_file()
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise ValueError("not a JSON object")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        log.warning("settings cannot be read: %s", error)
        return Settings()
    except (ValueError, RecursionError) as error:
        log.warning("settings are damaged and were put aside: %s", error)
        _put_aside(path)
        return Settings()
    return _from_values(values)


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings, all or nothing. Raises LibraryError."""
    path = path or paths.settings_file()
    text = json.dumps({"version": VERSION, **asdict(settings)}, indent=2)
    try:
        paths.replace_file(path, text.encode())
    except OSError as error:
        raise LibraryError(
            "The settings could not be saved.", hint=f"Check that “{path.parent}” can be written.", detail=str(error)
        ) from error


def _from_values(values: dict[str, Any]) -> Settings:
    settings = Settings()
    for item in fields(Settings):
        if item.name not in values:
            continue
        value = values[item.name]
        if _fits(item.name, value, str(item.type)):
            setattr(
                settings, item.name, float(value) if str(item.type).startswith("float") and value is not None else value
            )
        else:
            log.warning("setting %s = %.80r cannot be used; the default is", item.name, value)
    return settings


def _fits(name: str, value: Any, kind: str) -> bool:
    """Whether `value` is of the annotated `kind` and within its range."""
    if value is None:
        return "None" in kind
    if kind.startswith("list"):
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    if kind.startswith("dict"):
        return isinstance(value, dict) and all(
            isinstance(each, dict) and _are_strengths(each) for each in value.values()
        )
    if kind == "bool" or isinstance(value, bool):
        return kind == "bool" and isinstance(value, bool)
    if kind == "str":
        return isinstance(value, str) and value in _CHOICES.get(name, (value,))
    if kind.startswith("int"):
        return isinstance(value, int) and value >= 0
    upper = 1.0 if name == "volume" else 1e6
    return isinstance(value, int | float) and 0 <= value <= upper


def _are_strengths(values: dict[str, Any]) -> bool:
    return all(type(strength) in (int, float) and abs(strength) <= MAX_LORA_STRENGTH for strength in values.values())


def _put_aside(path: Path) -> None:
    try:
        path.replace(path.with_name(path.name + ".bad"))
    except OSError as error:
        log.warning("the damaged settings stay where they are: %s", error)
