"""What is to be played: one immutable object that says all, from which any new player could go on."""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

CUE_LATE_S = 0.01  # sound cards tell the time of their blocks no better than this


@dataclass(frozen=True)
class Jump:
    """Where to go on from. Jumps are counted, so that both sides know which one was carried out.

    source    the number of a TakeBuffer; 0 is none
    frame     in that take
    in_step   go on at the frame that is reached when it is carried out, instead of at `frame`: to compare takes
    """

    number: int = 0
    source: int = 0
    frame: int = 0
    in_step: bool = False


@dataclass(frozen=True)
class Cue:
    """When a play begins to be heard: at `start_s`, or any number of `every_s` later where that is over.

    Both are seconds by `time.perf_counter`, which all processes of a machine share.
    """

    start_s: float
    every_s: float

    def wait_s(self, now_s: float) -> float:
        """How long it is from `now_s` on; what is only just over is taken for now."""
        ahead_s = self.start_s - now_s
        if ahead_s < -CUE_LATE_S and self.every_s > 0:
            ahead_s += math.ceil((-ahead_s - CUE_LATE_S) / self.every_s) * self.every_s
        return max(ahead_s, 0.0)


@dataclass(frozen=True)
class Orders:
    """Everything that the sound card's side has to know. A command is one new object of this kind.

    play_count   counts what the user began or ended: the end of a take belongs to one `play`
    loop         [start, end) that repeats
    volume       linear, of all that is played
    gain         linear, of the take that `jump` names, before the volume
    cue          what the play waits for, silent; None: it begins at once
    """

    jump: Jump = field(default_factory=Jump)
    play_count: int = 0
    wanted: bool = False
    loop: tuple[int, int] | None = None
    volume: float = 1.0
    gain: float = 1.0
    cue: Cue | None = None


class Slip:
    """Orders in memory that two processes share: they are seen in the next block of sound, without waking anybody.

    A checksum stands behind them, so that what is only half written is left for the next look.
    """

    _FORMAT = struct.Struct("qqq?q?qqddddxxxx")
    SIZE = _FORMAT.size + 4

    def __init__(self, memory: Any) -> None:
        """memory: at least SIZE writable bytes."""
        self._content = np.frombuffer(memory, np.uint8, self.SIZE).data
        self._read = (b"", Orders())  # replaced as a whole: two threads may read

    def write(self, orders: Orders) -> None:
        """Put these in the place of those before. One writer at a time."""
        jump, (start, end) = orders.jump, orders.loop or (0, 0)
        counts = jump.number, jump.source, jump.frame, jump.in_step, orders.play_count, orders.wanted
        cue_s = (orders.cue.start_s, orders.cue.every_s) if orders.cue else (math.nan, 0.0)
        body = self._FORMAT.pack(*counts, start, end, orders.volume, orders.gain, *cue_s)
        self._content[:] = body + zlib.crc32(body).to_bytes(4, "little")

    def read(self, before: Orders) -> Orders:
        """The orders that stand there; `before` while they are being written, or nothing was."""
        content = self._content.tobytes()
        last, orders = self._read
        if content == last:
            return orders
        body = content[:-4]
        if zlib.crc32(body) != int.from_bytes(content[-4:], "little"):
            return before
        number, source, frame, in_step, play_count, wanted, start, end, volume, gain, *cue_s = self._FORMAT.unpack(body)
        if number == 0:
            return before
        loop = (start, end) if end > start else None
        cue = None if math.isnan(cue_s[0]) else Cue(*cue_s)
        orders = Orders(Jump(number, source, frame, in_step), play_count, wanted, loop, volume, gain, cue)
        self._read = content, orders
        return orders
