"""Loudness of signals whose reading the standards state."""

from __future__ import annotations

import math

import numpy as np
import pytest

from musicapp.analysis.loudness import k_weighting, loudness_lufs, loudness_range_lu

RATE = 48000


def sine(dbfs: float, seconds: float, hz: float = 1000.0, rate: int = RATE) -> np.ndarray:
    """A stereo sine, both channels alike."""
    mono = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)
    return np.stack([mono, mono], axis=1)


@pytest.mark.parametrize("dbfs", [-23.0, -33.0])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_sine_of_one_kilohertz_reads_as_ebu_tech_3341_says(dbfs: float, rate: int) -> None:
    """Its first two cases: 20 s in both channels at -23 (-33) dBFS reads -23 (-33) LUFS, within 0.1."""
    assert loudness_lufs(sine(dbfs, 20, rate=rate), rate) == pytest.approx(dbfs, abs=0.1)


def test_quiet_passages_are_gated() -> None:
    """Its third case: 10 s at -36, 60 s at -23 and 10 s at -36 dBFS read -23 LUFS."""
    sound = np.concatenate([sine(-36, 10), sine(-23, 60), sine(-36, 10)])
    assert loudness_lufs(sound, RATE) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(("levels", "wanted"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20)])
def test_the_range_reads_as_ebu_tech_3342_says(levels: tuple[float, float], wanted: float) -> None:
    """Its first three cases: 20 s at one level, then 20 s at another; within 1 LU."""
    sound = np.concatenate([sine(level, 20) for level in levels])
    assert loudness_range_lu(sound, RATE) == pytest.approx(wanted, abs=1.0)


def test_silence_has_no_loudness_and_no_range() -> None:
    silence = np.zeros((RATE, 2))
    assert loudness_lufs(silence, RATE) == -math.inf
    assert loudness_range_lu(silence, RATE) == 0.0


@pytest.mark.parametrize("seconds", [0.01, 0.3])
def test_short_sounds_have_a_loudness(seconds: float) -> None:
    assert -40 < loudness_lufs(sine(-20, seconds), RATE) < -15


def test_the_weighting_lifts_treble_and_cuts_bass() -> None:
    gain_db = 10 * np.log10(k_weighting(48000, RATE)[1:])  # one bin a Hz
    assert gain_db[996] == pytest.approx(0.69, abs=0.02)
    assert gain_db[9999] == pytest.approx(4.0, abs=0.1)
    assert gain_db[19] < -12
