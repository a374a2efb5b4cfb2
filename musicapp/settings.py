"""Saved preferences: typed, in one place, one JSON file.

A damaged file or a value of the wrong kind never stops the app: defaults take its place, the file is kept aside.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from musicapp import paths
from musicapp.errors import LibraryError
from musicapp.request import (
    BUILTIN_MODEL,
    DEVICES,
    MAX_DURATION_S,
    MAX_GUIDANCE_SCALE,
    MAX_LORA_STRENGTH,
    MAX_SEED,
    MAX_STEPS,
    MIN_DURATION_S,
    PRECISIONS,
)
from musicapp.shape import MAX_NUMBER

log = logging.getLogger(__name__)

VERSION = 1
MAX_RECENT_PROMPTS, MAX_RECENT_SEEDS = 50, 50
MAX_TEXT, MAX_HALF_WRITTEN = 20_000, 200_000  # characters
NAMED_AT_MOST = 4
LANGUAGES = ("en", "de")  # of the window
MOST_KEYS, MOST_KEY_TEXT = 4, 40  # of one action, characters of one key
_CHOICES = {
    "theme": ("system", "light", "dark"),
    "language": ("", *LANGUAGES),
    "auto_play": ("off", "idle", "always"),
    "takes_order": ("newest", "name", "tempo", "key", "length"),
    "device": DEVICES,
    "precision": PRECISIONS,
    "export_format": ("wav16", "wav24", "wav32f", "flac", "ogg", "opus", "mp3"),
}
_RANGES: dict[str, tuple[float, float]] = {
    "volume": (0, 1),
    "duration_s": (MIN_DURATION_S, MAX_DURATION_S),
    "seed": (0, MAX_SEED),
    "steps": (1, MAX_STEPS),
    "guidance_scale": (0, MAX_GUIDANCE_SCALE),
    "export_rate": (8_000, 192_000),
    "export_loudness": (-50, 0),
    "export_ceiling": (-20, 0),
    "export_fade_in": (0, 60),
    "export_fade_out": (0, 60),
}
_PROMPTS = ("prompt", "negative_prompt")
_ENCODED = ("window_geometry", "window_columns")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_UNUSABLE = re.compile("[\0\ud800-\udfff]")  # neither in a file's name nor in UTF-8


@dataclass
class Settings:
    """What is remembered from one start to the next.

    volume         linear gain, 0.5 is -6 dB
    match_loudness all takes play at one loudness
    output_device  name of the output, empty: the system's choice
    theme          system, light or dark
    language       of the window, one of LANGUAGES; empty: the system’s
    export_format  a key of EXPORT_FORMATS
    export_folder  empty: the user's music folder
    export_new     every new take is also exported
    export_rate … export_template   as in `handover.exporting.ExportSettings`; an empty template: the usual names
    seed           in the form; None before the first take
    seed_is_used   the last take was made with it: an open lock draws another for the next one
    steps, guidance_scale   None: the model's own; so does an empty sampler
    window_columns, advanced_is_open, last_take_id   how the window was left
    model, device, precision   as in TakeRequest
    adapters       of each model: path of an adapter -> its strength, in their order
    load_times     seconds that the engine ("engine") and each model took to load the last time
    loop_regions   of takes by id: first frame of the marked part, and the first one behind it
    takes_order, takes_by_prompt   how the list of takes is ordered
    shortcuts      of actions by name: their keys, where those are not the usual ones
    auto_play      a new take plays: off, idle (nothing else is playing), always
    make_loop      whether the form asks for a loop
    hear_forming   a take is heard, quietly, while it forms
    spectrogram    takes are shown as spectrograms
    snap           loop marks go to bars and beats
    """

    volume: float = 0.5
    output_device: str = ""
    theme: str = "system"
    language: str = ""
    export_format: str = "wav24"
    export_folder: str = ""
    export_rate: int | None = None
    export_loudness: float | None = None
    export_ceiling: float = -1.0
    export_fade_in: float = 0.0
    export_fade_out: float = 0.0
    export_at_zero: bool = False
    export_loop: bool = False
    export_broadcast: bool = False
    export_region: bool = False
    export_new: bool = False
    export_template: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    duration_s: float = 30.0
    make_loop: bool = False
    seed: int | None = None
    seed_locked: bool = False
    seed_is_used: bool = False
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
    hear_forming: bool = False
    spectrogram: bool = False
    snap: bool = False
    takes_order: str = "newest"
    takes_by_prompt: bool = False
    recent_prompts: list[str] = field(default_factory=list)
    recent_seeds: list[int] = field(default_factory=list)
    adapters: dict[str, dict[str, float]] = field(default_factory=dict)
    load_times: dict[str, float] = field(default_factory=dict)
    loop_regions: dict[str, list[int]] = field(default_factory=dict)
    shortcuts: dict[str, list[str]] = field(default_factory=dict)

    def remember_prompt(self, prompt: str) -> None:
        """Put a prompt first among the recent ones."""
        if prompt.strip():
            others = [text for text in self.recent_prompts if text != prompt]
            self.recent_prompts = [prompt, *others][:MAX_RECENT_PROMPTS]

    def remember_seed(self, seed: int) -> None:
        """Put a seed first among the recent ones."""
        self.recent_seeds = [seed, *(each for each in self.recent_seeds if each != seed)][:MAX_RECENT_SEEDS]


@dataclass(frozen=True)
class Found:
    """What was read. note: what of it could not be used, for people, "" when all is well."""

    settings: Settings
    note: str = ""


def load(path: Path | None = None) -> Settings:
    """The saved settings, see `read`."""
    return read(path).settings


def read(path: Path | None = None) -> Found:
    """The saved settings; defaults for what is missing or cannot be used. A damaged file becomes `….bad`."""
    path = path or paths.settings_file()
    try:
        values = json.loads(paths.read_small(path).decode("utf-8-sig"))
        if not isinstance(values, dict):
            raise ValueError("not a JSON object")
    except FileNotFoundError:
        return Found(Settings())
    except (OSError, ValueError, RecursionError) as error:
        log.warning("settings cannot be read: %s", error)
        return Found(Settings(), _note("The settings could not be read and start anew.", paths.put_aside(path)))
    settings, unusable = _from_values(values)
    if not unusable:
        return Found(settings)
    named = ", ".join(name.replace("_", " ") for name in unusable[:NAMED_AT_MOST])
    try:  # a copy: what can be used stays in its place
        place: Path | None = path.with_name(f"{path.name}.bad")
        paths.replace_file(path.with_name(f"{path.name}.bad"), json.dumps(values, indent=2).encode())
    except OSError:
        place = None
    return Found(settings, _note(f"Some saved settings could not be used and start anew: {named}.", place))


def _note(text: str, place: Path | None) -> str:
    return f"{text} The old ones are kept in {place}." if place is not None else text


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings, all or nothing. Raises LibraryError."""
    write(text_of(settings), path)


def text_of(settings: Settings) -> str:
    """The settings as they stand in the file."""
    return json.dumps({"version": VERSION, **asdict(settings)}, indent=2)


def write(text: str, path: Path | None = None) -> None:
    """Put what `text_of` gave into the file, all or nothing. Raises LibraryError."""
    path = path or paths.settings_file()
    try:
        paths.replace_file(path, text.encode())
    except OSError as error:
        if paths.is_full(error):
            text, hint = "The settings could not be saved: the disk is full.", "Free some space."
        else:
            text, hint = "The settings could not be saved.", f"Check that “{path.parent}” can be written."
        raise LibraryError(text, hint=f"{hint} You can go on working.", detail=str(error)) from error


def _from_values(values: dict[str, Any]) -> tuple[Settings, list[str]]:
    """The settings that can be used, and the names of those that cannot."""
    settings, unusable = Settings(), []
    for item in fields(Settings):
        if item.name not in values:
            continue
        value, kind = values[item.name], str(item.type)
        if _fits(item.name, value, kind):
            setattr(settings, item.name, float(value) if kind.startswith("float") and value is not None else value)
        else:
            log.warning("setting %s = %.80r cannot be used; the default is", item.name, value)
            unusable.append(item.name)
    return settings, unusable


def _fits(name: str, value: Any, kind: str) -> bool:
    """Whether `value` is of the annotated `kind` and within its range."""
    if value is None:
        return "None" in kind
    if name == "adapters":
        return isinstance(value, dict) and all(_are_strengths(each) and _is_text(key) for key, each in value.items())
    if name == "loop_regions":
        return isinstance(value, dict) and all(_is_text(key) and _is_region(each) for key, each in value.items())
    if name == "shortcuts":
        return isinstance(value, dict) and all(_is_text(key) and _are_keys(each) for key, each in value.items())
    if name == "recent_seeds":
        return isinstance(value, list) and len(value) <= MAX_RECENT_SEEDS and all(map(_is_seed, value))
    if kind.startswith("list"):
        return isinstance(value, list) and len(value) <= MAX_RECENT_PROMPTS and all(map(_is_prompt, value))
    if kind.startswith("dict"):
        return isinstance(value, dict) and all(_is_text(key) and _is_number(each) for key, each in value.items())
    if kind == "bool" or isinstance(value, bool):
        return kind == "bool" and isinstance(value, bool)
    if kind == "str":
        return _is_prompt(value) if name in _PROMPTS else _is_text(value) and _is_allowed(name, value)
    low, high = _RANGES.get(name, (0, MAX_NUMBER))
    return type(value) in ((int,) if kind.startswith("int") else (int, float)) and low <= value <= high


def _is_allowed(name: str, value: str) -> bool:
    if name in _ENCODED:
        return value.isascii() and _BASE64.fullmatch(value) is not None
    if name == "export_folder":
        return not value or Path(value).is_absolute()
    return value in _CHOICES.get(name, (value,))


def _is_text(value: Any) -> bool:
    """Whether it can be shown, written again and name a file."""
    return isinstance(value, str) and len(value) <= MAX_TEXT and not _UNUSABLE.search(value)


def _is_prompt(value: Any) -> bool:
    """Half-written prompts may be longer than those that are made."""
    return isinstance(value, str) and len(value) <= MAX_HALF_WRITTEN and not _UNUSABLE.search(value)


def _is_seed(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_SEED


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= MAX_NUMBER


def _are_keys(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_KEYS
        and all(_is_text(k) and len(k) <= MOST_KEY_TEXT for k in value)
    )


def _is_region(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2 or any(type(each) is not int for each in value):
        return False
    return 0 <= value[0] < value[1] <= MAX_NUMBER


def _are_strengths(values: Any) -> bool:
    return isinstance(values, dict) and all(
        _is_text(path) and type(strength) in (int, float) and abs(strength) <= MAX_LORA_STRENGTH
        for path, strength in values.items()
    )
