"""What a file says about itself: title, program, and the settings that made it as ASCII JSON in the comment.

ASCII because long comments with other letters came back changed from MP3 files.
"""

from __future__ import annotations

import json
from typing import Any

from musicapp import __version__
from musicapp.request import Recalled, TakeRequest, recall

TITLE_CHARACTERS = 80
SOFTWARE = f"Musicapp {__version__}"
# Where a take was made and what it was called there say nothing about its sound: same music, same bytes.
_NOT_SOUND = ("take_id", "device")


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
    try:
        return recall({**values, "take_id": take_id}) if values else None
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
