"""What is measured of takes that start from a sound, and of single sounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from musicapp.analysis.likeness import likeness
from musicapp.analysis.listening import SAMPLE_RATE
from musicapp.evaluation.paper import use_claims
from musicapp.evaluation.paper.findings import CONFIRMED, QUALIFIED, REFUTED
from musicapp.evaluation.paper.kept import Kept
from musicapp.evaluation.renders import pieces_of
from musicapp.evaluation.sources import SINGLES, attacks, band_of, differing, is_pitch, single_prompt
from tests.evaluation.sounds import notes, stereo
from tests.training.data import truth

C, E, F, G, E_FLAT = 60, 64, 65, 67, 63


def chord(pitches: list[int]) -> np.ndarray:
    return stereo(sum(notes([pitch], 3.0, partials=6) for pitch in pitches) / len(pitches))


def test_single_sounds_have_one_attack_and_tunes_have_many() -> None:
    assert attacks(chord([C])) == 1 and attacks(chord([C, E, G])) == 1
    assert attacks(stereo(notes([C, E, G, C], 0.8))) == 4


@pytest.mark.parametrize(
    ("pitches", "key", "mode", "is_it"),
    [
        ([C], "C", "", True),
        ([F], "C", "", False),
        ([C, E, G], "C", "major", True),
        ([C, E_FLAT, G], "C", "major", False),
        ([C, E_FLAT, G], "C", "minor", True),
        ([C, F, 69], "F", "major", True),
    ],
)
def test_the_asked_note_or_chord_is_known(pitches: list[int], key: str, mode: str, is_it: bool) -> None:
    assert is_pitch(chord(pitches), key, mode) is is_it


def test_a_sound_is_like_itself_in_another_timbre_and_unlike_other_notes() -> None:
    tune = [60, 67, 64, 72, 62, 69, 65, 71]
    own = stereo(notes(tune, 0.5, partials=2))
    same, other = (stereo(notes(each, 0.5, partials=5)) for each in (tune, tune[::-1]))
    assert likeness(own, own) == pytest.approx((1, 1))
    assert likeness(own, same)[1] > 0.8 > 0.5 > likeness(own, other)[1]
    noise = np.random.default_rng(0).normal(size=(4 * SAMPLE_RATE, 2)).astype(np.float32)
    assert abs(likeness(own, noise)[0]) < 0.3


def test_the_new_band_plays_in_the_old_tempo_and_key() -> None:
    own = replace(truth(0, 12.0), key="D", tempo_bpm=90.0, has_drums=False, energy=0.2)
    other = replace(truth(1, 12.0), key="F", tempo_bpm=140.0, has_drums=True, energy=0.3, lead="flute")
    band = band_of(own, other)
    assert (band.key, band.tempo_bpm, band.lead, band.has_drums) == ("D", 90.0, "flute", True)
    assert differing(own, other) == {"lead", "drums"} and differing(own, own) == set()


def test_single_sounds_are_asked_for_by_kind_instrument_and_pitch() -> None:
    pieces = [piece.truth for _, piece in zip(range(6), pieces_of(0, 4.0, "one-shot"), strict=False)]
    assert {each.kind for each in pieces} == {"one-shot"}
    prompts = [single_prompt(each, number) for number, each in enumerate(pieces)]
    for each, prompt in zip(pieces, prompts, strict=True):
        assert each.lead in prompt and prompt.endswith(f"{each.key} {each.mode}".strip())


@pytest.mark.parametrize(
    ("chroma", "band", "hit", "verdict"),
    [
        ((0.9, 0.6, 0.1), (0.1, 0.6, 0.9), 0.9, CONFIRMED),
        ((0.9, 0.6, 0.1), (0.1, 0.6, 0.9), 0.2, QUALIFIED),
        ((0.9, 0.1, 0.1), (0.1, 0.1, 0.9), 0.2, REFUTED),
    ],
)
def test_the_verdict_needs_notes_and_band_at_one_variation(
    chroma: tuple[float, ...], band: tuple[float, ...], hit: float, verdict: str
) -> None:
    levels = {
        level: {
            "chroma": (kept, kept, kept),
            "onsets": (kept, kept, kept),
            "band": (heard, heard, heard),
            "chroma_p": 1.0 if kept == chroma[-1] else 0.01,
            "band_p": 1.0 if heard == band[0] else 0.01,
        }
        for level, kept, heard in zip(("0", "0.5", "1"), chroma, band, strict=True)
    }
    singles = {name: dict.fromkeys(SINGLES, (value,) * 3) for name, value in (("generated", hit), ("composed", 0.9))}
    values = {"sources": 16, "levels": levels, "singles": {"count": 24, "length_s": 4.0, **singles}}
    finding = use_claims.sources({"sources": Kept(values, (), "2026-12-01", 1.0, "musicapp evaluate")}, {})
    assert finding.verdict == verdict and set(finding.pictures) == {"sources.svg", "singles.svg"}
