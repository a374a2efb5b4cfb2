"""Orders and answers in memory that two processes share."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from musicapp.playback.board import Board
from musicapp.playback.orders import Jump, Orders, Slip
from musicapp.playback.renderer import Renderer
from musicapp.playback.take_buffer import TakeBuffer

COUNTS = st.integers(0, 2**40)
LOOPS = st.none() | st.tuples(st.integers(0, 2**30), st.integers(1, 2**30)).map(lambda pair: (pair[0], sum(pair)))
ORDERS = st.builds(
    Orders,
    st.builds(Jump, st.integers(1, 2**40), COUNTS, COUNTS, st.booleans()),
    COUNTS,
    st.booleans(),
    LOOPS,
    st.floats(0, 10),
    st.floats(0, 100),
)


@settings(max_examples=100)
@given(st.lists(ORDERS, min_size=1, max_size=4))
def test_what_is_written_on_a_slip_is_read_from_it(written: list[Orders]) -> None:
    memory = bytearray(Slip.SIZE)
    writer, reader = Slip(memory), Slip(memory)
    assert reader.read(written[0]) is written[0], "nothing was written yet"
    for orders in written:
        writer.write(orders)
        assert reader.read(Orders()) == orders
        assert reader.read(Orders()) is reader.read(Orders())


@given(ORDERS, ORDERS, st.integers(0, Slip.SIZE))
def test_what_is_half_written_is_left_for_the_next_look(before: Orders, after: Orders, cut: int) -> None:
    memory, later = bytearray(Slip.SIZE), bytearray(Slip.SIZE)
    Slip(memory).write(before)
    Slip(later).write(after)
    mixed = later[:cut] + memory[cut:]
    assert Slip(mixed).read(before) in (before, after)


def test_a_board_goes_on_from_another() -> None:
    first = Board()
    first.position, first.done, first.underruns = 2**40, 7, 3
    first.meter[5] = (1, 2, 3, 4)
    second = Board(bytearray(Board.SIZE + 100))
    second.go_on_from(first)
    assert (second.position, second.done, second.underruns) == (2**40, 7, 3)
    assert second.meter[5].tolist() == [1, 2, 3, 4]


def test_orders_may_come_before_the_take_that_they_name() -> None:
    memory = bytearray(Slip.SIZE)
    slip, renderer, out = Slip(memory), Renderer(slip=Slip(memory)), np.zeros((1024, 2), np.float32)
    take = TakeBuffer.of(np.full((9000, 2), 0.5, np.float32), 44100)
    slip.write(Orders(Jump(1, take.number, 2000), 1, wanted=True))
    renderer.render(out)
    assert not out.any() and renderer.board.done == 0 and not renderer.is_idle
    renderer.settle()
    assert renderer.board.done == 0
    renderer.hold((take,))
    renderer.render(out)
    assert renderer.board.done == 1 and renderer.board.position == 3024 and out[-1, 0] == 0.5
