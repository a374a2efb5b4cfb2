"""Columns of time and rows of pitch: known tones where they belong, however the samples came."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.audio.spectrogram import (
    HIGHEST_HZ,
    HOP_FRAMES,
    LOWEST_HZ,
    RANGE_DB,
    ROWS,
    TOP_DB,
    Spectrogram,
    frequency_of,
    row_of,
)

RATE = 44100
SEMITONE_ROWS = ROWS / (12 * np.log2(HIGHEST_HZ / LOWEST_HZ))


def sweep(seconds: float, rate: int = RATE, low: float = 60.0, high: float = 16_000.0) -> np.ndarray:
    """A sine that rises by equal intervals in equal times, -20 dBFS, in the right channel alone."""
    time_s = np.arange(round(seconds * rate)) / rate
    growth = np.log(high / low) / seconds
    sine = 0.1 * np.sin(2 * np.pi * low * np.expm1(growth * time_s) / growth)
    return np.stack([np.zeros_like(sine), sine], axis=1).astype(np.float32)


def at(second: float, seconds: float, low: float = 60.0, high: float = 16_000.0) -> float:
    return float(low * (high / low) ** (second / seconds))


def whole(audio: np.ndarray, rate: int = RATE) -> Spectrogram:
    made = Spectrogram(len(audio), rate)
    assert made.grow(audio, len(audio)) and made.is_complete
    return made


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
def test_the_brightest_row_follows_a_sweep(rate: int) -> None:
    high = min(16_000.0, rate * 0.4)
    audio = sweep(8.0, rate, high=high)
    picture = whole(audio, rate).view(0, len(audio), 64)
    for column in range(2, 62):
        row = ROWS - 1 - picture[:, column].argmax() + 0.5
        expected = row_of(at((column + 0.5) / 8, 8.0, high=high))
        assert row == pytest.approx(expected, abs=2.5 * SEMITONE_ROWS)  # a column lasts that long
    sharp = whole(audio, rate).sharp(audio, len(audio), 4.0 * rate, 5.0 * rate, 200)
    rows = ROWS - 1 - sharp.argmax(axis=0) + 0.5
    wanted = [row_of(at(4 + (column + 0.5) / 200, 8.0, high=high)) for column in range(200)]
    assert np.abs(rows - wanted).max() < 1.0 * SEMITONE_ROWS


def test_levels_are_those_of_the_tone_and_silence_is_nothing() -> None:
    time_s = np.arange(2 * RATE) / RATE
    for level_db in (-20, -50, -80):
        tone = (10 ** (level_db / 20) * np.sin(2 * np.pi * 1000 * time_s)).astype(np.float32)[:, None]
        brightest = int(whole(tone).view(0, len(tone), 20)[:, 10].max())
        assert brightest / 255 * RANGE_DB + TOP_DB - RANGE_DB == pytest.approx(level_db, abs=1.5)
    assert not whole(np.zeros((RATE, 2), np.float32)).view(0, RATE, 30).any()


def test_opposite_channels_do_not_cancel() -> None:
    tone = sweep(1.0)[:, 1:]
    both = np.concatenate([tone, -tone], axis=1)
    assert np.array_equal(whole(both).view(0, RATE, 20), whole(tone).view(0, RATE, 20))


def test_nothing_is_drawn_above_half_the_sample_rate() -> None:
    noise = np.random.default_rng(1).standard_normal((22050, 1)).astype(np.float32) * 0.1
    picture = whole(noise, 22050).view(0, 22050, 20)
    above = round(row_of(11_100)) + 1
    assert not picture[: ROWS - above].any() and picture[ROWS - above + 3 :].any()


@pytest.mark.parametrize("frames", [1, 700, HOP_FRAMES, 3 * HOP_FRAMES + 1, 200_001])
def test_growing_in_any_steps_gives_the_same_as_at_once(frames: int) -> None:
    audio = sweep(frames / RATE)[:frames]
    expected, grown = whole(audio), Spectrogram(frames, RATE)
    random = np.random.default_rng(frames)
    available, most = 0, 7
    while not grown.is_complete:
        before = grown.known
        available = min(available + int(random.integers(1, 30_000)), frames)
        held = audio.copy()
        held[available:] = 9.0  # nobody may look there yet
        while grown.grow(held, available, most):
            assert grown.known <= before + most
            before = grown.known
        assert grown.known_frames <= available
    for columns in (1, 3, 50, 333):
        assert np.array_equal(grown.view(0, frames, columns), expected.view(0, frames, columns))


def test_a_click_is_seen_at_every_zoom() -> None:
    audio = np.zeros((60 * RATE, 1), np.float32)
    audio[40 * RATE] = 1.0
    picture = whole(audio)
    for columns in (10, 100, 1000, 1291):
        bright = picture.view(0, len(audio), columns).max(axis=0)
        assert abs(int(bright.argmax()) - columns * 2 / 3) <= 2 and bright.max() > 60
        assert np.count_nonzero(bright) <= 2 + columns / 60


def test_rows_and_frequencies_are_each_others_inverse() -> None:
    assert frequency_of(0) == LOWEST_HZ and frequency_of(ROWS) == pytest.approx(HIGHEST_HZ)
    assert frequency_of(row_of(440.0)) == pytest.approx(440.0)


def test_what_is_no_number_is_silence() -> None:
    audio = sweep(1.0)
    audio[22050:22060] = np.nan
    audio[30000] = np.inf
    assert whole(audio).view(0, RATE, 20).max(axis=0).min() > 100
