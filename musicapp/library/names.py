"""File names for exports that every system accepts, and that never hit a file which exists."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from musicapp.request import TakeRequest

PROMPT_CHARACTERS = 32
MAX_BYTES = 120  # file systems allow 255; folders, sync programs and encrypted homes need their share
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}


def suggest_name(request: TakeRequest, *, number: int | None = None) -> str:
    """A file name without its suffix: the start of the prompt, the seed, and a number when there are several.

    Letters, digits and `-_` only (letters of any script), NFC, at most 120 bytes with room for suffix and ` (99)`.
    """
    ending = f"_{request.seed}" + (f"_{number:02d}" if number is not None else "")
    room = MAX_BYTES - len(ending) - len(" (99).flac")
    start = _shortened(_slug(request.prompt), room) or "take"
    return start + ending


def free_path(folder: Path, name: str, suffix: str) -> Path:
    """`folder/name.suffix`, or `name (2)`, `name (3)` ... when that exists; upper and lower case count as the same."""
    try:
        taken = {path.name.casefold() for path in folder.iterdir()}
    except OSError:  # the export will say what is wrong with the folder
        taken = set()
    number, candidate = 1, f"{name}{suffix}"
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{name} ({number}){suffix}"
    return folder / candidate


def is_safe_name(name: str) -> bool:
    """Whether a file name that a person typed works on every system."""
    stem = name.split(".")[0].strip().casefold()
    return (
        0 < len(name.encode("utf-8", "replace")) <= 255
        and not any(c in '\\/:*?"<>|' or unicodedata.category(c) in ("Cc", "Cs") for c in name)
        and name == name.strip(" ")
        and not name.endswith(".")
        and stem not in RESERVED
    )


def _slug(text: str) -> str:
    """Words joined by hyphens; letters, marks and digits stay, everything else parts words."""
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in unicodedata.normalize("NFC", text))
    slug = ""
    for word in kept.split():
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > PROMPT_CHARACTERS:
            return slug or longer[:PROMPT_CHARACTERS]
        slug = longer
    return slug


def _shortened(text: str, size_bytes: int) -> str:
    return text.encode()[:size_bytes].decode(errors="ignore").rstrip("-")
