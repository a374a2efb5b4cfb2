"""Loudness as it plays: known tones, the same as the meter of whole files, however the blocks come."""

from __future__ import annotations

import math

import numpy as np
import pytest

from musicapp.audio.loudness import loudness, loudness_lufs
from musicapp.audio.running_loudness import RunningLoudness

RATE = 48000


def tone(seconds: float, level_db: float, rate: int = RATE, channels: int = 2, hz: float = 997.0) -> np.ndarray:
    sine = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(sine[:, None], channels, axis=1).astype(np.float32)


def played(audio: np.ndarray, rate: int = RATE, seed: int = 0) -> RunningLoudness:
    """As a window pushes it: blocks of about a thirtieth of a second, one of them half a second late."""
    meter, random, first = RunningLoudness(audio.shape[1], rate), np.random.default_rng(seed), 0
    while first < len(audio):
        size = int(random.integers(1, rate // 15)) if random.random() < 0.95 else rate // 2
        meter.push(audio[first : first + size])
        first += size
    return meter


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize(
    ("level_db", "channels", "expected"),
    [(-18.0, 2, -18.0), (-23.0, 2, -23.0), (-40.0, 2, -40.0), (-18.0, 1, -21.01), (0.0, 2, 0.0)],
)
def test_known_tones_read_as_the_standard_says(rate: int, level_db: float, channels: int, expected: float) -> None:
    """EBU Tech 3341, case 1 and 2: a stereo sine of 1 kHz reads its level."""
    meter = played(tone(5.0, level_db, rate, channels), rate)
    assert meter.short_term_lufs == pytest.approx(expected, abs=0.05)
    assert meter.integrated_lufs == pytest.approx(expected, abs=0.05)


def test_quiet_stretches_do_not_count_into_the_integrated_loudness() -> None:
    """EBU Tech 3341, case 3: both gates."""
    meter = played(np.concatenate([tone(10, -36), tone(60, -23), tone(10, -36)]))
    assert meter.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert meter.short_term_lufs == pytest.approx(-36.0, abs=0.1)
    meter = played(np.concatenate([tone(10, -72), tone(10, -36), tone(60, -23), tone(10, -36), tone(10, -72)]))
    assert meter.integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_it_reads_what_the_meter_of_whole_files_reads(seed: int) -> None:
    random = np.random.default_rng(seed)
    swell = np.interp(np.arange(9 * RATE), np.linspace(0, 9 * RATE, 12), 10 ** random.uniform(-2.5, 0, 12))
    audio = (random.standard_normal((9 * RATE, 2)) * 0.2 * swell[:, None]).astype(np.float32)
    meter = played(audio, seed=seed)
    whole = loudness(audio, RATE)
    assert meter.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=0.02)
    assert meter.short_term_lufs == pytest.approx(loudness_lufs_of_block(audio[-3 * RATE :]), abs=0.1)


def loudness_lufs_of_block(audio: np.ndarray) -> float:
    """Without gates: the loudest of one block of 3 s."""
    return loudness(audio, RATE).short_term_max_lufs


def test_before_three_seconds_the_rest_counts_as_silence() -> None:
    meter = played(tone(1.5, -20.0))
    assert meter.short_term_lufs == pytest.approx(-20.0 - 10 * math.log10(2), abs=0.1)
    assert meter.integrated_lufs == pytest.approx(-20.0, abs=0.1)


def test_silence_and_damaged_samples_have_no_reading_and_pass() -> None:
    assert played(np.zeros((2 * RATE, 2), np.float32)).integrated_lufs == -math.inf
    for damage in (np.nan, np.inf):
        audio = tone(8.0, -20.0)
        audio[RATE] = damage
        meter = played(audio)
        assert meter.short_term_lufs == pytest.approx(-20.0, abs=0.1)
        assert meter.integrated_lufs == pytest.approx(-20.0, abs=0.1)


def test_memory_does_not_grow() -> None:
    meter = RunningLoudness(2, 8000)
    block = tone(1.0, -20.0, 8000)
    for _ in range(50):
        meter.push(block)
    assert len(meter._held) < 8000 and len(meter._slots) == 30
    assert meter.integrated_lufs == pytest.approx(loudness_lufs(np.tile(block, (50, 1)), 8000), abs=0.02)
