"""Each fault is put into a sound by hand, and its measure has to see it."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.analysis import sound as measures

RATE = 44100
SECONDS = 4
TIME = np.arange(SECONDS * RATE) / RATE


def chord(cents: float = 0.0) -> np.ndarray:
    """`(frames,)`: A2, E3 and A4 with the octave above each, all this much off."""
    notes = [110.0, 110 * 2 ** (7 / 12), 440.0]
    parts = [np.sin(2 * np.pi * hz * octave * 2 ** (cents / 1200) * TIME) for hz in notes for octave in (1, 2)]
    return 0.1 * np.sum(parts, axis=0)


def test_ticks_at_the_start_of_groups_are_seen() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal((len(TIME), 2))
    assert measures.group_start_share(noise) < 0.3
    noise[:: measures.GROUP] += 2
    assert measures.group_start_share(noise) >= 0.5


def test_width_is_the_energy_of_the_side() -> None:
    mid, side = np.random.default_rng(2).standard_normal((2, len(TIME)))
    both = np.stack([mid + 0.1 * side, mid - 0.1 * side], axis=1)
    assert measures.side_to_mid_db(both) == pytest.approx(-20, abs=0.2)
    assert measures.side_to_mid_db(np.stack([mid, mid], axis=1)) < -100


def test_music_that_leans_to_the_left_is_seen() -> None:
    noise = np.random.default_rng(2).standard_normal((len(TIME), 2))
    assert measures.balance_db(noise) == pytest.approx(0, abs=0.2)
    assert measures.balance_db(noise * (2, 1)) == pytest.approx(6, abs=0.2)


@pytest.mark.parametrize("cents", [0.0, 10.0, -20.0, 40.0])
def test_the_distance_from_the_semitones_is_read(cents: float) -> None:
    assert measures.tuning_cents(chord(cents), RATE) == pytest.approx([abs(cents)] * 3, abs=1.5)


def test_bands_without_partials_are_not_a_number() -> None:
    assert np.isnan(measures.tuning_cents(np.sin(2 * np.pi * 440 * TIME), RATE)[0])


def test_partials_are_found_again_within_twenty_cents() -> None:
    assert measures.partials_found(chord(), chord(15), RATE) == pytest.approx([1, 1, 1])
    assert measures.partials_found(chord(), chord(30), RATE) == pytest.approx([0, 0, 0])
    assert measures.partials_found(chord(), np.zeros(len(TIME)), RATE) == pytest.approx([0, 0, 0])


def test_attacks_stand_out_of_the_flux() -> None:
    rng = np.random.default_rng(3)
    noise = rng.standard_normal(len(TIME))
    hits = 0.02 * noise
    for start in range(0, len(TIME) - 2000, RATE // 2):
        hits[start : start + 2000] += noise[start : start + 2000] * np.exp(-np.arange(2000) / 300)
    smooth = np.convolve(hits, np.hanning(4000) / 2000, "same")
    assert measures.attack_kurtosis(hits, RATE) > 20 > 5 > measures.attack_kurtosis(noise, RATE)
    assert measures.attack_kurtosis(smooth + 0.1 * noise, RATE) < 6
