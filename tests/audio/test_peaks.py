"""The waveform overview never misses a peak and never invents one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicapp.audio.peaks import BIN_FRAMES, PeakPyramid


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(frames).uniform(-1, 1, (frames, channels)).astype(np.float32)


def filled(audio: np.ndarray, sizes: list[int]) -> PeakPyramid:
    pyramid, first = PeakPyramid(len(audio), audio.shape[1]), 0
    for size in sizes:
        pyramid.add(first, audio[first : first + size])
        first += size
    pyramid.add(first, audio[first:])
    return pyramid


@given(
    frames=st.integers(1, 20_000),
    sizes=st.lists(st.integers(0, 3000), max_size=8),
    columns=st.integers(1, 60),
    edges=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_column_holds_its_frames_and_at_most_a_column_more_on_each_side(
    frames: int, sizes: list[int], columns: int, edges: tuple[float, float]
) -> None:
    audio = noise(frames)
    start, end = sorted(edge * frames for edge in edges)
    view = filled(audio, sizes).view(start, end, columns)
    assert view.shape == (columns, 2, 2) and view.dtype == np.float32
    width = (end - start) / columns
    slack = max(width, BIN_FRAMES)
    for i in range(columns):
        a, b = start + i * width, start + (i + 1) * width
        inside = audio[int(np.ceil(a - 1e-6)) : int(np.floor(b + 1e-6))]
        around = audio[max(int(a - slack - 1), 0) : int(b + slack + 2)]
        if len(inside):
            assert (view[i, :, 0] <= inside.min(axis=0)).all() and (view[i, :, 1] >= inside.max(axis=0)).all()
        if view[i].any():
            assert (view[i, :, 0] >= around.min(axis=0)).all() and (view[i, :, 1] <= around.max(axis=0)).all()


@pytest.mark.parametrize("columns", [1, 7, 100, 1000])
def test_with_the_samples_at_hand_narrow_columns_are_exact(columns: int) -> None:
    audio = noise(5000)
    view = filled(audio, []).view(1000, 2000, columns, audio)
    width = 1000 / columns
    for i in range(columns):
        inside = audio[int(1000 + i * width) : int(np.ceil(1000 + (i + 1) * width))]
        if width < BIN_FRAMES:
            np.testing.assert_array_equal(view[i], np.stack([inside.min(axis=0), inside.max(axis=0)], axis=1))


def test_closer_than_one_frame_a_column_shows_the_frame_it_lies_in() -> None:
    audio = noise(100)
    view = filled(audio, []).view(10, 12, 8, audio)
    np.testing.assert_array_equal(view[:, :, 0], np.repeat(audio[10:12], 4, axis=0))


def test_what_is_not_there_yet_is_zero() -> None:
    audio = noise(100_000) + 3
    pyramid = PeakPyramid(len(audio), 2)
    assert not pyramid.view(0, 100_000, 50).any()
    pyramid.add(0, audio[:51_200])
    view = pyramid.view(0, 100_000, 50)
    assert (view[:25] > 1).all() and not view[26:].any()
    pyramid.add(51_200, audio[51_200:])
    assert (pyramid.view(0, 100_000, 50) > 1).all()


def test_outside_of_the_take_there_is_nothing() -> None:
    audio = noise(10_000) + 3
    pyramid = filled(audio, [])
    pyramid.add(9_990, np.full((500, 2), 9, np.float32))  # only the first ten frames belong to the take
    view = pyramid.view(-10_000, 20_000, 30)
    assert not view[:10].any() and not view[21:].any() and (view[10:20] > 1).all()
    pyramid.add(20_000, audio)
    assert PeakPyramid(0, 2).view(0, 10, 3).shape == (3, 2, 2)


def test_blocks_may_come_in_any_order() -> None:
    audio = noise(30_000)
    backwards = PeakPyramid(len(audio), 2)
    for first in range(29_000, -1, -1000):
        backwards.add(first, audio[first : first + 1000])
    np.testing.assert_array_equal(backwards.view(0, 30_000, 11), filled(audio, [777] * 20).view(0, 30_000, 11))


@pytest.mark.parametrize("columns", [1, 7, 40])
@pytest.mark.parametrize("sizes", [[], [1, 127, 128, 5000], [3000, 3000]])
def test_the_body_is_the_root_mean_square_of_each_column(columns: int, sizes: list[int]) -> None:
    audio = noise(20_480) * np.linspace(0, 1, 20_480, dtype=np.float32)[:, None]
    body = filled(audio, sizes).view_rms(0, len(audio), columns)
    assert body is not None and body.shape == (columns, 2)
    for number in range(columns):
        part = audio[round(number * len(audio) / columns) : round((number + 1) * len(audio) / columns)]
        np.testing.assert_allclose(body[number], np.sqrt(np.square(part).mean(axis=0)), rtol=0.35, atol=0.01)
    whole = filled(audio, sizes).view_rms(0, len(audio), 1)
    assert whole is not None
    np.testing.assert_allclose(whole[0], np.sqrt(np.square(audio).mean(axis=0)), rtol=1e-4)


def test_the_body_is_nothing_where_nothing_is_known_and_no_more_than_the_samples_where_they_are_seen() -> None:
    pyramid = PeakPyramid(10_000, 1)
    pyramid.add(0, np.full((1000, 1), 0.5, np.float32))
    body = pyramid.view_rms(0, 10_000, 10)
    assert body is not None
    assert body[0, 0] == pytest.approx(0.5, abs=0.01) and not body[2:].any()
    assert pyramid.view_rms(0, 1000, 100) is None
