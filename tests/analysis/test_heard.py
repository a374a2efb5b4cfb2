"""Tempo and key as `musicapp analyse` tells them: of simple music, of silence and of scraps."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.analysis import tempo
from musicapp.analysis.heard import TONICS, hear
from tests.analysis.test_listening import RATE, band


@pytest.mark.parametrize("tempo_bpm", [72, 96, 110, 128])
@pytest.mark.parametrize("seconds", [8.0, 16.0])
def test_the_tempo_of_a_simple_beat(tempo_bpm: int, seconds: float) -> None:
    heard = hear(band(tempo_bpm, 0, seconds=seconds), RATE)
    assert heard is not None and heard.tempo_bpm == pytest.approx(tempo_bpm, rel=0.02)
    assert heard.key == "C major"


def test_one_channel_and_two_and_any_level_are_heard_alike() -> None:
    sound = band(104, 5)
    found = [hear(each, RATE) for each in (sound, sound[:, :1], 0.01 * sound)]
    assert len({(each.tempo_bpm, each.key) for each in found if each is not None}) == 1 and None not in found


@pytest.mark.parametrize(
    "sound", [np.zeros((0, 1)), np.zeros((5 * RATE, 2)), np.ones((RATE, 2)), np.full((5 * RATE, 1), 1e-6)]
)
def test_where_there_is_nothing_to_hear_nothing_is_said(sound: np.ndarray) -> None:
    assert hear(sound.astype(np.float32), RATE) is None


@pytest.mark.parametrize("sound", ["noise", "click", "tone", "offset"])
def test_what_has_no_pulse_is_heard_without_harm(sound: str) -> None:
    time = np.arange(3 * RATE) / RATE
    made = {
        "noise": np.random.default_rng(1).standard_normal(len(time)),
        "click": (np.arange(len(time)) == 1000) * 1.0,
        "tone": np.sin(2 * np.pi * 440 * time),
        "offset": np.ones(len(time)),
    }[sound]
    heard = hear(made[:, None].astype(np.float32), RATE)
    assert heard is not None and 49 < heard.tempo_bpm < 203 and heard.mode in TONICS


def test_the_score_of_a_tempo_is_highest_near_it() -> None:
    per_tempo, context = tempo.features_of(tempo.signals_of(band(120, 9, minor=True)))
    found = tempo.scores(per_tempo, context)
    assert len(found) == len(tempo.TEMPI) and np.isfinite(found).all()
    assert tempo.TEMPI[found.argmax()] == pytest.approx(120, rel=0.02)
