"""Plays that wait for a moment: silent up to exactly its frame, whatever the blocks, the rate and the delay."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musicapp.playback import rate_feed
from musicapp.playback.orders import Cue, Orders, Slip
from musicapp.playback.output import Output
from musicapp.playback.renderer import Renderer
from musicapp.playback.transport import TakeBuffer, Transport
from tests.playback import fake_portaudio
from tests.playback.test_transport import RAMP, RATE, noise, renderer_of


def cued(take: np.ndarray, cue: Cue | None, link: Renderer | None = None) -> Transport:
    transport = Transport(link)
    transport.set_source(TakeBuffer.of(take, RATE))
    transport.next_cue = lambda _frame: cue
    transport.play()
    return transport


def heard(transport: Transport, frames: int, block: int, from_s: float, jitter_s: float = 0.0) -> np.ndarray:
    """What is heard from a moment on, by a card whose clock is a little off in every block."""
    out = np.full((frames, 2), np.nan, np.float32)
    random_ = np.random.default_rng(block)
    for first in range(0, frames, block):
        off_s = random_.uniform(-jitter_s, jitter_s)
        renderer_of(transport).render(out[first : first + block], from_s + first / RATE + off_s)
    return out


@settings(max_examples=25)
@given(block=st.sampled_from([64, 441, 1024, 5000]), wait=st.integers(0, 6000), start_s=st.floats(0, 1e6))
def test_a_play_begins_at_exactly_its_frame(block: int, wait: int, start_s: float) -> None:
    take = noise(9000)
    out = heard(cued(take, Cue(start_s, 2.0)), wait + 4000, block, start_s - wait / RATE)
    first = int(np.flatnonzero(out.any(axis=1))[0])
    assert abs(first - wait) <= 1  # a microsecond is a twentieth of a frame, and clocks of weeks know no less
    np.testing.assert_array_equal(out[first + RAMP :], take[RAMP : len(out) - first])


def test_the_window_can_tell_that_it_waits() -> None:
    transport = cued(noise(9000), Cue(10.0, 2.0))
    assert transport.is_cued and transport.is_playing
    heard(transport, 4096, 1024, 9.0)
    assert transport.is_cued and transport.position == 0 and not transport.is_waiting
    heard(transport, 4096, 1024, 9.95)
    assert not transport.is_cued and transport.position > 0
    transport.pause()
    assert not transport.is_cued


@pytest.mark.parametrize("late_s", [0.0, 0.004, 0.02, 1.0, 7.3])
def test_a_card_that_comes_too_late_begins_with_the_next_bar(late_s: float) -> None:
    transport = cued(noise(9000), Cue(50.0, 0.5))
    out = heard(transport, RATE, 1024, 50.0 + late_s)
    first_s = (int(np.flatnonzero(out.any(axis=1))[0])) / RATE
    expected_s = 0.0 if late_s <= 0.01 else math.ceil(late_s / 0.5) * 0.5 - late_s
    assert first_s == pytest.approx(expected_s, abs=0.0101)


def test_a_clock_that_is_off_by_milliseconds_costs_no_bar() -> None:
    for block in (256, 1024, 1000):
        transport = cued(noise(9000), Cue(3.0, 2.0))
        out = heard(transport, RATE // 2, block, 2.9, jitter_s=0.003)
        first_s = 2.9 + (int(np.flatnonzero(out.any(axis=1))[0])) / RATE
        assert first_s == pytest.approx(3.0, abs=0.007)


def test_a_loop_goes_on_without_another_cue_and_so_does_a_seek() -> None:
    take = noise(20_000)
    transport = Transport()
    transport.set_source(TakeBuffer.of(take, RATE))
    transport.set_loop((0, 2000))
    transport.next_cue = lambda _frame: Cue(1.0, 100.0)
    transport.play()
    out = heard(transport, 10_000, 512, 1.0)
    np.testing.assert_array_equal(out[RAMP:6000], np.tile(take[:2000], (3, 1))[RAMP:])
    transport.seek(10_000)
    assert heard(transport, 2000, 512, 1.3)[2 * RAMP :].any()


def test_without_a_clock_nothing_is_waited_for() -> None:
    transport, out = cued(noise(9000), Cue(1e9, 2.0)), np.zeros((2048, 2), np.float32)
    renderer_of(transport).render(out)
    assert out.any()


@given(st.floats(-1e9, 1e9), st.floats(0, 100))
def test_a_cue_travels(start_s: float, every_s: float) -> None:
    memory = bytearray(Slip.SIZE)
    transport = Transport()
    transport.set_source(TakeBuffer.of(noise(100), RATE))
    transport.next_cue = lambda _frame: Cue(start_s, every_s)
    transport.play()
    Slip(memory).write(renderer_of(transport).orders)
    assert Slip(memory).read(Orders()).cue == Cue(start_s, every_s)


@pytest.mark.parametrize("channels", [2, 4])
def test_a_device_says_how_long_its_own_buffer_is(monkeypatch: pytest.MonkeyPatch, channels: int) -> None:
    """The first sample to be heard at the cue, 0.1 s behind the block in which it is asked for."""
    fake = fake_portaudio.module(
        lambda count, rate: True, lambda count, rate: count == channels, [fake_portaudio.device(channels, RATE)]
    )
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    now = [1000.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    renderer = Renderer()
    output = Output(renderer, lambda detail: None)
    output.open(None, RATE)
    cued(noise(RATE), Cue(1000.5, 2.0), renderer)
    stream, out = fake.streams[-1], []
    for _ in range(40):
        out.append(stream.pull(1024))
        now[0] += 1024 / RATE
    output.close()
    first = int(np.flatnonzero(np.concatenate(out)[:, :2].any(axis=1))[0])
    assert first / RATE + stream.latency == pytest.approx(0.5, abs=2 / RATE)


@pytest.mark.parametrize("device_rate", [22050, 48000, 96000])
def test_a_queue_and_a_converter_in_between_change_nothing(monkeypatch: pytest.MonkeyPatch, device_rate: int) -> None:
    """Turn by turn, as the thread of the feed and the sound card do: when the first sound is heard at the card."""
    now = [1000.0]
    monkeypatch.setattr(rate_feed.time, "perf_counter", lambda: now[0])
    renderer = Renderer()
    take = np.ones((RATE, 2), np.float32) * 0.5
    feed = rate_feed.RateFeed(renderer, RATE, device_rate, 2)
    cued(take, Cue(1000.6, 2.0), renderer)

    class Turns:
        """In the place of the event by which the feed is stopped: it naps while the sound card plays a block."""

        def __init__(self) -> None:
            self.heard: list[np.ndarray] = []

        def is_set(self) -> bool:
            return len(self.heard) > 60

        def wait(self, _seconds: float) -> None:
            block = np.zeros((1024, 2), np.float32)
            feed.render(block, now[0] + 0.1)
            self.heard.append(block)
            now[0] += 1024 / device_rate

    turns = Turns()
    monkeypatch.setattr(feed, "_stopping", turns)
    feed._run()
    loud = np.abs(np.concatenate(turns.heard)[:, 0]) > 0.25
    first_s = 1000.0 + 0.1 + int(np.flatnonzero(loud)[0]) / device_rate
    assert first_s == pytest.approx(1000.6 + 0.002, abs=0.0005)  # half of the ramp of 4 ms
