"""What measuring takes that start from a sound needs: the engine with its takes, and how sounds are compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from musicapp.audio import wave_io
from musicapp.engine.engine import Engine
from musicapp.request import TakeRequest
from tests import making

RATE = 44100
PLACES = 200
STYLES = (
    "driving techno, {bpm} bpm, A minor",
    "acoustic folk guitar, {bpm} bpm, G major",
    "jazz trio, swing, {bpm} bpm, F major",
    "ambient pads, slow strings, {bpm} bpm, D minor, no drums",
    "rock band, {bpm} bpm, E minor",
    "funk, slap bass, {bpm} bpm, C minor",
    "calm piano, {bpm} bpm, C major",
    "bossa nova, nylon guitar, {bpm} bpm, D major",
)


class Bench:
    """The engine, and takes by name in a folder, made once."""

    def __init__(self, folder: Path, asked: dict[str, object]) -> None:
        """asked: model, length and steps of the takes of `forming`"""
        self.engine, self.folder, self.asked = Engine(), folder, asked

    def take(self, name: str, prompt: str, seed: int, duration_s: float = 16.0, **shape: object) -> np.ndarray:
        path = self.folder / f"{name}.wav"
        if not path.exists():
            request = TakeRequest(name, prompt, duration_s, seed, version=2, **shape)  # type: ignore[arg-type]
            for _ in making.make(self.engine, request, path):
                pass
        return wave_io.read(path)[0]

    def source(self, number: int, duration_s: float = 16.0) -> tuple[Path, str, np.ndarray]:
        """The take of a number: its file, prompt and sound."""
        prompt = STYLES[number % len(STYLES)].format(bpm=70 + 13 * number % 100)
        name = f"source-{number}-{duration_s:g}"
        return self.folder / f"{name}.wav", prompt, self.take(name, prompt, number, duration_s)


def flux(audio: np.ndarray) -> np.ndarray:
    """How much the spectrum changes at every 128 frames: between windows of 1,024 that end and begin there."""
    mono = audio.mean(axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(mono, 1024)[::128] * np.hanning(1024)
    levels = np.log1p(100 * np.abs(np.fft.rfft(windows, axis=1)) / 256)
    change = np.maximum(levels[8:] - levels[:-8], 0).sum(axis=1)
    return np.pad(change, (8, len(audio) // 128 + 1 - len(change) - 8))


def jumps(audio: np.ndarray) -> np.ndarray:
    """How far each sample is from the straight line through the two before it."""
    return np.abs(audio[2:] - 2 * audio[1:-1] + audio[:-2]).max(axis=1)


def rank(values: np.ndarray, place: float, others: np.ndarray, reach: int) -> float:
    """Which share of other places is below what is at one; both are the largest within a reach."""

    def near(at: float) -> float:
        return float(values[max(0, int(at) - reach) : int(at) + reach + 1].max())

    return float(np.mean([near(other) < near(place) for other in others]))
