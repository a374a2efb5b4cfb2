"""What people write on takes: a title, and tags. One line each, of a length that fits into a list."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from musicapp.errors import UNSEEN, RequestError

MAX_TITLE_CHARACTERS = 200
MAX_TAG_CHARACTERS = 40
MAX_TAGS = 64
_PARTING = ",;#"


def clean_title(value: object) -> str:
    """A title out of a file, in one line and cut to its longest; "" for what is none."""
    return one_line(value)[:MAX_TITLE_CHARACTERS].strip() if isinstance(value, str) else ""


def clean_tags(values: object) -> tuple[str, ...]:
    """Tags out of a file, each once (large and small letters count as the same); what is no text is left out."""
    if not isinstance(values, list | tuple):
        return ()
    return _once(_tag(value) for value in values if isinstance(value, str))[:MAX_TAGS]


def typed_tags(text: str) -> tuple[str, ...]:
    """Tags as people type them, with commas between: "drums, take home". Raises RequestError."""
    for sign in _PARTING:
        text = text.replace(sign, ",")
    tags = _once(one_line(part) for part in text.split(","))
    for tag in tags:
        check_tag(tag)
    return tags


def check_tag(tag: str) -> None:
    """RequestError when a tag is too long."""
    if len(tag) > MAX_TAG_CHARACTERS:
        raise RequestError(
            f"The tag “{tag[:MAX_TAG_CHARACTERS]}…” has {len(tag):,} characters; {MAX_TAG_CHARACTERS} is the most.",
            hint="Tags are single words or a few; commas stand between them.",
        )


def check_title(text: str) -> str:
    """A title as typed, in one line. Raises RequestError when it is too long."""
    title = one_line(text)
    if len(title) > MAX_TITLE_CHARACTERS:
        raise RequestError(
            f"The name has {len(title):,} characters; {MAX_TITLE_CHARACTERS} is the most.", hint="Shorten it."
        )
    return title


def with_tags(tags: tuple[str, ...], *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Tags after some were added and some taken off. Raises RequestError for more than MAX_TAGS."""
    gone = {tag.casefold() for tag in remove}
    found = _once([*(tag for tag in tags if tag.casefold() not in gone), *add])
    if len(found) > MAX_TAGS:
        raise RequestError(f"A take can have {MAX_TAGS} tags, not {len(found)}.", hint="Take some off first.")
    return found


def _tag(value: str) -> str:
    return "".join(" " if sign in _PARTING else sign for sign in one_line(value))[:MAX_TAG_CHARACTERS].strip()


def one_line(text: str) -> str:
    """The text in one line, without signs that cannot be seen, or that turn what stands behind them around."""
    return unicodedata.normalize("NFC", " ".join(UNSEEN.sub(" ", text).split()))


def _once(tags: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for tag in tags:
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())
