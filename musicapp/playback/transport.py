"""Play, pause, stop, seek and loop: which samples the sound card gets next.

The sound card's thread calls `render`; the window's thread calls everything else. Each variable has one writer, and a
command is one assignment, so neither ever waits for the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from musicapp.playback.guard import PeakGuard
from musicapp.playback.take_buffer import TakeBuffer

__all__ = ["TakeBuffer", "Transport"]

RAMP_S = 0.004  # long enough against clicks, too short to be heard as a fade
TAIL_S = 0.2  # of silence after the end: PulseAudio cuts up to 0.1 s off when a stream stops
RESUME_S = 0.3  # of audio gathered before playing on after running dry
PIECE_FRAMES = 4096  # rendered at a time; scratch memory is this large
METER_SLOTS = 64
STALE_METER_S = 0.25


@dataclass(frozen=True)
class _Jump:
    """Where to go on from: a take, a frame in it, and the ramp at its sample rate."""

    source: TakeBuffer | None
    frame: int
    ramp: np.ndarray


class Transport:
    """Plays one take at a time.

    The samples are exactly `take * volume` in float32 where no ramp is running and nothing is above full scale, across
    loop wraps too. Ramps of
    4 ms are at play, pause, stop, seek, a change of take, and where audio that is still being made runs out.
    """

    def __init__(self) -> None:
        self.on_play: Callable[[], None] | None = None  # the output starts its stream here
        # Written by the window's thread.
        self._jump = _jump_to(None, 0)
        self._wanted = False
        self._play_count = 0
        self._loop: tuple[int, int] | None = None
        self._volume = np.float32(1.0)
        self._meter_read = 0
        self._meter_last = (0.0, 0.0)
        self.wanted_levels = (0.0, 0.0)
        # Written by the sound card's thread.
        self._done = self._jump  # the last jump that was carried out
        self._position = 0
        self._ended_count = 0  # the play command that ran to the end of the take
        self._level = 0  # steps up the ramp: 0 is silence, `len(ramp) - 1` full level
        self._volume_now = self._volume
        self._guard = PeakGuard()
        self._tail_frames = 0
        self._starved = False
        self._is_waiting = False
        self._underruns = 0
        self._meter = np.zeros((METER_SLOTS, 4), np.float32)
        self._meter_count = 0
        self._meter_time = 0.0
        self._steps = np.arange(1, PIECE_FRAMES + 1, dtype=np.float32)
        self._gains = np.zeros(PIECE_FRAMES, np.float32)

    # --- the window's side

    def set_source(self, source: TakeBuffer | None) -> None:
        """Choose the take, from its start, not playing. The loop goes: it belonged to the other take."""
        self._rest()
        self._loop = None
        self._jump = _jump_to(source, 0)

    @property
    def source(self) -> TakeBuffer | None:
        """The take that plays, or will play at `play`."""
        return self._jump.source

    def play(self) -> None:
        """Go on from `position`; from the start when the take had ended."""
        source = self._jump.source
        if source is None:
            return
        if self.position >= source.total_frames:
            self._jump = _jump_to(source, 0)
        self._play_count += 1
        self._wanted = True
        if self.on_play:
            self.on_play()

    def pause(self) -> None:
        """Fall silent and keep the position."""
        self._wanted = False

    def stop(self) -> None:
        """Fall silent and go back to the start."""
        self._rest()
        self._jump = _jump_to(self._jump.source, 0)

    def seek(self, frame: int) -> None:
        """Go on from another frame, playing or not."""
        if self.ended:
            self._rest()
        source = self._jump.source
        last = source.total_frames if source else 0
        self._jump = _jump_to(source, min(max(int(frame), 0), last))

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat [start, end) as soon as playing reaches its end from within. Raises ValueError for an empty region."""
        if loop is not None:
            start, end = max(int(loop[0]), 0), int(loop[1])
            if end <= start:
                raise ValueError(f"a loop needs its end after its start, not {loop}")
            loop = (start, end)
        self._loop = loop

    @property
    def loop(self) -> tuple[int, int] | None:
        """The region that repeats."""
        return self._loop

    @property
    def volume(self) -> float:
        """Linear gain; a change is spread over one block."""
        return float(self._volume)

    @volume.setter
    def volume(self, gain: float) -> None:
        self._volume = np.float32(max(gain, 0.0))

    @property
    def position(self) -> int:
        """The next frame to go to the sound card; what is heard is the output's latency behind."""
        jump = self._jump
        return self._position if jump is self._done else jump.frame

    @property
    def is_playing(self) -> bool:
        """Whether play was asked for and the end is not reached; also true while waiting for audio."""
        return self._wanted and self._ended_count != self._play_count

    @property
    def is_waiting(self) -> bool:
        """Whether playing has caught up with the audio that is there so far."""
        return self.is_playing and self._is_waiting

    @property
    def ended(self) -> bool:
        """Whether the last command was `play` and ran to the end of the take, tail of silence included."""
        return self._play_count > 0 and self._ended_count == self._play_count

    @property
    def underruns(self) -> int:
        """How often sound was interrupted because the audio was not there yet."""
        return self._underruns

    def levels(self) -> tuple[float, float]:
        """Left and right peak (after volume) of everything rendered since the last call.

        `wanted_levels` is then what they would be without the guard in front of the sound card.
        """
        count = self._meter_count
        fresh = min(count - self._meter_read, METER_SLOTS)
        if fresh > 0:
            slots = [(count - 1 - i) % METER_SLOTS for i in range(fresh)]
            left, right, wanted_left, wanted_right = map(float, self._meter[slots].max(axis=0))
            self._meter_last, self.wanted_levels = (left, right), (wanted_left, wanted_right)
            self._meter_read = count
        elif time.monotonic() - self._meter_time > STALE_METER_S:
            self._meter_last = self.wanted_levels = (0.0, 0.0)
        return self._meter_last

    def settle(self) -> None:
        """Bring every command into effect at once. Only while nobody renders: the stream is closed or lost."""
        self._level = 0
        self._starved = self._is_waiting = False
        if self._jump is not self._done:
            self._arrive(self._jump)

    def _rest(self) -> None:
        """Not playing, and not because of the end."""
        self._wanted = False
        self._play_count += 1

    # --- the sound card's side

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing more to render but silence, so that the stream may stop."""
        return not self.is_playing and self._level == 0 and self._jump is self._done

    def render(self, out: np.ndarray) -> None:
        """Fill `out` `(frames, 1 or 2)` float32 with what comes next."""
        for first in range(0, len(out), PIECE_FRAMES):
            piece = out[first : first + PIECE_FRAMES]
            if self._level == 0:  # nobody hears a jump of the volume now
                self._volume_now = self._volume
            filled = 0
            while filled < len(piece):
                filled += self._render_stretch(piece[filled:])
            self._apply_volume(piece)
            before = self._peaks(piece)
            self._guard.apply(piece)
            self._measure(piece, before)

    def _render_stretch(self, out: np.ndarray) -> int:
        """Fill the start of `out` up to the next thing that happens; how many frames that was."""
        jump, play_count, wanted = self._jump, self._play_count, self._wanted
        if jump is not self._done:
            if frames := self._fade_out(out):
                return frames
            self._arrive(jump)
        source = jump.source
        if source is None or not wanted or self._ended_count == play_count:
            return self._fade_out(out) or _silence(out)
        edge, wrap_to = self._next_edge(source)
        if self._position >= edge:  # the end of the take: a loop never stands at its own end
            return self._render_tail(out, source, play_count)
        self._tail_frames = 0
        if source.available < edge:
            return self._render_unfinished(out, source)
        self._starved = self._is_waiting = False
        return self._fade_in(out[: edge - self._position], source, edge, wrap_to)

    def _next_edge(self, source: TakeBuffer) -> tuple[int, int | None]:
        """Where playing cannot simply go on, and where it wraps to then (None: the take is over)."""
        loop, total = self._loop, source.total_frames
        if loop is not None and loop[0] < total and self._position < loop[1]:
            return min(loop[1], total), loop[0]
        return total, None

    def _render_tail(self, out: np.ndarray, source: TakeBuffer, play_count: int) -> int:
        self._level = 0
        frames = min(len(out), max(int(TAIL_S * source.sample_rate) - self._tail_frames, 1))
        self._tail_frames += frames
        if self._tail_frames >= int(TAIL_S * source.sample_rate):
            self._ended_count = play_count
        return _silence(out[:frames])

    def _render_unfinished(self, out: np.ndarray, source: TakeBuffer) -> int:
        """Play up to one ramp before the audio that is not there yet, fade out on the rest, wait for more."""
        room = source.available - self._position
        ramp_frames = len(self._done.ramp) - 1
        if self._level == 0:
            needed = int(RESUME_S * source.sample_rate) if self._starved else 2 * ramp_frames
            if room < needed:
                self._is_waiting = True
                return _silence(out)
        self._is_waiting = False
        if room > ramp_frames:
            self._starved = False
            return self._fade_in(out[: room - ramp_frames], source, source.total_frames, None)
        if not self._starved:
            self._starved = True
            self._underruns += 1
        return self._fade_out(out) or _silence(out)

    def _fade_in(self, out: np.ndarray, source: TakeBuffer, edge: int, wrap_to: int | None) -> int:
        """Play into all of `out`; while the ramp is still rising, only into as much as it covers."""
        ramp, level = self._done.ramp, self._level
        frames = len(out) if level == len(ramp) - 1 else min(len(out), len(ramp) - 1 - level)
        out = out[:frames]
        _copy(out, source.audio[self._position : self._position + frames])
        if level < len(ramp) - 1:
            self._level = level + frames
            _multiply(out, ramp[level + 1 : self._level + 1])
        self._advance(frames, edge, wrap_to)
        return frames

    def _fade_out(self, out: np.ndarray) -> int:
        """Play on while the ramp falls; 0 when it is down already or there is nothing left to play."""
        source, ramp, level = self._done.source, self._done.ramp, self._level
        if level == 0 or source is None:
            return 0
        edge, wrap_to = self._next_edge(source)
        frames = min(len(out), level, min(edge, source.available) - self._position)
        if frames <= 0:
            self._level = 0
            return 0
        out = out[:frames]
        _copy(out, source.audio[self._position : self._position + frames])
        self._level = level - frames
        _multiply(out, ramp[self._level : level][::-1])
        self._advance(frames, edge, wrap_to)
        return frames

    def _advance(self, frames: int, edge: int, wrap_to: int | None) -> None:
        position = self._position + frames
        self._position = wrap_to if wrap_to is not None and position == edge else position

    def _arrive(self, jump: _Jump) -> None:
        """Carry a jump out. `_position` is set first: `position` reads it as soon as the jump counts as done."""
        self._starved = self._is_waiting = False
        self._tail_frames = 0
        self._guard.rest()
        self._position = jump.frame
        self._done = jump

    def _apply_volume(self, out: np.ndarray) -> None:
        volume, now = self._volume, self._volume_now
        if volume != now:
            gains = self._gains[: len(out)]
            np.multiply(self._steps[: len(out)], (volume - now) / np.float32(len(out)), out=gains)
            np.add(gains, now, out=gains)
            _multiply(out, gains)
            self._volume_now = volume
        elif volume != 1:
            np.multiply(out, volume, out=out)

    def _peaks(self, out: np.ndarray) -> tuple[float, float]:
        left, right = out[:, 0], out[:, out.shape[1] - 1]
        return max(left.max(), -left.min()), max(right.max(), -right.min())

    def _measure(self, out: np.ndarray, before: tuple[float, float]) -> None:
        slot = self._meter[self._meter_count % METER_SLOTS]
        slot[:2] = self._peaks(out)
        slot[2:] = before
        self._meter_count += 1
        self._meter_time = time.monotonic()


@lru_cache(maxsize=4)
def _ramp(sample_rate: int) -> np.ndarray:
    """`(steps + 1,)` float32 from 0 to exactly 1, smooth at both ends."""
    steps = max(round(RAMP_S * sample_rate), 1)
    ramp = np.sin(np.linspace(0, np.pi / 2, steps + 1)) ** 2
    return ramp.astype(np.float32)


def _jump_to(source: TakeBuffer | None, frame: int) -> _Jump:
    return _Jump(source, frame, _ramp(source.sample_rate if source else 44100))


def _silence(out: np.ndarray) -> int:
    out.fill(0)
    return len(out)


def _multiply(out: np.ndarray, gains: np.ndarray) -> None:
    """Channel by channel: numpy would copy the block to spread `gains` over both."""
    for channel in range(out.shape[1]):
        np.multiply(out[:, channel], gains, out=out[:, channel])


def _copy(out: np.ndarray, audio: np.ndarray) -> None:
    """`(frames, channels)` audio into as many channels as the sound card has: one is doubled, two are averaged."""
    if out.shape[1] == 1 and audio.shape[1] > 1:
        np.add(audio[:, :1], audio[:, 1:2], out=out)
        np.multiply(out, np.float32(0.5), out=out)
    else:
        np.copyto(out, audio[:, : out.shape[1]])
