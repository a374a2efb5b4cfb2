"""What the sound card's side tells: numbers in memory that the other side reads at any time."""

from __future__ import annotations

from typing import Any

import numpy as np

METER_SLOTS = 64
_NUMBERS = 9
_METER_START = 8 * _NUMBERS


class _Number:
    """One whole number of a board. It is written and read in one go, so nobody ever sees half of it."""

    def __init__(self, place: int) -> None:
        self._place = place

    def __get__(self, board: Board, owner: type[Board]) -> int:
        return board.numbers[self._place]

    def __set__(self, board: Board, value: int) -> None:
        board.numbers[self._place] = value


class Board:
    """Has one writer, the sound card's side, and any number of readers, in this process or another.

    done          number of the last jump that was carried out; `position` is written before it
    position      the next frame to go to the sound card
    ended         the play count that ran to the end of the take
    begun         the play count that has begun to sound: the last one whose cue has come
    waiting       1 while playing has caught up with the audio that is there so far
    underruns     how often the audio was not there in time
    underflows    how often the sound card ran dry
    calls         how often the sound card asked
    meter_count   rows that were ever written to `meter`

    `meter` `(METER_SLOTS, 4)` float32 is a ring of peaks: left, right, and both before the guard.
    """

    SIZE = _METER_START + METER_SLOTS * 4 * 4

    done, position, ended, waiting = _Number(0), _Number(1), _Number(2), _Number(3)
    underruns, underflows, calls, meter_count = _Number(4), _Number(5), _Number(6), _Number(7)
    begun = _Number(8)

    def __init__(self, memory: Any = None) -> None:
        """memory: at least SIZE writable bytes, shared or not; none: private ones."""
        self.memory = bytearray(self.SIZE) if memory is None else memory
        content = np.frombuffer(self.memory, np.uint8, self.SIZE)
        self.numbers = content[:_METER_START].data.cast("q")  # quicker, one by one, than an array
        self.meter = content[_METER_START:].view(np.float32).reshape(METER_SLOTS, 4)

    def go_on_from(self, other: Board) -> None:
        """Take over what another writer has told."""
        self.numbers[:] = other.numbers
        self.meter[:] = other.meter
