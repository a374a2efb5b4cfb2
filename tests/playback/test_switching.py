"""Several takes at once: from one into another at the same frame, without a click, a gap or a jump of loudness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musicapp.playback.transport import TakeBuffer, Transport
from tests.playback.test_transport import RAMP, RATE, noise, playing, rendered


def another(frames: int = 80_000, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(8).uniform(-0.5, 0.5, (frames, channels)).astype(np.float32)


@settings(max_examples=25)
@given(block=st.sampled_from([64, 441, 1024, 5000]), volume=st.floats(0.125, 1, width=32))
def test_after_one_ramp_the_other_take_plays_on_at_the_same_frame(block: int, volume: float) -> None:
    first, second = noise(80_000), another()
    transport = playing(first, volume=volume)
    before = rendered(transport, 10 * block, block)
    np.testing.assert_array_equal(before[RAMP:], first[RAMP : len(before)] * np.float32(volume))
    at = transport.position
    transport.switch(TakeBuffer.of(second, RATE))
    assert transport.position == at == 10 * block
    after = rendered(transport, 2000, block)
    np.testing.assert_array_equal(after[RAMP:], second[at + RAMP : at + 2000] * np.float32(volume))


def test_the_fade_keeps_what_both_takes_share_and_never_leaves_their_range() -> None:
    take = noise(50_000)
    transport = playing(take)
    rendered(transport, 3000)
    transport.switch(TakeBuffer.of(take.copy(), RATE))
    np.testing.assert_allclose(rendered(transport, 1000), take[3000:4000], atol=3e-7)
    transport = playing(np.full((9000, 2), 0.5, np.float32))
    rendered(transport, 3000)
    transport.switch(TakeBuffer.of(np.full((9000, 2), -0.5, np.float32), RATE))
    fade = rendered(transport, 1000)[:, 0]
    assert (np.diff(fade[:RAMP]) < 0).all() and fade[RAMP:].tolist() == [-0.5] * (1000 - RAMP)
    assert np.abs(np.diff(fade)).max() < np.pi / 2 / RAMP * 1.02


def test_each_take_keeps_its_own_gain_in_the_fade() -> None:
    quiet, loud = np.full((20_000, 2), 0.125, np.float32), np.full((20_000, 2), 0.5, np.float32)
    transport = Transport()
    transport.set_source(TakeBuffer.of(quiet, RATE), gain=4.0)
    transport.volume = 0.5
    transport.play()
    rendered(transport, 3000)
    transport.switch(TakeBuffer.of(loud, RATE), gain=1.0)
    np.testing.assert_allclose(rendered(transport, 4000), 0.25, atol=1e-6)
    transport.gain = 2.0
    rendered(transport, 1024)
    np.testing.assert_allclose(rendered(transport, 1024), 0.5, atol=1e-6)
    transport.volume = 0.0
    rendered(transport, 1024)
    transport.switch(TakeBuffer.of(quiet, RATE), gain=4.0)
    assert not rendered(transport, 1024).any()


def test_switching_to_and_fro_in_every_block_never_clicks() -> None:
    takes = [TakeBuffer.of(np.full((100_000, 2), level, np.float32), RATE) for level in (0.9, -0.9, 0.1)]
    transport = Transport()
    transport.set_source(takes[0])
    transport.keep_ready(tuple(takes[1:]))
    transport.play()
    out = []
    for turn in range(300):
        transport.switch(takes[turn % 3])
        out.append(rendered(transport, 64, 64))
    steps = np.abs(np.diff(np.concatenate(out)[:, 0]))
    assert steps.max() < 1.8 * np.pi / 2 / RAMP * 1.1
    assert transport.position == 300 * 64


def test_a_loop_goes_on_in_the_other_take() -> None:
    first, second = noise(20_000), another(20_000)
    transport = playing(first)
    transport.seek(1000)
    transport.set_loop((1000, 3000))
    rendered(transport, 1900)
    transport.switch(TakeBuffer.of(second, RATE))
    out = rendered(transport, 4100)
    expected = np.concatenate([second[2900:3000], second[1000:3000], second[1000:3000]])
    np.testing.assert_array_equal(out[RAMP:], expected[RAMP:])


def test_without_audio_there_yet_the_first_plays_on_until_it_comes_or_patience_ends() -> None:
    first, second = noise(200_000), another(200_000)
    growing = TakeBuffer(200_000, 2, RATE)
    transport = playing(first)
    rendered(transport, 3000)
    transport.switch(growing)
    np.testing.assert_array_equal(rendered(transport, 2000), first[3000:5000])
    growing.write(0, second[:100_000])
    np.testing.assert_array_equal(rendered(transport, 2000)[RAMP:], second[5000 + RAMP : 7000])
    empty = TakeBuffer(200_000, 2, RATE)
    transport.switch(empty)
    out = rendered(transport, RATE, 441)
    silent = int(np.flatnonzero(~out.any(axis=1))[0])
    assert RATE // 2 <= silent < RATE // 2 + 2000 and not out[silent:].any()
    assert transport.is_waiting and transport.position - silent in (7000, 7001)  # the ramp ends in 0


def test_in_a_shorter_take_it_is_the_end_and_in_a_longer_one_playing_can_go_on() -> None:
    long, short = noise(60_000), another(2000)
    transport = playing(long)
    rendered(transport, 5000)
    transport.switch(TakeBuffer.of(short, RATE))
    out = rendered(transport, 20_000)
    assert not out[RAMP:].any() and transport.ended
    transport.switch(TakeBuffer.of(long, RATE))
    assert not transport.ended and not transport.is_playing and transport.position == 2000
    transport.play()
    np.testing.assert_array_equal(rendered(transport, 3000)[RAMP:], long[2000 + RAMP : 5000])


def test_paused_it_changes_the_take_alone_and_a_seek_on_its_way_is_not_lost() -> None:
    first, second = noise(50_000), another()
    transport = playing(first)
    rendered(transport, 5000)
    transport.seek(20_000)
    transport.switch(TakeBuffer.of(second, RATE))
    assert transport.position == 20_000
    np.testing.assert_array_equal(rendered(transport, 3000)[2 * RAMP :], second[20_000 + RAMP : 23_000 - RAMP])
    transport.pause()
    rendered(transport, 1000)
    at = transport.position
    transport.switch(TakeBuffer.of(first, RATE))
    assert not transport.is_playing and transport.position == at and not rendered(transport, 500).any()
    transport.play()
    np.testing.assert_array_equal(rendered(transport, 1000)[RAMP:], first[at + RAMP : at + 1000])


def test_takes_of_two_sample_rates_cannot_be_switched() -> None:
    transport = playing(noise(1000))
    with pytest.raises(ValueError, match="one sample rate"):
        transport.switch(TakeBuffer.of(noise(1000), 48000))
    with pytest.raises(ValueError, match="one sample rate"):
        Transport().switch(TakeBuffer.of(noise(1000), 48000))
