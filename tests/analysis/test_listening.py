"""The ears that generated music is measured with hear simple things right, whatever their pitch, level and tuning."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.analysis import listening
from musicapp.analysis.listening_features import pitch_classes

RATE = listening.SAMPLE_RATE
CADENCE = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))


def band(tempo_bpm: float, tonic: int, *, minor: bool = False, cents: float = 0.0, seconds: float = 12.0) -> np.ndarray:
    """Chords and a bass on every beat, I IV V I in bars of four, and noise on the second and fourth beat."""
    rng = np.random.default_rng(0)
    beats = int(seconds * tempo_bpm / 60 // 4 * 4)
    out = np.zeros(round(seconds * RATE))
    for beat in range(beats):
        chord = CADENCE[min(beat // 4 % 4, 3)] if beat < beats - 4 else CADENCE[0]
        chord = tuple(note - 1 if minor and note % 12 in (4, 9, 11) else note for note in chord)
        first = round(beat * 60 / tempo_bpm * RATE)
        time = np.arange(min(round(60 / tempo_bpm * RATE * 0.9), len(out) - first)) / RATE
        for pitch in (*(48 + tonic + note for note in chord), 36 + tonic + chord[0]):
            hertz = 440 * 2 ** ((pitch - 69 + cents / 100) / 12)
            partials = sum(np.sin(2 * np.pi * hertz * n * time) / n**2 for n in range(1, 5))
            out[first : first + len(time)] += partials * np.exp(-3 * time)
        if beat % 2:
            out[first : first + 2000] += rng.normal(size=2000) * np.exp(-np.arange(2000) / 300)
    return np.stack([out, out], axis=1).astype(np.float32) * 0.1


@pytest.mark.parametrize("tempo_bpm", [76, 100, 128])
def test_the_tempo_of_a_simple_beat(tempo_bpm: int) -> None:
    assert listening.tempo_of(band(tempo_bpm, 0)) == pytest.approx(tempo_bpm, rel=0.02)


@pytest.mark.parametrize("minor", [False, True])
@pytest.mark.parametrize("tonic", [0, 3, 7, 10])
def test_the_key_of_a_cadence(tonic: int, minor: bool) -> None:
    assert listening.key_of(band(96, tonic, minor=minor)) == (tonic, "minor" if minor else "major")


@pytest.mark.parametrize(("tonic", "minor"), [(0, False), (3, True), (7, False), (10, True)])
def test_the_key_of_a_passage_whose_ends_are_other_chords(tonic: int, minor: bool) -> None:
    """From the middle of one chord to that of another, neither of them the tonic's."""
    whole = band(96, tonic, minor=minor, seconds=32.0)
    bar = round(4 * 60 / 96 * RATE)
    part = whole[bar + bar // 2 : 7 * bar - bar // 2]
    assert listening.key_of_passage(part) == (tonic, "minor" if minor else "major")
    assert listening.key_of_passage(0.001 * part) == listening.key_of_passage(part)


def test_tuning_and_level_do_not_change_the_key() -> None:
    assert listening.key_of(0.01 * band(96, 5, cents=35)) == listening.key_of(band(96, 5)) == (5, "major")


def test_a_transposed_piece_has_its_pitch_classes_turned() -> None:
    low, high = pitch_classes(band(100, 2)), pitch_classes(band(100, 4))
    assert np.abs(np.roll(low[0], 2) - high[0]).max() < 0.05
    assert low.sum(axis=1) == pytest.approx(np.ones(len(low)), abs=1e-4)


@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_silence_and_scraps_are_heard_without_harm(seconds: float) -> None:
    for sound in (np.zeros((round(seconds * RATE), 2), np.float32), band(120, 0)[: round(seconds * RATE)]):
        assert 50 < listening.tempo_of(sound) < 200
        assert listening.key_of(sound)[1] in listening.MODES
        assert listening.key_of_passage(sound)[1] in listening.MODES


def test_the_stated_accuracy_is_good_enough_to_measure_by() -> None:
    rates = listening.accuracy()
    assert rates["tempo"] >= 0.85 and rates["tonic"] >= 0.8 and rates["renders"] >= 100
