"""The way to the sound card: a stream that runs while there is something to hear, and a keeper that watches over it."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from musicapp.errors import AudioDeviceError
from musicapp.playback import devices
from musicapp.playback.rate_feed import RateFeed
from musicapp.playback.renderer import TAIL_S, Renderer

log = logging.getLogger(__name__)

BLOCK_FRAMES = 1024
LATENCY_S = 0.1
USUAL_RATES = (48000, 44100)  # that a shared device may run at, whatever it says of itself
MOST_LATENCY_S = 2.0  # that is believed: on PipeWire's JACK a driver said 24 hours


class Output:
    """Plays a renderer on one device. Lives in the sound process alone: drivers may hang, and end with it.

    `open` takes the device, but a stream runs only from an order to play until playing has paused or ended and
    0.2 s of silence are out. `on_lost` is called once, from a background thread, when the stream ends by itself or does
    not start; the process is then of no more use.
    """

    def __init__(self, renderer: Renderer, on_lost: Callable[[str], None]) -> None:
        self.renderer = renderer
        self.device_name = ""
        self.sample_rate = 0  # that the device runs at
        self._on_lost = on_lost
        self._lock = threading.RLock()  # one thread at a time starts, checks and closes; the callback takes no lock
        self._wake = threading.Event()
        self._stream: Any = None
        self._feed: Renderer | RateFeed = renderer
        self._is_running = False
        self._narrow: np.ndarray | None = None  # a block of what is heard, where the device wants more channels
        # Written by the sound card's thread.
        self._silent_frames = 0
        self._stop_asked = False
        self._finished = False
        self._filled_s = math.inf  # when the card's own buffer was last filled
        self._dry_after_s = math.inf  # how long that lasts
        renderer.on_orders = self.wake

    def open(self, device: int | str | None, sample_rate: int, only: str = "") -> None:
        """Get ready to play audio of `sample_rate` on a device (index, key, or None: the system's choice).

        What was open before is closed; the position stays. only: see `devices.find_device`. Raises AudioDeviceError.
        """
        self.close()
        sd = devices.sounddevice()
        with self._lock:
            try:
                info = devices.find_device(device, only)
                self._stream, self.sample_rate, channels = self._open_stream(sd, info, sample_rate)
                heard = min(2, channels)
                self._narrow = np.zeros((BLOCK_FRAMES, heard), np.float32) if channels > heard else None
                if self.sample_rate == sample_rate:
                    self._feed = self.renderer
                else:
                    self._feed = RateFeed(self.renderer, sample_rate, self.sample_rate, heard)
            except sd.PortAudioError as error:
                raise AudioDeviceError(
                    "The sound output cannot be opened.",
                    hint="Another program may hold it. Choose another output or try again.",
                    detail=str(error),
                ) from error
            self.device_name = str(info["name"])
            if isinstance(self._feed, RateFeed):
                self._feed.start()
            self.check()
            threading.Thread(target=self._keep, args=(self._stream,), name="output-keeper", daemon=True).start()
        log.info("sound output: %s at %d Hz", self.device_name, self.sample_rate)

    def _open_stream(self, sd: Any, info: dict[str, Any], sample_rate: int) -> tuple[Any, int, int]:
        """A stream with its rate and channels: as the take is, else in a way that the device itself says it knows.

        Some drivers say yes when asked and refuse when opened, so each way is tried in earnest. Raises PortAudioError.
        """
        refused: Exception | None = None
        for rate, channels in _ways(info, sample_rate):
            how = {"device": int(info["index"]), "channels": channels, "dtype": "float32", "samplerate": rate}
            try:
                sd.check_output_settings(**how)
                stream = sd.OutputStream(
                    **how,
                    blocksize=BLOCK_FRAMES,
                    latency=LATENCY_S,
                    callback=self._callback,
                    finished_callback=self._note_finished,
                )
            except sd.PortAudioError as error:
                log.info("%s does not open with %d channels at %d Hz: %s", info["name"], channels, rate, error)
                refused = refused or error
            else:
                return stream, rate, channels
        assert refused is not None
        raise refused

    def close(self) -> None:
        """Give the device back. Afterwards nobody renders. It may take as long as the driver likes."""
        with self._lock:
            stream, self._stream = self._stream, None
            if stream is None:
                return
            self._is_running = False
            if isinstance(self._feed, RateFeed):
                self._feed.stop()
            self._feed = self.renderer
            sd = devices.sounddevice()
            try:
                stream.abort()
                stream.close()
            except sd.PortAudioError as error:
                log.warning("closing the sound output: %s", error)
            self.renderer.settle()
        self._wake.set()

    @property
    def is_open(self) -> bool:
        """Whether a device is held."""
        return self._stream is not None

    @property
    def latency_s(self) -> float:
        """Seconds from the renderer to the ear, as far as the driver knows; 0 where it talks nonsense."""
        feed = self._feed
        return self._stream_latency_s + (feed.latency_s if isinstance(feed, RateFeed) else 0.0)

    @property
    def _stream_latency_s(self) -> float:
        said = float(self._stream.latency) if self._stream is not None else 0.0
        return said if math.isfinite(said) and 0 <= said < MOST_LATENCY_S else 0.0

    def wake(self) -> None:
        """There are orders: check at once."""
        self._wake.set()

    def check(self) -> None:
        """Start the stream when there is something to hear, and notice when it ended by itself.

        The keeper calls this at each order and when the stream ends; nobody else has to.
        """
        lost = ""
        with self._lock:
            if self._stream is None:
                return
            if self._is_running and self._stop_asked and self._finished:
                self._is_running = False
            if self._is_running:
                lost = "the stream ended by itself" if self._finished and not self._stop_asked else ""
            elif not self._feed.is_idle:
                lost = self._start()
            if lost:
                self._stream = None  # its end may wait for ever
        if lost:
            log.warning("sound output lost: %s", lost)
            self._on_lost(lost)

    def _start(self) -> str:
        """Run the stream; what is wrong with it, if anything."""
        sd = devices.sounddevice()
        self._silent_frames, self._stop_asked, self._finished = 0, False, False
        buffered_s, block_s = self._stream_latency_s, BLOCK_FRAMES / self.sample_rate
        self._filled_s = math.inf
        self._dry_after_s = buffered_s + block_s if buffered_s > block_s else math.inf
        try:
            self._stream.stop()  # a stream that ended by itself must be told so before it starts again
            self._finished = False
            self._stream.start()
        except sd.PortAudioError as error:
            return f"start: {error}"
        self._is_running = True
        return ""

    def _keep(self, stream: Any) -> None:
        """Sleeps for as long as nothing happens: whoever holds Python's lock when JACK asks costs a period of sound."""
        while self._stream is stream:
            self._wake.clear()
            self.check()
            self._wake.wait()

    def _callback(self, out: np.ndarray, frames: int, when: Any, status: Any) -> None:
        sd = devices.sounddevice()
        board, feed = self.renderer.board, self._feed
        # PulseAudio's ALSA device never says that it ran dry; by the clock it did.
        if status.output_underflow or time.perf_counter() - self._filled_s > self._dry_after_s:
            board.underflows += 1
        was_idle = feed.is_idle
        heard_s = time.perf_counter() + self._delay_s(when)
        if self._narrow is None:
            feed.render(out, heard_s)
        else:
            self._render_narrow(self._narrow, out, heard_s)
        board.calls += 1
        self._filled_s = time.perf_counter()
        self._silent_frames = self._silent_frames + frames if was_idle else 0
        if self._silent_frames >= TAIL_S * self.sample_rate:
            self._stop_asked = True
            raise sd.CallbackStop

    def _delay_s(self, when: Any) -> float:
        """Seconds until the first frame of this block is heard: by the driver's clock, else its latency in general."""
        said = float(when.outputBufferDacTime - when.currentTime)
        return said if math.isfinite(said) and 0 < said < MOST_LATENCY_S else self._stream_latency_s

    def _render_narrow(self, narrow: np.ndarray, out: np.ndarray, heard_s: float) -> None:
        """Fill the first channels of a device that opens only with all of its own; the others are silent."""
        heard = narrow.shape[1]
        out[:, heard:] = 0
        for first in range(0, len(out), len(narrow)):
            piece = out[first : first + len(narrow)]
            self._feed.render(narrow[: len(piece)], heard_s + first / self.sample_rate)
            piece[:, :heard] = narrow[: len(piece)]

    def _note_finished(self) -> None:
        self._finished = True
        self._wake.set()


def _ways(info: dict[str, Any], sample_rate: int) -> list[tuple[int, int]]:
    """Rates and channels to try, the likeliest first; no way twice."""
    most = int(info["max_output_channels"])
    rates = [sample_rate, int(info["default_samplerate"] or 0), *USUAL_RATES]
    ways = [(rate, channels) for channels in (min(2, most), most) for rate in rates if rate > 0]
    return list(dict.fromkeys(ways))
