"""Which samples the sound card gets next: orders go in, audio comes out.

The sound card's thread calls `render`, another thread calls `obey`. Each variable has one writer, and a command is one
assignment, so neither ever waits for the other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from musicapp.playback.board import METER_SLOTS, Board
from musicapp.playback.guard import PeakGuard
from musicapp.playback.orders import Jump, Orders, Slip
from musicapp.playback.take_buffer import TakeBuffer

RAMP_S = 0.004  # long enough against clicks, too short to be heard as a fade
TAIL_S = 0.2  # of silence after the end: PulseAudio cuts up to 0.1 s off when a stream stops
RESUME_S = 0.3  # of audio gathered before playing on after running dry
PIECE_FRAMES = 4096  # rendered at a time; scratch memory is this large
STEP_PATIENCE_S = 0.5  # that a switch in step waits for audio of the other take, while the first plays on


class Renderer:
    """Plays one take at a time.

    The samples are exactly `take * (volume * gain)` in float32 where no ramp is running and nothing is above full
    scale, across loop wraps too. Ramps of 4 ms are at play, pause, stop, seek, a change of take, and where audio that
    is still being made runs out. A switch in step fades from one take into the other within 4 ms at the same frames,
    with weights whose sum is 1: what both takes share stays as loud as it is.
    """

    def __init__(self, board: Board | None = None, slip: Slip | None = None) -> None:
        """slip: where another process writes its orders."""
        self.board, self._slip = board or Board(), slip
        self.on_orders: Callable[[], None] | None = None  # the output starts its stream here
        # Written by the thread that commands.
        self.orders = Orders()
        self.sources: dict[int, TakeBuffer] = {}
        # Written by the sound card's thread.
        self._source: TakeBuffer | None = None
        self._ramp = _ramp_at(44100)
        self._level = 0  # steps up the ramp: 0 is silence, `len(ramp) - 1` full level
        self._gain = 1.0  # of the take that plays
        self._factor = np.float32(1.0)
        self._leaving: TakeBuffer | None = None  # fades out in step
        self._leaving_factor = np.float32(0.0)  # how much louder than the other
        self._leaving_frames = 0  # that are left of it
        self._patience_frames = 0
        self._guard = PeakGuard()
        self._tail_frames = 0
        self._starved = False
        self._heard_s: float | None = None  # when the next frame is heard
        self._steps = np.arange(1, PIECE_FRAMES + 1, dtype=np.float32)
        self._gains = np.zeros(PIECE_FRAMES, np.float32)
        self._scratch = np.zeros((PIECE_FRAMES, 2), np.float32)

    # --- the side that commands

    def hold(self, sources: tuple[TakeBuffer, ...]) -> None:
        """Know these takes and no others."""
        self.sources = {source.number: source for source in sources}

    def obey(self, orders: Orders) -> None:
        """From now on play what these say."""
        self.orders = orders
        if self.on_orders is not None:
            self.on_orders()

    def catch_up(self) -> None:
        """Take up the orders of another process."""
        if self._slip is not None:
            self.orders = self._slip.read(self.orders)

    def settle(self) -> None:
        """Bring every command into effect at once. Only while nobody renders: the stream is closed or lost."""
        self._level = 0
        self._leaving, self._leaving_frames = None, 0
        self._starved, self.board.waiting = False, 0
        self.catch_up()
        orders = self.orders
        if orders.jump.number != self.board.done and self._is_known(orders.jump):
            self._arrive(orders, orders.jump)

    # --- the sound card's side

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing more to render but silence, so that the stream may stop."""
        orders, board = self.orders, self.board
        is_playing = orders.wanted and board.ended != orders.play_count
        return not is_playing and self._level == 0 and orders.jump.number == board.done

    def render(self, out: np.ndarray, heard_s: float | None = None) -> None:
        """Fill `out` `(frames, 1 or 2)` float32 with what comes next.

        heard_s  when its first frame is heard, by `time.perf_counter`; None: nobody knows, and cues are not waited for
        """
        self._heard_s = heard_s
        for first in range(0, len(out), PIECE_FRAMES):
            piece = out[first : first + PIECE_FRAMES]
            self.catch_up()
            orders = self.orders
            self._switch(orders, len(piece))
            if self._level == 0:  # nobody hears a jump of the volume now
                if self._is_due(orders.jump) and self._is_known(orders.jump):
                    self._arrive(orders, orders.jump)
                self._factor = self._wanted_factor()
            filled = 0
            while filled < len(piece):
                frames = self._render_stretch(piece[filled:])
                filled += frames
                if self._heard_s is not None and self._source is not None:
                    self._heard_s += frames / self._source.sample_rate
            self._apply_volume(piece)
            before = _peaks(piece)
            self._guard.apply(piece)
            self._measure(piece, before)

    def _switch(self, orders: Orders, frames: int) -> None:
        """Carry out a jump in step at the start of a piece, as soon as the other take has audio there."""
        jump, board = orders.jump, self.board
        if not jump.in_step or jump.number == board.done or self._leaving is not None:
            return
        source, leaving, position = self.sources.get(jump.source), self._source, board.position
        if source is None or leaving is None or position >= source.total_frames or self._level == 0:
            return  # nothing to fade between: an ordinary jump
        if source.available < min(position + len(self._ramp), source.total_frames):
            self._patience_frames += frames
            return
        old_factor = self._factor
        self._source, self._gain, self._patience_frames = source, orders.gain, 0
        self._factor = self._wanted_factor()
        self._leaving, self._leaving_frames = leaving, len(self._ramp) - 1
        self._leaving_factor = np.float32(old_factor / self._factor) if self._factor > 0 else np.float32(0)
        board.done = jump.number

    def _is_due(self, jump: Jump) -> bool:
        """Whether a jump is to be carried out by way of silence now."""
        if jump.number == self.board.done:
            return False
        source = self.sources.get(jump.source)
        if not jump.in_step or self._level == 0 or source is None or self._source is None:
            return True
        is_over = self.board.position >= source.total_frames
        return is_over or self._patience_frames > STEP_PATIENCE_S * self._source.sample_rate

    def _is_known(self, jump: Jump) -> bool:
        """Whether its take has been told of; orders may come before it."""
        return jump.source == 0 or jump.source in self.sources

    def _render_stretch(self, out: np.ndarray) -> int:
        """Fill the start of `out` up to the next thing that happens; how many frames that was."""
        orders = self.orders
        if self._is_due(orders.jump):
            if frames := self._fade_out(out, orders):
                return frames
            if not self._is_known(orders.jump):
                self.board.waiting = 1
                return _silence(out)
            self._arrive(orders, orders.jump)
        source = self._source
        if source is None or not orders.wanted or self.board.ended == orders.play_count:
            return self._fade_out(out, orders) or _silence(out)
        if frames := self._frames_to_cue(orders, source):
            return self._fade_out(out[:frames], orders) or _silence(out[:frames])
        edge, wrap_to = self._next_edge(source, orders)
        room = edge - self.board.position
        if room <= 0:  # the end of the take: a loop never stands at its own end
            return self._render_tail(out, source, orders.play_count)
        self._tail_frames = 0
        if source.available < edge:
            return self._render_unfinished(out, source, orders)
        self._starved, self.board.waiting = False, 0
        return self._fade_in(out[:room], source, edge, wrap_to)

    def _frames_to_cue(self, orders: Orders, source: TakeBuffer) -> int:
        """For how many frames this play still waits; 0 from when it has begun."""
        if self.board.begun == orders.play_count:
            return 0
        if orders.cue is not None and self._heard_s is not None:
            frames = round(orders.cue.wait_s(self._heard_s) * source.sample_rate)
            if frames > 0:
                return frames
        self.board.begun = orders.play_count
        return 0

    def _next_edge(self, source: TakeBuffer, orders: Orders) -> tuple[int, int | None]:
        """Where playing cannot simply go on, and where it wraps to then (None: the take is over)."""
        loop, total = orders.loop, source.total_frames
        if loop is not None and loop[0] < total and self.board.position < loop[1]:
            return min(loop[1], total), loop[0]
        return total, None

    def _render_tail(self, out: np.ndarray, source: TakeBuffer, play_count: int) -> int:
        self._level = 0
        frames = min(len(out), max(int(TAIL_S * source.sample_rate) - self._tail_frames, 1))
        self._tail_frames += frames
        if self._tail_frames >= int(TAIL_S * source.sample_rate):
            self.board.ended = play_count
        return _silence(out[:frames])

    def _render_unfinished(self, out: np.ndarray, source: TakeBuffer, orders: Orders) -> int:
        """Play up to one ramp before the audio that is not there yet, fade out on the rest, wait for more."""
        room = source.available - self.board.position
        ramp_frames = len(self._ramp) - 1
        if self._level == 0:
            needed = int(RESUME_S * source.sample_rate) if self._starved else 2 * ramp_frames
            if room < needed:
                self.board.waiting = 1
                return _silence(out)
        self.board.waiting = 0
        if room > ramp_frames:
            self._starved = False
            return self._fade_in(out[: room - ramp_frames], source, source.total_frames, None)
        if not self._starved:
            self._starved = True
            self.board.underruns += 1
        return self._fade_out(out, orders) or _silence(out)

    def _fade_in(self, out: np.ndarray, source: TakeBuffer, edge: int, wrap_to: int | None) -> int:
        """Play into all of `out`; while the ramp is still rising, only into as much as it covers."""
        ramp, level = self._ramp, self._level
        frames = len(out) if level == len(ramp) - 1 else min(len(out), len(ramp) - 1 - level)
        out = out[:frames]
        self._fetch(out, source)
        if level < len(ramp) - 1:
            self._level = level + frames
            _multiply(out, ramp[level + 1 : self._level + 1])
        self._advance(frames, edge, wrap_to)
        return frames

    def _fade_out(self, out: np.ndarray, orders: Orders) -> int:
        """Play on while the ramp falls; 0 when it is down already or there is nothing left to play."""
        source, ramp, level = self._source, self._ramp, self._level
        if level == 0 or source is None:
            return 0
        edge, wrap_to = self._next_edge(source, orders)
        frames = min(len(out), level, min(edge, source.available) - self.board.position)
        if frames <= 0:
            self._level = 0
            return 0
        out = out[:frames]
        self._fetch(out, source)
        self._level = level - frames
        _multiply(out, ramp[self._level : level][::-1])
        self._advance(frames, edge, wrap_to)
        return frames

    def _fetch(self, out: np.ndarray, source: TakeBuffer) -> None:
        """The frames at the position, mixed with those of a take that fades out in step."""
        position = self.board.position
        _copy(out, source.audio[position : position + len(out)])
        leaving = self._leaving
        if leaving is None:
            return
        frames = min(len(out), self._leaving_frames)
        first = len(self._ramp) - self._leaving_frames
        rising, falling = self._ramp[first : first + frames], self._gains[:frames]
        np.subtract(np.float32(1), rising, out=falling)
        np.multiply(falling, self._leaving_factor, out=falling)
        old = self._scratch[:frames, : out.shape[1]]
        old.fill(0)
        there = leaving.audio[position : min(position + frames, leaving.available)]
        _copy(old[: len(there)], there)
        _multiply(old, falling)
        _multiply(out[:frames], rising)
        np.add(out[:frames], old, out=out[:frames])
        self._leaving_frames -= frames
        if self._leaving_frames == 0:
            self._leaving = None

    def _advance(self, frames: int, edge: int, wrap_to: int | None) -> None:
        position = self.board.position + frames
        self.board.position = wrap_to if wrap_to is not None and position == edge else position

    def _arrive(self, orders: Orders, jump: Jump) -> None:
        """Carry a jump out. The position is set first: it is read as soon as the jump counts as done."""
        source = self.sources.get(jump.source)
        self._starved, self.board.waiting = False, 0
        self._tail_frames = self._patience_frames = 0
        self._leaving, self._leaving_frames = None, 0
        self._guard.rest()
        self._source, self._gain = source, orders.gain
        self._ramp = _ramp_at(source.sample_rate if source else 44100)
        frame = self.board.position if jump.in_step else jump.frame
        self.board.position = min(frame, source.total_frames) if source else 0
        self.board.done = jump.number

    def _wanted_factor(self) -> np.float32:
        orders = self.orders
        if orders.jump.number == self.board.done:  # until then the gain is that of a take to come
            self._gain = orders.gain
        return np.float32(orders.volume * self._gain)

    def _apply_volume(self, out: np.ndarray) -> None:
        wanted, now = self._wanted_factor(), self._factor
        if wanted != now:
            gains = self._gains[: len(out)]
            np.multiply(self._steps[: len(out)], (wanted - now) / np.float32(len(out)), out=gains)
            np.add(gains, now, out=gains)
            _multiply(out, gains)
            self._factor = wanted
        elif wanted != 1:
            np.multiply(out, wanted, out=out)

    def _measure(self, out: np.ndarray, before: tuple[float, float]) -> None:
        slot = self.board.meter[self.board.meter_count % METER_SLOTS]
        slot[:2] = _peaks(out)
        slot[2:] = before
        self.board.meter_count += 1


@lru_cache(maxsize=4)
def _ramp_at(sample_rate: int) -> np.ndarray:
    """`(steps + 1,)` float32 from 0 to exactly 1, smooth at both ends."""
    steps = max(round(RAMP_S * sample_rate), 1)
    ramp = np.sin(np.linspace(0, np.pi / 2, steps + 1)) ** 2
    return ramp.astype(np.float32)


def _peaks(out: np.ndarray) -> tuple[float, float]:
    left, right = out[:, 0], out[:, out.shape[1] - 1]
    return max(left.max(), -left.min()), max(right.max(), -right.min())


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
