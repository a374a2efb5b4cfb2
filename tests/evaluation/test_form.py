"""Sections and returning motifs are found where they were put, and not where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.evaluation.form import STEP_S, form_of, motif_strength
from tests.evaluation.sounds import notes, stereo

PHRASES = {
    "A": ([60, 64, 67, 72, 67, 64, 62, 59], 2),
    "B": ([69, 72, 76, 74, 72, 71, 69, 68], 8),
    "C": ([53, 48, 50, 51, 55, 56, 58, 53], 1),
}


def piece(order: str) -> np.ndarray:
    """16 s for each letter: the phrase four times over."""
    parts = [notes(PHRASES[name][0] * 4, 0.5, partials=PHRASES[name][1]) for name in order]
    return stereo(np.concatenate(parts))


def test_a_song_with_three_parts_has_three_and_its_tune_returns() -> None:
    form = form_of(piece("ABCAB"))
    assert form.sections == 3 and form.returns
    assert len(form.labels) == 5 and form.labels[0] == form.labels[3] and form.labels[1] == form.labels[4]
    assert form.boundaries == pytest.approx((16, 32, 48, 64), abs=2 * STEP_S)


def test_noise_has_no_form() -> None:
    form = form_of(stereo(np.random.default_rng(0).normal(size=90 * SAMPLE_RATE)))
    assert form.sections < 3 and not form.returns


def test_a_tune_that_never_comes_again_does_not_return() -> None:
    rng = np.random.default_rng(3)
    assert motif_strength(rng.normal(size=(120, 40))) < 0.6
    again = np.concatenate([rng.normal(size=(60, 40)), rng.normal(size=(60, 40))])
    again[80:100] = again[10:30]
    assert motif_strength(again) > 0.9


@pytest.mark.parametrize("seconds", [0.2, 5.0, 20.0])
def test_short_sounds_are_one_section_without_return(seconds: float) -> None:
    form = form_of(stereo(notes([60, 64] * 20, seconds / 40)))
    assert (form.sections, form.motif) == (1, 0.0)
