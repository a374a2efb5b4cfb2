"""Bars that are heard: of plain music cut off anywhere, and none where nothing tells them apart."""

from __future__ import annotations

import numpy as np
import pytest

from musicapp.analysis.bars import SURE, bars_of
from musicapp.analysis.tempo import SAMPLE_RATE, Signals, signals_of, tempo_from

CHORDS = ((48, 52, 55), (45, 48, 52), (41, 45, 48), (43, 47, 50))


def band(tempo_bpm: float, beats: int, seconds: float = 40.0, cut_s: float = 0.0) -> np.ndarray:
    """A chord for each bar, held, its bass on the first beat, a drum on every beat and a tick between."""
    random, rate, beat_s = np.random.default_rng(1), SAMPLE_RATE, 60 / tempo_bpm
    sound = np.zeros(round(seconds * rate))

    def put(at_s: float, made: np.ndarray) -> None:
        first = round(at_s * rate)
        sound[first : first + len(made)] += made[: max(len(sound) - first, 0)]

    for beat in range(int(seconds / beat_s)):
        bar, place = divmod(beat, beats)
        time = np.arange(round(beat_s * rate)) / rate
        chord = CHORDS[bar % 4]
        tones = sum(np.sin(2 * np.pi * 440 * 2 ** ((pitch - 57) / 12) * time) for pitch in chord)
        put(beat * beat_s, 0.05 * tones * np.exp(-1.5 * time))
        if place == 0:
            put(beat * beat_s, 0.3 * np.sin(2 * np.pi * 220 * 2 ** ((chord[0] - 69) / 12) * time) * np.exp(-4 * time))
        hit = random.standard_normal(2000) * np.exp(-np.arange(2000) / 300)
        put(beat * beat_s, 0.2 * hit)
        put((beat + 0.5) * beat_s, 0.06 * hit)
    return sound[round(cut_s * rate) :, None].astype(np.float32)


@pytest.mark.parametrize("beats", [3, 4])
@pytest.mark.parametrize(("tempo_bpm", "cut_s"), [(96.0, 0.0), (120.0, 1.3), (131.7, 0.7)])
def test_bars_of_plain_music_are_where_they_are(tempo_bpm: float, cut_s: float, beats: int) -> None:
    found = bars_of(signals_of(band(tempo_bpm, beats, cut_s=cut_s)), tempo_bpm * 1.002)
    assert found is not None and found.is_sure, found
    bar_s = beats * 60 / tempo_bpm
    assert found.beats_in_bar == beats and found.beat_s == pytest.approx(60 / tempo_bpm, rel=2e-4)
    off_s = (found.first_s + cut_s + bar_s / 2) % bar_s - bar_s / 2
    assert abs(off_s) < 0.03 and 0 <= found.first_s < bar_s


def test_a_whole_tempo_is_told_as_one() -> None:
    found = bars_of(signals_of(band(120.0, 4)), 119.6)
    assert found is not None and found.beat_s == 0.5


@pytest.mark.parametrize("kind", ["clicks", "noise", "tone", "drone", "short", "silence"])
def test_where_nothing_tells_bars_apart_nobody_is_sure(kind: str) -> None:
    time, random = np.arange(20 * SAMPLE_RATE) / SAMPLE_RATE, np.random.default_rng(2)
    made: dict[str, np.ndarray] = {
        "clicks": (np.arange(len(time)) % (SAMPLE_RATE // 2) < 200) * 0.5 * random.standard_normal(len(time)),
        "noise": 0.1 * random.standard_normal(len(time)),
        "tone": 0.5 * np.sin(2 * np.pi * 440 * time),
        "drone": 0.1 * np.sin(2 * np.pi * np.outer(time, (55.0, 82.4, 110.3)) + (0, 1, 2)).sum(axis=1),
        "short": 0.1 * random.standard_normal(3 * SAMPLE_RATE),
        "silence": np.zeros(len(time)),
    }
    heard = signals_of(made[kind][:, None].astype(np.float32))
    found = bars_of(heard, tempo_from(heard))
    assert found is None or found.certainty < SURE, found


def test_scraps_do_no_harm() -> None:
    for times in (0, 1, 5, 300):
        found = bars_of(Signals(np.zeros((4, times)), np.zeros((times // 2, 12)), np.zeros(1025)), 120.0)
        assert found is None
