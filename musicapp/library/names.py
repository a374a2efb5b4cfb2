"""File names of takes that every system accepts, and that never hit a file which exists.

No name is cut within a sign: a letter with its marks, a conjunct, an emoji of several code points. That is a grapheme
cluster of Unicode's annex 29, by a few rules in the place of its tables: rather too large than too small.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from musicapp.request import TakeRequest

PROMPT_SIGNS = 32
MAX_BYTES = 120  # file systems allow 255; folders, sync programs and encrypted homes need their share
LONGEST_BYTES = 255
COUNTED = re.compile(r"(.+) \((\d{1,4})\)")
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"}
RESERVED |= {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
_JOINERS = "\u200c\u200d"
_ADDED = _JOINERS + "\u0e33\u0eb3\uff9e\uff9f"  # to the sign before: am of Thai and Lao, halfwidth voicing marks
_JAMO = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))  # vowels and ends of Korean syllables
_VIRAMA = 9  # the combining class of signs that bind two consonants


def suggest_name(request: TakeRequest, *, number: int | None = None) -> str:
    """A file name without its suffix: the start of the prompt, the seed, and a number when there are several.

    Letters, digits and `-_` only (letters of any script, with their marks), NFC, at most 120 bytes with room for suffix
    and ` (99)`.
    """
    ending = f"_{request.seed}" + (f"_{number:02d}" if number is not None else "")
    room_bytes = MAX_BYTES - len(ending) - len(" (99).flac")
    return (start_of(request.prompt, room_bytes) or "take") + ending


def free_path(folder: Path, name: str, suffix: str) -> Path:
    """`folder/name.suffix`, or `name (2)`, `name (3)` ... when that exists; upper and lower case count as the same.

    Where `name` is there, too, `name (2)` goes on with `name (3)`; a number of somebody's own stays what it is.
    With its number a name is shortened to the 255 bytes that file systems allow.
    """
    try:
        taken = {path.name.casefold() for path in folder.iterdir()}
    except OSError:  # the export will say what is wrong with the folder
        taken = set()
    number, candidate = 1, f"{name}{suffix}"
    counted = COUNTED.fullmatch(name)
    if counted and candidate.casefold() in taken and f"{counted[1]}{suffix}".casefold() in taken:
        name, number = counted[1], int(counted[2])
    while candidate.casefold() in taken:
        number += 1
        ending = f" ({number}){suffix}"
        candidate = _shortened(_signs(name), LONGEST_BYTES - len(ending.encode())) + ending
    return folder / candidate


def is_too_long(name: str) -> bool:
    """Whether a file name has more letters than some system takes."""
    return len(name.encode("utf-8", "replace")) > LONGEST_BYTES


def is_safe_name(name: str) -> bool:
    """Whether a file name that a person typed works on every system."""
    stem = name.split(".")[0].strip().casefold()
    return (
        name != ""
        and not is_too_long(name)
        and not any(c in '\\/:*?"<>|' or unicodedata.category(c) in ("Cc", "Cs") for c in name)
        and name == name.strip(" ")
        and not name.endswith(".")
        and stem not in RESERVED
    )


def start_of(text: str, room_bytes: int) -> str:
    """The first words, joined by hyphens, as far as they fit; of a first word that does not fit, its first signs."""
    start: list[str] = []
    for word in _words(unicodedata.normalize("NFC", text)):
        longer = [*start, "-", *word] if start else word
        if len(longer) > PROMPT_SIGNS or len("".join(longer).encode()) > room_bytes:
            return "".join(start) or _shortened(word[:PROMPT_SIGNS], room_bytes)
        start = longer
    return "".join(start)


def _words(text: str) -> Iterator[list[str]]:
    """Runs of letters and digits with their marks, sign by sign; everything else parts words."""
    word: list[str] = []
    for sign in (*_signs(text), " "):
        if unicodedata.category(sign[0])[0] in "LN":
            word.append(sign)
        elif word:
            yield [*word[:-1], word[-1].rstrip(_JOINERS)]
            word = []


def _signs(text: str) -> list[str]:
    signs: list[str] = []
    for character in text:
        if signs and _continues(signs[-1], character):
            signs[-1] += character
        else:
            signs.append(character)
    return signs


def _continues(sign: str, character: str) -> bool:
    """Whether the character belongs to the sign before it."""
    category, before = unicodedata.category(character), sign.rstrip(_JOINERS)[-1:]
    return (
        category[0] == "M"
        or character in _ADDED
        or any(ord(character) in jamo for jamo in _JAMO)
        or (category[0] == "L" and bool(before) and unicodedata.combining(before) == _VIRAMA)
        or (category == "So" and sign[-1] == "\u200d")
    )


def shortened(text: str, size_bytes: int) -> str:
    """The start of a text, cut within no sign."""
    return _shortened(_signs(text), size_bytes)


def _shortened(signs: list[str], size_bytes: int) -> str:
    """As many of the signs as fit."""
    start = ""
    for sign in signs:
        if len((start + sign).encode("utf-8", "replace")) > size_bytes:
            break
        start += sign
    return start
