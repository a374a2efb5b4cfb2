"""What a file says about itself: title, program, and the settings that made it as ASCII JSON in the comment.

ASCII because long comments with other letters came back changed from MP3 files.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PureWindowsPath
from typing import Any

from musicapp import __version__
from musicapp.request import Recalled, TakeRequest, recall

TITLE_CHARACTERS = 80
SOFTWARE = f"Musicapp {__version__}"
# Where a take was made and what it was called there say nothing about its sound: same music, same bytes.
_FROM_ROOT = re.compile(r"(?:file:)?[/\\~][^\n]|[A-Za-z]:[/\\]")
_NOT_SOUND = ("take_id", "device")
COMMIT = "model_commit"  # of a model that was downloaded, in exported files


def request_tags(request: TakeRequest, left_out: dict[str, Any] | None = None) -> dict[str, str]:
    """Tags for a take: the same request gives the same tags (no dates).

    left_out  what `recalled` did not understand of the file that the request came from: it goes on with it
    """
    values = {**request.as_dict(), **(left_out or {})}
    sound = {key: value for key, value in values.items() if key not in _NOT_SOUND}
    return {
        "title": request.prompt[:TITLE_CHARACTERS].strip(),
        "software": SOFTWARE,
        "comment": json.dumps(sound, ensure_ascii=True, sort_keys=True),
    }


def shared_tags(request: TakeRequest, left_out: dict[str, Any] | None = None) -> dict[str, str]:
    """`request_tags` for a file that leaves this computer: names and checksums in the place of private folders.

    Reads the adapters' files once, for their checksums.
    """
    loras = tuple(
        replace(lora, path=_name(lora.path), sha256=lora.sha256 or sha256(lora.path)) for lora in request.loras
    )
    source = request.source
    if source is not None:
        lanes = tuple(replace(lane, path=lane.name) for lane in source.lanes)
        source = replace(source, path=source.name, lanes=lanes)
    shared = replace(
        request, model=_name(request.model), text_encoder=_name(request.text_encoder), loras=loras, source=source
    )
    others = {key: without_folders(value) for key, value in (left_out or {}).items()}
    return request_tags(shared, others)


def without_folders(value: Any) -> Any:
    """A value of JSON with only the last name of every path in it that begins at a root or a home."""
    if isinstance(value, dict):
        return {key: without_folders(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_folders(item) for item in value]
    return _name(value) if isinstance(value, str) and _FROM_ROOT.match(value) else value


def sha256(path: str) -> str:
    """The checksum of a file, "" when it cannot be read."""
    try:
        state = Path(path).stat()
        return _sha256(path, state.st_size, state.st_mtime_ns)
    except (OSError, ValueError):
        return ""


@lru_cache(maxsize=64)
def _sha256(path: str, _size: int, _changed_ns: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _name(path: str) -> str:
    """The last name of a path of any system."""
    return PureWindowsPath(path).name or path.strip("/\\")


def settings_of(tags: dict[str, str]) -> dict[str, Any] | None:
    """The settings in the comment tag, or None when the file is not one of ours."""
    try:
        values = json.loads(tags.get("comment", ""))
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) and "prompt" in values else None


def recalled(tags: dict[str, str], take_id: str) -> Recalled | None:
    """The request that made the file, as far as it is understood, or None when its tags do not tell."""
    values = settings_of(tags)
    if values is None:
        return None
    try:  # the revision of the model is no setting of the take: `handover.recalling` tells of it
        return recall({**{key: value for key, value in values.items() if key != COMMIT}, "take_id": take_id})
    except TypeError:
        return None


def ascii_comment(comment: str) -> str:
    """The same JSON in ASCII; text that is not JSON keeps what ASCII has."""
    if comment.isascii():
        return comment
    try:
        return json.dumps(json.loads(comment), ensure_ascii=True)
    except ValueError:
        return comment.encode("ascii", "backslashreplace").decode("ascii")
