"""Laws of the transport: exact samples, no clicks, no lost position, whatever the block size."""

from __future__ import annotations

import threading
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musicapp.playback.renderer import RAMP_S, RESUME_S, TAIL_S, Renderer
from musicapp.playback.transport import TakeBuffer, Transport

RATE = 44100
RAMP = round(RAMP_S * RATE)
BLOCKS = st.sampled_from([1, 64, 441, 512, 1000, 1024, 5000])


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(3).uniform(-1, 1, (frames, channels)).astype(np.float32)


def playing(audio: np.ndarray, **changes: float) -> Transport:
    transport = Transport()
    transport.set_source(TakeBuffer.of(audio, RATE))
    for name, value in changes.items():
        setattr(transport, name, value)
    transport.play()
    return transport


def renderer_of(transport: Transport) -> Renderer:
    assert isinstance(transport.link, Renderer)
    return transport.link


def rendered(transport: Transport, frames: int, block: int = 1024, channels: int = 2) -> np.ndarray:
    out = np.full((frames, channels), np.nan, np.float32)
    for first in range(0, frames, block):
        renderer_of(transport).render(out[first : first + block])
    return out


@settings(max_examples=25)
@given(block=BLOCKS, frames=st.integers(RAMP + 1, 9000), volume=st.floats(0, 1, width=32))
def test_a_take_comes_out_exactly_times_the_volume_then_silence(block: int, frames: int, volume: float) -> None:
    take, tail = noise(frames), int(TAIL_S * RATE)
    transport = playing(take, volume=volume)
    out = rendered(transport, frames + tail + 5 * block, block)
    np.testing.assert_array_equal(out[RAMP:frames], take[RAMP:] * np.float32(volume))
    assert not out[frames:].any()
    assert transport.ended and not transport.is_playing and renderer_of(transport).is_idle
    assert transport.position == frames and transport.underruns == 0


@settings(max_examples=25)
@given(
    block=st.sampled_from([200, 441, 1024, 5000]),
    start=st.integers(0, 2999),
    length=st.integers(1, 3000),
    volume=st.floats(0.125, 1, width=32),
)
def test_a_loop_repeats_the_same_samples_a_hundred_times(block: int, start: int, length: int, volume: float) -> None:
    take, end = noise(6000), start + length
    transport = playing(take, volume=volume)
    transport.seek(start)
    transport.set_loop((start, end))
    expected = np.concatenate([take[start:end]] * (100 + RAMP // length)) * np.float32(volume)
    out = rendered(transport, len(expected), block)
    np.testing.assert_array_equal(out[RAMP:], expected[RAMP:])
    assert transport.position == start


def test_a_loop_that_is_switched_off_plays_on_and_one_behind_is_left_alone() -> None:
    take = noise(20000)
    transport = playing(take)
    transport.set_loop((1000, 3000))
    first = rendered(transport, 4000)
    np.testing.assert_array_equal(first[RAMP:3000], take[RAMP:3000])
    np.testing.assert_array_equal(first[3000:], take[1000:2000])
    transport.set_loop(None)
    np.testing.assert_array_equal(rendered(transport, 4000), take[2000:6000])
    transport.set_loop((500, 5000))
    np.testing.assert_array_equal(rendered(transport, 4000), take[6000:10000])


def test_a_loop_to_the_very_end_wraps_without_a_tail() -> None:
    take = noise(3000)
    transport = playing(take)
    transport.set_loop((0, 99999))
    out = rendered(transport, 9000)
    np.testing.assert_array_equal(out[RAMP:], np.concatenate([take] * 3)[RAMP:])
    assert transport.is_playing and not transport.ended


@pytest.mark.parametrize("loop", [(5, 5), (7, 3), (0, 0), (-5, -1)])
def test_an_empty_loop_is_refused(loop: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="end after its start"):
        Transport().set_loop(loop)


COMMANDS = st.lists(
    st.one_of(
        st.just(("play",)),
        st.just(("pause",)),
        st.just(("stop",)),
        st.tuples(st.just("seek"), st.integers(0, 190_000)),
        st.tuples(st.just("set_loop"), st.just((100, 50_000)) | st.none()),
        st.tuples(st.just("volume"), st.sampled_from([0.0, 0.25, 1.0])),
        st.just(("set_source",)),
    ),
    max_size=30,
)


@settings(max_examples=60)
@given(commands=COMMANDS, block=st.sampled_from([100, 256, 1024]))
def test_no_command_ever_clicks(commands: list[tuple], block: int) -> None:
    transport = playing(np.ones((200_000, 2), np.float32))
    out = [rendered(transport, block)]
    for name, *values in commands:
        if name == "volume":
            transport.volume = values[0]
        elif name == "set_source":
            transport.set_source(TakeBuffer.of(np.ones((200_000, 2), np.float32), RATE))
        else:
            getattr(transport, name)(*values)
        out.append(rendered(transport, block))
    steps = np.abs(np.diff(np.concatenate(out)[:, 0]))
    assert steps.max(initial=0) <= np.pi / 2 / RAMP * 1.02 + 1 / block + 1e-6


def test_pause_holds_the_position_and_play_goes_on_from_there() -> None:
    take = noise(50000)
    transport = playing(take)
    rendered(transport, 5000)
    transport.pause()
    assert not transport.is_playing
    silence = rendered(transport, 3000)[RAMP:]
    assert not silence.any() and renderer_of(transport).is_idle
    position = transport.position
    assert position == 5000 + RAMP
    transport.play()
    out = rendered(transport, 2000)
    np.testing.assert_array_equal(out[RAMP:], take[position + RAMP : position + 2000])


def test_seek_while_playing_goes_on_exactly_there_after_two_ramps() -> None:
    take = noise(50000)
    transport = playing(take)
    rendered(transport, 5000)
    transport.seek(30000)
    assert transport.position == 30000  # at once for the eye
    out = rendered(transport, 2000)
    np.testing.assert_array_equal(out[2 * RAMP :], take[30000 + RAMP : 30000 + 2000 - RAMP])


@pytest.mark.parametrize(("wanted", "there"), [(-5, 0), (10**9, 4000), (17, 17)])
def test_seek_stays_within_the_take(wanted: int, there: int) -> None:
    transport = playing(noise(4000))
    transport.seek(wanted)
    assert transport.position == there


def test_stop_goes_to_the_start_and_a_new_take_does_not_play_by_itself() -> None:
    transport = playing(noise(40000))
    rendered(transport, 3000)
    transport.stop()
    assert transport.position == 0 and not transport.is_playing
    rendered(transport, 2000)
    transport.play()
    rendered(transport, 2000)
    transport.set_loop((0, 100))
    transport.set_source(TakeBuffer.of(noise(500), RATE))
    assert transport.position == 0 and not transport.is_playing and transport.loop is None
    assert not rendered(transport, 2000)[RAMP:].any()
    transport.set_source(None)
    transport.play()
    assert not transport.is_playing and not rendered(transport, 100).any()


def test_after_the_end_play_begins_again_and_seek_forgets_the_end() -> None:
    take = noise(3000)
    transport = playing(take)
    rendered(transport, 20000)
    assert transport.ended
    transport.play()
    assert not transport.ended and transport.is_playing
    np.testing.assert_array_equal(rendered(transport, 2000)[RAMP:], take[RAMP:2000])
    rendered(transport, 20000)
    transport.seek(1000)
    assert not transport.ended and not transport.is_playing and transport.position == 1000
    assert not rendered(transport, 1000).any()


def test_the_end_comes_after_a_fifth_of_a_second_of_silence() -> None:
    transport = playing(noise(1000))
    rendered(transport, 1000 + int(TAIL_S * RATE) - 1, block=1)
    assert transport.is_playing and not transport.ended
    rendered(transport, 1)
    assert transport.ended


def test_playing_waits_for_audio_that_is_not_there_yet_and_loses_none() -> None:
    take = noise(60000)
    buffer = TakeBuffer(len(take), 2, RATE)
    buffer.write(0, take[:10000])
    transport = Transport()
    transport.set_source(buffer)
    transport.play()
    first = rendered(transport, 15000)
    np.testing.assert_array_equal(first[RAMP : 10000 - RAMP], take[RAMP : 10000 - RAMP])
    assert not first[10000:].any()
    assert transport.position == 10000 and transport.underruns == 1 and transport.is_waiting and transport.is_playing
    buffer.write(10000, take[10000 : 10000 + int(RESUME_S * RATE) - 1])
    assert not rendered(transport, 1000).any()  # too little to go on with
    buffer.write(len(take) - 30000, take[-30000:])  # not next in line: changes nothing
    assert not rendered(transport, 1000).any()
    buffer.write(10000, take[10000:])
    second = rendered(transport, 50000)
    np.testing.assert_array_equal(second[RAMP:], take[10000 + RAMP :])
    assert transport.underruns == 1 and not transport.is_waiting


def test_waiting_for_the_first_audio_is_no_interruption() -> None:
    take = noise(30000)
    buffer = TakeBuffer(len(take), 2, RATE)
    transport = Transport()
    transport.set_source(buffer)
    transport.play()
    assert not rendered(transport, 5000).any()
    assert transport.is_waiting and transport.underruns == 0
    buffer.write(0, take)
    np.testing.assert_array_equal(rendered(transport, 9000)[RAMP:], take[RAMP:9000])


def test_audio_that_arrives_in_time_is_played_exactly() -> None:
    take = noise(200_000)
    buffer = TakeBuffer(len(take), 2, RATE)
    buffer.write(0, take[:4000])
    transport = Transport()
    transport.set_source(buffer)
    transport.play()
    out = []
    while transport.position < len(take):
        out.append(rendered(transport, 1024))
        first = buffer.available
        buffer.write(first, take[first : first + 1500])
    np.testing.assert_array_equal(np.concatenate(out)[RAMP : len(take)], take[RAMP:])
    assert transport.underruns == 0


def test_a_growing_take_loops_within_what_is_there() -> None:
    take = noise(60000)
    buffer = TakeBuffer(len(take), 2, RATE)
    buffer.write(0, take[:5000])
    transport = Transport()
    transport.set_source(buffer)
    transport.set_loop((1000, 5000))
    transport.play()
    out = rendered(transport, 13000)
    np.testing.assert_array_equal(out[RAMP:], np.concatenate([take[:5000], take[1000:5000], take[1000:5000]])[RAMP:])
    assert transport.underruns == 0


def test_volume_changes_glide_and_are_exact_once_they_arrived() -> None:
    transport = playing(np.ones((50000, 2), np.float32))
    rendered(transport, 2048)
    transport.volume = 0.1
    gliding = rendered(transport, 1024)
    assert np.abs(np.diff(gliding[:, 0])).max() < 0.9 / 1024 * 1.01
    assert (rendered(transport, 1024) == np.float32(0.1)).all()
    transport.volume = -3.0
    assert transport.volume == 0.0


def test_channels_follow_the_sound_card() -> None:
    mono, stereo = noise(3000, 1), noise(3000, 2)
    doubled = rendered(playing(mono), 2000)
    np.testing.assert_array_equal(doubled[RAMP:], np.repeat(mono, 2, axis=1)[RAMP:2000])
    averaged = rendered(playing(stereo), 2000, channels=1)
    np.testing.assert_allclose(averaged[RAMP:, 0], stereo[RAMP:2000].mean(axis=1), atol=1e-7)


def test_levels_are_the_peaks_since_they_were_last_asked_for() -> None:
    take = np.zeros((40000, 2), np.float32)
    take[2000] = (0.5, -0.25)
    transport = playing(take, volume=0.5)
    rendered(transport, 4096)
    assert transport.levels() == (0.25, 0.125)
    rendered(transport, 4096)
    assert transport.levels() == (0.0, 0.0)


def test_settle_obeys_at_once_when_nobody_renders() -> None:
    transport = playing(noise(50000))
    rendered(transport, 5000)
    transport.pause()
    renderer_of(transport).settle()
    assert renderer_of(transport).is_idle and transport.position == 5000
    transport.seek(77)
    renderer_of(transport).settle()
    assert renderer_of(transport).is_idle and transport.position == 77


def test_rendering_allocates_no_audio() -> None:
    transport = playing(noise(500_000), volume=0.5)
    transport.set_loop((1000, 100_000))
    out = np.zeros((8192, 2), np.float32)
    for _ in range(50):
        renderer_of(transport).render(out)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for round_ in range(200):
            transport.volume = 0.5 + round_ % 2 / 4
            renderer_of(transport).render(out)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak < out.nbytes / 4  # half of one channel; the runner's own threads take some kB meanwhile


def test_commands_from_another_thread_never_break_rendering() -> None:
    transport, done, errors = playing(noise(100_000)), threading.Event(), []

    def sound_card() -> None:
        out = np.zeros((256, 2), np.float32)
        try:
            while not done.is_set():
                renderer_of(transport).render(out)
                assert np.abs(out).max() <= 1.0
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=sound_card)
    thread.start()
    try:
        for i in range(2000):
            transport.seek(i * 37 % 100_000)
            transport.set_loop((i, i + 5000) if i % 3 else None)
            (transport.pause, transport.play, transport.stop, transport.play)[i % 4]()
            if i % 50 == 0:
                transport.set_source(TakeBuffer.of(noise(100 + i), RATE))
            transport.levels()
    finally:
        done.set()
        thread.join()
    assert errors == []
