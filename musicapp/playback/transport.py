"""Play, pause, stop, seek, loop and compare: the side that the user commands. What sounds is `renderer`'s work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from musicapp.playback.board import METER_SLOTS, Board
from musicapp.playback.orders import Cue, Jump, Orders
from musicapp.playback.renderer import Renderer
from musicapp.playback.take_buffer import TakeBuffer

__all__ = ["TakeBuffer", "Transport"]

STALE_METER_S = 0.25


class Link(Protocol):
    """The way to the renderer, which may be in another process. Neither method waits."""

    @property
    def board(self) -> Board:
        """What the renderer tells."""
        ...

    def hold(self, sources: tuple[TakeBuffer, ...]) -> None:
        """Know these takes and no others."""
        ...

    def obey(self, orders: Orders) -> None:
        """From now on play what these say."""
        ...


class Transport:
    """Plays one take at a time, and switches between several at the same frame.

    Without a link to another one it has a `Renderer` of its own, as `link`.
    """

    def __init__(self, link: Link | None = None) -> None:
        self.link: Link = link or Renderer()
        self._lock = threading.RLock()
        self._orders = Orders()
        self._source: TakeBuffer | None = None
        self._others: tuple[TakeBuffer, ...] = ()
        self._meter_read = 0
        self._meter_last = (0.0, 0.0)
        self._meter_time = 0.0
        self.wanted_levels = (0.0, 0.0)
        # What a play from a frame waits for, asked when it is ordered.
        self.next_cue: Callable[[int], Cue | None] = lambda _frame: None

    def set_source(self, source: TakeBuffer | None, gain: float = 1.0) -> None:
        """Choose the take, from its start, not playing. The loop goes: it belonged to the other take.

        gain   linear, how much louder this take is played than it is
        """
        with self._lock:
            self._source = source
            self._hold()
            self._order(jump=self._jump_to(0), gain=gain, loop=None, **self._rest())

    def keep_ready(self, others: tuple[TakeBuffer, ...]) -> None:
        """Hold the audio of these takes too, so that `switch` to one of them is instant; () lets them go."""
        with self._lock:
            self._others = others
            self._hold()

    def switch(self, source: TakeBuffer, gain: float = 1.0) -> None:
        """Go on in another take of the same sample rate at the same frame, playing or not; the loop stays.

        While playing, the takes fade into each other within 4 ms, each with its own gain. Where the other has no audio
        yet, the first plays on for up to half a second. Raises ValueError for another sample rate.
        """
        with self._lock:
            if self._source is None or source.sample_rate != self._source.sample_rate:
                raise ValueError("only takes of one sample rate can be switched in step")
            before = self._orders.jump
            has_arrived = before.in_step or before.number == self.link.board.done  # else a seek is on its way
            frame, goes_on = min(self.position, source.total_frames), self.is_playing and has_arrived
            rest = self._rest() if self.ended else {}  # the end belonged to the other take
            self._source = source
            self._hold()
            self._order(jump=replace(self._jump_to(frame), in_step=goes_on), gain=gain, **rest)

    @property
    def source(self) -> TakeBuffer | None:
        """The take that plays, or will play at `play`."""
        return self._source

    def play(self) -> None:
        """Go on from `position`; from the start when the take had ended."""
        with self._lock:
            source = self._source
            if source is None:
                return
            frame, jump = self.position, self._orders.jump
            if frame >= source.total_frames:
                frame, jump = 0, self._jump_to(0)
            self._order(jump=jump, play_count=self._orders.play_count + 1, wanted=True, cue=self.next_cue(frame))

    def pause(self) -> None:
        """Fall silent and keep the position."""
        self._order(wanted=False)

    def stop(self) -> None:
        """Fall silent and go back to the start."""
        with self._lock:
            self._order(jump=self._jump_to(0), **self._rest())

    def seek(self, frame: int) -> None:
        """Go on from another frame, playing or not."""
        with self._lock:
            last = self._source.total_frames if self._source else 0
            jump = self._jump_to(min(max(int(frame), 0), last))
            self._order(jump=jump, **(self._rest() if self.ended else {}))

    def stay(self) -> None:
        """Make the position that was reached an order, for a renderer that begins anew."""
        with self._lock:
            self._order(jump=self._jump_to(self.position))

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat [start, end) as soon as playing reaches its end from within. Raises ValueError for an empty region."""
        if loop is not None:
            start, end = max(int(loop[0]), 0), int(loop[1])
            if end <= start:
                raise ValueError(f"a loop needs its end after its start, not {loop}")
            loop = (start, end)
        self._order(loop=loop)

    @property
    def loop(self) -> tuple[int, int] | None:
        """The region that repeats."""
        return self._orders.loop

    @property
    def volume(self) -> float:
        """Linear gain of all that is played; a change is spread over one block."""
        return self._orders.volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._order(volume=max(volume, 0.0))

    @property
    def gain(self) -> float:
        """Linear gain of the take, before the volume; a change is spread over one block."""
        return self._orders.gain

    @gain.setter
    def gain(self, gain: float) -> None:
        self._order(gain=max(gain, 0.0))

    @property
    def jump(self) -> Jump:
        """The last one that was ordered."""
        return self._orders.jump

    @property
    def position(self) -> int:
        """The next frame to go to the sound card; what is heard is the output's latency behind."""
        jump, board = self._orders.jump, self.link.board
        return board.position if jump.in_step or jump.number == board.done else jump.frame

    @property
    def is_playing(self) -> bool:
        """Whether play was asked for and the end is not reached; also true while waiting for audio."""
        orders = self._orders
        return orders.wanted and self.link.board.ended != orders.play_count

    @property
    def is_waiting(self) -> bool:
        """Whether playing has caught up with the audio that is there so far."""
        return self.is_playing and self.link.board.waiting == 1

    @property
    def is_cued(self) -> bool:
        """Whether a play still waits for its cue."""
        orders = self._orders
        return orders.cue is not None and self.is_playing and self.link.board.begun != orders.play_count

    @property
    def ended(self) -> bool:
        """Whether the last command was `play` and ran to the end of the take, tail of silence included."""
        orders = self._orders
        return orders.play_count > 0 and self.link.board.ended == orders.play_count

    @property
    def underruns(self) -> int:
        """How often sound was interrupted because the audio was not there yet."""
        return self.link.board.underruns

    def levels(self) -> tuple[float, float]:
        """Left and right peak (after volume) of everything rendered since the last call.

        `wanted_levels` is then what they would be without the guard in front of the sound card.
        """
        board, now = self.link.board, time.monotonic()
        count = board.meter_count
        fresh = min(count - self._meter_read, METER_SLOTS)
        if fresh > 0:
            slots = [(count - 1 - i) % METER_SLOTS for i in range(fresh)]
            left, right, wanted_left, wanted_right = map(float, board.meter[slots].max(axis=0))
            self._meter_last, self.wanted_levels = (left, right), (wanted_left, wanted_right)
            self._meter_read, self._meter_time = count, now
        elif now - self._meter_time > STALE_METER_S:
            self._meter_last = self.wanted_levels = (0.0, 0.0)
        return self._meter_last

    def _order(self, **changes: Any) -> None:
        with self._lock:
            self._orders = replace(self._orders, **changes)
            self.link.obey(self._orders)

    def _jump_to(self, frame: int) -> Jump:
        return Jump(self._orders.jump.number + 1, self._source.number if self._source else 0, frame)

    def _rest(self) -> dict[str, Any]:
        """Not playing, and not because of the end."""
        return {"wanted": False, "play_count": self._orders.play_count + 1}

    def _hold(self) -> None:
        first = (self._source,) if self._source else ()
        self.link.hold(tuple(dict.fromkeys((*first, *self._others))))
