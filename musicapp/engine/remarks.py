"""Things worth knowing, each said once by an engine process."""

from __future__ import annotations

from collections.abc import Iterator

from musicapp.engine.events import Event, Remarked

LONGEST_SHOWN = 120  # characters of a prompt's end


class Remarks:
    """Knows what has been said."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def once(self, text: str, *, is_to_do: bool = False) -> Iterator[Event]:
        """Remarked, unless the text is nothing or has been said; `is_to_do` as there."""
        if text and text not in self._said:
            self._said.add(text)
            yield Remarked(text, is_to_do)


def about_unread(end: str) -> str:
    """A sentence about the end of a prompt that the model does not read; "" for nothing."""
    if not end:
        return ""
    shown = end if len(end) <= LONGEST_SHOWN else f"{end[:LONGEST_SHOWN].rsplit(' ', 1)[0]} …"
    return f"The prompt is longer than this model reads. Not heard is: “{shown}”. Put what matters most first."
