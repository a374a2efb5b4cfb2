"""Peak, RMS and decibels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from musicapp.audio import levels


def test_peak_is_the_largest_of_both_signs_across_blocks() -> None:
    audio = np.zeros((levels.BLOCK_FRAMES * 2 + 5, 2), np.float32)
    assert levels.peak(audio) == 0
    audio[-1, 1] = -0.75
    audio[3, 0] = 0.5
    assert levels.peak(audio) == 0.75
    assert levels.peak(audio[:0]) == 0


@pytest.mark.parametrize("where", [0, levels.BLOCK_FRAMES + 1])
def test_a_sample_that_is_not_a_number_shows_in_the_peak(where: int) -> None:
    audio = np.ones((levels.BLOCK_FRAMES * 2, 2), np.float32)
    audio[where, 1] = np.nan
    assert math.isnan(levels.peak(audio))
    audio[where, 1] = -np.inf
    assert levels.peak(audio) == math.inf


def test_rms_of_a_sine_is_its_height_over_root_two() -> None:
    sine = np.sin(2 * np.pi * np.arange(100_000) / 100)[:, None].astype(np.float32)
    audio = np.concatenate([sine, sine / 2], axis=1)
    np.testing.assert_allclose(levels.rms(audio), [math.sqrt(0.5), math.sqrt(0.5) / 2], rtol=1e-4)


def test_decibels_round_trip() -> None:
    assert levels.to_db(1.0) == 0 and levels.to_db(0.0) == -math.inf
    assert levels.to_db(0.5) == pytest.approx(-6.0206, abs=1e-4)
    assert levels.from_db(levels.to_db(0.3)) == pytest.approx(0.3)
