"""Takes in the sound process: read from their files as far as these have grown, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from musicapp.audio.wave_io import GrowingReader
from musicapp.errors import MusicAppError
from musicapp.playback.commands import Grown, Know, Samples, Unreadable
from musicapp.playback.renderer import Renderer
from musicapp.playback.take_buffer import TakeBuffer

FIRST_FRAMES, BLOCK_FRAMES = 8192, 65536  # little at first, so that sound begins at once


@dataclass
class _Loading:
    buffer: TakeBuffer
    reader: GrowingReader | None  # None: samples are sent
    wanted: int = 0  # frames from the start that the file has


class Loader:
    """Keeps the renderer's takes filled; the one that plays first.

    on_unreadable   told once for each take whose file does not give what it should; `put` then takes its samples
    """

    def __init__(self, renderer: Renderer, on_unreadable: Callable[[Unreadable], None]) -> None:
        self._renderer, self._on_unreadable = renderer, on_unreadable
        self._takes: dict[int, _Loading] = {}
        self._wake = threading.Event()
        threading.Thread(target=self._run, name="loader", daemon=True).start()

    def know(self, take: Know) -> None:
        """A take that may be played."""
        buffer = TakeBuffer(take.total_frames, take.channels, take.sample_rate)
        buffer.number = take.number
        self._takes[take.number] = _Loading(buffer, GrowingReader(take.path, take.channels) if take.path else None)
        self._hand_over()

    def grow(self, grown: Grown) -> None:
        """More of a take can be read."""
        if (loading := self._takes.get(grown.number)) is not None:
            loading.wanted = min(grown.available, loading.buffer.total_frames)
            self._wake.set()

    def put(self, samples: Samples) -> None:
        """Samples of a take whose file cannot be read."""
        if (loading := self._takes.get(samples.number)) is not None:
            block = np.frombuffer(samples.content, np.float32).reshape(-1, loading.buffer.channels)
            loading.buffer.write(samples.first_frame, block)

    def forget(self, number: int) -> None:
        """Give a take's memory back."""
        if self._takes.pop(number, None) is not None:
            self._hand_over()

    def _hand_over(self) -> None:
        self._renderer.hold(tuple(loading.buffer for loading in self._takes.values()))

    def _run(self) -> None:
        while True:
            if (loading := self._next()) is None:
                self._wake.wait()
                self._wake.clear()
            elif loading.reader is not None:
                self._read(loading, loading.reader)

    def _next(self) -> _Loading | None:
        takes = list(self._takes.values())
        playing = self._renderer.orders.jump.source
        takes.sort(key=lambda loading: loading.buffer.number != playing)
        return next((each for each in takes if each.reader is not None and each.buffer.available < each.wanted), None)

    def _read(self, loading: _Loading, reader: GrowingReader) -> None:
        buffer = loading.buffer
        first, detail = buffer.available, "the file is shorter than it was"
        frames = min(loading.wanted - first, BLOCK_FRAMES if first else FIRST_FRAMES)
        try:
            block = reader.read(first, frames)
        except MusicAppError as error:
            block, detail = np.zeros((0, buffer.channels), np.float32), f"{error.message} {error.detail}"
        buffer.write(first, block)
        if len(block) < frames:
            loading.reader = None
            self._on_unreadable(Unreadable(buffer.number, buffer.available, detail))
