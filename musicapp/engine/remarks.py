"""Things worth knowing, each said once by an engine process."""

from __future__ import annotations

from collections.abc import Iterator

from musicapp.engine.events import Event, Remarked


class Remarks:
    """Knows what has been said."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def once(self, text: str) -> Iterator[Event]:
        """Remarked, unless the text is nothing or has been said."""
        if text and text not in self._said:
            self._said.add(text)
            yield Remarked(text)
