"""The take in memory and the ring between two threads."""

from __future__ import annotations

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from musicapp.playback.ring import Ring
from musicapp.playback.take_buffer import TakeBuffer


@given(st.permutations(range(10)))
def test_available_ends_where_the_first_gap_begins(order: list[int]) -> None:
    audio = np.random.default_rng(0).uniform(-1, 1, (1000, 2)).astype(np.float32)
    buffer, there = TakeBuffer(1000, 2, 44100), set()
    for number in order:
        buffer.write(number * 100, audio[number * 100 : number * 100 + 100])
        there.add(number)
        gap = next(i for i in range(11) if i not in there)
        assert buffer.available == gap * 100
    assert buffer.is_complete
    np.testing.assert_array_equal(buffer.audio, audio)


def test_what_lies_past_the_end_is_left_out() -> None:
    buffer = TakeBuffer(10, 1, 44100)
    buffer.write(8, np.ones((5, 1), np.float32))
    buffer.write(20, np.ones((5, 1), np.float32))
    assert buffer.available == 0 and buffer.audio.sum() == 2
    buffer.write(0, np.ones((9, 1), np.float32))
    assert buffer.available == 10


def test_a_finished_buffer_does_not_copy() -> None:
    audio = np.zeros((100, 2), np.float32)
    buffer = TakeBuffer.of(audio, 48000)
    assert buffer.audio is audio and buffer.is_complete and buffer.sample_rate == 48000


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=60), st.integers(1, 30))
def test_a_ring_is_a_queue(moves: list[tuple[bool, int]], capacity: int) -> None:
    ring, queue, counter = Ring(capacity, 1), [], 0
    for writes, frames in moves:
        if writes:
            block = np.arange(counter, counter + frames, dtype=np.float32)[:, None]
            written = ring.write(block)
            assert written == min(frames, capacity - len(queue))
            queue += range(counter, counter + written)
            counter += frames
        else:
            out = np.full((frames, 1), -1, np.float32)
            taken = ring.read_into(out)
            assert taken == min(frames, len(queue))
            assert out[:taken, 0].tolist() == queue[:taken] and (out[taken:] == -1).all()
            queue = queue[taken:]
        assert ring.filled == len(queue) and ring.free == capacity - len(queue)


def test_a_ring_between_two_threads_keeps_the_order() -> None:
    ring, total, heard = Ring(100, 1), 3_000, []

    def write() -> None:
        first = 0
        while first < total:
            first += ring.write(np.arange(first, min(first + 37, total), dtype=np.float32)[:, None])

    writer = threading.Thread(target=write)
    writer.start()
    out = np.zeros((53, 1), np.float32)
    while len(heard) < total:
        heard += out[: ring.read_into(out), 0].tolist()
    writer.join()
    assert heard == list(range(total))
