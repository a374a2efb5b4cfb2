"""What somebody would say who hears a piece: its tempo and its key, or that there is none to hear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr

from musicapp.analysis import listening, tempo
from musicapp.analysis.bars import Bars, bars_of
from musicapp.audio import levels

LEAST_S = 2.0  # less has neither a pulse nor a key
MOST_S = 600.0  # that are listened to; more would take gigabytes
QUIET_DB = -70.0
TONICS = {
    "major": ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"),
    "minor": ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"),
}


@dataclass(frozen=True)
class Heard:
    """What is heard of a whole piece.

    tempo_bpm  felt beats per minute, to a tenth
    tonic      its pitch class, 0 is C
    mode       "major" or "minor"
    bars       where they begin, as far as that can be told; None of less than four
    """

    tempo_bpm: float
    tonic: int
    mode: str
    bars: Bars | None = None

    @property
    def key(self) -> str:
        """As most people write it: "F# minor", "Eb major"."""
        return f"{TONICS[self.mode][self.tonic]} {self.mode}"


def hear(sound: np.ndarray, sample_rate: int) -> Heard | None:
    """Listen to `(frames, channels)`; None for what is silent or shorter than 2 s."""
    sound = sound[: round(MOST_S * sample_rate)]
    if len(sound) < LEAST_S * sample_rate or levels.to_db(levels.peak(sound)) < QUIET_DB:
        return None
    mono = sound.mean(axis=1, dtype=np.float32)[:, None]
    if sample_rate != listening.SAMPLE_RATE:
        mono = soxr.resample(mono, sample_rate, listening.SAMPLE_RATE)
    signals = tempo.signals_of(mono)
    tempo_bpm = tempo.tempo_from(signals)
    return Heard(round(tempo_bpm, 1), *listening.key_of(mono), bars_of(signals, tempo_bpm))
