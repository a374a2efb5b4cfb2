"""Where made music meets music that stays: nothing jumps, nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.audio import seams

RATE = 44100


def tones(seconds: float, seed: int = 0, hz: tuple[float, ...] = (110.0, 329.6, 1234.5)) -> np.ndarray:
    rng, time = np.random.default_rng(seed), np.arange(round(seconds * RATE)) / RATE
    channels = [sum(0.1 * np.sin(2 * np.pi * f * time + rng.uniform(0, 6)) for f in hz) for _ in range(2)]
    return np.stack(channels, axis=1).astype(np.float32)


def test_prediction_goes_on_as_the_music_does() -> None:
    music = tones(1.0)
    known, rest = music[:30000], music[30000:32000]
    error = seams.predicted(known, 2000, RATE) - rest
    assert np.square(error).mean() < 0.01 * np.square(rest).mean()
    assert seams.predicted(known[:0], 100, RATE).shape == (0, 2)
    assert np.isfinite(seams.predicted(np.zeros((5000, 2), np.float32), 100, RATE)).all()
    noise = np.random.default_rng(0).standard_normal((9000, 2)).astype(np.float32)
    assert np.abs(seams.predicted(noise, 3000, RATE)).max() < np.abs(noise).max(), "noise is not known, and dies away"


@pytest.mark.parametrize("frames", [2, 500, 3000, 44100])
def test_a_join_keeps_the_length_and_begins_and_ends_as_the_music_around_it(frames: int) -> None:
    made, before, after = tones(1.0, 1)[:frames], tones(1.0, 2)[:3000], tones(1.0, 3)[:3000]
    out = seams.joined(made, before, after, RATE)
    assert out.shape == made.shape and np.isfinite(out).all()
    if frames > 2000:
        np.testing.assert_array_equal(out[0], before[0])
        np.testing.assert_array_equal(out[-1], after[-1])
        middle = slice(seams.lead_frames(RATE), frames - seams.lead_frames(RATE))
        np.testing.assert_array_equal(out[middle], made[middle])
    nothing = before[:0]
    np.testing.assert_array_equal(seams.joined(made, nothing, nothing, RATE), made)


def test_music_that_is_alike_passes_a_join_unchanged_and_other_music_without_a_dip() -> None:
    music = tones(1.0)
    count = seams.lead_frames(RATE)
    np.testing.assert_allclose(seams.joined(music, music[:count], music[-count:], RATE), music, atol=1e-6)
    rng = np.random.default_rng(4)
    a, b = (0.1 * rng.standard_normal((RATE, 2)).astype(np.float32) for _ in range(2))
    out = seams.joined(a, b[:count], b[-count:], RATE)
    level = np.sqrt(np.square(out[:count]).reshape(-1, 63, 2).mean(axis=(1, 2)))
    assert level.min() > 0.085 and level.max() < 0.115
