"""What reaches the sound card of a take that is far above full scale."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.playback.guard import PeakGuard
from musicapp.playback.transport import TakeBuffer, Transport
from tests.playback.test_transport import renderer_of

RATE = 44100


def hot_take() -> np.ndarray:
    """Two seconds of a quiet tone with a burst of +12 dBFS in its middle."""
    tone = 0.2 * np.sin(2 * np.pi * 220 * np.arange(2 * RATE) / RATE)
    tone[RATE : RATE + 400] *= 20
    return np.stack([tone, tone], axis=1).astype(np.float32)


def played(take: np.ndarray, block: int) -> np.ndarray:
    transport = Transport()
    transport.set_source(TakeBuffer.of(take, RATE))
    transport.play()
    out = np.zeros((len(take), 2), np.float32)
    for first in range(0, len(out), block):
        renderer_of(transport).render(out[first : first + block])
    return out


@pytest.mark.parametrize("block", [64, 480, 4096])
def test_nothing_above_full_scale_comes_out(block: int) -> None:
    out = played(hot_take(), block)
    assert 0.9 < np.abs(out).max() <= 1.0


def test_all_else_is_the_take() -> None:
    take = hot_take()
    out = played(take, 512)
    before, after = slice(RATE // 100, RATE - 600), slice(RATE + 10000, None)
    assert np.array_equal(out[before], take[before])
    assert np.array_equal(out[after], take[after])


def test_the_level_goes_down_before_the_peak_and_comes_back_without_steps() -> None:
    guard, block = PeakGuard(), np.full((8192, 1), 0.25, np.float32)
    block[4000] = 3.0
    guard.apply(block)
    steps = np.abs(np.diff(np.delete(block[:, 0], 4000)))
    assert block[4000, 0] <= 1.0 and block[3999, 0] < 0.09
    assert steps.max() < 0.004
    rest = np.full((16384, 1), 0.25, np.float32)
    guard.apply(rest)
    assert rest[0, 0] == pytest.approx(block[-1, 0], abs=1e-3)
    assert rest[-1, 0] == 0.25


def test_the_meter_shows_what_is_heard() -> None:
    transport = Transport()
    transport.set_source(TakeBuffer.of(hot_take()[RATE - 2000 :], RATE))
    transport.play()
    renderer_of(transport).render(np.zeros((4096, 2), np.float32))
    assert max(transport.levels()) <= 1.0
    assert max(transport.wanted_levels) > 1.0  # which is what lights its red mark


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_silent(wrong: float) -> None:
    block = np.full((512, 2), 0.25, np.float32)
    block[100:110, 1] = wrong
    PeakGuard().apply(block)
    assert np.isfinite(block).all() and np.abs(block).max() <= 0.25
