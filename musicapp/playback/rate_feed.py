"""For a sound card that does not know the take's sample rate: render, convert, and queue ahead of the callback.

Conversion is too slow and too uneven for the callback itself, so a small thread does it.
"""

from __future__ import annotations

import threading
import time

import numpy as np
import soxr

from musicapp.playback.renderer import TAIL_S, Renderer
from musicapp.playback.ring import Ring

BLOCK_FRAMES = 512
AHEAD_S = 0.15
NAP_S = 0.01


class RateFeed:
    """Stands between the renderer and the callback and looks like the renderer to it (`render`, `is_idle`)."""

    def __init__(self, renderer: Renderer, take_rate: int, device_rate: int, channels: int) -> None:
        self.renderer, self.take_rate, self.device_rate, self.channels = renderer, take_rate, device_rate, channels
        self._ring = Ring(int((AHEAD_S + 0.1) * device_rate), channels)
        self._is_primed = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rate-feed", daemon=True)
        self._silent_frames = int(TAIL_S * take_rate)
        self._rendered = 0  # frames that the renderer gave
        self._taken_heard: tuple[int, float] | None = None  # that the sound card took, and when the next one is heard

    @property
    def latency_s(self) -> float:
        """What the queue adds to the way to the ear."""
        return self._ring.filled / self.device_rate

    @property
    def is_idle(self) -> bool:
        """Whether nothing but silence is left in the queue."""
        return self.renderer.is_idle and self._is_flushed

    def start(self) -> None:
        """Begin to queue."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it no longer renders."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def render(self, out: np.ndarray, heard_s: float | None = None) -> None:
        """Called by the sound card: hand out what is queued, silence for what is missing. heard_s as in Renderer."""
        if not self._is_primed and not self.is_idle:
            out.fill(0)
            return
        frames = self._ring.read_into(out)
        if heard_s is not None:
            self._taken_heard = self._ring.taken, heard_s + frames / self.device_rate
        if frames < len(out):
            out[frames:] = 0
            if not self._is_flushed:
                self.renderer.board.underflows += 1  # heard as one, whoever is late

    @property
    def _is_flushed(self) -> bool:
        return self._silent_frames >= int(TAIL_S * self.take_rate)

    def _heard_s(self) -> float:
        """When the next frame from the renderer is heard. The converter gives it late, but in its right place.

        Before the sound card took any the time is now: a cue is always later than the queue is long.
        """
        if self._taken_heard is None:
            return time.perf_counter()
        taken, heard_s = self._taken_heard
        return heard_s + self._rendered / self.take_rate - taken / self.device_rate

    def _run(self) -> None:
        stream = soxr.ResampleStream(self.take_rate, self.device_rate, self.channels, dtype="float32", quality="VHQ")
        block = np.zeros((BLOCK_FRAMES, self.channels), np.float32)
        ahead = int(AHEAD_S * self.device_rate)
        while not self._stopping.is_set():
            if self._ring.filled >= ahead:
                self._is_primed = True
                self._stopping.wait(NAP_S)
                continue
            was_idle = self.renderer.is_idle
            if was_idle and self._is_flushed:
                self._stopping.wait(NAP_S)
                continue
            if not was_idle:
                self._silent_frames = 0
            self.renderer.render(block, self._heard_s())
            self._rendered += BLOCK_FRAMES
            if was_idle:
                self._silent_frames += BLOCK_FRAMES
            # A converted wave may go a little beyond its own samples, and those may be at full scale.
            self._ring.write(np.clip(stream.resample_chunk(block), -1.0, 1.0))
