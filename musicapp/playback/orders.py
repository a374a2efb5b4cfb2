"""What is to be played: one immutable object that says all, from which any new player could go on."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np


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
class Orders:
    """Everything that the sound card's side has to know. A command is one new object of this kind.

    play_count   counts what the user began or ended: the end of a take belongs to one `play`
    loop         [start, end) that repeats
    volume       linear, of all that is played
    gain         linear, of the take that `jump` names, before the volume
    """

    jump: Jump = field(default_factory=Jump)
    play_count: int = 0
    wanted: bool = False
    loop: tuple[int, int] | None = None
    volume: float = 1.0
    gain: float = 1.0


class Slip:
    """Orders in memory that two processes share: they are seen in the next block of sound, without waking anybody.

    A checksum stands behind them, so that what is only half written is left for the next look.
    """

    _FORMAT = struct.Struct("qqq?q?qqddxxxx")
    SIZE = _FORMAT.size + 4

    def __init__(self, memory: Any) -> None:
        """memory: at least SIZE writable bytes."""
        self._content = np.frombuffer(memory, np.uint8, self.SIZE).data
        self._read = (b"", Orders())  # replaced as a whole: two threads may read

    def write(self, orders: Orders) -> None:
        """Put these in the place of those before. One writer at a time."""
        jump, (start, end) = orders.jump, orders.loop or (0, 0)
        counts = jump.number, jump.source, jump.frame, jump.in_step, orders.play_count, orders.wanted
        body = self._FORMAT.pack(*counts, start, end, orders.volume, orders.gain)
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
        number, source, frame, in_step, play_count, wanted, start, end, volume, gain = self._FORMAT.unpack(body)
        if number == 0:
            return before
        loop = (start, end) if end > start else None
        orders = Orders(Jump(number, source, frame, in_step), play_count, wanted, loop, volume, gain)
        self._read = content, orders
        return orders
