"""Downloads and copies on a terminal: one line that redraws itself, or a plain line now and then."""

from __future__ import annotations

import shutil
import time
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from musicapp.store.words import describe

if TYPE_CHECKING:
    from musicapp.store.download import Progress

REDRAW_S, PLAIN_S = 0.2, 10.0


class TransferLine:
    """Shows `Progress` on a stream; leaves the line behind at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._redraws = stream.isatty()
        self._is_open = False
        self._shown_at, self._shown = float("-inf"), ("", "")

    def __enter__(self) -> TransferLine:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.end()

    def show(self, name: str, progress: Progress) -> None:
        """Show how far `name` is, if it is time to."""
        now, pause_s = time.monotonic(), REDRAW_S if self._redraws else PLAIN_S
        if (name, progress.phase) == self._shown and now - self._shown_at < pause_s:
            return
        self._shown_at, self._shown = now, (name, progress.phase)
        text = f"{name}: {describe(progress)}"
        if self._redraws:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r{text[:width]:<{width}}", end="", file=self._stream, flush=True)
            self._is_open = True
        else:
            print(text, file=self._stream, flush=True)

    def end(self, text: str = "") -> None:
        """Leave the line, then say `text` if there is one."""
        if self._is_open:
            print(file=self._stream, flush=True)
            self._is_open = False
        if text:
            print(text, file=self._stream, flush=True)
