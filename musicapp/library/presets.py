"""Settings of the form under a name: some that come along, and the user's own in one JSON file."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from musicapp import paths
from musicapp.errors import LibraryError, RequestError
from musicapp.library.labels import one_line
from musicapp.request import TakeRequest, checked, recall

log = logging.getLogger(__name__)

VERSION = 1
MOST, MOST_CHARACTERS = 100, 60


@dataclass(frozen=True)
class Preset:
    """A name and settings; the seed and the id of the request say nothing.

    left_out  what of its settings this version does not understand, see `request.Recalled`
    """

    name: str
    request: TakeRequest
    left_out: dict[str, Any] = field(default_factory=dict, hash=False)


def _builtin(name: str, prompt: str, duration_s: float) -> Preset:
    return Preset(name, TakeRequest("preset", prompt, duration_s, 0))


BUILTIN = (
    _builtin("Calm piano, one minute", "calm piano, 80 bpm, in C minor, no drums", 60.0),
    _builtin("House, 16 bars", "deep house, 124 bpm, in A minor, warm pads, bass guitar, drums", 16 * 4 * 60 / 124),
    _builtin("Lo-fi beat, 8 bars", "lo-fi hip hop, 80 bpm, in D minor, electric piano, drums", 8 * 4 * 60 / 80),
    _builtin("String quartet, a waltz", "string quartet, waltz, in 3/4, 96 bpm, in G major, no drums", 45.0),
    _builtin("Ambient, three minutes", "slow ambient, warm pads, wide, in F major, no drums", 180.0),
)


def read(path: Path | None = None, tell: Callable[[str], None] = lambda _note: None) -> list[Preset]:
    """The user's own, in their order. A damaged file is renamed to `….bad`, a damaged entry costs no other.

    tell  is told for people what could not be used, and where it is kept
    """
    path = path or presets_file()
    try:
        items = json.loads(paths.read_small(path).decode())["presets"]
        if not isinstance(items, list):
            raise ValueError("no list")
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("%s is not usable and was put aside: %s", path, error)
        place = paths.put_aside(path)
        tell("The presets could not be read." + (f" They are kept in {place}." if place else ""))
        return []
    found = [preset for item in items if (preset := _preset(item)) is not None][:MOST]
    if lost := len(items) - len(found):
        place = paths.copy_aside(path)  # the next one that is saved replaces the file
        count = "One preset" if lost == 1 else f"{lost} presets"
        tell(f"{count} could not be read." + (f" The file of before is kept in {place}." if place else ""))
    return found


def save(presets: list[Preset], path: Path | None = None) -> None:
    """Write the user's own, all or nothing. Raises LibraryError."""
    path = path or presets_file()
    values = {"version": VERSION, "presets": [_values(preset) for preset in presets]}
    try:
        paths.replace_file(path, json.dumps(values, indent=1).encode())
    except OSError as error:
        if paths.is_full(error):
            text, hint = "The presets could not be saved: the disk is full.", "Free some space."
        else:
            text, hint = "The presets could not be saved.", f"Check that “{path.parent}” can be written."
        raise LibraryError(text, hint=hint, detail=str(error)) from error


def presets_file() -> Path:
    """Beside what else the app keeps for the user."""
    return paths.data_folder() / "presets.json"


def check_name(name: str) -> str:
    """The name without spaces around it. Raises RequestError."""
    cleaned = one_line(name)
    if not cleaned or len(cleaned) > MOST_CHARACTERS:
        raise RequestError(
            f"A preset needs a name of 1 to {MOST_CHARACTERS} characters.", hint="For example: slow strings."
        )
    return cleaned


def _values(preset: Preset) -> dict[str, Any]:
    settings = {key: value for key, value in preset.request.as_dict().items() if key not in ("take_id", "seed")}
    return {"name": preset.name, "settings": {**settings, **preset.left_out}}


def _preset(item: Any) -> Preset | None:
    try:
        recalled = recall({**item["settings"], "take_id": "preset", "seed": 0})
        return Preset(check_name(item["name"]), checked(recalled.request), recalled.left_out)
    except (RequestError, KeyError, TypeError, ValueError, AttributeError) as error:
        log.warning("a preset cannot be used: %s", error)
        return None
