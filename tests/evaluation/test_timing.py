"""Good ends are good, and early ends, cut notes and clicks are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.evaluation.timing import ending_of
from tests.evaluation.sounds import stereo

SECONDS = 6.0


def held() -> np.ndarray:
    """A chord that neither begins nor ends."""
    time = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    return stereo(sum(np.sin(2 * np.pi * hertz * time) for hertz in (220, 277, 330)))


def fade(sound: np.ndarray, last_s: float, *, stop_s: float = SECONDS) -> np.ndarray:
    time = np.arange(len(sound)) / SAMPLE_RATE
    return (sound * np.clip((stop_s - time) / last_s, 0, 1)[:, None] ** 2).astype(np.float32)


def test_a_sound_that_dies_away_is_a_good_end() -> None:
    ending = ending_of(fade(held(), 1.0), SECONDS)
    assert ending.is_good and 0 < ending.early_s < 0.5


@pytest.mark.parametrize("early_s", [0.8, 3.0])
def test_an_early_end_is_measured(early_s: float) -> None:
    ending = ending_of(fade(held(), 0.2, stop_s=SECONDS - early_s), SECONDS)
    assert ending.early_s == pytest.approx(early_s, abs=0.1)
    assert not ending.is_good and not ending.is_cut and not ending.clicks


def test_a_note_that_is_cut_off_is_no_good_end() -> None:
    ending = ending_of(held(), SECONDS)
    assert ending.is_cut and not ending.is_good and ending.early_s < 0.01


def test_a_click_is_found() -> None:
    sound = fade(held(), 1.0)
    sound[-20000:-19999] += 0.3
    assert ending_of(sound, SECONDS).clicks


def test_drums_are_no_clicks() -> None:
    rng = np.random.default_rng(0)
    sound = fade(held(), 1.0)
    for first in range(0, len(sound) - 22050, 11025):
        hit = rng.normal(size=(4000, 1)) * np.exp(-np.arange(4000) / 800)[:, None]
        sound[first : first + 4000] += (0.2 * hit).astype(np.float32)
    assert ending_of(sound, SECONDS).is_good


def test_silence_ends_at_once() -> None:
    assert ending_of(np.zeros_like(held()), SECONDS).early_s == SECONDS
