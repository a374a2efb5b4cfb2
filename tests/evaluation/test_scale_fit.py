"""Scales, bars and densities of made-up tunes whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.evaluation import scale_fit
from musicapp.evaluation.probe_sets import SCALES
from tests.evaluation.sounds import stereo


def tune(steps: tuple[float, ...], tonic: int, *, notes: int = 40, each_s: float = 0.5, seed: int = 0) -> np.ndarray:
    """Notes of a scale with fractions of semitones, plain sines over a fifth of its octaves, `(frames, 2)`."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(each_s * SAMPLE_RATE)) / SAMPLE_RATE
    made = []
    for _ in range(notes):
        pitch = 60 + tonic + 12 * rng.integers(0, 2) + steps[rng.integers(len(steps))]
        made.append(np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time) * np.hanning(len(time)))
    return stereo(np.concatenate(made))


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_a_tune_in_a_scale_fits_it(scale) -> None:
    heard = scale_fit.intervals(tune(scale.steps, scale.tonic))
    assert scale_fit.scale_fit(heard, scale.tonic, scale.steps) > 0.9
    assert scale_fit.scale_fit(heard, (scale.tonic + 1) % 12, scale.steps) < 0.75


def test_quarter_tones_are_told_from_the_semitones_beside_them() -> None:
    rast = next(scale for scale in SCALES if scale.name == "maqam rast")
    rounded = tuple(float(round(step)) for step in rast.steps)
    true, tempered = (scale_fit.intervals(tune(steps, rast.tonic)) for steps in (rast.steps, rounded))
    for heard, fits, misfits in ((true, rast.steps, rounded), (tempered, rounded, rast.steps)):
        assert scale_fit.scale_fit(heard, rast.tonic, fits) > scale_fit.scale_fit(heard, rast.tonic, misfits) + 0.2


def test_noise_fits_no_scale() -> None:
    noise = stereo(np.random.default_rng(2).normal(size=8 * SAMPLE_RATE))
    assert abs(scale_fit.scale_fit(scale_fit.intervals(noise), 0, (0, 2, 4, 5, 7, 9, 11))) < 0.2


def beats(bar: int, eighth_s: float, bars: int) -> np.ndarray:
    """Drum hits: a strong first eighth, weaker ones at places that are the same in every bar."""
    rng = np.random.default_rng(bar)
    strength = np.where(rng.random(bar) < 0.6, rng.uniform(0.2, 0.6, bar), 0)
    strength[0] = 1
    size = round(eighth_s * SAMPLE_RATE)
    click = rng.normal(size=size) * np.exp(-np.arange(size) / 800)
    return stereo(np.concatenate([click * strength[n % bar] for n in range(bars * bar)]))


@pytest.mark.parametrize("bar", [5, 6, 7, 8, 9, 11])
def test_the_bar_is_heard(bar: int) -> None:
    assert scale_fit.is_bar(scale_fit.bar_eighths(beats(bar, 0.25, 12), 0.25), bar)


def test_more_notes_and_a_wider_range_measure_more() -> None:
    slow, quick = (tune((0.0, 4.0, 7.0), 0, notes=round(8 / each_s), each_s=each_s) for each_s in (0.5, 0.125))
    assert scale_fit.notes_a_second(quick) > 2 * scale_fit.notes_a_second(slow) > 1
    narrow = scale_fit.range_semitones(tune((0.0,), 0, notes=10))
    assert narrow < 13 <= scale_fit.range_semitones(tune((-12.0, 0.0, 12.0), 0, notes=30)) + 1
    assert scale_fit.range_semitones(np.zeros((SAMPLE_RATE, 2), np.float32)) == 0
