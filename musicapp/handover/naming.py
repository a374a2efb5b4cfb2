"""Names of exported files out of a template: "{title}_{bpm}bpm_{key}_{seed}".

A part of the template between `_`, `-` or spaces goes when all that it would show is empty. What no system allows in a
name is left out, long titles give way to the rest, and every name works on every system.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from musicapp.errors import RequestError
from musicapp.handover.facts import music_of
from musicapp.handover.material import Material
from musicapp.library import names
from musicapp.request import format_duration

DEFAULT = "{title}_{bpm}bpm_{key}_{seed}"
FIELDS = {
    "title": "the take’s title, or how its prompt begins",
    "bpm": "its tempo",
    "key": "its key: Cmin",
    "seed": "its seed",
    "model": "the model’s name",
    "length": "its length: 1m30s",
    "n": "its number among several: 01",
}
MOST_CHARACTERS = 200
LEAST_TITLE_BYTES = 8
_ROOM_BYTES = len(" (99).flac")
_PARTING = re.compile(r"([_\- ]+)")
_FIELD = re.compile(r"\{([^{}]*)\}")
_BAD = '\\/:*?"<>|'


@dataclass(frozen=True)
class Named:
    """A name without its ending, and what of the template could not be done, for people; "" when all could."""

    name: str
    note: str = ""


def check_template(template: str) -> str:
    """The template itself, or RequestError about what it cannot mean."""
    if not template.strip():
        raise RequestError("The template of names is empty.", hint=f"For example: {DEFAULT}")
    if len(template) > MOST_CHARACTERS:
        raise RequestError("The template of names is too long.", hint=f"Use at most {MOST_CHARACTERS} characters.")
    for word in _FIELD.findall(template):
        if word not in FIELDS:
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise RequestError(f"A name knows no “{{{word[:40]}}}”.", hint=f"It knows {known}.")
    if "{" in _FIELD.sub("", template) or "}" in _FIELD.sub("", template):
        raise RequestError("A brace of the template has no other one.", hint=f"For example: {DEFAULT}")
    return template


def name_of(material: Material, template: str = DEFAULT, *, number: int | None = None) -> Named:
    """The name of a file for a take, safe on every system, NFC, at most 120 bytes. Raises RequestError."""
    check_template(template)
    values = values_of(material, number)
    without_title = _filled(template, values | {"title": ""})
    room = names.MAX_BYTES - _ROOM_BYTES - len(without_title.encode()) - 1
    title = material.title or (material.request.prompt if material.request else material.path.stem)
    values["title"] = names.start_of(title, max(room, LEAST_TITLE_BYTES))
    filled = _filled(template, values)
    bad = sorted({c for c in filled if c in _BAD or unicodedata.category(c) in ("Cc", "Cs")})
    safe = "".join(c for c in unicodedata.normalize("NFC", filled) if c not in bad).strip(" .") or "take"
    if safe.split(".")[0].strip().casefold() in names.RESERVED:
        safe = f"take_{safe}"
    safe = names.shortened(safe, names.MAX_BYTES - _ROOM_BYTES).strip(" .")
    told = " ".join(c for c in bad if c in _BAD)
    return Named(safe, _left_out(told))


def _left_out(told: str) -> str:
    if len(told) > 1:
        return f"{told} cannot stand in the name of a file and are left out."
    return f"{told} cannot stand in the name of a file and is left out." if told else ""


def values_of(material: Material, number: int | None) -> dict[str, str]:
    """What each field but the title stands for; "" for what is not known."""
    music, request = music_of(material), material.request
    minutes, _, seconds = format_duration(round(material.duration_s)).partition(":")
    return {
        "bpm": f"{music.tempo_bpm:g}" if music.tempo_bpm else "",
        "key": music.short_key,
        "seed": str(request.seed) if request else "",
        "model": names.start_of(Path(request.model).name, 40) if request else "",
        "length": f"{int(minutes)}m{seconds}s" if int(minutes) else f"{int(seconds)}s",
        "n": f"{number:02d}" if number is not None else "",
    }


def _filled(template: str, values: dict[str, str]) -> str:
    name = ""
    parts = _PARTING.split(template)
    for parting, part in zip(["", *parts[1::2]], parts[::2], strict=True):
        fields = _FIELD.findall(part)
        if fields and not any(values[field] for field in fields):
            continue
        text = _FIELD.sub(lambda match: values[match[1]], part)
        name += (parting if name or not fields else "") + text
    return name
